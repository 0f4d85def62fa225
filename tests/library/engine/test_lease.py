"""Holding rows, learning of lost ones, and taking rows over from dead workers only."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack

import asyncpg
import pytest

from liverows.base.errors import Transient
from tests.library.engine.leases import HEARTBEAT, Worker, going_on, session, worker
from tests.support.clock import ManualClock
from tests.support.databases import Database
from tests.support.doorbells import until
from tests.support.runners import PLAIN, plain_things
from tests.support.things import Things
from tests.support.wire import wire_to

DAWDLE = """
create table public.brake as select true as is_on;
create function public.dawdle() returns trigger language plpgsql security definer as $$
begin while exists (select from public.brake) loop perform pg_sleep(0.02); end loop; return new; end
$$;
create trigger dawdle before update on public.things
    for each row execute function public.dawdle()
"""


@pytest.fixture
def things(database: Database) -> Things:
    """No lease runs out in a test, so what is taken back was missed in another way."""
    return plain_things(database, lease="5 minutes")


async def test_a_beat_lists_the_worker_with_what_a_person_wants_to_know(
    database: Database, things: Things
) -> None:
    async with worker(database) as one:
        await one.leases.beat()
    (row,) = things.workers()
    assert (row["pipelines"], row["lock_key"]) == ([PLAIN], None)
    assert row["info"]["slots"] == 10


async def test_a_lock_is_held_and_told(database: Database, things: Things) -> None:
    async with worker(database) as one, session(database) as own:
        await one.leases.lock(own)
        (row,) = things.workers()
        assert await locks(own) == [row["lock_key"]]
        await until(lambda: one.transport.sessions.has_working)
        await one.leases.beat()
        (row,) = things.workers()
        assert len(row["work_lock_keys"]) == 1
        started = await own.fetchval(
            "select backend_start from pg_stat_activity where pid = pg_backend_pid()"
        )
        assert row["lock_backend_start"] == started
        await one.leases.unlock()
        (row,) = things.workers()
        assert row["lock_key"] is None


async def test_a_new_lock_does_not_wait_for_the_session_that_went_silent(
    database: Database, things: Things
) -> None:
    """If a connection is half-open, the server keeps the old session for about a minute."""
    async with worker(database) as one, session(database) as silent, session(database) as new:
        await one.leases.lock(silent)
        (before,) = things.workers()
        async with asyncio.timeout(60):
            await one.leases.lock(new)
        (after,) = things.workers()
        assert after["lock_key"] != before["lock_key"]
        assert await locks(new) == [after["lock_key"]]


async def locks(connection: asyncpg.Connection[asyncpg.Record]) -> list[int]:
    """The advisory locks of this session, as one number each."""
    rows = await connection.fetch(
        "select (classid::bigint << 32) | objid::bigint as key from pg_locks"
        " where locktype = 'advisory' and pid = pg_backend_pid()"
    )
    return [row["key"] for row in rows]


async def test_a_beat_says_which_runs_are_lost_and_which_were_cancelled(
    database: Database, things: Things
) -> None:
    keys = things.add(3)
    async with worker(database) as one:
        await one.claim()
        things.set_status(keys[0], "cancelled")
        things.set_status(keys[1], "pending")
        await one.leases.beat()
    (beat,) = one.beats
    assert [key.row_id for key in beat.cancelled] == [keys[0]]
    assert [key.row_id for key in beat.lost] == [keys[1]]


async def test_a_claim_whose_answer_never_came_goes_back_without_an_attempt(
    database: Database, things: Things
) -> None:
    key = things.add_one()
    async with worker(database, claim_timeout=0) as one:
        await one.claim()
        one.held.clear()
        await one.leases.beat()
    row = things.look(key)
    assert (row["status"], row["attempts"]) == ("pending", 0)
    assert things.take_backs() == ["claim_unanswered"]


async def test_the_rows_of_a_worker_whose_sessions_all_ended_are_taken_back_soon(
    database: Database, things: Things
) -> None:
    things.add(3)
    async with worker(database) as dead, worker(database) as other, AsyncExitStack() as life:
        own = await life.enter_async_context(session(database))
        await dead.leases.beat()
        await other.leases.beat()
        await dead.leases.lock(own)
        await dead.claim()
        other.leases.others_may_hold()
        async with going_on(other.leases.watch_peers()):
            await life.aclose()
            await dead.store.close()
            await until(lambda: len(things.take_backs()) == 3)
    assert things.take_backs() == ["worker_crashed"] * 3
    assert things.statuses() == {"pending": 3}


async def test_a_worker_that_lost_its_session_and_says_so_keeps_its_rows(
    database: Database, things: Things
) -> None:
    things.add(3)
    async with worker(database) as alive, worker(database) as other, AsyncExitStack() as line:
        own = await line.enter_async_context(session(database))
        await other.leases.beat()
        await alive.leases.lock(own)
        await alive.claim()
        other.leases.others_may_hold()
        async with going_on(other.leases.watch_peers()):
            await line.aclose()
            await alive.leases.unlock()
            looks = other.transport.calls["take_back"]
            await until(lambda: other.transport.calls["take_back"] >= looks + 8)
    assert things.take_backs() == []
    assert things.statuses() == {"processing": 3}


async def test_a_worker_that_lost_one_session_in_silence_keeps_its_rows(
    database: Database, things: Things
) -> None:
    """Half-open: the server has ended the session, but the worker has not noticed that."""
    things.add(3)
    async with worker(database) as alive, worker(database) as other, AsyncExitStack() as line:
        own = await line.enter_async_context(session(database))
        await other.leases.beat()
        await alive.leases.beat()
        await alive.leases.lock(own)
        await alive.claim()
        other.leases.others_may_hold()
        async with going_on(other.leases.watch_peers()):
            await line.aclose()
            looks = other.transport.calls["take_back"]
            await until(lambda: other.transport.calls["take_back"] >= looks + 8)
    assert things.take_backs() == []
    assert things.statuses() == {"processing": 3}


async def test_a_working_session_that_ends_is_told_and_replaced(
    database: Database, things: Things
) -> None:
    async with (
        worker(database, heartbeat=3600) as one,
        session(database) as own,
        going_on(one.leases.keep()),
    ):
        await one.leases.lock(own)
        await until(lambda: len(things.workers()[0]["work_lock_keys"]) == 1)
        (before,) = things.workers()
        things.run(
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where application_name = 'liverows' and datname = current_database()"
        )
        await until(lambda: told_another_lock(things, before["work_lock_keys"]))
        (after,) = things.workers()
        assert after["lock_key"] == before["lock_key"]
        assert after["locks_lost_at"] is None


def told_another_lock(things: Things, before: list[int]) -> bool:
    (row,) = things.workers()
    return len(row["work_lock_keys"]) == 1 and row["work_lock_keys"] != before


async def test_a_beat_does_not_wait_for_what_hangs(database: Database, things: Things) -> None:
    """Both work sessions wait for a slow trigger; the heartbeat uses another session."""
    things.add(2)
    async with worker(database) as one, session(database) as own:
        await one.leases.beat()
        await one.leases.lock(own)
        jobs = await one.claim()
        things.run(DAWDLE)
        hung = [
            asyncio.create_task(one.store.progress(job.key, stage="x", percent=1, outputs=None))
            for job in jobs
        ]
        await until(lambda: sleepers(things) == 2)
        async with asyncio.timeout(60):
            await one.leases.beat()
        await one.leases.unlock()  # the heartbeat now uses none of the three sessions
        assert not any(task.done() for task in hung)
        things.run("delete from public.brake")
        await asyncio.gather(*hung)
    assert len(one.beats) == 4


def sleepers(things: Things) -> int:
    (row,) = things.run(
        "select count(*)::int as number from pg_stat_activity"
        " where wait_event = 'PgSleep' and datname = current_database()"
    )
    return int(row["number"])


async def test_a_half_open_listener_delays_a_beat_by_its_short_deadline_only(
    database: Database, things: Things
) -> None:
    async with (
        wire_to(database.dsn) as (wire, url),
        worker(database, call_seconds=1.5) as one,
        session(database, url) as own,
    ):
        await one.leases.lock(own)
        wire.freeze()
        async with asyncio.timeout(60):
            await one.leases.beat()
        assert own.is_closed()


async def test_a_worker_that_starts_while_another_may_hold_a_row_looks_at_once(
    database: Database, things: Things
) -> None:
    """It may replace the other one, which was killed a moment ago."""
    things.add_one()
    async with worker(database) as killed, worker(database, take_over=60) as started:
        await killed.claim()
        await started.leases.beat()
        async with going_on(started.leases.watch_peers()):
            await until(lambda: started.transport.calls["take_back"] == 1)


async def test_peers_are_looked_at_only_while_one_may_hold_a_row(
    database: Database, things: Things
) -> None:
    async with worker(database) as one, worker(database) as peer:
        await one.leases.beat()
        async with going_on(one.leases.watch_peers()):
            await asyncio.sleep(0.4)  # four times the pause after which it would look
            assert one.transport.calls["take_back"] == 0
            # A ring makes it look once. It finds nothing, so it stops looking again.
            one.leases.others_may_hold()
            await until(lambda: one.transport.calls["take_back"] == 1)
            await asyncio.sleep(0.4)  # the same
            assert one.transport.calls["take_back"] == 1
            things.add_one()
            await peer.claim()
            await one.leases.beat()
            await until(lambda: one.transport.calls["take_back"] >= 3)


def judges(one: Worker) -> bool:
    """Whether it may judge. A function, because mypy would expect a property not to change."""
    return one.leases.may_judge


async def test_after_an_outage_of_its_own_a_worker_judges_nobody_for_a_while(
    database: Database, things: Things
) -> None:
    clock = ManualClock()
    async with worker(database, clock=clock) as one:
        assert not judges(one)
        await one.leases.beat()
        assert judges(one)
        await clock.advance(HEARTBEAT * 1.5)
        assert judges(one)
        await clock.advance(HEARTBEAT)
        assert not judges(one)
        await one.leases.beat()
        assert not judges(one)
        await clock.advance(HEARTBEAT)
        await one.leases.beat()
        assert not judges(one)
        await clock.advance(HEARTBEAT * 1.1)
        await one.leases.beat()
        assert judges(one)


async def test_a_beat_that_fails_is_tried_again_sooner_and_never_given_up(
    database: Database, things: Things
) -> None:
    clock = ManualClock(hurried=True)
    async with worker(database, clock=clock, url="postgresql://u:none@127.0.0.1:1/none") as one:
        with pytest.raises(Transient):
            await one.leases.beat()
        async with going_on(one.leases.keep()):
            await until(lambda: len(clock.sleeps) >= 5)
    assert max(clock.sleeps) <= 1
    assert one.beats == []
