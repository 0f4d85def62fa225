"""Entities of HTML in a text, whatever numbers they hold."""

from __future__ import annotations

import html
import re

_NUMBER = re.compile(r"&#0*+([0-9]*+)")
_ORDINARY = 12
"""Characters of `&#` and a number that need no look."""


def unescape(text: str) -> str:
    """`&amp;` and `&#38;` as what they stand for.

    The standard library raises `ValueError` for a number of more than 4,300 digits. One of more
    than seven stands for no character, as it sees it too.
    """
    return html.unescape(_NUMBER.sub(_short, text))


def _short(reference: re.Match[str]) -> str:
    if len(reference[0]) <= _ORDINARY:
        return reference[0]
    return f"&#{reference[1][:8] or '0'}"
