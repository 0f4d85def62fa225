"""Finds a quote in what was really said, and when it was said."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import accumulate

from worker.interviews.transcript import Utterance, tokens

MIN_WORDS = 2
MAX_WORDS = 60
_BREAK = "\n"
"""A token that no quote contains."""


@dataclass(frozen=True, slots=True)
class Found:
    """Where a quote was found: the transcript's own words and their times."""

    quote: str
    start: float | None
    end: float | None


@dataclass(frozen=True, slots=True)
class _Said:
    token: str
    text: str
    place: int
    """The number of the written word that this token belongs to, counted over the whole answer."""
    start: float | None
    end: float | None


class Quotable:
    """The words of one side, in which quotes can be searched.

    `breaks` are the places in the transcript where another speaker takes the turn; no quote may go
    across one. A sound of listening is no break.
    """

    def __init__(self, utterances: Sequence[Utterance], breaks: Collection[int] = ()) -> None:
        self._words: list[_Said] = []
        floor_taken = sorted(breaks)
        before: int | None = None
        for said in utterances:
            if before is not None and _is_between(before, floor_taken, said.index):
                self._words.append(_Said(_BREAK, "", self._words[-1].place + 1, None, None))
            self._add(said)
            before = said.index
        written = [f" {word.token}" for word in self._words]
        # One text in which each token follows a blank, and the position of each blank. Comparing
        # lists at every word would take seconds for a long answer.
        self._text = "".join(written) + " "
        self._places = [0, *accumulate(len(token) for token in written)]

    def find(self, quote: str) -> Found | None:
        """Find exactly these words in sequence; None if they are not there.

        Case and punctuation are not compared, because the transcript's writer chose them; every
        word is. The result contains the transcript's own wording.
        """
        wanted = tokens(quote)
        fewest = min(MIN_WORDS, len(self._words))
        if not wanted or not fewest <= len(wanted) <= MAX_WORDS:
            return None
        place = self._text.find(f" {' '.join(wanted)} ")
        if place < 0:
            return None
        start = bisect_left(self._places, place)
        return self._found(self._words[start : start + len(wanted)])

    def _add(self, said: Utterance) -> None:
        # If words have no times, use those of the whole utterance.
        written: list[tuple[str, float | None, float | None]]
        written = [(word.text, word.start, word.end) for word in said.words]
        written = written or [(text, said.start, said.end) for text in said.text.split()]
        first = self._words[-1].place + 1 if self._words else 0
        for place, (text, start, end) in enumerate(written, first):
            self._words += [_Said(token, text, place, start, end) for token in tokens(text)]

    def _found(self, words: Sequence[_Said]) -> Found:
        texts = {word.place: word.text for word in words}
        return Found(" ".join(texts.values()), words[0].start, words[-1].end)


def _is_between(before: int, places: Sequence[int], after: int) -> bool:
    """Whether a place in the sorted list is strictly between the two others."""
    return bisect_right(places, before) < bisect_left(places, after)
