"""Tells whether a text is English, even one of two words such as "Add numbers"."""

from __future__ import annotations

from functools import cache

from spellchecker import SpellChecker

from worker.interviews.languages import is_frequent_elsewhere
from worker.interviews.scripts import words_of

_SHORT_FORM = 5
"""Most letters of a word in capitals that is a short form, as SQL is."""


@cache
def _dictionary() -> SpellChecker:
    # It takes half a second to load.
    return SpellChecker(language="en")


def is_word(word: str) -> bool:
    """Whether a word is in an English dictionary. Case does not count."""
    return word.casefold() in _dictionary()


def is_english(text: str) -> bool | None:
    """Whether the words of an English dictionary outweigh the others; None without any word.

    Numbers, names and short forms do not count. A word that is frequent in another language counts
    against English, and so does one that is in no dictionary and has a letter that English lacks.
    """
    known, foreign = 0, 0
    for place, word in enumerate(words_of(text)):
        if any(map(str.isdigit, word)) or (word.isupper() and 1 < len(word) <= _SHORT_FORM):
            continue
        small = word.casefold().replace("\u2019", "'")
        is_known = small in _dictionary() or small.partition("'")[0] in _dictionary()
        is_elsewhere = is_frequent_elsewhere(small)
        if is_known and not is_elsewhere:
            known += 1
        elif is_known or place == 0 or word[0].islower() or not word.isascii():
            foreign += 1 + (not is_known and (is_elsewhere or not word.isascii()))
    return known > foreign if known or foreign else None
