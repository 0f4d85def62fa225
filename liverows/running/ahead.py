"""Claiming ahead: more rows than slots, where rows are shorter than a round trip.

This buys throughput for rows of milliseconds and nothing else: if `rows` always returned 0,
everything would work the same. Without it a slot idles for a round trip after each row.

It pays only where a row takes less time than the claim of the next one, and it holds rows
that an idle worker could run. So it begins when rows and claims have been measured, and stops
while any row takes longer. A row that has not begun after a few round trips is released. A
pipeline may forbid it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from liverows.base.clock import Clock
from liverows.recipe.pipeline import Pipeline
from liverows.running.workload import Workload

_LONGEST_ROW_SECONDS = 0.05
"""While rows take longer than this, none is claimed ahead."""
_LONGEST_CYCLE_SECONDS = 2.0
"""If a claim takes longer than this, a larger answer might miss its deadline every time."""
_STALE_SECONDS = 5.0
"""After this time without a finished row, the measurements say nothing about the next rows."""
_PATIENCE_CYCLES = 3
_WEIGHT = 0.1
_MOST_PER_SLOT = 8


class ClaimAhead:
    """Measures rows and round trips, and says how many rows to claim beyond the slots.

    `pipelines` may be a view of a mapping that grows later. `patience` is how many seconds a row
    that was claimed ahead may wait for its slot; by default it is computed from the measurements.
    """

    def __init__(
        self,
        pipelines: Iterable[Pipeline[Any, Any]],
        load: Workload,
        clock: Clock,
        patience: float | None = None,
    ) -> None:
        self._pipelines = pipelines
        self._load = load
        self._clock = clock
        self._patience = patience
        self._measured_at = clock.monotonic()
        self._row_seconds: float | None = None
        self._cycle_seconds: float | None = None

    def row_took(self, seconds: float) -> None:
        """A row ended after that many seconds."""
        self._measured_at = self._clock.monotonic()
        self._row_seconds = _smoothed(self._row_seconds, seconds)

    def cycle_took(self, seconds: float) -> None:
        """A claim was answered, or failed, after that many seconds."""
        self._cycle_seconds = _smoothed(self._cycle_seconds, seconds)

    def rows(self) -> int:
        """How many rows to claim beyond the slots; 0 until rows and claims have been measured."""
        if not self._allowed() or self._row_seconds is None or self._cycle_seconds is None:
            return 0
        if self._row_seconds > min(_LONGEST_ROW_SECONDS, self._cycle_seconds):
            return 0
        if self._cycle_seconds > _LONGEST_CYCLE_SECONDS:
            return 0
        now = self._clock.monotonic()
        if now - self._measured_at > _STALE_SECONDS:
            return 0
        # A long row changes the average only when it ends, so also look at the rows that run.
        oldest = next(iter(self._load.running), None)
        if oldest is not None and now - oldest.started_at > _LONGEST_ROW_SECONDS:
            return 0
        # The number of rows that all slots together finish while one statement is under way.
        ratio = self._cycle_seconds / max(self._row_seconds, 1e-4)
        return int(self._load.slots * min(_MOST_PER_SLOT, ratio))

    def _allowed(self) -> bool:
        return all(pipeline.claim_ahead for pipeline in self._pipelines)

    def patience(self) -> float:
        """For how many seconds a row that was claimed ahead may wait for its slot."""
        if self._patience is not None:
            return self._patience
        return _LONGEST_ROW_SECONDS + _PATIENCE_CYCLES * (self._cycle_seconds or 0.0)


def _smoothed(average: float | None, value: float) -> float:
    return value if average is None else average + _WEIGHT * (value - average)
