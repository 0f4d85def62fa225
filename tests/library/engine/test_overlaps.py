"""A claim does not see what results change that are sent at the same time, but no row is missed."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from liverows import Context
from liverows.base.errors import SetupError, Transient
from liverows.base.types import Json, JsonObject
from liverows.running.lease import LeaseTimings
from tests.library.engine.test_dispatch import carried, full
from tests.library.engine.test_loads import SLOTS, Shelf, at_work, runner
from tests.support.clock import settle
from tests.support.databases import Database
from tests.support.runners import QUICK, Said, Thing, plain_things, working

# No sweep, no doorbell and no heartbeat happens during the test, so nothing looks by chance.
ALONE = replace(QUICK, lease=LeaseTimings(heartbeat=60))


async def a_moment(_context: Context[Any], thing: Thing) -> Said:
    await asyncio.sleep(0)
    return Said(said="x")


@pytest.mark.parametrize("slots", [SLOTS, 40])
async def test_a_limit_of_the_pipeline_does_not_stop_its_only_worker(
    database: Database, slots: int
) -> None:
    things = plain_things(database, concurrency=slots)
    things.add(10 * slots)
    async with working(things, a_moment, listens=False, concurrency=slots, timings=ALONE):
        await things.settled()
    assert things.statuses() == {"completed": 10 * slots}


async def test_a_retry_that_was_written_beside_the_last_claim_is_picked_up_when_it_is_due(
    database: Database,
) -> None:
    things = plain_things(database, retry_base="0.3 seconds", retry_cap="0.3 seconds")
    failed: set[int] = set()

    async def fails_once(_context: Context[Any], thing: Thing) -> Said:
        if thing.id not in failed:
            failed.add(thing.id)
            raise Transient("not yet")
        return Said(said="at last")

    things.add(SLOTS)
    async with working(things, fails_once, listens=False, concurrency=SLOTS, timings=ALONE):
        await things.settled()
    assert things.statuses() == {"completed": SLOTS}


@pytest.mark.parametrize("first", ["claim", "results"])
def test_a_claim_that_came_back_short_beside_results_is_made_again_after_both(first: str) -> None:
    desk = full(SLOTS)
    desk.end(SLOTS)
    claim, results = desk.send(), desk.send()
    both = [claim, results] if first == "claim" else [results, claim]
    desk.answer(both[0], rows=0)
    assert desk.dispatch.next() is None
    desk.answer(both[1], rows=0)
    assert carried(desk.dispatch.next()) == (0, SLOTS)
    assert desk.dispatch.next() is None


def test_two_halves_that_both_came_back_short_are_followed_by_one_more_claim() -> None:
    desk = full(50)
    desk.end(50)
    one, other = desk.send(), desk.send()
    desk.answer(one, rows=0)
    assert desk.dispatch.next() is None
    desk.answer(other, rows=0)
    again = desk.send()
    assert carried(again) == (0, 50)
    desk.answer(again, rows=0)
    assert desk.dispatch.next() is None


class Refusing(Shelf):
    """Refuses two statements after the first claim; `written` are the results it got later."""

    def __init__(self, rows: int) -> None:
        super().__init__(rows)
        self.refused = 0
        self.written: dict[str, str] = {}
        self.both_refused = asyncio.Event()

    async def call(self, function: str, arguments: Any) -> Json:
        if function in {"claim", "finish", "finish_and_claim"} and self._claimed:
            await asyncio.sleep(0)
            if self.refused < 2:
                self.refused += 1
                if self.refused == 2:
                    self.both_refused.set()
                raise SetupError("no", cure="grant it")
            results: list[JsonObject] = arguments.get("results", [])
            self.written |= {str(sent["id"]): str(sent["action"]) for sent in results}
        return await super().call(function, arguments)


async def test_two_refused_statements_leave_the_running_rows_their_grace() -> None:
    shelf = Refusing(SLOTS)
    opened = asyncio.Event()

    async def one_is_slow(_context: Context[Any], thing: Thing) -> Said:
        if thing.id == 0:
            await opened.wait()
        return Said(said="x")

    broken = runner(shelf, one_is_slow)
    async with at_work(broken) as task:
        async with asyncio.timeout(60):
            await shelf.both_refused.wait()
        await settle()
        opened.set()
        broken.stop()
        async with asyncio.timeout(60):
            await task
    assert shelf.written["0"] == "complete"


async def test_a_claim_beside_results_that_are_stuck_is_not_repeated_until_they_are_written() -> (
    None
):
    desk = full(SLOTS)
    desk.end(SLOTS)
    claim, results = desk.send(), desk.send()
    await desk.clock.advance(5)
    desk.answer(claim, rows=0)
    assert desk.dispatch.next() is None
    desk.answer(results, rows=0)
    assert carried(desk.dispatch.next()) == (0, SLOTS)
    assert desk.dispatch.next() is None
