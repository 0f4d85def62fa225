"""What the database does to its connections takes no row away from a living worker."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import psycopg
import pytest

from liverows.testing.postgres import PostgresServer
from tests.support.doorbells import until
from tests.support.paid_service import PaidService
from tests.support.things import Things
from tests.support.workers import Fleet

ROWS = 50
STEPS = 3
LOOKS = 4
"""So many times each worker looks at its peers before the test believes in peace."""


@pytest.fixture
async def busy(things: Things, service: PaidService, fleet_of: Callable[..., Fleet]) -> Fleet:
    """4 workers with 50 rows running, each in its first step."""
    things.attach("three-steps")
    service.hold()
    fleet = fleet_of("three-steps", concurrency=20)
    await fleet.start_ready(4)
    things.add(ROWS)
    await service.arrived(ROWS)
    return fleet


@pytest.mark.thorough  # the seeded faults of `test_every_fault.py` have these two
async def test_cut_listeners_cost_nobody_a_row(
    busy: Fleet, things: Things, service: PaidService
) -> None:
    before = busy.locked()
    cut = things.run(
        "select pg_terminate_backend(pid) from pg_stat_activity"
        " where application_name = 'liverows doorbell' and datname = current_database()"
    )
    assert len(cut) == 4

    await until(lambda: relocked(before, busy), deadline=60)
    await peers_have_looked(things)

    assert things.take_backs() == []
    await each_row_completes_once(things, service)


@pytest.mark.thorough
async def test_a_restarted_database_costs_nobody_a_row(
    busy: Fleet, things: Things, service: PaidService, postgres_server: PostgresServer
) -> None:
    before = busy.locked()
    make_durable(things)
    await asyncio.to_thread(postgres_server.restart, immediate=True)

    await until(lambda: relocked(before, busy), deadline=60)
    await peers_have_looked(things)

    assert things.take_backs() == []
    await each_row_completes_once(things, service)


async def test_an_outage_longer_than_a_lease_is_nobodys_death(
    things: Things,
    service: PaidService,
    fleet_of: Callable[..., Fleet],
    postgres_server: PostgresServer,
) -> None:
    things.attach("three-steps", lease="6 seconds")  # a busy machine stands still for some
    service.hold()
    fleet = fleet_of("three-steps", concurrency=20, heartbeat=0.5)
    await fleet.start_ready(3)
    things.add(ROWS)
    await service.arrived(ROWS)
    before = fleet.locked()
    make_durable(things)

    await asyncio.to_thread(postgres_server.kill)
    await asyncio.sleep(8)  # longer than the lease
    await asyncio.to_thread(postgres_server.start)
    await until(lambda: relocked(before, fleet), deadline=60)
    await peers_have_looked(things)

    assert things.take_backs() == []
    await each_row_completes_once(things, service)


def make_durable(things: Things) -> None:
    """A claim may be forgotten in a crash of Postgres; the test is about later things."""
    with psycopg.connect(things.database.superuser_dsn, autocommit=True) as connection:
        connection.execute("checkpoint")


def relocked(before: dict[int, dict[str, object]], fleet: Fleet) -> bool:
    """Does every worker hold its lock on another session than before?"""
    now = fleet.locked()
    return now.keys() == before.keys() and all(
        now[pid]["lock_backend_start"] != before[pid]["lock_backend_start"] for pid in before
    )


async def peers_have_looked(things: Things) -> None:
    """A peer notes a missing lock at one look and acts half a second later, at another look.

    Nothing tells that it will not act, so this waits as long as it would take.
    """
    for _ in range(LOOKS):
        await asyncio.sleep(0.6)
        assert things.take_backs() == []


async def each_row_completes_once(things: Things, service: PaidService) -> None:
    service.release()
    await things.settled()
    assert things.statuses() == {"completed": ROWS}
    assert len(things.events("completed")) == ROWS
    assert set(service.count().values()) == {1}
    assert len(service.calls) == ROWS * STEPS
