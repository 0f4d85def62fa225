"""A row that is refused, locked or unreadable does no harm to other rows."""

from __future__ import annotations

import asyncio
from typing import Any

import psycopg
import pytest
from pydantic import BaseModel, SecretStr

from liverows import Context, Step
from liverows.database.messages import ClaimedJob, Result
from liverows.database.postgres_transport import PostgresTransport
from liverows.running.attempt import Attempts
from liverows.running.endings import KEPT_RESULT
from tests.support.databases import Database
from tests.support.doorbells import until
from tests.support.links import Link
from tests.support.runners import (
    PLAIN,
    Deaf,
    Gate,
    Said,
    Thing,
    plain_things,
    without_heartbeat,
    working,
)
from tests.support.things import Things


@pytest.fixture
def things(database: Database) -> Things:
    return plain_things(database)


def held(things: Things, key: str) -> psycopg.Connection[Any]:
    """A session that keeps the row locked until it is closed."""
    session = psycopg.connect(things.database.dsn)
    session.execute("update public.things set kind = kind where id = %s", [key])
    return session


def guard(things: Things, when: str) -> None:
    things.run(
        "create function public.guard() returns trigger language plpgsql as"
        f" $$ begin if {when} then raise 'no'; end if; return new; end $$"
    )
    things.run(
        "create trigger guard before update on public.things"
        " for each row execute function public.guard()"
    )


async def test_a_row_that_somebody_holds_locked_holds_up_no_other(things: Things) -> None:
    gate = Gate()
    first = things.add_one()
    others = things.add(9)
    async with working(things, gate) as desk:
        await until(lambda: len(gate.inside) == 10)
        with held(things, first):
            gate.opened.set()
            things.add(20)
            await until(lambda: things.statuses().get("completed") == len(others) + 20)
            assert things.look(first)["status"] == "processing"
        assert (await things.reach(first, "completed"))["said"] == "through the gate"
        assert "claim_stuck" not in desk.problems()
    assert [event["kind"] for event in things.events(key=first)] == ["completed"]


async def test_a_result_that_cannot_be_written_at_the_end_is_written_by_the_next_worker(
    things: Things,
) -> None:
    gate = Gate()
    locked, free = things.add(2)
    async with working(things, gate) as desk:
        await until(lambda: len(gate.inside) == 2)
        with held(things, locked):
            gate.opened.set()
            await things.reach(free, "completed")
            desk.runner.stop()
            await asyncio.wait({desk.task}, timeout=60)
            assert things.look(locked)["status"] == "processing"
    assert [event["data"]["step"] for event in things.events("step")] == [KEPT_RESULT]
    entered = gate.entered
    async with working(things, gate):
        row = await things.reach(locked, "completed")
    assert (row["said"], row["attempts"], gate.entered) == ("through the gate", 1, entered)
    assert things.take_backs() == ["worker_stopped"]


async def test_a_row_whose_claim_is_refused_waits_by_itself_and_then_runs(things: Things) -> None:
    guard(things, "old.wants = 'archived'")
    archived = things.add_one(wants="archived")
    async with working(things) as desk:
        await things.reach(things.add_one(wants="good"), "completed")
        assert things.look(archived)["status"] == "pending"
        await until(lambda: desk.runner.health.troubles != ())
        (trouble,) = desk.runner.health.troubles
        assert (trouble["pipeline"], trouble["sqlstate"], trouble["rows"]) == (PLAIN, "P0001", 1)
        assert "claim_stuck" not in desk.problems()
        assert desk.value("liverows_set_aside", pipeline=PLAIN, **{"class": "P0"}) == 1
        things.run("drop trigger guard on public.things")
        await things.reach(archived, "completed")


class Long(BaseModel):
    said: str | None = None
    by_process: int | None = None


async def test_an_output_that_its_column_does_not_take_costs_that_output_only(
    things: Things,
) -> None:
    async def talks_too_long(_context: Context[Any], _thing: Thing) -> Long:
        return Long(said="x" * 200, by_process=7)

    key = things.add_one()
    async with working(things, talks_too_long, outputs=Long):
        row = await things.reach(key, "completed")
    assert (row["said"], row["by_process"]) == (None, 7)
    (refused,) = things.events("output_refused")
    assert refused["data"]["outputs"] == ["said"]


async def test_an_output_published_too_early_costs_nothing(things: Things) -> None:
    async def shows(context: Context[Any], _thing: Thing) -> Said:
        await context.publish(said="x" * 200)
        return Said(said="short")

    async def nothing() -> None:
        return None

    key = things.add_one()
    async with working(things, shows, steps=[Step("nothing", nothing)]):
        row = await things.reach(key, "completed")
    assert (row["said"], row["attempts"]) == ("short", 1)


