"""What a worker costs while it has nothing to do."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace

import pytest

from devstack.project import create_project
from liverows.doorbells.notify import NotifyTimings
from liverows.running.lease import LeaseTimings
from liverows.running.timings import RunnerTimings
from liverows.running.wake import SweepTimings
from liverows.testing.postgres import PostgresServer
from tests.support.databases import Database
from tests.support.doorbells import until
from tests.support.runners import QUICK, Gate, plain_things, working
from tests.support.things import Things

MOST_PER_SECOND = 0.6
OWN_COMMITS = 2
"""The two commits of the test itself, which asks the database twice."""

STATISTICS_LAG = 12
"""In seconds. An idle session of Postgres reports its statistics up to ten seconds late."""

MOST_CPU_SECONDS = 0.5

HURRY = 20
"""One second of the test stands for so many seconds of production."""


@pytest.fixture
def things(database: Database) -> Things:
    return plain_things(database)


def hurried() -> tuple[RunnerTimings, NotifyTimings]:
    """All pauses of production, divided by the same number."""
    lease, sweep, bell = LeaseTimings(), SweepTimings(), NotifyTimings()
    return (
        RunnerTimings(
            lease=replace(
                lease, heartbeat=lease.heartbeat / HURRY, take_over=lease.take_over / HURRY
            ),
            sweep=SweepTimings(calm=sweep.calm / HURRY, deaf=sweep.deaf / HURRY),
        ),
        replace(bell, ping_interval=bell.ping_interval / HURRY),
    )


async def test_an_idle_worker_asks_little_and_holds_three_connections(things: Things) -> None:
    timings, bell = hurried()
    async with working(things, timings=timings, bell=bell) as desk:
        await desk.hears()
        before, began = desk.calls.copy(), time.monotonic()
        await asyncio.sleep(3)  # the time over which the calls are counted
        asked, seconds = desk.calls - before, time.monotonic() - began
        assert connections(things) <= 3
    assert asked.total() / (seconds * HURRY) <= MOST_PER_SECOND
    assert asked["heartbeat"] > 5


@pytest.mark.chaos
@pytest.mark.timeout(600)
async def test_an_idle_worker_commits_little_at_real_length() -> None:
    seconds = 35
    # Its own server, where nothing else commits.
    with PostgresServer(settings={"autovacuum": "off"}) as server:
        create_project(server, "idle")
        things = plain_things(Database(server, "idle"))
        async with working(things, timings=RunnerTimings(), bell=NotifyTimings()) as desk:
            await desk.hears()
            await asyncio.sleep(STATISTICS_LAG)
            before = commits(things)
            await asyncio.sleep(seconds)  # the time over which the commits are counted
            rate = (commits(things) - before - OWN_COMMITS) / seconds
    print(f"idle commits per second = {rate:.2f}")  # noqa: T201 - a figure, read under -s
    assert 0 < rate <= MOST_PER_SECOND


@pytest.mark.parametrize("busy", [True, False], ids=["all slots busy", "idle"])
async def test_waiting_costs_neither_statements_nor_time(things: Things, busy: bool) -> None:
    gate = Gate()
    if busy:
        things.add(5)
    async with working(things, gate, timings=QUICK, concurrency=2, heartbeat=60) as desk:
        if busy:
            await until(lambda: len(gate.inside) == 2)
        await desk.hears()
        # A ring may make it look at other workers once, and each session that it opens makes it
        # beat once more: how long that takes depends on the machine.
        for _ in range(4):
            before, cpu = desk.calls.copy(), time.process_time()
            await asyncio.sleep(1.5)  # the time over which calls and CPU time are counted
            spent = time.process_time() - cpu
            asked = desk.calls - before
            if asked.keys() <= {"ping_doorbell"} and spent < MOST_CPU_SECONDS:
                break
    assert asked.keys() <= {"ping_doorbell"}
    assert spent < MOST_CPU_SECONDS


async def test_a_lone_worker_looks_at_no_other_when_it_claims_what_rang(things: Things) -> None:
    async with working(things, heartbeat=60, take_over=0.02) as desk:
        await desk.hears()
        await until(lambda: desk.runner.health.claim_finished is not None)
        looks = desk.calls["take_back"]
        for _ in range(5):
            await things.reach(things.add_one(), "completed")
            await asyncio.sleep(0.1)  # five times the pause after which it would look
        assert desk.calls["take_back"] <= looks + 1


async def test_a_worker_that_meets_another_at_a_claim_looks_at_it(things: Things) -> None:
    async with working(things, heartbeat=60, take_over=0.02) as desk:
        await desk.hears()
        await things.reach(things.add_one(), "completed")
        async with working(things, heartbeat=60) as other:
            await other.hears()
            looks = desk.calls["take_back"]
            things.add_one()
            await until(lambda: desk.calls["take_back"] > looks)


def connections(things: Things) -> int:
    """How many sessions the worker has in this database."""
    (row,) = things.run(
        "select count(*) from pg_stat_activity"
        " where datname = current_database() and application_name like 'liverows%%'"
    )
    count: int = row["count"]
    return count


def commits(things: Things) -> int:
    """The number of transactions committed in this database so far."""
    (row,) = things.run(
        "select xact_commit from pg_stat_database where datname = current_database()"
    )
    count: int = row["xact_commit"]
    return count
