"""A worker with leases but without a runner: it does only what the test tells it to do."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine, Iterable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import asyncpg
from pydantic import SecretStr

from liverows.base.clock import Clock, SystemClock
from liverows.database.client import Asked, ContractClient
from liverows.database.messages import Beat, ClaimedJob, RunKey
from liverows.database.postgres_transport import PostgresTransport
from liverows.running.lease import Leases, LeaseTimings
from tests.support.databases import Database
from tests.support.runners import PLAIN, CountingTransport

HEARTBEAT = 5.0


@dataclass
class Held:
    """The runs that a worker without a runner holds, as the test says."""

    keys: list[RunKey]

    def held(self) -> list[RunKey]:
        return self.keys

    def stopped(self) -> tuple[RunKey, ...]:
        return ()

    def stopped_told(self, keys: Iterable[RunKey]) -> None:
        assert not list(keys)


@dataclass
class Worker:
    """A worker with leases but without a runner."""

    store: ContractClient
    transport: CountingTransport
    leases: Leases
    held: list[RunKey]
    beats: list[Beat] = field(default_factory=list)

    async def claim(self) -> list[ClaimedJob]:
        """Claim what is due, and hold it."""
        claimed = await self.store.claim(Asked([PLAIN]), 10, sweep=False, woken_by="start")
        self.held += [job.key for job in claimed.jobs]
        return list(claimed.jobs)


@asynccontextmanager
async def worker(
    database: Database,
    *,
    clock: Clock | None = None,
    url: str | None = None,
    call_seconds: float = 20,
    **timings: Any,
) -> AsyncIterator[Worker]:
    """A worker without a runner. It does only what the test tells it to do."""
    transport = CountingTransport(
        PostgresTransport(SecretStr(url or database.dsn), call_seconds=call_seconds)
    )
    store = ContractClient(transport)
    held: list[RunKey] = []
    beats: list[Beat] = []
    leases = Leases(
        store,
        clock or SystemClock(),
        load=Held(held),
        on_beat=beats.append,
        describe=lambda: {"slots": 10},
        pipelines=[PLAIN],
        timings=LeaseTimings(**{"heartbeat": HEARTBEAT, "take_over": 0.1, **timings}),
    )
    try:
        yield Worker(store, transport, leases, held, beats)
    finally:
        await store.close()


@asynccontextmanager
async def session(
    database: Database, url: str | None = None
) -> AsyncIterator[asyncpg.Connection[asyncpg.Record]]:
    """A database session of the test, open until the end of the block."""
    connection = await asyncpg.connect(url or database.dsn)
    try:
        yield connection
    finally:
        connection.terminate()


@asynccontextmanager
async def going_on(work: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Run this task inside the block, for instance the watch over the other workers."""
    task = asyncio.create_task(work)
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
