"""When to look for rows: a ring, a row that becomes due, or the sweep."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass

from liverows.base.clock import Clock
from liverows.base.types import WakeSource

_JITTER = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepTimings:
    """Seconds between sweeps: while a doorbell works, and while none does."""

    calm: float = 30.0
    deaf: float = 2.0


class Wake:
    """Collects the reasons to look for rows, and says which one it is.

    While no doorbell works, sweeps come more often, so that rows are found seconds later and
    not lost. All times are those of the monotonic clock.
    """

    def __init__(
        self, clock: Clock, hears: Callable[[], bool], timings: SweepTimings | None = None
    ) -> None:
        self._clock = clock
        self._hears = hears
        self._timings = timings or SweepTimings()
        self._event = asyncio.Event()
        self._rung_by: WakeSource | None = "start"
        self._due_at: float | None = None
        self._swept_at = clock.monotonic()
        self._spread = 1.0
        self._event.set()

    def now(self) -> float:
        """The clock's monotonic time."""
        return self._clock.monotonic()

    def ring(self, source: WakeSource) -> None:
        """Look now. If there are several rings between two looks, the first one is reported."""
        self.note(source)
        self._event.set()

    def note(self, source: WakeSource) -> None:
        """Note a reason without ending a wait; for a caller that looks right afterwards."""
        if self._rung_by is None:
            self._rung_by = source

    def nudge(self) -> None:
        """End the wait although nothing rang: a result is ready, or a slot is free."""
        self._event.set()

    def due_in(self, seconds: float | None) -> None:
        """A row becomes due in so many seconds; `None` if no such row is known."""
        self._due_at = None if seconds is None else self._clock.monotonic() + max(0.0, seconds)

    @property
    def sweep_is_due(self) -> bool:
        """Whether the next look should also take back the rows of dead workers."""
        return self._clock.monotonic() >= self._sweep_at()

    def take(self) -> WakeSource | None:
        """The reason to look now, or None. A ring is reported once."""
        if self._rung_by is not None:
            source, self._rung_by = self._rung_by, None
            return source
        now = self._clock.monotonic()
        if self._due_at is not None and now >= self._due_at:
            self._due_at = None
            return "due"
        return "sweep" if now >= self._sweep_at() else None

    def swept(self) -> None:
        """A sweep was just sent; the next one is due after a whole pause."""
        self._swept_at = self._clock.monotonic()
        self._spread = random.uniform(1 - _JITTER, 1 + _JITTER)  # noqa: S311 - spreads a fleet

    async def wait(self, *, has_slots: bool) -> None:
        """Wait for the next reason to look. Rows that become due count only if there is a slot."""
        # In short waits, because a doorbell that stops working does not say so.
        deadline = min(self._sweep_at(), self._clock.monotonic() + self._timings.deaf)
        if has_slots and self._due_at is not None:
            deadline = min(deadline, self._due_at)
        await self.nudged(deadline - self._clock.monotonic())

    async def nudged(self, limit: float | None = None) -> None:
        """Wait for the next ring or nudge, at most `limit` seconds."""
        if limit is None:
            await self._event.wait()
        else:
            try:
                async with asyncio.timeout(max(0.0, limit)):
                    await self._event.wait()
            except TimeoutError:
                return
        self._event.clear()

    def _sweep_at(self) -> float:
        # This runs after every row, so it asks the doorbells only when their answer matters.
        if self._clock.monotonic() - self._swept_at < self._timings.deaf * (1 - _JITTER):
            return self._swept_at + self._timings.deaf
        pause = self._timings.calm if self._hears() else self._timings.deaf
        return self._swept_at + pause * self._spread
