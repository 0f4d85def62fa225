"""Converts text to Unicode NFKC for comparisons, in linear time."""

from __future__ import annotations

import re
import unicodedata

_WORD = re.compile(r"\S{1,100}+")


def nfkc(text: str) -> str:
    """The text with its words in NFKC, converted in pieces of at most 100 characters.

    `unicodedata.normalize` is very slow for thousands of accents in a row.
    """
    return text if text.isascii() else _WORD.sub(_normal, text)


def _normal(word: re.Match[str]) -> str:
    return word[0] if word[0].isascii() else unicodedata.normalize("NFKC", word[0])