class Facts(Thing):
    facts: Any = None


UNREADABLE = {
    "deep": "[" * 1500 + "]" * 1500,
    "huge": '{"n": 1e5000}',
    "long": '{"n": ' + "9" * 10_000 + "}",
}


@pytest.mark.parametrize("kind", sorted(UNREADABLE))
async def test_a_value_that_python_cannot_hold_fails_its_row_with_a_sentence(
    link: Link, kind: str
) -> None:
    """This holds on both transports, and other rows of the same claim spend no attempt."""
    things = Things(link.database)
    things.create()
    things.run("alter table public.things add column facts jsonb")
    things.attach(PLAIN, inputs=["id", "wants", "facts"])

    bad = things.add_one(facts=UNREADABLE[kind])
    things.add(3, wants="honest")
    async with working(things, inputs=Facts, transport=link.connected()):
        await until(lambda: things.statuses() == {"completed": 3, "failed": 1})
    # The test's own driver could not read the whole row either.
    (row,) = things.run(
        "select processing_error ->> 'code' as code from public.things where id = %(key)s",
        {"key": bad},
    )
    assert row["code"] == "invalid_input"
    assert things.take_backs() == []


async def test_a_key_that_is_deleted_and_inserted_again_belongs_to_its_new_run(
    things: Things,
) -> None:
    old_ends = asyncio.Event()
    seen: list[str | None] = []

    async def by_what_it_wants(_context: Context[Any], thing: Thing) -> Said:
        seen.append(thing.wants)
        if thing.wants == "old":
            await old_ends.wait()
        return Said(said=f"result of {thing.wants}")

    key = things.add_one(wants="old")
    transport = without_heartbeat(things.database)
    async with working(things, by_what_it_wants, listens=False, transport=transport) as desk:
        await until(lambda: seen == ["old"])
        await transport.turn_deaf()
        things.run("delete from public.things")
        things.run(f"insert into public.things (id, wants) values ({key}, 'new')")
        desk.runner.ring("notify")
        row = await things.reach(key, "completed")
        assert (row["said"], row["run"]) == ("result of new", 1)
        old_ends.set()
        await until(lambda: desk.value("liverows_stale_writes_refused_total") == 1)
        assert things.look(key)["said"] == "result of new"
        following = things.add_one(wants="next")
        desk.runner.ring("notify")
        await things.reach(following, "completed")


async def test_an_output_that_cannot_be_shown_early_for_want_of_a_database_costs_no_attempt(
    things: Things,
) -> None:
    async def shows(context: Context[Any], _thing: Thing) -> Said:
        await context.publish(said="early")
        return Said(said="late")

    key = things.add_one()
    transport = Deaf(PostgresTransport(SecretStr(things.database.dsn)), "progress")
    async with working(things, shows, transport=transport, patience=0.1):
        row = await things.reach(key, "completed")
    assert (row["said"], row["attempts"]) == ("late", 1)


async def test_a_checkpoint_that_cannot_be_written_for_want_of_a_database_costs_no_attempt(
    things: Things,
) -> None:
    async def read() -> str:
        return "page"

    step = Step("read", read)

    async def reads(context: Context[Any], _thing: Thing) -> Said:
        return Said(said=await context.run(step))

    key, code = things.add_one(), "database_unreachable"
    transport = Deaf(PostgresTransport(SecretStr(things.database.dsn)), "checkpoint")
    async with working(things, reads, steps=[step], transport=transport, patience=0.1):
        # The next claim, which comes soon, clears the error.
        await until(lambda: (things.look(key)["error"] or {}).get("code") == code)
    assert things.events("waiting", key) != []
    assert things.events("retry", key) == [] == things.events("failed", key)


async def test_a_bug_of_the_engine_that_one_row_meets_fails_that_row_only(
    things: Things, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = Attempts.run

    async def breaks_for_one(self: Attempts, job: ClaimedJob) -> Result | None:
        if job.inputs["wants"] == "bug":
            raise LookupError("in the engine")
        return await run(self, job)

    monkeypatch.setattr(Attempts, "run", breaks_for_one)
    bad = things.add_one(wants="bug")
    async with working(things):
        await things.reach(things.add_one(wants="good"), "completed")
        await until(lambda: things.events("retry", bad) != [])
    assert things.look(bad)["error"]["code"] == "internal"
