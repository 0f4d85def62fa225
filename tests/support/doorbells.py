"""A doorbell that runs in the background of a test, and a record of its rings."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

from liverows.base.types import WakeSource
from liverows.doorbells.doorbell import Doorbell


class Rings:
    """A `Ring` for tests: counts the rings and lets the test wait for them."""

    def __init__(self) -> None:
        self.sources: list[WakeSource] = []
        self._news = asyncio.Event()

    def __call__(self, source: WakeSource) -> None:
        self.sources.append(source)
        self._news.set()

    @property
    def count(self) -> int:
        """How often it rang so far."""
        return len(self.sources)

    async def wait(self, count: int, *, deadline: float = 60) -> None:
        """Wait until it rang `count` times in total; `TimeoutError` after the deadline."""
        async with asyncio.timeout(deadline):
            while self.count < count:
                self._news.clear()
                await self._news.wait()


@asynccontextmanager
async def ringing(doorbell: Doorbell) -> AsyncIterator[Rings]:
    """Run a doorbell while the block runs."""
    rings = Rings()
    running = asyncio.create_task(doorbell.run(rings))
    try:
        yield rings
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running


async def until(condition: Callable[[], bool], *, deadline: float = 60) -> None:
    """Wait for a condition that gives no signal; checks it 100 times a second."""
    async with asyncio.timeout(deadline):
        while not condition():  # noqa: ASYNC110 - no event exists for it
            await asyncio.sleep(0.01)
