"""One worker process, from its settings to its end."""

from __future__ import annotations

import asyncio
import re
import signal
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, contextmanager
from typing import TYPE_CHECKING

import structlog

from worker import __version__
from worker.app.database import POOLING_CURE, has_sessions, opened_store
from worker.app.pipeline_upkeep import PipelineUpkeep
from worker.app.pipelines import (
    AnyPipeline,
    Match,
    find_pipelines,
    match_pipelines,
    nothing_to_run,
)
from worker.base.clock import SystemClock
from worker.base.settings import Settings
from worker.base.types import JsonObject
from worker.engine.doorbell import Doorbell, SendPing
from worker.engine.doorbell_notify import NotifyDoorbell
from worker.engine.health import Deadlines, health_app, serving
from worker.engine.lease import LeaseTimings
from worker.engine.runner import Runner, RunnerTimings
from worker.engine.store import Store
from worker.engine.wake import SweepTimings

if TYPE_CHECKING:
    from worker.engine.doorbell_realtime import RealtimeTimings

log = structlog.get_logger(__name__)

_IDENTIFIER = re.compile(r'"((?:[^"]|"")*)"|([^".]+)')


async def run_worker(settings: Settings) -> None:
    """Run until SIGTERM or SIGINT, then drain; a second signal cuts the grace short.

    `SetupError` for everything that only a person can mend.
    """
    attached, found, match = await _prepare(settings)
    sessions = await _sessions(settings)
    async with AsyncExitStack() as stack:
        store = await stack.enter_async_context(opened_store(settings, prepared=sessions))
        runner = await _runner(stack, settings, store, match.runnable)
        upkeep = PipelineUpkeep(runner, store, found, match)
        if sessions:
            runner.doorbells.extend(_notify(settings, store, runner))
        runner.doorbells.extend(realtime_doorbell(settings, store.ping, attached))
        port = await _serve_health(stack, settings, runner)
        stack.enter_context(_signals_call(runner.stop))
        log.info(
            "worker_started",
            version=__version__,
            transport=store.transport.kind,
            pipelines=list(match.runnable),
            doorbells=[bell.name for bell in runner.doorbells],
            slots=settings.worker_concurrency,
            health_port=port,
        )
        async with upkeep.every(settings.worker_sweep_seconds):
            await runner.run()


async def _prepare(
    settings: Settings,
) -> tuple[list[JsonObject], Mapping[str, AnyPipeline], Match]:
    """What is attached of the pipelines here, those pipelines, and which of them can run."""
    async with opened_store(settings) as store:
        await store.check_contract()
        attached = await store.attached()
    # After the database, because pipelines take longer to import than that takes to fail.
    found = find_pipelines(settings)
    match = match_pipelines(found, attached)
    # A table that lacks columns is waited for: the migration may come after the worker.
    if not match.runnable and not match.left_out:
        raise nothing_to_run(match)
    return [row for row in attached if row["pipeline"] in found], found, match


async def _sessions(settings: Settings) -> bool:
    """Whether NOTIFY, the session lock and prepared statements can be used."""
    if settings.supabase_db_url is None:
        return False
    if await has_sessions(settings.supabase_db_url):
        return True
    log.warning("transaction_pooling", without="NOTIFY and fast takeover", cure=POOLING_CURE)
    return False


async def _runner(
    stack: AsyncExitStack,
    settings: Settings,
    store: Store,
    pipelines: Mapping[str, AnyPipeline],
) -> Runner:
    # Here, because the vendors' SDKs take long to import and a mistake should show at once.
    from worker.providers.build import open_providers

    sweep = settings.worker_sweep_seconds
    return Runner(
        store,
        pipelines,
        await stack.enter_async_context(open_providers(settings)),
        concurrency=settings.worker_concurrency,
        timings=RunnerTimings(
            grace=settings.worker_grace_seconds,
            sweep=SweepTimings(calm=sweep, deaf=min(SweepTimings().deaf, sweep)),
            lease=LeaseTimings(heartbeat=settings.worker_heartbeat_seconds),
        ),
    )


def _notify(settings: Settings, store: Store, runner: Runner) -> Iterator[Doorbell]:
    if settings.supabase_db_url is not None:
        yield NotifyDoorbell(
            settings.supabase_db_url,
            store.ping,
            on_connected=runner.leases.lock,
            on_lost=runner.leases.unlock,
        )


def realtime_doorbell(
    settings: Settings,
    send_ping: SendPing,
    attached: Sequence[JsonObject],
    timings: RealtimeTimings | None = None,
) -> Iterator[Doorbell]:
    """The Realtime doorbell, where a URL and a key are set."""
    if settings.supabase_url is None or settings.supabase_secret_key is None:
        return
    from worker.engine.doorbell_realtime import RealtimeDoorbell, WatchedTable

    tables = {str(row["table"]): str(row["key"]) for row in attached if row["published"]}
    yield RealtimeDoorbell(
        settings.supabase_url,
        settings.supabase_secret_key,
        send_ping,
        tables=[WatchedTable(*schema_and_name(table), key) for table, key in tables.items()],
        timings=timings,
    )


def schema_and_name(table: str) -> tuple[str, str]:
    """The two parts of a qualified name as Postgres writes it, in quotes where needed."""
    schema, name = (
        quoted.replace('""', '"') or plain for quoted, plain in _IDENTIFIER.findall(table)
    )
    return schema, name


async def _serve_health(stack: AsyncExitStack, settings: Settings, runner: Runner) -> int:
    patience = 3 * settings.worker_sweep_seconds
    usual = Deadlines()
    deadlines = Deadlines(
        claim=max(usual.claim, patience),
        sweep=max(usual.sweep, patience),
        heartbeat=max(usual.heartbeat, 3 * settings.worker_heartbeat_seconds),
    )
    app = health_app(runner.health, runner.metrics, SystemClock(), deadlines)
    return await stack.enter_async_context(
        serving(app, settings.worker_health_host, settings.worker_health_port)
    )


@contextmanager
def _signals_call(stop: Callable[[], None]) -> Iterator[None]:
    loop = asyncio.get_running_loop()
    wanted = (signal.SIGTERM, signal.SIGINT)
    for number in wanted:
        loop.add_signal_handler(number, stop)
    try:
        yield
    finally:
        for number in wanted:
            loop.remove_signal_handler(number)
