"""Time as an argument, so that a test can control it."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """How the worker reads the time and waits."""

    def now(self) -> datetime:
        """Date and time in UTC, for people to read; never use it to measure."""

    def monotonic(self) -> float:
        """Seconds that never go backwards; only differences between two values have a meaning."""

    async def sleep(self, seconds: float) -> None:
        """Wait; zero or a negative number only lets other tasks run."""


class SystemClock:
    """The time of this machine."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(max(0.0, seconds))
