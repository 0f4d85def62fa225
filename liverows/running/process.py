"""Builds one worker process from its settings, runs it, and closes it again."""

from __future__ import annotations

import asyncio
import re
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from liverows.base.clock import SystemClock
from liverows.base.collector import collector_paused
from liverows.base.errors import DatabaseTrouble
from liverows.base.extras import REALTIME_CURE, has_realtime
from liverows.base.logger import get_logger
from liverows.base.otel import opened_tracing
from liverows.base.prices import load_prices
from liverows.base.settings import Settings
from liverows.base.types import JsonObject
from liverows.base.version import VERSION
from liverows.database.client import ContractClient
from liverows.database.contract import is_unfit, unfit
from liverows.database.housekeeping import Retention
from liverows.database.login import POOLING_CURE, Login
from liverows.database.opening import opened_client, way_of
from liverows.database.own_functions import shared_way
from liverows.database.reachability import GrowingWait
from liverows.doorbells.doorbell import Changed, SendPing, Stop, unheard
from liverows.doorbells.notify import NotifyDoorbell
from liverows.recipe.child_process import end_children
from liverows.recipe.registry import AnyPipeline, Package, opened_services
from liverows.running.alerts import alerting
from liverows.running.health import Deadlines, HealthState, health_app, serving
from liverows.running.lease import LeaseTimings
from liverows.running.lifecycle import LifecycleListener, Listeners
from liverows.running.matching import (
    Match,
    match_pipelines,
    nothing_to_run,
    pipelines_of,
    wanted_packages,
)
from liverows.running.metrics import Metrics
from liverows.running.pruning import Pruning
from liverows.running.runner import Runner
from liverows.running.schedules import Schedules
from liverows.running.timings import RunnerTimings
from liverows.running.traces import RowTraces
from liverows.running.upkeep import PipelineUpkeep
from liverows.running.wake import SweepTimings
from liverows.running.webhooks import lifecycle_listener

if TYPE_CHECKING:
    from liverows.doorbells.realtime import RealtimeDoorbell, RealtimeTimings, WatchedTable

log = get_logger(__name__)
T = TypeVar("T")

_FIRST_WAIT = 0.25
_LONGEST_WAIT = 5.0
_IDENTIFIER = re.compile(r'"((?:[^"]|"")*)"|([^".]+)')


async def run_worker(settings: Settings, packages: Sequence[str]) -> None:
    """Serve the pipelines of these packages (dotted names) until SIGTERM or SIGINT.

    Raises `SetupError` at the start for a problem that a person must repair.
    """
    health, metrics = HealthState(), Metrics()
    way = way_of(settings)
    login = way if isinstance(way, Login) else None
    health.reachability = way.reachability
    async with AsyncExitStack() as stack:
        stack.callback(end_children)
        await stack.enter_async_context(opened_tracing(settings))
        stack.enter_context(shared_way(settings, way))
        port = await _serve_health(stack, settings, health, metrics)
        sessions = await waited_for(lambda: _sessions(login))
        client = await stack.enter_async_context(
            opened_client(settings, prepared=sessions, way=way)
        )
        attached, packages_here, match = await _prepare(settings, packages, client)
        services = await stack.enter_async_context(opened_services(packages_here))
        webhooks = await stack.enter_async_context(lifecycle_listener(settings, metrics))
        lifecycle = Listeners(RowTraces(SystemClock()), webhooks)
        runner = _runner(settings, client, match.runnable, services, health, metrics, lifecycle)
        schedules = Schedules(client, runner.hears_notify)
        watch = _add_doorbells(
            settings, runner, client, login if sessions else None, attached, schedules.changed
        )
        upkeep = PipelineUpkeep(
            runner, client, pipelines_of(packages_here), match, on_attached=watch
        )
        stack.enter_context(_signals_call(runner.stop))
        _say_started(settings, client, list(match.runnable), runner, port)
        async with upkeep.every(settings.sweep_seconds), _kept(settings, client, schedules):
            await runner.run()


def _say_started(
    settings: Settings, client: ContractClient, pipelines: list[str], runner: Runner, port: int
) -> None:
    log.info(
        "worker_started",
        version=VERSION,
        transport=client.transport.kind,
        pipelines=pipelines,
        doorbells=[bell.name for bell in runner.doorbells],
        slots=settings.concurrency,
        health_port=port,
    )


@asynccontextmanager
async def _kept(
    settings: Settings, client: ContractClient, schedules: Schedules
) -> AsyncIterator[None]:
    """Do in the background what the queue needs beside its rows, until the end of the block."""
    keep = Retention(settings.history_days, settings.usage_days, settings.answer_days)
    async with Pruning(client, keep).hourly(), schedules.kept(), alerting(settings, client):
        yield


