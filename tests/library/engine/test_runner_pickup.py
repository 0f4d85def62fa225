"""What makes a runner look for rows, how many it takes, and which ones it leaves alone."""

from __future__ import annotations

from dataclasses import replace

import psycopg
import pytest

from liverows import Context
from liverows.base.errors import RateLimited
from liverows.doorbells.doorbell import Ring
from liverows.running.wake import SweepTimings
from tests.support.databases import Database
from tests.support.doorbells import until
from tests.support.runners import (
    NEVER,
    QUICK,
    QUICK_BELL,
    Gate,
    Said,
    Thing,
    plain_things,
    working,
)
from tests.support.things import Things
from tests.support.wire import wire_to


@pytest.fixture
def things(database: Database) -> Things:
    return plain_things(database, retry_base="0.3 seconds", retry_cap="0.3 seconds")


def woken_by(things: Things, key: str) -> str:
    """What caused the claim of the row's last run."""
    source: str = things.events("completed", key)[-1]["data"]["woken_by"]
    return source


class Unheard:
    """A doorbell that believes that it hears."""

    name = "unheard"

    def __init__(self) -> None:
        self.doubted = False

    async def run(self, _ring: Ring) -> None:
        """Never ring."""

    def working(self) -> bool:
        """Always True."""
        return True

    def heard(self) -> None:
        """Never."""

    def doubt(self) -> None:
        """Note it."""
        self.doubted = True


async def test_a_new_row_is_heard_of_by_notify(things: Things) -> None:
    async with working(things) as desk:
        await desk.hears()
        await until(lambda: desk.runner.health.claim_finished is not None)
        key = things.add_one()
        await things.reach(key, "completed")
    assert woken_by(things, key) == "notify"


async def test_rows_that_wait_at_the_start_are_found_at_once(things: Things) -> None:
    key = things.add_one()
    async with working(things, listens=False):
        await things.reach(key, "completed")
    assert woken_by(things, key) == "start"


async def test_no_row_is_claimed_before_peers_could_miss_the_worker(things: Things) -> None:
    """The first row may be one that kills every worker that claims it."""
    locks: list[int | None] = []

    async def recipe(_context: Context[None], _thing: Thing) -> Said:
        locks.extend(worker["lock_key"] for worker in things.workers())
        return Said(said="seen")

    key = things.add_one()
    async with working(things, recipe):
        await things.reach(key, "completed")
    assert len(locks) == 1
    assert locks[0] is not None


async def test_a_worker_that_gets_no_lock_works_all_the_same(things: Things) -> None:
    key = things.add_one()
    nowhere = "postgresql://postgres:none@127.0.0.1:1/none"
    async with working(things, timings=replace(QUICK, first_lock=0.1), bell_url=nowhere):
        await things.reach(key, "completed")


async def test_a_retry_is_picked_up_when_it_is_due(things: Things) -> None:
    # A wait that is over before its failure is written is not waited for, so then a longer one is.
    for wait in (0.3, 1.5, 8.0):
        failures = [RateLimited("not yet", retry_after=wait, spends_attempt=True)]

        async def fail_once(
            _context: Context[None], _thing: Thing, failures: list[RateLimited] = failures
        ) -> Said:
            if failures:
                raise failures.pop()
            return Said(said="at last")

        key = things.add_one()
        async with working(things, fail_once, listens=False):
            row = await things.reach(key, "completed")
        assert row["attempts"] == 2
        if woken_by(things, key) == "due":
            return
    raise AssertionError(woken_by(things, key))


async def test_a_row_for_later_is_picked_up_when_it_is_due(things: Things) -> None:
    things.run(
        "insert into public.things (processing_status, processing_not_before)"
        " values ('pending', clock_timestamp() + interval '0.3 seconds')"
    )
    async with working(things, listens=False) as desk:
        await things.settled()
    assert things.statuses() == {"completed": 1}
    assert desk.calls["claim"] + desk.calls["finish_and_claim"] <= 4


async def test_the_sweep_finds_rows_that_no_doorbell_told_of(things: Things) -> None:
    timings = replace(QUICK, sweep=SweepTimings(calm=60, deaf=0.1))
    async with working(things, listens=False, timings=timings) as desk:
        await until(lambda: desk.runner.health.sweep_finished is not None)
        key = things.add_one()
        await things.reach(key, "completed")
    assert woken_by(things, key) == "sweep"


async def test_a_row_that_waited_for_the_sweep_makes_the_doorbells_ping(things: Things) -> None:
    timings = replace(QUICK, sweep=SweepTimings(calm=0.1, deaf=0.1))
    async with working(things, listens=False, timings=timings) as desk:
        await until(lambda: desk.runner.health.sweep_finished is not None)
        bell = Unheard()
        desk.runner.doorbells.append(bell)
        await things.reach(things.add_one(), "completed")
        assert not bell.doubted
        things.run(
            "insert into public.things (processing_status, processing_not_before)"
            " values ('pending', clock_timestamp() + interval '1 hour')"
        )
        with psycopg.connect(things.database.superuser_dsn, autocommit=True) as superuser:
            superuser.execute("set session_replication_role = replica")  # no trigger, no ring
            superuser.execute(
                "update public.things set processing_not_before = now() - interval '1 minute'"
                " where processing_status = 'pending'"
            )
        await until(lambda: bell.doubted)


async def test_the_sweep_quickens_when_the_last_doorbell_goes_deaf(things: Things) -> None:
    timings = replace(QUICK, sweep=SweepTimings(calm=NEVER, deaf=0.2))
    async with wire_to(things.database.dsn) as (wire, url):
        deaf_for_good = replace(QUICK_BELL, ping_waits=1000 * (0.3,))
        async with working(things, timings=timings, bell=deaf_for_good, bell_url=url) as desk:
            await desk.hears()
            await until(lambda: desk.runner.health.doorbells == {"notify": True})
            await until(lambda: desk.runner.health.claim_finished is not None)
            wire.freeze()
            key = things.add_one()
            await things.reach(key, "completed")
    assert woken_by(things, key) == "sweep"


async def test_no_more_rows_run_than_there_are_slots(things: Things) -> None:
    gate = Gate()
    things.add(10)
    async with working(things, gate, concurrency=3):
        await until(lambda: len(gate.inside) == 3)
        assert things.statuses() == {"processing": 3, "pending": 7}
        gate.opened.set()
        await things.settled()
    assert gate.most == 3
    assert things.statuses() == {"completed": 10}


async def test_a_burst_shares_its_statements(things: Things) -> None:
    things.add(300)
    async with working(things, concurrency=20) as desk:
        await things.settled()
    assert things.statuses() == {"completed": 300}
    statements = sum(desk.calls[call] for call in ("claim", "finish_and_claim", "finish"))
    assert statements <= 300 / 5


async def test_rows_of_an_unknown_pipeline_stay_for_a_worker_that_knows_it(
    database: Database,
) -> None:
    things = Things(database)
    things.create()
    things.attach("plain", when="kind = 'plain'")
    things.attach("from-the-future", when="kind = 'future'")
    stranger, known = things.add_one(kind="future"), things.add_one(kind="plain")
    async with working(things):
        await things.reach(known, "completed")
    row = things.look(stranger)
    assert (row["status"], row["attempts"], row["run"]) == ("pending", 0, 0)
