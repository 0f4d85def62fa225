"""Claiming ahead: more rows than slots, where rows are shorter than a round trip.

Without it a slot idles for a round trip after each row. It pays only where a row takes
less time than asking for the next, and it holds rows that an idle worker could have. So
it begins when both have been measured and stops while any row takes longer; what has
not begun after a few round trips goes back. A pipeline may forbid it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from liverows.base.clock import Clock
from liverows.recipe.pipeline import Pipeline
from liverows.running.workload import Workload

_LONGEST_ROW_SECONDS = 0.05
"""No row that takes longer is claimed ahead."""
_LONGEST_CYCLE_SECONDS = 2.0
"""Past it a larger answer may not come within its deadline, or ever."""
_STALE_SECONDS = 5.0
"""How short rows were says little about those of another time."""
_PATIENCE_CYCLES = 3
_WEIGHT = 0.1
_MOST_PER_SLOT = 8


class ClaimAhead:
    """Measures rows and round trips, and says how many rows to claim beyond the slots.

    `pipelines` may be a view to which more are added.
    `patience` replaces what it makes of them for how long such a row may wait.
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
        """A row ended after that long."""
        self._measured_at = self._clock.monotonic()
        self._row_seconds = _smoothed(self._row_seconds, seconds)

    def cycle_took(self, seconds: float) -> None:
        """A claim was answered after that long, or given up."""
        self._cycle_seconds = _smoothed(self._cycle_seconds, seconds)

    def rows(self) -> int:
        """How many rows beyond the slots; 0 until both have been measured."""
        if not self._allowed() or self._row_seconds is None or self._cycle_seconds is None:
            return 0
        if self._row_seconds > min(_LONGEST_ROW_SECONDS, self._cycle_seconds):
            return 0
        if self._cycle_seconds > _LONGEST_CYCLE_SECONDS:
            return 0
        now = self._clock.monotonic()
        if now - self._measured_at > _STALE_SECONDS:
            return 0
        # The average learns of a long row only when it ends.
        oldest = next(iter(self._load.running), None)
        if oldest is not None and now - oldest.started_at > _LONGEST_ROW_SECONDS:
            return 0
        # What all slots together get through while one statement is under way.
        ratio = self._cycle_seconds / max(self._row_seconds, 1e-4)
        return int(self._load.slots * min(_MOST_PER_SLOT, ratio))

    def _allowed(self) -> bool:
        return all(pipeline.claim_ahead for pipeline in self._pipelines)

    def patience(self) -> float:
        """For how many seconds a row may wait for its slot: it was claimed a cycle early."""
        if self._patience is not None:
            return self._patience
        return _LONGEST_ROW_SECONDS + _PATIENCE_CYCLES * (self._cycle_seconds or 0.0)


def _smoothed(average: float | None, value: float) -> float:
    return value if average is None else average + _WEIGHT * (value - average)
