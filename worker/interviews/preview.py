"""Questions that are shown while their answers are still being scored."""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable, Sequence

from worker.interviews.question_row import QuestionRow

LEAST_SECONDS = 1.0
TIMES_ITS_COST = 20.0


class Preview:
    """Writes all questions with the scores that are known, but not with each new score.

    Each write is as large as the whole interview. So a write is left out if the last write began
    less than `LEAST_SECONDS` ago, or less than `TIMES_ITS_COST` times as long ago as it took. The
    write after which no score is missing is never left out.
    """

    def __init__(
        self,
        write: Callable[[Sequence[QuestionRow]], Awaitable[None]],
        monotonic: Callable[[], float],
    ) -> None:
        self._write = write
        self._monotonic = monotonic
        self._not_before = monotonic()

    async def show(self, rows: Sequence[QuestionRow]) -> None:
        """Show the questions as they are now, unless it is too early for that."""
        is_last = all(row.scoring_status != "pending" for row in rows)
        began = self._monotonic()
        if began < self._not_before and not is_last:
            return
        # While this write goes on, no other score may start one that would wait for it.
        self._not_before = math.inf
        await self._write(list(rows))
        took = self._monotonic() - began
        self._not_before = began + max(LEAST_SECONDS, took * TIMES_ITS_COST)
