"""Decodes HTML entities, even those with absurdly long numbers."""

from __future__ import annotations

import html
import re

_NUMBER = re.compile(r"&#0*+([0-9]*+)")
_ORDINARY = 12
"""A `&#` reference up to this many characters is left as it is."""


def unescape(text: str) -> str:
    """Decode entities such as `&amp;` and `&#38;`.

    The standard library raises `ValueError` for a number of more than 4,300 digits. A number of
    more than seven digits is no character anyway, so longer numbers are shortened first.
    """
    return html.unescape(_NUMBER.sub(_short, text))


def _short(reference: re.Match[str]) -> str:
    if len(reference[0]) <= _ORDINARY:
        return reference[0]
    return f"&#{reference[1][:8] or '0'}"
