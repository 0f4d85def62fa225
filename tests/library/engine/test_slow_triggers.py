"""A row whose trigger takes long delays only the rows in the same statement."""

from __future__ import annotations

from dataclasses import replace

import pytest

from liverows.running.wake import SweepTimings
from tests.support.databases import Database
from tests.support.doorbells import until
from tests.support.runners import QUICK, Gate, plain_things, working
from tests.support.things import Things

SLOW = "slow"


@pytest.fixture
def things(database: Database) -> Things:
    """A table whose trigger waits for each row that wants `slow`, as long as the brake is on."""
    things = plain_things(database)
    things.run("create table public.brake (is_on boolean)")
    things.run(
        "create function public.waits() returns trigger language plpgsql security definer as $$"
        " begin while exists (select from public.brake) loop perform pg_sleep(0.02); end loop;"
        " return new; end $$"
    )
    return things


def slow_when(things: Things, condition: str) -> None:
    things.run(
        "create trigger waits before update on public.things for each row"
        f" when (old.wants = '{SLOW}' and {condition}) execute function public.waits()"
    )


def brake(things: Things) -> None:
    things.run("insert into public.brake values (true)")


def release(things: Things) -> None:
    things.run("delete from public.brake")


def stuck(things: Things, since: str = "0") -> int:
    """How many statements have waited in the trigger for at least that long."""
    query = (
        "select pid from pg_stat_activity where datname = current_database()"
        f" and wait_event = 'PgSleep' and query_start < clock_timestamp() - interval '{since}'"
    )
    return len(things.run(query))


async def test_other_rows_are_claimed_beside_a_claim_that_takes_long(things: Things) -> None:
    slow_when(things, "old.processing_status = 'pending'")
    brake(things)
    async with working(things):
        first = things.add_one(wants=SLOW)
        await until(lambda: stuck(things) == 1)
        for key in things.add(5):
            await things.reach(key, "completed")
        assert things.look(first)["status"] == "pending"
        release(things)
        await things.reach(first, "completed")


async def test_once_a_claim_took_long_its_neighbours_go_apart_from_it(things: Things) -> None:
    slow_when(things, "old.processing_status = 'pending'")
    brake(things)
    async with working(things):
        first = things.add_one(wants=SLOW)
        await until(lambda: stuck(things) == 1)
        await until(lambda: stuck(things, "2.2 seconds") == 1)
        release(things)
        await things.reach(first, "completed")
        brake(things)
        slow, *others = (
            row["id"]
            for row in things.run(
                "insert into public.things (wants) select case n when 1 then 'slow' end"
                " from generate_series(1, 6) as n returning id::text"
            )
        )
        for key in others:
            await things.reach(key, "completed")
        assert things.look(slow)["status"] == "pending"
        release(things)
        await things.reach(slow, "completed")


async def test_results_that_met_a_time_limit_together_are_written_apart(things: Things) -> None:
    slow_when(things, "new.processing_status = 'completed'")
    brake(things)
    things.run(
        "do $$ begin execute format('alter database %I set statement_timeout = %L',"
        " current_database(), '1500ms'); end $$"
    )
    gate = Gate()
    slow, *others = things.add(1, wants=SLOW) + things.add(5)
    sweeping = replace(QUICK, sweep=SweepTimings(calm=0.5, deaf=0.5))
    async with working(things, gate, timings=sweeping):
        await until(lambda: len(gate.inside) == 6)
        gate.opened.set()
        for key in others:
            await things.reach(key, "completed")
        assert things.look(slow)["status"] == "processing"
        release(things)
        await things.reach(slow, "completed")
