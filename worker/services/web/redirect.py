"""Where a `Location` header leads, corrected as browsers do it.

Browsers encode characters that no URL may contain. `guard` must check the resulting URL.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import quote_from_bytes, urljoin

_STRIPPED = "".join(map(chr, range(0x21)))
_ABSOLUTE = re.compile(r"([A-Za-z][A-Za-z0-9+.-]{0,30}:)?(//[^/?#]*+)?")
_WEB = ("http:", "https:")
# The characters that are not percent-encoded, besides ASCII letters and digits.
_PATH_KEPT = "!$%&'()*+,-./:;=@[]^_|~"
_QUERY_KEPT = "!$%&()*+,-./:;=?@[]^_`{|}~"
_FOLDED = str.maketrans("", "", "\t\r\n")


def location_of(headers: Iterable[tuple[bytes, bytes]]) -> bytes:
    """The first `Location` in a response's raw headers; empty if there is none."""
    return next((value for name, value in headers if name.lower() == b"location"), b"")


def redirect_target(location: bytes, page_url: str) -> str:
    """The absolute URL to which a location leads; raises `ValueError` if the location is no URL."""
    # Keep bytes that are not UTF-8, so that `_encoded` can percent-encode them.
    text = location.decode("utf-8", "surrogateescape").strip(_STRIPPED).translate(_FOLDED)
    match = _ABSOLUTE.match(text)
    scheme = (match[1] if match else None) or ""
    if scheme and scheme.lower() not in _WEB:
        return urljoin(page_url, text)
    address, mark, query = text.partition("#")[0].partition("?")
    address = address.replace("\\", "/")
    match = _ABSOLUTE.match(address)
    start = match[0] if match else ""
    host = start.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    path = _encoded(address[len(start) :], _PATH_KEPT)
    return urljoin(page_url, f"{host}{path}{mark}{_encoded(query, _QUERY_KEPT)}")


def _encoded(text: str, kept: str) -> str:
    return quote_from_bytes(text.encode("utf-8", "surrogateescape"), safe=kept)
