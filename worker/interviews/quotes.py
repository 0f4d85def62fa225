"""Finds a model's quote in what was really said, and when it was said."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import accumulate

from worker.interviews.scripts import TOKEN, is_unspaced
from worker.interviews.transcript import Utterance, tokens

MIN_WORDS = 2
MAX_WORDS = 60
_BREAK = "\n"
"""Stands between utterances that a quote may not join. No quote can contain this token."""


@dataclass(frozen=True, slots=True)
class Found:
    """A quote that was found, in the transcript's own words. Times are in seconds."""

    quote: str
    start: float | None
    end: float | None


@dataclass(frozen=True, slots=True)
class _Said:
    token: str
    text: str
    place: int
    """The number of the written word that this token belongs to. A break counts as a word."""
    start: float | None
    end: float | None
    part: tuple[int, int]
    """Where in `text` the quote is cut if it begins or ends with this token."""


class Quotable:
    """The utterances of one side, in which quotes can be searched.

    `breaks` are places in the transcript. A quote must not reach across one of them.
    """

    def __init__(self, utterances: Sequence[Utterance], breaks: Collection[int] = ()) -> None:
        self._words: list[_Said] = []
        floor_taken = sorted(breaks)
        before: int | None = None
        for said in utterances:
            if before is not None and _is_between(before, floor_taken, said.index):
                self._words.append(_Said(_BREAK, "", self._words[-1].place + 1, None, None, (0, 0)))
            self._add(said)
            before = said.index
        written = [f" {word.token}" for word in self._words]
        # Each token follows a blank; `_places` are the blanks' positions. Searching a text is
        # faster than comparing lists of tokens.
        self._text = "".join(written) + " "
        self._places = [0, *accumulate(len(token) for token in written)]

    def find(self, quote: str) -> Found | None:
        """Find the first place where the words of the quote follow each other.

        None if there is none, or if the quote is too short or too long. The result has the
        transcript's own wording.
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
        # Without known words, each word gets the times of the whole utterance.
        written: list[tuple[str, float | None, float | None]]
        written = [(word.text, word.start, word.end) for word in said.words]
        written = written or [(text, said.start, said.end) for text in said.text.split()]
        first = self._words[-1].place + 1 if self._words else 0
        for place, (text, start, end) in enumerate(written, first):
            self._words += [
                _Said(token, text, place, start, end, part)
                for token, part in zip(tokens(text), _parts(text), strict=True)
            ]

    def _found(self, words: Sequence[_Said]) -> Found:
        first, last = words[0], words[-1]
        texts = {word.place: word.text for word in words}
        texts[last.place] = last.text[: last.part[1]]
        texts[first.place] = texts[first.place][first.part[0] :]
        return Found(" ".join(texts.values()), first.start, last.end)


def _parts(text: str) -> list[tuple[int, int]]:
    """Where each word of a text without blanks may be cut.

    A text in a script without blanks, which may be long, is cut between its characters; any other
    text is not cut.
    """
    spans = [match.span() for match in TOKEN.finditer(text)]
    if is_unspaced([text[start:end] for start, end in spans]):
        return spans
    return [(0, len(text))] * len(spans)


def _is_between(before: int, places: Sequence[int], after: int) -> bool:
    return bisect_right(places, before) < bisect_left(places, after)
