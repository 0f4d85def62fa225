"""Decodes HTML entities, also those with thousands of digits."""

from __future__ import annotations

import html
import re

_NUMBER = re.compile(r"&#0*+([0-9]*+)")
_ORDINARY = 12
"""The most characters of a decimal reference that is not shortened, without its `;`."""


def unescape(text: str) -> str:
    """Decode entities such as `&amp;` and `&#38;`.

    Long decimal references are shortened first, because `html.unescape` raises `ValueError` for
    thousands of digits. Shortening does not change the result.
    """
    return html.unescape(_NUMBER.sub(_short, text))


def _short(reference: re.Match[str]) -> str:
    if len(reference[0]) <= _ORDINARY:
        return reference[0]
    return f"&#{reference[1][:8] or '0'}"
