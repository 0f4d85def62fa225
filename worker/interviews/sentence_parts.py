"""Divides a text into sentences."""

from __future__ import annotations

from worker.interviews.scripts import split_sentences
from worker.interviews.transcript import tokens

MAX_SENTENCE = 2_000
"""The most characters of a sentence. A longer one is split between words."""


def sentences(text: str) -> list[str]:
    """The sentences of a text that have words. One of more than 2,000 characters is split."""
    parts = (piece for part in split_sentences(text) for piece in _pieces(part.strip()))
    return [piece for piece in parts if tokens(piece)]


def _pieces(sentence: str) -> list[str]:
    if len(sentence) <= MAX_SENTENCE:
        return [sentence]
    pieces = [""]
    for word in sentence.split():
        # A text of a script without blanks is one long word.
        for start in range(0, len(word), MAX_SENTENCE):
            part = word[start : start + MAX_SENTENCE]
            if len(pieces[-1]) + len(part) >= MAX_SENTENCE:
                pieces.append("")
            pieces[-1] = f"{pieces[-1]} {part}".lstrip()
    return [piece for piece in pieces if piece]