async def waited_for(ask: Callable[[], Awaitable[T]]) -> T:
    """Call `ask` until the database answers, and return the answer.

    Raises `SetupError` if a person must repair the setup first.
    """
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
    settings: Settings, names: Sequence[str], client: ContractClient
) -> tuple[list[JsonObject], list[Package], Match]:
    """Return our attached pipelines, the packages to serve, and which pipelines can run."""
    await waited_for(client.check_contract)
    attached = await waited_for(client.attached)
    # Importing may take long, and a wrong database setting should be reported before that.
    with collector_paused():
        packages = wanted_packages(names, settings.pipelines)
    found = pipelines_of(packages)
    match = match_pipelines(found, attached)
    # Pipelines that lack columns do not end the start: a migration may come later.
    if not match.runnable and not match.left_out:
        raise nothing_to_run(match)
    return [row for row in attached if row["pipeline"] in found], packages, match


async def _sessions(login: Login | None) -> bool:
    """Whether NOTIFY, session locks and prepared statements can be used."""
    if login is None:
        return False
    if await login.has_sessions():
        return True
    log.warning("transaction_pooling", without="NOTIFY and fast takeover", cure=POOLING_CURE)
    return False


def _runner(
    settings: Settings,
    client: ContractClient,
    pipelines: Mapping[str, AnyPipeline],
    services: Mapping[str, Any],
    health: HealthState,
    metrics: Metrics,
    lifecycle: LifecycleListener,
) -> Runner:
    sweep = settings.sweep_seconds
    return Runner(
        client,
        pipelines,
        services,
        concurrency=settings.concurrency,
        reserved_slots=settings.reserved_slots,
        health=health,
        metrics=metrics,
        lifecycle=lifecycle,
        prices=load_prices(settings.prices),
        timings=RunnerTimings(
            grace=settings.grace_seconds,
            sweep=SweepTimings(calm=sweep, deaf=min(SweepTimings().deaf, sweep)),
            lease=LeaseTimings(heartbeat=settings.heartbeat_seconds),
        ),
    )


def _add_doorbells(
    settings: Settings,
    runner: Runner,
    client: ContractClient,
    login: Login | None,
    attached: Sequence[JsonObject],
    on_schedules: Changed,
) -> Callable[[Sequence[JsonObject]], None]:
    """Give the runner its doorbells; return a function to call with the attached pipelines when
    they were read again.
    """
    if login is not None:
        notify = _notify(login, client, runner)
        notify.on_schedules = on_schedules
        runner.doorbells.append(notify)
    told = runner.leases.told_to_stop
    bells = list(realtime_doorbell(settings, client.ping_realtime, attached, on_stop=told))
    runner.doorbells.extend(bells)

    def watch(attached: Sequence[JsonObject]) -> None:
        for bell in bells:
            bell.watch(watched_tables(attached))

    return watch


def _notify(login: Login, client: ContractClient, runner: Runner) -> NotifyDoorbell:
    return NotifyDoorbell(
        login,
        client.ping,
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
    over_socket: bool = False,
) -> Iterator[RealtimeDoorbell]:
    """Yield the Realtime doorbell, if URL and key are set and the extra `realtime` is installed.

    With `over_socket` it pings itself without the database.
    """
    if settings.supabase_url is None or settings.supabase_secret_key is None:
        return
    if not has_realtime():
        log.warning("realtime_not_installed", cure=REALTIME_CURE)
        return
    from liverows.doorbells.realtime import RealtimeDoorbell

    yield RealtimeDoorbell(
        settings.supabase_url,
        settings.supabase_secret_key,
        send_ping,
        tables=watched_tables(attached),
        on_stop=on_stop,
        timings=timings,
        over_socket=over_socket,
    )


def watched_tables(attached: Sequence[JsonObject]) -> list[WatchedTable]:
    """Return those attached tables whose changes Realtime reports: those in its publication."""
    from liverows.doorbells.realtime import WatchedTable

    tables = {str(row["table"]): str(row["key"]) for row in attached if row["published"]}
    return [WatchedTable(*schema_and_name(table), key) for table, key in tables.items()]


def schema_and_name(table: str) -> tuple[str, str]:
    """Split a qualified table name into schema and name, without quotes."""
    schema, name = (
        quoted.replace('""', '"') or plain for quoted, plain in _IDENTIFIER.findall(table)
    )
    return schema, name


async def _serve_health(
    stack: AsyncExitStack, settings: Settings, health: HealthState, metrics: Metrics
) -> int:
    patience = 3 * settings.sweep_seconds
    usual = Deadlines()
    deadlines = Deadlines(
        claim=max(usual.claim, patience),
        sweep=max(usual.sweep, patience),
        heartbeat=max(usual.heartbeat, 3 * settings.heartbeat_seconds),
    )
    app = health_app(health, metrics, SystemClock(), deadlines)
    return await stack.enter_async_context(serving(app, settings.health_host, settings.health_port))


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
