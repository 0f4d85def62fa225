"""The clock of the steps under test: their waits take no real time."""

from __future__ import annotations

import asyncio

from liverows.base.clock import SystemClock


class StepClock(SystemClock):
    """A clock whose `sleep` moves the time on instead of waiting.

    The runs of a test's worker have it: a step that is tried again, and a step that calls
    `context.clock.sleep`, go on at once. The worker itself keeps the machine's clock, or its
    heartbeats would never pause.
    """

    def __init__(self) -> None:
        self._skipped = 0.0

    def monotonic(self) -> float:
        return super().monotonic() + self._skipped

    async def sleep(self, seconds: float) -> None:
        self._skipped += max(0.0, seconds)
        await asyncio.sleep(0)
