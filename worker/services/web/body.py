"""A response body: collected up to a limit, decompressed, and decoded to text."""

from __future__ import annotations

import codecs
import re
import zlib
from typing import TYPE_CHECKING

from charset_normalizer import from_bytes

from liverows import InvalidInput, Permanent, Transient
from worker.services.web.errors import OF_SITE

if TYPE_CHECKING:
    from zlib import _Decompress as Inflate

ACCEPT_ENCODING = "gzip, deflate"

_GZIP_START = b"\x1f\x8b\x08"
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_META_CHARSET = re.compile(
    rb"""<(?:meta[^>]{0,200}?charset|\?xml[^>]{0,200}?encoding)\s*+=\s*+(?:["']\s*+)?([\w.:-]{2,40})""",
    re.IGNORECASE,
)
# Python codecs that are not character sets of web pages. These names are ignored.
_NOT_A_CHARSET = {"utf-7", "unicode-escape", "raw-unicode-escape", "punycode", "idna", "undefined"}
# The encodings that can be guessed. More would lead to more wrong guesses.
_GUESSES = ["cp1252", "cp1251", "shift_jis", "euc_jp", "gb18030", "big5", "euc_kr"]
# Python's names of two encodings that are read as windows-1252, as in browsers (WHATWG Encoding).
_READ_AS_WINDOWS = {"iso8859-1", "ascii"}


def too_large(limit: int) -> Permanent:
    """The error for a body larger than `limit` bytes, before or after decompression."""
    return Permanent(f"The page is larger than {limit:,} bytes.", code="too_large")


def _unreadable() -> InvalidInput:
    return InvalidInput("The site's answer could not be decompressed.", code="unsupported_media")


def broke_off() -> Transient:
    """The error for a damaged or incomplete body."""
    return Transient("The site's answer broke off in the middle.", params=OF_SITE)


class BoundedBody:
    """Collects a body of at most `limit` bytes, before and after decompression.

    `__init__` raises `InvalidInput` for a compression that is not in `ACCEPT_ENCODING`.
    """

    def __init__(self, content_encoding: str, limit: int) -> None:
        self._limit = limit
        self._received = 0
        self._body = bytearray()
        self._coding = content_encoding.strip().lower().removeprefix("x-") or "identity"
        if self._coding not in ("identity", "gzip", "deflate"):
            raise InvalidInput(
                "The site answered in a compression that was not asked for.",
                code="unsupported_media",
            )
        self._inflate: Inflate | None = None  # None while no compressed stream is open
        self._members = 0
        self._start = b""
        self._is_over = False

    def feed(self, chunk: bytes) -> None:
        """Add bytes as they were received.

        Raises `Permanent` (`too_large`), or `InvalidInput` or `Transient` if the bytes cannot be
        decompressed.
        """
        self._received += len(chunk)
        if self._received > self._limit:
            raise too_large(self._limit)
        if self._coding == "identity":
            self._body += chunk
        else:
            self._inflate_into_body(chunk)

    def finish(self) -> bytes:
        """The whole decompressed body; raises `Transient` if compressed data has no end."""
        is_compressed = self._coding != "identity" and self._received > 0
        if is_compressed and (self._inflate is not None or not self._members):
            raise broke_off()
        return self.so_far()

    def so_far(self) -> bytes:
        """The decompressed part of the body so far, complete or not."""
        return bytes(self._body)

    def _inflate_into_body(self, chunk: bytes) -> None:
        while chunk and not self._is_over:
            if self._inflate is None:
                chunk = self._begin_member(chunk)
                continue
            room = self._limit - len(self._body) + 1
            try:
                self._body += self._inflate.decompress(chunk, room)
            except zlib.error:
                raise (broke_off() if self._body or self._is_gzip else _unreadable()) from None
            if len(self._body) > self._limit:
                raise too_large(self._limit)
            chunk = self._inflate.unconsumed_tail
            if self._inflate.eof:
                chunk = self._inflate.unused_data
                self._members += 1
                self._inflate = None

    @property
    def _is_gzip(self) -> bool:
        return self._coding == "gzip"

    def _begin_member(self, chunk: bytes) -> bytes:
        """Begin a gzip member or deflate stream; return the bytes to decompress now, maybe none."""
        start = self._start + chunk
        self._start = b""
        if self._members and not (self._is_gzip and _GZIP_START.startswith(start[:3])):
            self._is_over = True
        elif len(start) < len(_GZIP_START):
            self._start = start
        elif self._is_gzip and not start.startswith(_GZIP_START):
            raise _unreadable()
        else:
            self._inflate = zlib.decompressobj(self._window(start))
            return start
        return b""

    def _window(self, start: bytes) -> int:
        if self._is_gzip:
            return 16 + zlib.MAX_WBITS
        # Some servers send `deflate` without the zlib header (RFC 9110, 8.4.1.2; RFC 1950, 2.2).
        has_header = start[0] & 0x0F == 8 and (start[0] * 256 + start[1]) % 31 == 0
        return zlib.MAX_WBITS if has_header else -zlib.MAX_WBITS


def decode(body: bytes, header_charset: str | None) -> tuple[str, str]:
    """The text of a body, and the name of its encoding in Python.

    Bytes that cannot be decoded are replaced, and NUL characters are removed.
    """
    for bom, name in _BOMS:
        if body.startswith(bom):
            return _clean(body[len(bom) :].decode(name, errors="replace")), name
    declared = _META_CHARSET.search(body[:4096])
    in_page = declared[1].decode("ascii") if declared else None
    stated = _codec(header_charset) or _codec(in_page)
    if stated:
        return _clean(body.decode(stated, errors="replace")), stated
    try:
        return _clean(body.decode("utf-8")), "utf-8"
    except UnicodeDecodeError:
        guess = from_bytes(body[:100_000], cp_isolation=_GUESSES).best()
        codec = _codec(guess.encoding if guess else None) or "cp1252"
        return _clean(body.decode(codec, errors="replace")), codec


def _codec(name: str | None) -> str | None:
    if not name:
        return None
    try:
        codec = codecs.lookup(name.strip(" \"'")).name
        b"    ".decode(codec)  # raises for codecs that are not text encodings
    except (LookupError, UnicodeError, ValueError):
        return None
    if codec in _NOT_A_CHARSET:
        return None
    return "cp1252" if codec in _READ_AS_WINDOWS else codec


def _clean(text: str) -> str:
    """The text without NUL characters, which Postgres cannot store in text or jsonb."""
    return text.replace("\x00", "")
