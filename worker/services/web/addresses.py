"""Recognises URLs that are too long to be parsed in reasonable time."""

from __future__ import annotations

import re

MAX_ADDRESS = 8_192
_LONG_HOST = re.compile(r"\A[^/?#]*+//[^/?#]{500}")
_LEFT_OUT = str.maketrans("", "", "\t\r\n")


def is_overlong(address: str) -> bool:
    """Whether a URL is too long to be parsed.

    Check this before `urlsplit` and `urljoin`: a long host name that is not ASCII takes them very
    long.
    """
    if len(address) > MAX_ADDRESS:
        return True
    # `urlsplit` and `urljoin` ignore tabs and line breaks, so remove them here too.
    return not address.isascii() and bool(_LONG_HOST.match(address.translate(_LEFT_OUT)))
