"""Deletes old history now and then."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from liverows.base.clock import Clock, SystemClock
from liverows.base.errors import WorkerError
from liverows.base.logger import get_logger
from liverows.database.client import ContractClient
from liverows.database.housekeeping import Retention

log = get_logger(__name__)

SECONDS = 3600.0
FIRST_SECONDS = 60.0
"""The pause before the first call is short, because many workers live for less than an hour."""
MAX_ROWS = 10_000
"""For most kinds of lines, the most that one call deletes, so that its transaction is short."""


class Pruning:
    """Calls the contract's `prune` about a minute after the start, then about once an hour.

    `keep` says for how long lines stay.
    """

    def __init__(self, client: ContractClient, keep: Retention, clock: Clock | None = None) -> None:
        self._client = client
        self._keep_for = keep
        self._clock = clock or SystemClock()

    @asynccontextmanager
    async def hourly(self) -> AsyncIterator[None]:
        """Prune in the background, about once an hour, until the end of the block."""
        pruning = asyncio.create_task(self._keep(), name="pruning")
        try:
            yield
        finally:
            pruning.cancel()
            await asyncio.wait([pruning])

    async def prune(self) -> dict[str, int]:
        """Call the contract's `prune` while more may be left; return how many lines it deleted, by
        kind.
        """
        total: dict[str, int] = {}
        while True:
            told = await self._client.prune(self._keep_for, max_rows=MAX_ROWS)
            total = {kind: total.get(kind, 0) + count for kind, count in told.items()}
            if not is_more(told, MAX_ROWS):
                return total

    async def _keep(self) -> None:
        pause = FIRST_SECONDS
        while True:
            # The pause is random, so that not all workers prune at the same moment.
            await self._clock.sleep(pause * random.uniform(0.5, 1.5))  # noqa: S311
            pause = SECONDS
            try:
                total = await self.prune()
            except WorkerError as error:
                log.warning("prune_failed", code=error.code, reason=error.message)
            except Exception:
                # An error must not end this background loop.
                log.exception("prune_failed")
            else:
                if any(total.values()):
                    log.info("pruned", **total)


def is_more(deleted: dict[str, int], max_rows: int) -> bool:
    """Whether there may be more to delete: a kind other than `workers` reached its limit."""
    return any(count >= max_rows for kind, count in deleted.items() if kind != "workers")
