"""Bytes of a response body: collected under a limit, decompressed, turned into text."""

from __future__ import annotations

import codecs
import re
import zlib

from charset_normalizer import from_bytes

from worker.base.errors import InvalidInput, Permanent

ACCEPT_ENCODING = "gzip, deflate"

_WINDOW = {"gzip": 16 + zlib.MAX_WBITS, "deflate": zlib.MAX_WBITS}
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
# Python's names for codecs that are not character sets of web pages.
_NOT_A_CHARSET = {"utf-7", "unicode_escape", "raw_unicode_escape", "punycode", "idna", "undefined"}
# Scripts that differ enough to be told apart; Latin text falls to windows-1252, as in browsers.
_GUESSES = ["cp1252", "cp1251", "shift_jis", "euc_jp", "gb18030", "big5", "euc_kr"]
# The WHATWG encoding standard reads both names as windows-1252, as browsers do.
_READ_AS_WINDOWS = {"iso8859-1", "ascii"}


def too_large(limit: int) -> Permanent:
    """The error for a body over `limit` bytes, before or after decompression."""
    return Permanent(f"The page is larger than {limit:,} bytes.", code="too_large")


class BoundedBody:
    """Collects a body and stops at `limit` bytes, however well they were compressed."""

    def __init__(self, content_encoding: str, limit: int) -> None:
        self._limit = limit
        self._received = 0
        self._body = bytearray()
        coding = content_encoding.strip().lower().removeprefix("x-")
        if coding not in ("", "identity", *_WINDOW):
            raise InvalidInput(
                "The site answered in a compression that was not asked for.",
                code="unsupported_media",
            )
        self._window = _WINDOW.get(coding)
        self._inflate = zlib.decompressobj(self._window) if self._window else None
        self._members = 0

    def feed(self, chunk: bytes) -> None:
        """Add raw bytes; `Permanent("too_large")` over the limit, also when inflated."""
        self._received += len(chunk)
        if self._received > self._limit:
            raise too_large(self._limit)
        if self._window is None:
            self._body += chunk
        else:
            self._inflate_into_body(chunk)

    def finish(self) -> bytes:
        """The whole body. A compressed body cut short is kept as far as it goes."""
        return bytes(self._body)

    def _inflate_into_body(self, chunk: bytes) -> None:
        while chunk and self._inflate is not None:
            room = self._limit - len(self._body) + 1
            try:
                self._body += self._inflate.decompress(chunk, room)
            except zlib.error:
                self._after_bad_data()
                continue
            if len(self._body) > self._limit:
                raise too_large(self._limit)
            chunk = self._inflate.unconsumed_tail
            if self._inflate.eof:
                # A gzip body may be several members in a row; padding after one is ignored.
                chunk = self._inflate.unused_data
                self._members += 1
                self._inflate = zlib.decompressobj(self._window or 0)

    def _after_bad_data(self) -> None:
        if self._members:
            self._inflate = None
        elif self._window == zlib.MAX_WBITS and not self._body:
            # Some servers send `deflate` without its zlib header (RFC 9110, 8.4.1.2).
            self._window = -zlib.MAX_WBITS
            self._inflate = zlib.decompressobj(self._window)
        else:
            raise InvalidInput(
                "The site's answer could not be decompressed.", code="unsupported_media"
            )


def decode(body: bytes, header_charset: str | None) -> tuple[str, str]:
    """Text and character set of a body.

    In order: byte order mark, HTTP header, declaration in the page, UTF-8 if the bytes
    are valid UTF-8, then a guess from the bytes.
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
        b"    ".decode(codec)  # refuses codecs that are no text encodings
    except (LookupError, UnicodeError, ValueError):
        return None
    if codec in _NOT_A_CHARSET:
        return None
    return "cp1252" if codec in _READ_AS_WINDOWS else codec


def _clean(text: str) -> str:
    """Postgres stores no NUL in text or jsonb."""
    return text.replace("\x00", "")
