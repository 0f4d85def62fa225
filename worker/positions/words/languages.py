"""Tells whether a text seems to be in a language without known words."""

from __future__ import annotations

from collections import Counter

from worker.positions.words.known import folded, small_words

_MIN_WORDS = 40
_SMALL_WORDS_SHARE = 0.02
_ENGLISH_SHARE = 0.1
_MAX_SAMPLE = 20_000
_MAX_LETTERS = 4_000
# The scripts in which words are known, such as Latin, Cyrillic and Hebrew.
_SCRIPTS = (
    ("\u0000", "\u052f"), ("\u0590", "\u05ff"), ("\u0600", "\u077f"), ("\u0900", "\u097f"),
    ("\u0e00", "\u0e7f"), ("\u1e00", "\u1fff"), ("\u2e80", "\uffff"),
)  # fmt: skip
# Further languages with known words; their small words are not listed.
_ALSO_KNOWN = {"no", "nn", "sr", "bs", "mk", "zh", "ja", "ko", "th"}


def is_in_unknown_language(text: str, stated: str) -> bool:
    """Whether a text seems to be in a language of which no words are known.

    `stated`, the page's language code, is often wrong, so the words decide as well.
    """
    words = Counter(word for word in folded(text[:_MAX_SAMPLE]).split() if word.isalpha())
    total = words.total()
    if _has_no_spaces(text):
        return False
    if _is_in_other_script(text):
        return True
    counted = {
        language: sum(words[word] for word in small) for language, small in small_words().items()
    }
    if stated and stated not in {*small_words(), *_ALSO_KNOWN}:
        # Templates often state another language for a page in English.
        return counted["en"] < _ENGLISH_SHARE * total
    return total >= _MIN_WORDS and max(counted.values()) < _SMALL_WORDS_SHARE * total


def _has_no_spaces(text: str) -> bool:
    """Whether over a quarter of the letters are Thai, Chinese, Japanese or Korean."""
    letters = _letters(text)
    own = (
        count
        for each, count in letters.items()
        if "\u0e00" <= each <= "\u0e7f" or "\u2e80" <= each <= "\ud7ff"
    )
    return sum(own) > letters.total() / 4


def _is_in_other_script(text: str) -> bool:
    """Whether most letters are of a script without known words, such as Georgian."""
    letters = _letters(text)
    known = (
        count
        for each, count in letters.items()
        if any(first <= each <= last for first, last in _SCRIPTS)
    )
    return sum(known) < letters.total() / 2


def _letters(text: str) -> Counter[str]:
    """How often each letter stands in the first part of a text."""
    counted = Counter(text[:_MAX_LETTERS])
    return Counter({each: count for each, count in counted.items() if each.isalpha()})
