"""Decides when to look for rows: after a ring, when a row becomes due, or for a periodic sweep."""

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
    """Mean seconds between sweeps: `calm` while a doorbell works, `deaf` while none does."""

    calm: float = 30.0
    deaf: float = 2.0


class Wake:
    """Collects the reasons to look for rows, and says which reason there is now.

    `hears` says whether a doorbell works. While none works, sweeps come more often.
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
        """Return the clock's monotonic time."""
        return self._clock.monotonic()

    def ring(self, source: WakeSource) -> None:
        """End the wait because of a ring. Of several rings between two looks the first is kept."""
        self.note(source)
        self._event.set()

    def note(self, source: WakeSource) -> None:
        """Note a reason, unless one is noted already, without ending the wait."""
        if self._rung_by is None:
            self._rung_by = source

    def nudge(self) -> None:
        """End the wait although nothing rang, for instance because a result is ready."""
        self._event.set()

    def due_in(self, seconds: float | None) -> None:
        """Note in how many seconds the next row becomes due; None if no such row is known."""
        self._due_at = None if seconds is None else self._clock.monotonic() + max(0.0, seconds)

    @property
    def sweep_is_due(self) -> bool:
        """Whether the next look should also take back the rows of dead workers."""
        return self._clock.monotonic() >= self._sweep_at()

    def take(self) -> WakeSource | None:
        """Return the reason to look now, or None. A ring or a due row is returned only once."""
        if self._rung_by is not None:
            source, self._rung_by = self._rung_by, None
            return source
        now = self._clock.monotonic()
        if self._due_at is not None and now >= self._due_at:
            self._due_at = None
            return "due"
        return "sweep" if now >= self._sweep_at() else None

    def swept(self) -> None:
        """Note that a sweep is being sent now; the next sweep is due after a whole pause."""
        self._swept_at = self._clock.monotonic()
        # The pause is random, so that not all workers sweep at the same moment.
        self._spread = random.uniform(1 - _JITTER, 1 + _JITTER)  # noqa: S311

    async def wait(self, *, has_slots: bool) -> None:
        """Wait for a ring, a nudge or the next sweep, but at most for `SweepTimings.deaf` seconds.

        With `has_slots`, a row that becomes due ends the wait too.
        """
        # The wait is short, because a doorbell may stop working without saying so.
        deadline = min(self._sweep_at(), self._clock.monotonic() + self._timings.deaf)
        if has_slots and self._due_at is not None:
            deadline = min(deadline, self._due_at)
        await self.nudged(deadline - self._clock.monotonic())

    async def nudged(self, limit: float | None = None) -> None:
        """Wait for the next ring or nudge, at most `limit` seconds (None: without a limit)."""
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
        # This runs very often, so shortly after a sweep the doorbells are not asked.
        if self._clock.monotonic() - self._swept_at < self._timings.deaf * (1 - _JITTER):
            return self._swept_at + self._timings.deaf
        pause = self._timings.calm if self._hears() else self._timings.deaf
        return self._swept_at + pause * self._spread
