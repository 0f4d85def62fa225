"""A worker that has run for long takes results that fit only since a column was widened."""

from __future__ import annotations

from typing import Any

import pytest

from liverows import Context
from tests.support.databases import Database
from tests.support.runners import Said, Thing, plain_things, working
from tests.support.things import Things

WATCHED = """
alter table public.things drop constraint things_said_check, alter said type varchar(5);
create function public.watch() returns trigger language plpgsql as $$
declare
    seen public.things.said%type;
begin
    seen := new.said;
    return new;
end
$$;
create trigger watch before update on public.things for each row execute function public.watch()
"""


@pytest.fixture
def things(database: Database) -> Things:
    things = plain_things(database)
    things.run(WATCHED)
    return things


async def echo(_context: Context[Any], thing: Thing) -> Said:
    return Said(said=thing.wants)


async def test_a_result_that_an_old_session_refuses_is_written_by_a_new_one(
    things: Things,
) -> None:
    async with working(things, echo):
        for length in range(5, 30, 5):
            things.run(f"alter table public.things alter said type varchar({length})")
            keys = things.add(10, wants="x" * length)
            rows = [await things.reach(key, "completed") for key in keys]
            assert {(len(row["said"]), row["attempts"]) for row in rows} == {(length, 1)}


async def test_a_value_that_no_session_takes_is_refused_after_two_tries(things: Things) -> None:
    key = things.add_one(wants="too long for it")
    async with working(things, echo):
        row = await things.reach(key, "failed")
    assert row["error"]["code"] == "bad_output"
    assert len(things.events("output_refused", key)) == 2
