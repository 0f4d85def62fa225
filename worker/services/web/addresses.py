"""Recognises URLs that are too long to be parsed."""

from __future__ import annotations

import re

MAX_ADDRESS = 8_192
_LONG_HOST = re.compile(r"\A[^/?#]*+//[^/?#]{500}")
_LEFT_OUT = str.maketrans("", "", "\t\r\n")


def is_overlong(address: str) -> bool:
    """Whether a URL or its host is longer than any real one (a host name has at most 253
    characters).

    Call this before `urlsplit` and `urljoin` on text from a page or a person: for a host with
    non-ASCII letters, their time grows with the square of its length.
    """
    if len(address) > MAX_ADDRESS:
        return True
    # `urlsplit` and `urljoin` ignore tabs and line breaks, so remove them here too.
    return not address.isascii() and bool(_LONG_HOST.match(address.translate(_LEFT_OUT)))
