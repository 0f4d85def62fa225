"""What depends on the script of a text: its words, the ends of its sentences and question marks."""

from __future__ import annotations

import re
import unicodedata
from itertools import groupby

# Scripts whose words stand without blanks: Thai, Lao, Burmese, Khmer, and those of China and Japan.
_UNSPACED = (
    r"\u0e01-\u0e30\u0e32\u0e33\u0e40-\u0e46\u0e81-\u0eb0\u0eb2\u0eb3\u0ebd-\u0ec6\u0edc-\u0edf"
    r"\u1000-\u102a\u103f\u1050-\u1055\u1780-\u17b3\u3005-\u3007\u3041-\u3096\u309d-\u309f"
    r"\u30a1-\u30fa\u30fc-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f"
    r"\U00020000-\U0003ffff"
)


def _combining() -> str:
    """The ranges of all marks that belong to the letter before them, as in Hindi and Thai."""
    codes = [code for code in range(0x300, 0x20000) if unicodedata.category(chr(code))[0] == "M"]
    runs = [
        [code for _, code in run]
        for _, run in groupby(enumerate(codes), key=lambda each: each[1] - each[0])
    ]
    # The two joiners of Persian and Hindi stand inside words.
    return "".join(f"{chr(run[0])}-{chr(run[-1])}" for run in runs) + "\u200c\u200d"


# The Armenian marks of questions, calls and stress stand inside words.
_INSIDE = _combining() + "\u055b-\u055e"
_LETTERS = rf"[^\W{_UNSPACED}]+(?:[{_INSIDE}][^\W{_UNSPACED}]*)*"
TOKEN = re.compile(rf"[{_UNSPACED}][{_INSIDE}]*|{_LETTERS}(?:['\u2019]{_LETTERS})*")
"""A word, or one character of a script that has no blanks between words."""
_ASCII_TOKEN = re.compile(r"\w+(?:'\w+)*")
_CHARACTER = re.compile(rf"[{_UNSPACED}]")
UNSPACED_SHARE = 0.5
"""A text counts as written without blanks if at least this share of its words are characters."""

ARMENIAN_MARK = "\u055e"
QUESTION_MARKS = (
    "?\uff1f\ufe56\u061f\u037e\u2e2e\ua60f\ua6f7\u1367\u203d\u2047\u2048\u2049\u2753\u2754"
)
"""The question marks at the ends of sentences in all scripts, but not the Greek one, which is a
semicolon elsewhere."""
SENTENCE_ENDS = (
    ".!\u2026\u3002\uff01\uff0e\uff61\u0964\u0965\u0589\u06d4\u1362\u104b\u17d4\u17d5\u0f0d"
    + QUESTION_MARKS
)
"""The marks at the ends of sentences in all scripts."""
_SENTENCE = re.compile(rf"[^{SENTENCE_ENDS}]++[{SENTENCE_ENDS}]{{0,20}}+")
_GREEK_SENTENCE = re.compile(rf"[^{SENTENCE_ENDS};]++[{SENTENCE_ENDS};]{{0,20}}+")
_GREEK = re.compile(r"[\u0370-\u03ff\u1f00-\u1fff]")
_LATIN = re.compile(r"[A-Za-z]")
_CLOSING = "\"'\u201d\u2019\u00bb\u300d\u300f\uff09) "


def words_of(text: str) -> list[str]:
    """The words of a text as they are written, without punctuation around them."""
    return (_ASCII_TOKEN if text.isascii() else TOKEN).findall(text)


def is_unspaced(words: list[str]) -> bool:
    """Whether at least half of the words are single characters of a script without blanks."""
    return sum(map(is_character, words)) >= UNSPACED_SHARE * len(words) > 0


def is_character(word: str) -> bool:
    """Whether a word, as `TOKEN` finds it, is one character of a script without blanks."""
    return _CHARACTER.match(word) is not None


def split_sentences(text: str) -> list[str]:
    """The sentences of a text, each with its marks, by the marks of all scripts."""
    pattern = _GREEK_SENTENCE if ";" in text and _is_greek(text) else _SENTENCE
    return pattern.findall(text)


def has_question_mark(text: str) -> bool:
    """Whether a text holds a question mark; a semicolon is one in a Greek text."""
    if any(mark in text for mark in QUESTION_MARKS) or ARMENIAN_MARK in text:
        return True
    return ";" in text and _is_greek(text)


def ends_with_question_mark(sentence: str) -> bool:
    """Whether the mark of a sentence is a question mark. The Armenian one stands inside a word."""
    end = sentence.rstrip(_CLOSING)
    if end.endswith(tuple(QUESTION_MARKS)) or ARMENIAN_MARK in sentence:
        return True
    return end.endswith(";") and _is_greek(sentence)


def _is_greek(text: str) -> bool:
    return len(_GREEK.findall(text)) > len(_LATIN.findall(text))
