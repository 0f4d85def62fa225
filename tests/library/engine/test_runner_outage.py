"""When the database is away the worker says so and waits; when it is back nothing is lost."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import psycopg
import pytest

from liverows.running.wake import SweepTimings
from liverows.testing.postgres import PostgresServer
from tests.support.databases import Database
from tests.support.doorbells import until
from tests.support.runners import NEVER, QUICK, Gate, plain_things, working
from tests.support.things import Things
from tests.support.wire import wire_to

ALERT = replace(QUICK, sweep=SweepTimings(calm=NEVER, deaf=0.2))
"""The runner looks at its doorbells five times a second, and never sweeps while one works."""


@pytest.fixture
def things(database: Database) -> Things:
    return plain_things(database)


async def test_results_are_written_when_the_database_is_back(
    things: Things, postgres_server: PostgresServer
) -> None:
    gate = Gate()
    things.add(3)
    async with working(things, gate, timings=ALERT) as desk:
        await until(lambda: len(gate.inside) == 3)
        await until(lambda: not desk.problems())
        make_durable(things.database)
        await asyncio.to_thread(postgres_server.kill)
        gate.opened.set()
        await until(lambda: "database_unreachable" in desk.problems())
        await asyncio.to_thread(postgres_server.start)
        await things.settled()
        await until(lambda: not desk.problems())
    assert things.statuses() == {"completed": 3}
    assert [event["run"] for event in things.events("completed")] == [1, 1, 1]


async def test_rows_that_came_while_nobody_listened_are_found(
    things: Things, postgres_server: PostgresServer
) -> None:
    async with working(things) as desk:
        await desk.hears()
        await asyncio.to_thread(postgres_server.restart, immediate=True)
        key = things.add_one()
        await things.reach(key, "completed")


async def test_an_idle_worker_notices_that_the_database_is_gone(
    things: Things, postgres_server: PostgresServer
) -> None:
    async with working(things, timings=ALERT) as desk:
        await until(lambda: not desk.problems())
        await asyncio.to_thread(postgres_server.kill)
        await until(lambda: "database_unreachable" in desk.problems())
        await until(lambda: "heartbeat_late" in desk.problems())
        assert desk.runner.health.doorbells == {"notify": False}
        await asyncio.to_thread(postgres_server.start)
        await until(lambda: not desk.problems())
        await until(lambda: desk.runner.health.doorbells == {"notify": True})


async def test_a_deaf_worker_says_so_until_it_hears_again(things: Things) -> None:
    async with (
        wire_to(things.database.dsn) as (wire, url),
        working(things, timings=ALERT, bell_url=url) as desk,
    ):
        await until(lambda: desk.runner.health.doorbells == {"notify": True})
        wire.freeze()
        await until(lambda: desk.runner.health.doorbells == {"notify": False})
        # The doorbell connects again by itself; the wire lets new connections through.
        await until(lambda: desk.runner.health.doorbells == {"notify": True})
        assert desk.value("liverows_doorbell_working", doorbell="notify") == 1


async def test_a_stop_does_not_wait_for_a_database_that_is_gone(
    things: Things, postgres_server: PostgresServer
) -> None:
    gate = Gate()
    things.add(2)
    try:
        async with working(things, gate, patience=0.5) as desk:
            await until(lambda: len(gate.inside) == 2)
            make_durable(things.database)
            await asyncio.to_thread(postgres_server.kill)
            desk.runner.stop()
            desk.runner.stop()
            async with asyncio.timeout(60):
                await desk.task
    finally:
        await asyncio.to_thread(postgres_server.start)
    assert things.statuses() == {"processing": 2}


def make_durable(database: Database) -> None:
    """Write everything to disk. A crash of Postgres may forget a claim, but these tests are about
    what happens later."""
    with psycopg.connect(database.superuser_dsn, autocommit=True) as connection:
        connection.execute("checkpoint")


async def test_a_contract_that_went_away_for_a_while_ends_no_worker(things: Things) -> None:
    """This happens during a migration that drops its functions and creates them again."""
    gate = Gate()
    things.add(2)
    async with working(things, gate) as desk:
        await until(lambda: len(gate.inside) == 2)
        for function in ("claim", "finish_and_claim", "finish"):
            things.run(f"alter function processing.{function} rename to {function}_2")
        things.add(1)
        claims = desk.calls["claim"]
        await until(lambda: desk.calls["claim"] > claims + 1)
        assert not desk.task.done()
        for function in ("claim", "finish_and_claim", "finish"):
            things.run(f"alter function processing.{function}_2 rename to {function}")
        gate.opened.set()
        await things.settled()
    assert things.statuses() == {"completed": 3}


async def test_a_detached_pipeline_stops_its_own_rows_only(database: Database) -> None:
    things = Things(database)
    things.create()
    things.attach("plain", when="kind = 'plain'")
    things.attach("short-lived", when="kind = 'short'")
    gate = Gate()
    kept, dropped = things.add_one(), things.add_one(kind="short")
    async with working(things, gate, also=("short-lived",), heartbeat=60) as desk:
        await until(lambda: len(gate.inside) == 2)
        things.call("detach", table="public.things", pipeline="short-lived")
        gate.opened.set()
        await things.reach(kept, "completed")
        await things.reach(things.add_one(), "completed")
        assert desk.calls["finish_and_claim"] + desk.calls["claim"] < 15
    assert things.look(dropped)["status"] == "cancelled"
