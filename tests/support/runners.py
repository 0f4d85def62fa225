"""A runner inside the test's own process, on a real database, with a test's own recipe."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias
from uuid import UUID

from pydantic import BaseModel, SecretStr

from liverows import Context, Pipeline, Step
from liverows.base.errors import DatabaseTrouble
from liverows.base.types import Json, JsonObject
from liverows.database.client import ContractClient
from liverows.database.contract import Transport
from liverows.database.postgres_transport import PostgresTransport
from liverows.database.reachability import reachability_of
from liverows.database.sessions import sessions_of
from liverows.doorbells.notify import NotifyDoorbell, NotifyTimings
from liverows.running.health import Deadlines
from liverows.running.lease import LeaseTimings
from liverows.running.lifecycle import LifecycleListener
from liverows.running.runner import Runner
from liverows.running.timings import RunnerTimings
from liverows.running.wake import SweepTimings
from tests.support.databases import Database
from tests.support.doorbells import until
from tests.support.things import Things

PLAIN = "plain"
NEVER = 3600.0

NO_SWEEP = SweepTimings(calm=NEVER, deaf=NEVER)
QUICK = RunnerTimings(
    grace=5, retry=0.05, progress_interval=0.05, sweep=NO_SWEEP, lease=LeaseTimings(heartbeat=0.2)
)
"""Without a sweep, so that only what the test does can wake the runner."""

QUICK_BELL = NotifyTimings(
    ping_interval=0.2,
    ping_deadline=0.3,
    ping_waits=(0.3, 0.3),
    backoff_floor=0.01,
    backoff_cap=0.1,
    close_deadline=0.2,
)


class Thing(BaseModel):
    id: int
    wants: str | None = None


class Said(BaseModel):
    said: str | None = None


Recipe: TypeAlias = Callable[[Context[Any], Any], Awaitable[BaseModel]]


async def answer(_context: Context[Any], thing: Thing) -> Said:
    """A recipe that is done at once."""
    return Said(said=thing.wants or "done")


@dataclass
class Gate:
    """A recipe that waits until `opened` is set, and records which rows are inside."""

    inside: list[int] = field(default_factory=list)
    entered: int = 0
    most: int = 0
    opened: asyncio.Event = field(default_factory=asyncio.Event)

    async def __call__(self, _context: Context[Any], thing: Thing) -> Said:
        self.inside.append(thing.id)
        self.entered += 1
        self.most = max(self.most, len(self.inside))
        try:
            await self.opened.wait()
        finally:
            self.inside.remove(thing.id)
        return Said(said="through the gate")


class CountingTransport:
    """The real transport, with a count of calls by function."""

    def __init__(self, inner: Transport) -> None:
        self.kind = inner.kind
        self.calls: Counter[str] = Counter()
        self.reachability = reachability_of(inner)
        self.sessions = sessions_of(inner)
        self._inner = inner

    async def call(self, function: str, arguments: JsonObject) -> Json:
        self.calls[function] += 1
        return await self._inner.call(function, arguments)

    def renew(self) -> bool:
        renew = getattr(self._inner, "renew", None)
        return bool(renew and renew())

    async def close(self) -> None:
        await self._inner.close()


class Deaf:
    """The real transport, except for one function that gets no answer while `deaf` is set."""

    def __init__(self, inner: Transport, function: str, *, deaf: bool = True) -> None:
        self.kind = inner.kind
        self.deaf = deaf
        self._inner = inner
        self._function = function
        self._under_way = 0

    async def call(self, function: str, arguments: JsonObject) -> Json:
        if function != self._function:
            return await self._inner.call(function, arguments)
        if self.deaf:
            raise DatabaseTrouble("the database did not answer")
        self._under_way += 1
        try:
            return await self._inner.call(function, arguments)
        finally:
            self._under_way -= 1

    async def close(self) -> None:
        await self._inner.close()

    async def turn_deaf(self) -> None:
        """Let no call of the function through from now on, and wait for those already sent."""
        self.deaf = True
        await until(lambda: self._under_way == 0)


def without_heartbeat(database: Database) -> Deaf:
    """A transport whose heartbeat can be cut off, so that the worker does not hear of lost runs."""
    transport = PostgresTransport(SecretStr(database.dsn))
    return Deaf(transport, "heartbeat", deaf=False)


@dataclass
class LiveRunner:
    """A running runner. `calls` counts its calls of the database."""

    runner: Runner
    task: asyncio.Task[None]
    calls: Counter[str]
    worker: UUID

    async def hears(self) -> None:
        """Wait until every doorbell has heard its own ping."""
        await until(lambda: all(bell.working() for bell in self.runner.doorbells))

    def problems(self) -> set[str]:
        """The codes of the reasons why it is not ready."""
        limits = Deadlines(claim=NEVER, sweep=NEVER, heartbeat=1, loop=5)
        now = asyncio.get_running_loop().time()
        return {found["code"] for found in self.runner.health.problems(now, limits)}

    def value(self, metric: str, **labels: str) -> float:
        """One sample of its metrics; 0 if it was never counted."""
        return self.runner.metrics.registry.get_sample_value(metric, labels) or 0.0


def plain_things(database: Database, **settings: Any) -> Things:
    """The table, attached to one pipeline for all of its rows."""
    things = Things(database)
    things.create()
    things.attach(PLAIN, **settings)
    return things


@asynccontextmanager
async def working(
    things: Things,
    recipe: Recipe = answer,
    *,
    outputs: type[BaseModel] = Said,
    steps: Sequence[Step[Any, Any]] = (),
    claim_ahead: bool = True,
    concurrency: int = 10,
    listens: bool = True,
    also: Sequence[str] = (),
    timings: RunnerTimings = QUICK,
    patience: float = 10.0,
    database_url: str | None = None,
    bell: NotifyTimings = QUICK_BELL,
    bell_url: str | None = None,
    inputs: type[BaseModel] = Thing,
    transport: Transport | None = None,
    slugs: Sequence[str] = (PLAIN,),
    worker: UUID | None = None,
    lifecycle: LifecycleListener | None = None,
    **lease: Any,
) -> AsyncIterator[LiveRunner]:
    """Run a worker with this recipe while the block runs.

    `lease` replaces fields of its `LeaseTimings`. `also` names more pipelines with the same recipe.
    `transport` is used instead of a new connection. With `listens`, the worker has a NOTIFY
    doorbell, whose connection also holds its session lock.
    """
    url = SecretStr(database_url or things.database.dsn)
    pipelines = _pipelines((*slugs, *also), recipe, inputs, outputs, steps, claim_ahead)
    counting = CountingTransport(transport or PostgresTransport(url))
    store = ContractClient(counting, worker, patience_seconds=patience)
    timings = replace(timings, lease=replace(timings.lease, **lease))
    runner = Runner(
        store, pipelines, None, concurrency=concurrency, timings=timings, lifecycle=lifecycle
    )
    if listens:
        runner.doorbells.append(
            _bell(SecretStr(bell_url) if bell_url else url, store, runner, bell)
        )
    async with _at_work(runner, counting, store) as live:
        yield live


@asynccontextmanager
async def _at_work(
    runner: Runner, counting: CountingTransport, store: ContractClient
) -> AsyncIterator[LiveRunner]:
    live = LiveRunner(runner, asyncio.create_task(runner.run()), counting.calls, store.worker)
    try:
        yield live
    finally:
        try:
            await _end(live)
        finally:
            await store.close()


def _pipelines(
    slugs: Sequence[str],
    recipe: Recipe,
    inputs: type[BaseModel],
    outputs: type[BaseModel],
    steps: Sequence[Step[Any, Any]],
    claim_ahead: bool,
) -> dict[str, Pipeline[Any, Any]]:
    found = {
        slug: Pipeline(slug, inputs=inputs, outputs=outputs, steps=steps, claim_ahead=claim_ahead)
        for slug in slugs
    }
    for pipeline in found.values():
        pipeline(recipe)
    return found


def _bell(
    url: SecretStr, store: ContractClient, runner: Runner, timings: NotifyTimings
) -> NotifyDoorbell:
    return NotifyDoorbell(
        url,
        store.ping,
        on_connected=runner.leases.lock,
        on_lost=runner.leases.unlock,
        on_stop=runner.leases.told_to_stop,
        timings=timings,
    )


async def _end(desk: LiveRunner) -> None:
    """Stop at once; a test that expects something of the end waits for it itself."""
    desk.runner.stop()
    desk.runner.stop()
    done, _ = await asyncio.wait({desk.task}, timeout=60)
    if not done:
        desk.task.cancel()
        with suppress(asyncio.CancelledError):
            await desk.task
        raise AssertionError("the runner did not stop")
    if not desk.task.cancelled() and (error := desk.task.exception()) is not None:
        raise error
