"""The rows: users who insert them, and a look at which of them are still open."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from random import Random
from typing import Any

import psycopg

LOOK_SECONDS = 0.25
OWNERS = [f"00000000-0000-0000-0000-00000000000{n}" for n in range(5)]
MOST_OPEN = 24
"""As many rows as the workers have slots: a longer queue would only hide how soon they recover."""
LOOK = """
select array(select id from public.things where processing_status in ('pending', 'processing')),
    coalesce((select max(id) from public.results), 0),
    exists (select from public.orders where processing_status in ('pending', 'processing')),
    exists (select from processing.stopping_leases)
"""
INSERT = "insert into public.things (id, owner, wants) values (%s, %s, %s)"


class Rows:
    """Inserts rows, and knows which ones Postgres acknowledged, and which are open now."""

    def __init__(self, dsn: Callable[[], str], chance: Random) -> None:
        self.acknowledged: set[int] = set()
        self.deleted: set[int] = set()
        self.open: set[int] = set()
        self.results = 0
        """Grows with each result."""
        self.orders_open = False
        self.runs_stopping = False
        """Whether a worker has not told yet that it has stopped a run, as it does soon after a
        person has cancelled or deleted the row."""
        self.looked_at = 0.0
        """When `open` was read last, by `time.monotonic`."""
        self.words = 0
        self._dsn = dsn
        self._chance = chance
        self._next = 1
        self._looking: psycopg.AsyncConnection[Any] | None = None

    @property
    def all_ended(self) -> bool:
        """Whether at the last look no row and no order was open, and no run still stopping."""
        return not (self.open or self.orders_open or self.runs_stopping)

    def new_wants(self, thing: int) -> str:
        """An input that no other row has, nor this row had before."""
        self.words += 1
        return f"w{thing}.{self.words}"

    async def insert(self, count: int) -> None:
        """Insert so many rows in one transaction; raises if that is not acknowledged."""
        new = range(self._next, self._next + count)
        self._next += count
        owner = self._chance.choice(OWNERS)
        async with (
            await psycopg.AsyncConnection.connect(self._dsn(), connect_timeout=5) as connection,
            connection.cursor() as cursor,
        ):
            for thing in new:
                await cursor.execute(INSERT, [thing, owner, self.new_wants(thing)])
        self.acknowledged.update(new)

    async def flow(self, per_second: float) -> None:
        """Insert rows in small groups until cancelled, while not too many are open. A user whose
        insert fails goes away."""
        while True:
            count = self._chance.choice((1, 1, 1, 2, 4))
            await asyncio.sleep(self._chance.expovariate(per_second / 1.8))
            if len(self.open) >= MOST_OPEN:
                continue
            try:
                async with asyncio.timeout(10):
                    await self.insert(count)
            except (psycopg.Error, TimeoutError, OSError):
                continue

    async def watch(self) -> None:
        """Keep `open` up to date until cancelled."""
        while True:
            try:
                async with asyncio.timeout(5):
                    await self._look()
            except (psycopg.Error, TimeoutError, OSError):
                if self._looking is not None:
                    await self._looking.close()
                    self._looking = None
            await asyncio.sleep(LOOK_SECONDS)

    async def _look(self) -> None:
        dsn = self._dsn()
        looking = self._looking
        if looking is None or looking.closed or looking.info.port != _port(dsn):
            if looking is not None:
                await looking.close()
            looking = self._looking = await psycopg.AsyncConnection.connect(
                dsn, autocommit=True, connect_timeout=5
            )
        began = time.monotonic()
        found = await (await looking.execute(LOOK)).fetchone()
        assert found is not None
        self.open, self.results = set(found[0]), found[1]
        self.orders_open, self.runs_stopping = found[2:]
        self.looked_at = began


def _port(dsn: str) -> int:
    return int(dsn.rsplit(":", 1)[1].split("/", maxsplit=1)[0])
