"""A worker runs schedules at their moments: it sleeps until then, and hears of changes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any, cast

import pytest
from pydantic import SecretStr
from structlog.testing import capture_logs

from liverows.base.errors import Transient
from liverows.database.client import ContractClient
from liverows.database.housekeeping import ScheduleRun, SchedulesRun
from liverows.database.postgres_transport import PostgresTransport
from liverows.doorbells.notify import NotifyDoorbell
from liverows.running.schedules import (
    CALM_SECONDS,
    FIRST_RETRY_SECONDS,
    HEARING_SECONDS,
    Schedules,
)
from tests.support.clock import ManualClock, settle
from tests.support.data_api import DataApi
from tests.support.databases import Clock, Database
from tests.support.doorbells import Rings, until
from tests.support.runners import QUICK_BELL, CountingTransport
from tests.support.things import Things

DONE = ScheduleRun("tick", "2026-01-01T03:00:00+00:00", "done", 1, None, False)


class Table:
    """A `ContractClient` that answers from a list, and then that there is no schedule."""

    def __init__(self, *answers: SchedulesRun | Exception) -> None:
        self.calls = 0
        self._answers = list(answers)

    async def run_schedules(self, *, max_schedules: int) -> SchedulesRun:
        assert max_schedules == 1
        self.calls += 1
        answer = self._answers.pop(0) if self._answers else SchedulesRun((), None)
        if isinstance(answer, Exception):
            raise answer
        return answer


def schedules(table: Table, clock: ManualClock, *, hears: bool = True) -> Schedules:
    return Schedules(cast(ContractClient, table), lambda: hears, clock)


async def test_it_sleeps_until_the_next_moment_and_asks_until_nothing_is_due() -> None:
    clock = ManualClock()
    table = Table(SchedulesRun((), 45.0), SchedulesRun((DONE,), 0), SchedulesRun((DONE,), 300.0))
    async with schedules(table, clock).kept():
        await settle()
        assert table.calls == 1
        await clock.advance(44)
        assert table.calls == 1
        await clock.advance(1)
        assert table.calls == 3
        await clock.advance(299)
        assert table.calls == 3
        await clock.advance(1)
        assert table.calls == 4


@pytest.mark.parametrize(("hears", "most"), [(True, HEARING_SECONDS), (False, CALM_SECONDS)])
async def test_it_asks_now_and_then_whatever_it_was_told(hears: bool, most: float) -> None:
    clock = ManualClock()
    table = Table(SchedulesRun((), 1e9), SchedulesRun((), None))
    async with schedules(table, clock, hears=hears).kept():
        for calls in (1, 2):
            await settle()
            assert table.calls == calls
            await clock.advance(most * 1.1)
    assert [0.9 * most <= pause <= 1.1 * most for pause in clock.sleeps[:2]] == [True, True]


async def test_a_change_is_looked_at_at_once() -> None:
    clock = ManualClock()
    table = Table()
    kept = schedules(table, clock)
    async with kept.kept():
        await settle()
        kept.changed()
        await settle()
        assert table.calls == 2


async def test_a_failed_call_is_repeated_and_a_failed_statement_is_logged_without_its_message() -> (
    None
):
    clock = ManualClock()
    failed = ScheduleRun("bad", "2026-01-01T03:00:00+00:00", "failed", None, "22012", True)
    table = Table(Transient("The database did not answer."), SchedulesRun((failed,), 60.0))
    with capture_logs() as logged:
        async with schedules(table, clock).kept():
            await settle()
            await clock.advance(FIRST_RETRY_SECONDS)
    assert [line["event"] for line in logged] == ["schedules_unknown", "schedule_failed"]
    assert (logged[1]["schedule"], logged[1]["sqlstate"]) == ("bad", "22012")


async def test_a_call_without_an_answer_is_repeated_before_a_moment_is_skipped() -> None:
    """Also while doorbells work. A database that lacks the function is asked once a minute."""
    clock = ManualClock()
    trouble = [Transient("The database did not answer.") for _ in range(8)]
    table = Table(*trouble, SchedulesRun((), 100.0), Transient("Again."))
    async with schedules(table, clock).kept():
        await settle()
        for pause in (2, 4, 8, 16, 32, 60, 60, 60):
            calls = table.calls
            await clock.advance(pause - 1)
            assert table.calls == calls
            await clock.advance(1)
            assert table.calls == calls + 1
        await clock.advance(100)
        assert table.calls == 10
        await clock.advance(FIRST_RETRY_SECONDS)
        assert table.calls == 11


# On a real database.


class Ticks:
    """A table that a schedule fills."""

    def __init__(self, database: Database) -> None:
        self._things = Things(database)
        self.run("create table public.ticks (due timestamptz)")

    def run(self, query: str, **arguments: Any) -> list[dict[str, Any]]:
        return self._things.run(query, arguments or None)

    def schedule(self, cron: str) -> None:
        self.run(
            "select processing.schedule('tick', %(cron)s, 'UTC',"
            " 'insert into public.ticks values ($1)')",
            cron=cron,
        )

    @property
    def count(self) -> int:
        count: int = self.run("select count(*) from public.ticks")[0]["count"]
        return count

    def seconds_left(self) -> float:
        """Until the schedule is due, by the clock of the database."""
        (row,) = self.run(
            "select extract(epoch from next_due - processing.clock())::float8 as left"
            " from processing.schedules where name = 'tick'"
        )
        left: float = row["left"]
        return left


@pytest.fixture
def ticks(database: Database) -> Ticks:
    ticks = Ticks(database)
    ticks.run("delete from processing.schedules")
    return ticks


@asynccontextmanager
async def kept(database: Database) -> AsyncIterator[CountingTransport]:
    """What a worker runs for schedules: the loop, and the doorbell that tells it of changes."""
    url = SecretStr(database.dsn_as("service_role"))
    transport = CountingTransport(PostgresTransport(url))
    client = ContractClient(transport)
    bell = NotifyDoorbell(url, client.ping, timings=QUICK_BELL)
    loop = Schedules(client, bell.working)
    bell.on_schedules = loop.changed
    ringing = asyncio.create_task(bell.run(Rings()))
    try:
        async with loop.kept():
            await until(bell.working)
            yield transport
    finally:
        ringing.cancel()
        with suppress(asyncio.CancelledError):
            await ringing
        await client.close()


async def test_a_due_schedule_runs_without_a_poll(
    ticks: Ticks, database: Database, clock: Clock
) -> None:
    ticks.schedule("0 3 * * *")
    async with kept(database) as transport:
        await until(lambda: transport.calls["run_schedules"] >= 2)
        asked = transport.calls["run_schedules"]
        # The schedule is set anew when it is due within a second: the worker hears of that.
        clock.advance(ticks.seconds_left() - 1)
        ticks.run("select processing.pause_schedule('tick', false)")
        await until(lambda: ticks.count == 1)
        # One look because of the change, one at the moment, and at most one more if its timer ran
        # a little ahead of the clock of the database.
        assert transport.calls["run_schedules"] - asked <= 4
    assert ticks.count == 1


async def test_three_workers_run_a_moment_once(
    ticks: Ticks, database: Database, clock: Clock
) -> None:
    ticks.schedule("0 3 * * *")
    clock.advance(ticks.seconds_left() - 1)
    async with kept(database), kept(database), kept(database):
        await until(lambda: ticks.count > 0)
        await until(lambda: ticks.seconds_left() > 80_000)
    assert ticks.count == 1


@pytest.mark.needs("postgrest")
async def test_a_worker_over_the_data_api_runs_schedules_too(
    ticks: Ticks, data_api: DataApi, clock: Clock
) -> None:
    from liverows.database.data_api import DataApi as DataApiClient
    from liverows.database.data_api_transport import DataApiTransport

    ticks.schedule("0 3 * * *")
    clock.advance(ticks.seconds_left())
    key = SecretStr(data_api.secret_key)
    client = ContractClient(DataApiTransport(DataApiClient(data_api.url, key)))
    loop = Schedules(client, lambda: False)
    try:
        assert (await loop.look() or 0) > 80_000
    finally:
        await client.close()
    assert ticks.count == 1
