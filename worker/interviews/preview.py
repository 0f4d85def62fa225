"""Publishes the questions while their answers are still being scored."""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable, Sequence

from worker.interviews.question_row import QuestionRow

LEAST_SECONDS = 1.0
TIMES_ITS_COST = 20.0
AT_FIRST = 0.5
TIMES_ITS_SIZE = 1.5
"""A factor in the limit of bytes for the previews of one interview (see `_is_dear`)."""


class Preview:
    """Writes all questions with the scores that are known, but not after each new score.

    A write is left out if it comes too soon or would cost too many bytes. The first write, and one
    without pending scores, are made in any case.
    """

    def __init__(
        self,
        write: Callable[[Sequence[QuestionRow]], Awaitable[None]],
        monotonic: Callable[[], float],
    ) -> None:
        self._write = write
        self._monotonic = monotonic
        self._not_before = monotonic()
        self._sizes: dict[int, tuple[QuestionRow, int]] = {}
        self._whole = 0
        self._unscored = 0
        self._written = 0

    async def show(self, rows: Sequence[QuestionRow]) -> None:
        """Write the questions as they are now, unless this write is left out."""
        pending = sum(row.scoring_status == "pending" for row in rows)
        is_first = not self._whole
        if is_first:
            self._whole = sum(_size(row) for row in rows) or 1
            self._unscored = pending
        began = self._monotonic()
        shown = [_without_lines(row) for row in rows]
        size = self._size_of(shown, rows)
        if pending and not is_first and (began < self._not_before or self._is_dear(size, pending)):
            return
        # While this write runs, other writes with pending scores are left out.
        self._not_before = math.inf
        self._written += size
        await self._write(shown)
        took = self._monotonic() - began
        self._not_before = began + max(LEAST_SECONDS, took * TIMES_ITS_COST)

    def _is_dear(self, size: int, pending: int) -> bool:
        """Whether this write would exceed the limit of bytes, which grows with the share of known
        scores."""
        known = 1 - pending / (self._unscored or 1)
        return self._written + size > self._whole * (AT_FIRST + TIMES_ITS_SIZE * known)

    def _size_of(self, shown: Sequence[QuestionRow], rows: Sequence[QuestionRow]) -> int:
        """The bytes of all rows in `shown`; a row that did not change is not measured again."""
        for place, row in enumerate(rows):
            known = self._sizes.get(place)
            if known is None or known[0] is not row:
                self._sizes[place] = (row, _size(shown[place]))
        return sum(size for _, size in self._sizes.values())


def _without_lines(row: QuestionRow) -> QuestionRow:
    return row.model_copy(update={"question_json": []})


def _size(row: QuestionRow) -> int:
    return len(row.model_dump_json().encode())
