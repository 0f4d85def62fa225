"""The queue as due-work-harness drives it: one database, real clients and a paid service.

The harness calls plain functions, one after the other and sometimes from two threads. The client
of the contract is asynchronous, so its calls run on an event loop in a thread of its own.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar
from uuid import UUID

from pydantic import SecretStr

from liverows.database.client import Asked, ContractClient
from liverows.database.messages import ClaimedJob
from liverows.database.opening import connected
from liverows.database.postgres_transport import PostgresTransport
from liverows.database.sessions import Connection
from tests.support.databases import Clock, Database
from tests.support.paid_service import PaidService, paid_service
from tests.support.things import Things

SLUG = "three-steps"
LEASE_SECONDS = 20

EMPTY = """
delete from public.things;
delete from processing.leases;
delete from processing.stopping_leases;
delete from processing.checkpoints;
delete from processing.paid_calls;
delete from processing.crashes;
delete from processing.events;
delete from processing.workers;
"""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Run:
    """A claimed run, with the client of the worker that claimed it."""

    client: ContractClient
    job: ClaimedJob


@dataclass
class Site:
    """Everything that the bindings share. `site()` is the one of the running test."""

    database: Database
    loop: asyncio.AbstractEventLoop
    service: PaidService
    dispatched: list[str] = field(default_factory=list)
    """The keys of the rows that the ticks of this test have claimed, in order."""
    runs: dict[UUID, Run] = field(default_factory=dict)
    transports: list[PostgresTransport] = field(default_factory=list)

    @property
    def things(self) -> Things:
        return Things(self.database)

    @property
    def clock(self) -> Clock:
        return Clock(self.database)

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Wait in this thread for work on the loop."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(120)

    def begin(self) -> None:
        """Forget what earlier tests have left."""
        self.things.run(EMPTY)
        self.service.calls.clear()
        self.dispatched.clear()
        self.runs.clear()

    def transport(self) -> PostgresTransport:
        """The connections of the calling thread; two threads have connections of their own."""
        mine: PostgresTransport | None = getattr(_mine, "transport", None)
        if mine is None or mine not in self.transports:
            mine = PostgresTransport(SecretStr(self.database.dsn))
            self.transports.append(mine)
            _mine.transport = mine
        return mine


_mine = threading.local()
_sites: list[Site] = []


def site() -> Site:
    """The site of the running test."""
    return _sites[-1]


async def _work(stack: AsyncExitStack) -> PaidService:
    return await stack.enter_async_context(paid_service())


@contextmanager
def running_site(database: Database) -> Iterator[Site]:
    """Attach the table, and start the paid service and the loop; end them with the block."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="site", daemon=True)
    thread.start()
    stack = AsyncExitStack()
    service = asyncio.run_coroutine_threadsafe(_work(stack), loop).result(60)
    place = Site(database, loop, service)
    place.things.create()
    place.things.attach(SLUG, lease=f"{LEASE_SECONDS} seconds")
    _sites.append(place)
    try:
        yield place
    finally:
        _sites.pop()
        for transport in place.transports:
            place.run(transport.close())
        place.run(stack.aclose())
        loop.call_soon_threadsafe(loop.stop)
        thread.join(60)
        loop.close()


def worker() -> ContractClient:
    """The client of a worker that nobody has seen before."""
    return ContractClient(site().transport())


@asynccontextmanager
async def owner() -> AsyncIterator[Connection]:
    """A connection of the table's owner, as Studio and psql have one."""
    async with connected(SecretStr(site().database.dsn)) as connection:
        yield connection


async def claimed(client: ContractClient, slots: int, *, sweep: bool = False) -> list[ClaimedJob]:
    """The rows that this worker gets; each run is remembered by its nonce."""
    found = await client.claim(Asked([SLUG]), slots, sweep=sweep, woken_by="sweep")
    for job in found.jobs:
        site().runs[UUID(job.key.nonce)] = Run(client, job)
    return list(found.jobs)


def owed(age_seconds: float = 0) -> str:
    """A row that became due so long ago."""
    site().clock.advance(-age_seconds)
    try:
        return site().things.add_one()
    finally:
        site().clock.advance(age_seconds)


def look(key: str) -> dict[str, Any]:
    return site().things.look(key)


def lose_heartbeats() -> None:
    """So much time passes that every worker of before counts as dead."""
    site().clock.advance(3 * LEASE_SECONDS)
