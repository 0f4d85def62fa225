"""Decides how many rows a worker claims beyond its slots.

Without rows claimed ahead, a slot may be idle during a claim. But those rows wait, although an idle
worker could run them.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from liverows.base.clock import Clock
from liverows.recipe.pipeline import Pipeline
from liverows.running.workload import Workload

_LONGEST_ROW_SECONDS = 0.05
"""While the average row or the oldest running row takes longer, `rows` is 0."""
_LONGEST_CYCLE_SECONDS = 2.0
"""While the average statement takes longer, `rows` is 0: a claim might time out."""
_STALE_SECONDS = 5.0
"""If no row has ended for this time, `rows` is 0: the average is too old."""
_PATIENCE_CYCLES = 3
_WEIGHT = 0.1
_MOST_PER_SLOT = 8


class ClaimAhead:
    """Measures rows and statements, and says how many rows to claim beyond the slots.

    `patience` is in seconds; if None, it is computed.
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
        """Take the seconds that a row occupied its slot into the average of recent rows."""
        self._measured_at = self._clock.monotonic()
        self._row_seconds = _smoothed(self._row_seconds, seconds)

    def cycle_took(self, seconds: float) -> None:
        """Take the seconds from a statement to its end into the recent average."""
        self._cycle_seconds = _smoothed(self._cycle_seconds, seconds)

    def rows(self) -> int:
        """Return how many rows to claim beyond the slots: 0, for instance, while rows take long."""
        if not self._allowed() or self._row_seconds is None or self._cycle_seconds is None:
            return 0
        if self._row_seconds > min(_LONGEST_ROW_SECONDS, self._cycle_seconds):
            return 0
        if self._cycle_seconds > _LONGEST_CYCLE_SECONDS:
            return 0
        now = self._clock.monotonic()
        if now - self._measured_at > _STALE_SECONDS:
            return 0
        # A long row changes the average only when it ends.
        oldest = next(iter(self._load.running), None)
        if oldest is not None and now - oldest.started_at > _LONGEST_ROW_SECONDS:
            return 0
        # As many rows as can finish during one statement, up to a limit per slot.
        ratio = self._cycle_seconds / max(self._row_seconds, 1e-4)
        return int(self._load.slots * min(_MOST_PER_SLOT, ratio))

    def _allowed(self) -> bool:
        return all(pipeline.claim_ahead for pipeline in self._pipelines)

    def patience(self) -> float:
        """Return for how many seconds a row that was claimed ahead may wait for its slot."""
        if self._patience is not None:
            return self._patience
        return _LONGEST_ROW_SECONDS + _PATIENCE_CYCLES * (self._cycle_seconds or 0.0)


def _smoothed(average: float | None, value: float) -> float:
    return value if average is None else average + _WEIGHT * (value - average)
