"""One worker process, from its settings to its end."""

from __future__ import annotations

import asyncio
import re
import signal
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, contextmanager
from typing import TYPE_CHECKING, TypeVar

import structlog

from worker import __version__
from worker.app.database import POOLING_CURE, has_sessions, login_of, opened_store
from worker.app.pipeline_upkeep import PipelineUpkeep
from worker.app.pipelines import (
    AnyPipeline,
    Match,
    find_pipelines,
    match_pipelines,
    nothing_to_run,
)
from worker.base.child_process import end_children
from worker.base.clock import SystemClock
from worker.base.errors import DatabaseTrouble, Unreachable
from worker.base.settings import Settings
from worker.base.types import JsonObject
from worker.engine.contract import is_unfit, unfit
from worker.engine.doorbell import Doorbell, SendPing, Stop, unheard
from worker.engine.doorbell_notify import NotifyDoorbell
from worker.engine.health import Deadlines, HealthState, health_app, serving
from worker.engine.lease import LeaseTimings
from worker.engine.login import Login
from worker.engine.metrics import Metrics
from worker.engine.reachability import GrowingWait, reachability_of
from worker.engine.runner import Runner
from worker.engine.store import Store
from worker.engine.timings import RunnerTimings
from worker.engine.wake import SweepTimings

if TYPE_CHECKING:
    from worker.engine.doorbell_realtime import RealtimeDoorbell, RealtimeTimings, WatchedTable
    from worker.providers import Providers

log = structlog.get_logger(__name__)
T = TypeVar("T")

_FIRST_WAIT = 0.25
_LONGEST_WAIT = 5.0
_IDENTIFIER = re.compile(r'"((?:[^"]|"")*)"|([^".]+)')


async def run_worker(settings: Settings) -> None:
    """Run until SIGTERM or SIGINT, then drain; a second signal cuts the grace short.

    A database that is away is waited for, at the start too. `SetupError` for everything
    that only a person can mend, and for that at the start only.
    """
    health, metrics = HealthState(), Metrics()
    login = login_of(settings)
    async with AsyncExitStack() as stack:
        stack.callback(end_children)
        first = await stack.enter_async_context(opened_store(settings, login=login))
        health.reachability = reachability_of(first.transport)
        port = await _serve_health(stack, settings, health, metrics)
        attached, found, match = await _prepare(settings, first)
        sessions = await waited_for(lambda: _sessions(settings))
        store = await stack.enter_async_context(
            opened_store(settings, prepared=sessions, login=login)
        )
        runner = await _runner(stack, settings, store, match.runnable, health, metrics)
        if sessions and login is not None:
            runner.doorbells.append(_notify(login, store, runner))
        told = runner.leases.told_to_stop
        bells = list(realtime_doorbell(settings, store.ping, attached, on_stop=told))
        runner.doorbells.extend(bells)

        def hear_of(attached: Sequence[JsonObject]) -> None:
            for bell in bells:
                bell.watch(watched_tables(attached))

        upkeep = PipelineUpkeep(runner, store, found, match, on_attached=hear_of)
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


async def waited_for(ask: Callable[[], Awaitable[T]]) -> T:
    """The answer, as soon as the database gives one; each try that fails is logged."""
    wait = GrowingWait(floor=_FIRST_WAIT)
    while True:
        try:
            return await ask()
        except DatabaseTrouble as trouble:
            if is_unfit(trouble):
                raise unfit(trouble) from trouble
            seconds = wait.failed(_LONGEST_WAIT)
            log.warning(
                "database_awaited", reason=trouble.message, next_try_seconds=round(seconds, 1)
            )
            await asyncio.sleep(seconds)


async def _prepare(
    settings: Settings, store: Store
) -> tuple[list[JsonObject], Mapping[str, AnyPipeline], Match]:
    """What is attached of the pipelines here, those pipelines, and which of them can run."""
    await waited_for(store.check_contract)
    attached = await waited_for(store.attached)
    await store.close()
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
    try:
        if await has_sessions(settings.supabase_db_url):
            return True
    except Unreachable as error:
        # The login worked a moment ago, so this one will work again.
        raise DatabaseTrouble(error.message, cure=error.cure) from error
    log.warning("transaction_pooling", without="NOTIFY and fast takeover", cure=POOLING_CURE)
    return False


async def _runner(
    stack: AsyncExitStack,
    settings: Settings,
    store: Store,
    pipelines: Mapping[str, AnyPipeline],
    health: HealthState,
    metrics: Metrics,
) -> Runner:
    open_providers = _providers_opener()
    sweep = settings.worker_sweep_seconds
    return Runner(
        store,
        pipelines,
        await stack.enter_async_context(open_providers(settings)),
        concurrency=settings.worker_concurrency,
        reserved_slots=settings.worker_reserved_slots,
        health=health,
        metrics=metrics,
        timings=RunnerTimings(
            grace=settings.worker_grace_seconds,
            sweep=SweepTimings(calm=sweep, deaf=min(SweepTimings().deaf, sweep)),
            lease=LeaseTimings(heartbeat=settings.worker_heartbeat_seconds),
        ),
    )


def _providers_opener() -> Callable[[Settings], AbstractAsyncContextManager[Providers]]:
    # Here, because the vendors' SDKs take long to import and a mistake should show at once.
    from worker.providers.build import open_providers

    return open_providers


def _notify(login: Login, store: Store, runner: Runner) -> Doorbell:
    return NotifyDoorbell(
        login,
        store.ping,
        on_connected=runner.leases.lock,
        on_lost=runner.leases.unlock,
        on_stop=runner.leases.told_to_stop,
    )


def realtime_doorbell(
    settings: Settings,
    send_ping: SendPing,
    attached: Sequence[JsonObject],
    timings: RealtimeTimings | None = None,
    *,
    on_stop: Stop = unheard,
) -> Iterator[RealtimeDoorbell]:
    """The Realtime doorbell, where a URL and a key are set."""
    if settings.supabase_url is None or settings.supabase_secret_key is None:
        return
    from worker.engine.doorbell_realtime import RealtimeDoorbell

    yield RealtimeDoorbell(
        settings.supabase_url,
        settings.supabase_secret_key,
        send_ping,
        tables=watched_tables(attached),
        on_stop=on_stop,
        timings=timings,
    )


def watched_tables(attached: Sequence[JsonObject]) -> list[WatchedTable]:
    """The tables of which Realtime can tell a change."""
    from worker.engine.doorbell_realtime import WatchedTable

    tables = {str(row["table"]): str(row["key"]) for row in attached if row["published"]}
    return [WatchedTable(*schema_and_name(table), key) for table, key in tables.items()]


def schema_and_name(table: str) -> tuple[str, str]:
    """The two parts of a qualified name as Postgres writes it, in quotes where needed."""
    schema, name = (
        quoted.replace('""', '"') or plain for quoted, plain in _IDENTIFIER.findall(table)
    )
    return schema, name


async def _serve_health(
    stack: AsyncExitStack, settings: Settings, health: HealthState, metrics: Metrics
) -> int:
    patience = 3 * settings.worker_sweep_seconds
    usual = Deadlines()
    deadlines = Deadlines(
        claim=max(usual.claim, patience),
        sweep=max(usual.sweep, patience),
        heartbeat=max(usual.heartbeat, 3 * settings.worker_heartbeat_seconds),
    )
    app = health_app(health, metrics, SystemClock(), deadlines)
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
