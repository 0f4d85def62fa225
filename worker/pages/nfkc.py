"""Unicode's form for comparing texts, in time linear in their length."""

from __future__ import annotations

import re
import unicodedata

_WORD = re.compile(r"\S{1,100}+")


def nfkc(text: str) -> str:
    """The text in NFKC, word by word; of a longer word, every 100 characters by themselves.

    `unicodedata.normalize` puts accents that follow each other in order by moving each of them
    past all before it: 128,000 in a row take half a minute.
    """
    return text if text.isascii() else _WORD.sub(_normal, text)


def _normal(word: re.Match[str]) -> str:
    return word[0] if word[0].isascii() else unicodedata.normalize("NFKC", word[0])
