"""Counts the paid requests of each run that are under way.

A refused request ends its step, which cancels what the recipe does beside it. A cancelled request
may have been billed, and its answer is lost. So a refused one first lets the others end.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from liverows.database.messages import RunKey


@dataclass(slots=True)
class _UnderWay:
    count: int = 0
    ended: asyncio.Event = field(default_factory=asyncio.Event)


class OpenRequests:
    """The paid requests of this process that are under way, by run."""

    def __init__(self) -> None:
        self._of: dict[RunKey, _UnderWay] = {}

    def begin(self, key: RunKey) -> None:
        """Count one more request of this run."""
        self._of.setdefault(key, _UnderWay()).count += 1

    def end(self, key: RunKey) -> None:
        """Count one request less."""
        under_way = self._of[key]
        under_way.count -= 1
        under_way.ended.set()
        under_way.ended = asyncio.Event()
        if under_way.count == 0:
            del self._of[key]

    async def one_ended(self, key: RunKey) -> bool:
        """Wait until one request of this run has ended; False, at once, if none is under way."""
        under_way = self._of.get(key)
        if under_way is None:
            return False
        await under_way.ended.wait()
        return True
