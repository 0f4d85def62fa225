"""Reads words in many languages from TOML files, and searches folded texts for them.

Folding removes most accents and marks, which many people leave out.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import TypeAlias

Words: TypeAlias = "tuple[str, ...]"

WHOLE_WORD = 6
"""An entry of more characters also matches the beginning of a longer word; a short one would match
too much. In scripts without spaces, an entry matches anywhere."""

# Ranges with the Latin and Greek letters that have marks; many people leave such marks out.
_LATIN_AND_GREEK = (*range(0x00C0, 0x0250), *range(0x0370, 0x0400), *range(0x1E00, 0x2000))
_MARKS = (*range(0x0300, 0x0370), *range(0x064B, 0x0653), 0x00AD, 0x0640, 0x200B)
_OTHERS = {
    0x0142: "l", 0x00F8: "o", 0x0111: "d", 0x0131: "i", 0x00E6: "ae", 0x0153: "oe",
    0x03C2: "\u03c3", 0x0451: "\u0435", 0x0623: "\u0627", 0x0625: "\u0627", 0x0622: "\u0627",
    0x0649: "\u06cc", 0x064A: "\u06cc", 0x0643: "\u06a9", 0x0629: "\u0647",
}  # fmt: skip
_BETWEEN_WORDS = re.compile(r"[^\w-]+")


def _plain_letters() -> dict[int, str]:
    table = dict.fromkeys(_MARKS, "")
    for code in _LATIN_AND_GREEK:
        letter = chr(code)
        while (parts := unicodedata.decomposition(letter)) and not parts.startswith("<"):
            letter = chr(int(parts.split()[0], 16))
        if letter != chr(code):
            table[code] = letter
    return table | _OTHERS


_PLAIN = MappingProxyType(_plain_letters())


def folded(text: str) -> str:
    """The text in lower case without most marks, with one space around each word."""
    return f" {_BETWEEN_WORDS.sub(' ', text.casefold().translate(_PLAIN)).strip()} "


@cache
def groups(name: str) -> dict[str, Words]:
    """The groups of words in the file `<name>.toml`, folded and ready for a search."""
    file = files(__package__ or "").joinpath(f"{name}.toml")
    stored = tomllib.loads(file.read_text(encoding="utf-8"))
    return {group: _entries(words) for group, words in stored.items()}


@cache
def small_words() -> dict[str, frozenset[str]]:
    """Frequent small words of each language, by the language's code."""
    return {
        language: frozenset(word.strip() for word in words)
        for language, words in groups("languages").items()
    }


def first_in(text: str, words: Iterable[str]) -> str | None:
    """The first of `words` that a folded text contains; None if it contains none."""
    return next((word for word in words if word in text), None)


def starts_with(text: str, words: Words) -> bool:
    """Whether a folded text begins with one of the words, or has one of a script without spaces."""
    if text.startswith(words):
        return True
    # The words of scripts without spaces have no letters of ASCII.
    return not text.isascii() and any(word in text for word in words if not word.startswith(" "))


def _entries(words: str) -> Words:
    found = (entry.strip() for line in words.splitlines() for entry in line.split(","))
    return tuple(_searched(folded(entry)) for entry in found if entry)


def _searched(entry: str) -> str:
    word = entry.strip()
    if _writes_no_spaces(word[0]):
        return word
    return entry if len(word) <= WHOLE_WORD else entry[:-1]


def _writes_no_spaces(letter: str) -> bool:
    """Whether words with this letter match anywhere in a text, as in Thai or Korean."""
    return "\u0e00" <= letter <= "\u0eff" or letter >= "\u2e80"
