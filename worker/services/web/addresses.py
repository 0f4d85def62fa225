"""Addresses that are too long to be taken apart."""

from __future__ import annotations

import re

MAX_ADDRESS = 8_192
_LONG_HOST = re.compile(r"\A[^/?#]*+//[^/?#]{500}")
_LEFT_OUT = str.maketrans("", "", "\t\r\n")


def is_overlong(address: str) -> bool:
    """Whether an address, or its host, is longer than any real one (a name has 253 characters).

    To be asked before `urlsplit` and `urljoin` of what a page or a person wrote: they look at a
    host with letters beyond ASCII in time quadratic in its length.
    """
    if len(address) > MAX_ADDRESS:
        return True
    # Those two read over the ends of lines.
    return not address.isascii() and bool(_LONG_HOST.match(address.translate(_LEFT_OUT)))
