"""Clocks for the Realtime stand-in, which runs in another thread than the test."""

from __future__ import annotations

import asyncio
import threading

from devstack.realtime import Clock


class StillClock(Clock):
    """Time stands until `advance`, which wakes whoever has slept long enough."""

    def __init__(self) -> None:
        self._now = 100.0
        self._lock = threading.Lock()
        self._sleepers: list[tuple[float, asyncio.AbstractEventLoop, asyncio.Event]] = []

    def now(self) -> float:
        return self._now

    async def sleep(self, seconds: float) -> None:
        woken = asyncio.Event()
        with self._lock:
            until = self._now + seconds
            if until > self._now:
                self._sleepers.append((until, asyncio.get_running_loop(), woken))
            else:
                woken.set()
        await woken.wait()

    def advance(self, seconds: float) -> None:
        """Move the time on; may be called from any thread."""
        with self._lock:
            self._now += seconds
            due = [sleeper for sleeper in self._sleepers if sleeper[0] <= self._now]
            self._sleepers = [sleeper for sleeper in self._sleepers if sleeper[0] > self._now]
        for _, loop, woken in due:
            loop.call_soon_threadsafe(woken.set)


class TokenClock(Clock):
    """Tokens expire when the test says so; pauses are real ones."""

    def __init__(self) -> None:
        self._ahead = 0.0

    def wall(self) -> float:
        return super().wall() + self._ahead

    def advance(self, seconds: float) -> None:
        """Make all tokens so much older; may be called from any thread."""
        self._ahead += seconds
