"""The clock as an object, so that a test can pass its own clock."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """The interface of a clock: it tells the time and waits."""

    def now(self) -> datetime:
        """Return date and time in UTC, for people to read; to measure, use `monotonic`."""

    def monotonic(self) -> float:
        """Return seconds that never go backwards; only a difference of two values has a meaning."""

    async def sleep(self, seconds: float) -> None:
        """Wait for so many seconds; zero or a negative number only lets other tasks run."""


class SystemClock:
    """The clock of this machine."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(max(0.0, seconds))
