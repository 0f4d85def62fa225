"""Checks for `liverows doctor`: pipelines, publication and doorbells."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator, Sequence

from liverows.base.errors import SetupError
from liverows.base.extras import has_realtime
from liverows.base.finding import Finding
from liverows.base.settings import Settings
from liverows.base.types import JsonObject
from liverows.cli.findings import failed
from liverows.cli.program import program
from liverows.database.client import ContractClient
from liverows.database.login import Login
from liverows.database.opening import has_sessions
from liverows.doorbells.doorbell import Doorbell, SendPing
from liverows.doorbells.notify import NotifyDoorbell
from liverows.recipe.registry import AnyPipeline
from liverows.running.matching import match_pipelines, pipelines_of, wanted_packages
from liverows.running.process import realtime_doorbell

_LOOK_SECONDS = 0.002


def check_pipelines(settings: Settings, attached: Sequence[JsonObject]) -> list[Finding]:
    """Compare the pipelines in Python with those attached in SQL, and say which can run here."""
    try:
        match = match_pipelines(_found(settings), attached)
    except SetupError as error:
        return [failed("pipelines", error)]
    findings = [_runnable(row) for row in attached if row["pipeline"] in match.runnable]
    findings += _loose(attached)
    findings += [failed(f"pipeline {slug}", error) for slug, error in match.left_out.items()]
    findings += [
        Finding(
            f"columns of {slug}",
            "warning",
            f"attached, and not in the Python model: {more}; they are left alone",
            "run the worker release that knows them, if there is one",
        )
        for slug, more in match.ahead.items()
    ]
    findings += [
        Finding(f"pipeline {slug}", "warning", "no table is attached to it", f"run: {call}")
        for slug, call in match.unattached.items()
    ]
    findings += [
        Finding(f"package {name}", "skipped", "is not installed here", cure)
        for name, cure in program().missing.items()
    ]
    findings += [
        Finding(f"pipeline {slug}", "ok", "not run here: its rows wait for another worker")
        for slug in match.elsewhere
    ]
    if not match.runnable:
        findings.append(
            Finding(
                "pipelines",
                "problem",
                "none is both attached and known here",
                "attach a table, or list your packages in LIVEROWS_PACKAGES",
            )
        )
    return findings


def _found(settings: Settings) -> dict[str, AnyPipeline]:
    return pipelines_of(wanted_packages(program().packages_of(settings), settings.pipelines))


def _runnable(row: JsonObject) -> Finding:
    check = f"pipeline {row['pipeline']}"
    if row["paused"]:
        return Finding(
            check,
            "warning",
            "is paused",
            f"`liverows resume {row['pipeline']}` claims its rows again",
        )
    misplaced = row.get("misplaced_triggers")
    if isinstance(misplaced, list) and misplaced:
        names = ", ".join(str(name) for name in misplaced)
        return Finding(
            check,
            "warning",
            f"triggers of {row['table']} fire before its guard or after its admission: {names}",
            "rename them so that they sort between !processing_typed and ~processing_admit",
        )
    return Finding(check, "ok", f"runs rows of {row['table']}")


def _loose(attached: Sequence[JsonObject]) -> list[Finding]:
    """Return a warning for the functions of the application that a role could slip a type into."""
    found: set[str] = set()
    for row in attached:
        listed = row.get("loose_functions")  # a database of an earlier version has not that field
        found |= {str(name) for name in listed} if isinstance(listed, list) else set()
    if not found:
        return []
    names = sorted(found)
    cures = "; ".join(
        f"alter function {name} set search_path = pg_catalog, pg_temp" for name in names
    )
    return [
        Finding(
            "search_path",
            "warning",
            "triggers or store functions whose search_path does not end with pg_temp: a role with "
            f"a session, such as liverows_worker, could slip a type into them: {', '.join(names)}",
            f"run, with the schemas that the function needs before pg_temp: {cures}",
        )
    ]


def check_publication(attached: Sequence[JsonObject]) -> list[Finding]:
    """Check that each attached table is in the publication that browsers need to see changes."""
    published = {str(row["table"]): bool(row["published"]) for row in attached}
    return [
        Finding(f"publication {table}", "ok", "in supabase_realtime")
        if is_in
        else Finding(
            f"publication {table}",
            "warning",
            "not in supabase_realtime: browsers do not see its rows change",
            f"run: alter publication supabase_realtime add table {table}",
        )
        for table, is_in in published.items()
    ]


async def check_doorbells(
    settings: Settings,
    login: Login | None,
    client: ContractClient,
    attached: Sequence[JsonObject],
    deadline: float,
) -> list[Finding]:
    """Let each doorbell ping itself, and measure how soon it hears the ping.

    The ping goes through the database, as a ring does; no worker need run. If Realtime does not
    deliver it, the doorbell pings itself over its socket, to tell where it is lost. `deadline` is
    in seconds, for each of these.
    """
    heard: dict[str, float | None] = {}
    bells = [(build, client.ping) for build in await _notify(login)]
    bells += [(build, client.ping_realtime) for build in _realtime(settings, attached, deadline)]
    over_socket: float | None = None
    for build, ping in bells:
        name, seconds = await echo(build, ping, deadline)
        heard[name] = seconds
        if name == "realtime" and seconds is None:
            (build_own,) = _realtime(settings, attached, deadline, over_socket=True)
            _, over_socket = await echo(build_own, ping, deadline)
    if not heard:
        return [
            Finding(
                "doorbells",
                "warning",
                "none can be used: rows are found by the sweep, in seconds",
                "use a connection with sessions (port 5432), or set SUPABASE_URL and a secret key",
            )
        ]
    alone = not any(seconds is not None for seconds in heard.values())
    return [
        _half_heard(over_socket, deadline)
        if name == "realtime" and over_socket is not None
        else _measured(name, seconds, deadline, alone)
        for name, seconds in heard.items()
    ]


async def echo(
    build: Callable[[SendPing], Doorbell], ping: SendPing, deadline: float
) -> tuple[str, float | None]:
    """Run a doorbell until it hears its own ping, for at most `deadline` seconds.

    Returns the doorbell's name, and how many seconds the ping took, or None if none was heard.
    """
    sent_at = 0.0

    async def timed(nonce: str) -> None:
        nonlocal sent_at
        sent_at = time.perf_counter()
        await ping(nonce)

    bell = build(timed)
    running = asyncio.create_task(bell.run(lambda _source: None))
    try:
        async with asyncio.timeout(deadline):
            while not bell.working() and not running.done():  # noqa: ASYNC110 - no event exists
                await asyncio.sleep(_LOOK_SECONDS)
        return bell.name, time.perf_counter() - sent_at if bell.working() else None
    except TimeoutError:
        return bell.name, None
    finally:
        running.cancel()
        await asyncio.wait([running])


async def _notify(login: Login | None) -> list[Callable[[SendPing], Doorbell]]:
    if login is None or not await has_sessions(login):
        return []
    return [lambda ping: NotifyDoorbell(login, ping, application_name="liverows doctor")]


def _realtime(
    settings: Settings,
    attached: Sequence[JsonObject],
    deadline: float,
    *,
    over_socket: bool = False,
) -> Iterator[Callable[[SendPing], Doorbell]]:
    if settings.supabase_url is None or settings.supabase_secret_key is None or not has_realtime():
        return
    from liverows.doorbells.realtime import RealtimeTimings

    # A project that was idle may miss the first pings, which must not end the connection.
    timings = RealtimeTimings(
        ping_deadline=min(3, deadline),
        ping_waits=(1, 2, *100 * (3,)),
        join_deadline=deadline,
        close_deadline=1,
    )

    def build(ping: SendPing) -> Doorbell:
        (bell,) = realtime_doorbell(settings, ping, attached, timings, over_socket=over_socket)
        return bell

    yield build


def _half_heard(seconds: float, deadline: float) -> Finding:
    """Return the finding for a Realtime that works, but delivers nothing from the database."""
    return Finding(
        "doorbell realtime",
        "warning",
        f"joined, and hears itself after {seconds * 1000:.0f} ms, but not what the database sent "
        f"within {deadline:g} s",
        "look again in a minute: Realtime makes the day's partition of realtime.messages only "
        "after somebody has joined. If it stays so, read the logs of Realtime and of Postgres; "
        "meanwhile workers find rows by the sweep",
    )


def _measured(name: str, seconds: float | None, deadline: float, alone: bool) -> Finding:
    check = f"doorbell {name}"
    if seconds is not None:
        return Finding(check, "ok", f"heard after {seconds * 1000:.0f} ms")
    cure = {
        "notify": "check that SUPABASE_DB_URL does not lead through a transaction pooler",
        "realtime": "check that Realtime is on and that the key is a secret one; "
        "LOG_LEVEL=debug shows what it answered",
    }[name]
    return Finding(
        check, "problem" if alone else "warning", f"not heard within {deadline:g} s", cure
    )
