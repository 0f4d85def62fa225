"""Questions that are shown while their answers are still being scored."""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable, Sequence

from worker.interviews.question_row import QuestionRow

LEAST_SECONDS = 1.0
TIMES_ITS_COST = 20.0


class Preview:
    """Writes all questions with the scores that are known, but not with each new score.

    Each write is as large as the whole interview. So one is left out if it would come sooner
    than `LEAST_SECONDS` after the last one, or sooner than `TIMES_ITS_COST` times as long as the
    last one took. The last write of a run is never left out: nothing is pending any more.
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
        # Scores that come in while this write goes on must not queue up behind it.
        self._not_before = math.inf
        await self._write(list(rows))
        took = self._monotonic() - began
        self._not_before = began + max(LEAST_SECONDS, took * TIMES_ITS_COST)
