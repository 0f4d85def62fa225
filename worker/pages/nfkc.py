"""Converts text to Unicode NFKC, for comparisons, in time linear in its length."""

from __future__ import annotations

import re
import unicodedata

_WORD = re.compile(r"\S{1,100}+")


def nfkc(text: str) -> str:
    """The text in NFKC, word by word; in a longer word, each 100 characters are converted
    separately.

    `unicodedata.normalize` sorts consecutive accents by moving each past all earlier ones, so
    128,000 in a row take half a minute.
    """
    return text if text.isascii() else _WORD.sub(_normal, text)


def _normal(word: re.Match[str]) -> str:
    return word[0] if word[0].isascii() else unicodedata.normalize("NFKC", word[0])
