"""A doorbell that runs in the background of a test, and what it rang."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

from liverows.base.types import WakeSource
from liverows.doorbells.doorbell import Doorbell


class Rings:
    """The `Ring` of a test: counts, and lets the test wait."""

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

    async def wait(self, count: int, *, deadline: float = 10) -> None:
        """Wait until it rang `count` times in all; `TimeoutError` after the deadline."""
        async with asyncio.timeout(deadline):
            while self.count < count:
                self._news.clear()
                await self._news.wait()


@asynccontextmanager
async def ringing(doorbell: Doorbell) -> AsyncIterator[Rings]:
    """Run a doorbell until the end of the block."""
    rings = Rings()
    running = asyncio.create_task(doorbell.run(rings))
    try:
        yield rings
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running


async def until(condition: Callable[[], bool], *, deadline: float = 10) -> None:
    """Wait for something that announces itself nowhere, looking 100 times a second."""
    async with asyncio.timeout(deadline):
        while not condition():  # noqa: ASYNC110 - the state of others sets no event here
            await asyncio.sleep(0.01)
