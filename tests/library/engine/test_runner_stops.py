"""A run stops only when its row was taken away; and a worker stops in good order."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from liverows import Context
from tests.support.databases import Database
from tests.support.doorbells import until
from tests.support.runners import (
    QUICK,
    Gate,
    LiveRunner,
    Recipe,
    Said,
    Thing,
    answer,
    plain_things,
    working,
)
from tests.support.things import Things


@pytest.fixture
def things(database: Database) -> Things:
    return plain_things(database)


PATIENT = replace(QUICK, release_after=3600.0)


@pytest.fixture
def gate() -> Gate:
    return Gate()


def as_wished(gate: Gate) -> Recipe:
    """A recipe: rows that want `hold` wait at the gate, rows that want `time` take a little."""

    async def recipe(context: Context[Any], thing: Thing) -> Said:
        if thing.wants == "hold":
            return await gate(context, thing)
        if thing.wants == "time":
            await asyncio.sleep(0.04)
        return await answer(context, thing)

    return recipe


async def test_a_cancelled_row_stops_within_a_heartbeat(things: Things, gate: Gate) -> None:
    key = things.add_one()
    async with working(things, gate) as desk:
        await until(lambda: gate.inside == [int(key)])
        beats = desk.calls["heartbeat"]
        things.set_status(key, "cancelled")
        await until(lambda: gate.inside == [])
        # One heartbeat may already have been under way when the row was cancelled.
        assert desk.calls["heartbeat"] - beats <= 2
        assert (
            desk.value("liverows_finished_rows_total", pipeline="plain", outcome="cancelled") == 1
        )
    row = things.look(key)
    assert (row["status"], row["said"], row["run"]) == ("cancelled", None, 2)


async def test_a_deleted_row_stops(things: Things, gate: Gate) -> None:
    key = things.add_one()
    async with working(things, gate) as desk:
        await until(lambda: gate.inside == [int(key)])
        things.run("delete from public.things")
        await until(lambda: gate.inside == [])
        # The slot of the run is free again.
        gate.opened.set()
        await things.reach(things.add_one(), "completed")
    assert not desk.task.cancelled()


async def test_a_row_set_back_to_pending_runs_anew_and_the_old_run_stops(
    things: Things, gate: Gate
) -> None:
    key = things.add_one()
    async with working(things, gate):
        await until(lambda: gate.inside == [int(key)])
        things.set_status(key, "pending")
        # For a moment both runs may be at the gate; then the heartbeat ends the first one.
        await until(lambda: gate.entered == 2 and gate.inside == [int(key)])
        gate.opened.set()
        row = await things.reach(key, "completed")
    assert (row["run"], row["attempts"]) == (3, 1)
    assert things.kinds(key) == ["status_set", "completed"]


async def test_rows_that_wait_for_a_slot_are_dropped_when_they_are_cancelled(
    things: Things, gate: Gate
) -> None:
    """The worker holds these rows without running them, because it claimed them ahead."""
    things.add(200)
    things.add(50, wants="hold")
    async with working(things, as_wished(gate), concurrency=2, timings=PATIENT) as desk:
        await until(lambda: len(gate.inside) == 2)
        await until(lambda: things.statuses().get("completed") == 200)
        held = things.statuses()["processing"]
        things.run(
            "update public.things set processing_status = 'cancelled'"
            " where processing_status in ('pending', 'processing')"
        )
        await until(lambda: gate.inside == [])
        await things.reach(things.add_one(), "completed")
        assert desk.value("liverows_free_slots") >= 0
    assert held >= 2
    assert things.statuses() == {"completed": 201, "cancelled": 50}


async def stopped(desk: LiveRunner, *, deadline: float = 60) -> None:
    """Wait until the runner has returned without an error."""
    async with asyncio.timeout(deadline):
        await desk.task


async def test_a_stop_waits_for_what_runs(things: Things, gate: Gate) -> None:
    things.add(3)
    async with working(things, gate, concurrency=2) as desk:
        await until(lambda: len(gate.inside) == 2)
        desk.runner.stop()
        assert "draining" in desk.problems()
        gate.opened.set()
        await stopped(desk)
    assert things.statuses() == {"completed": 2, "pending": 1}
    assert gate.entered == 2
    assert things.workers() == []


async def test_what_does_not_end_in_time_goes_back_and_costs_no_attempt(
    things: Things, gate: Gate
) -> None:
    (key,) = things.add(1)
    async with working(things, gate, timings=replace(QUICK, grace=0.2)) as desk:
        await until(lambda: len(gate.inside) == 1)
        desk.runner.stop()
        await stopped(desk)
    row = things.look(key)
    assert (row["status"], row["attempts"], row["error"]) == ("pending", 0, None)
    assert things.kinds(key) == ["released"]
    assert things.run("select from processing.leases") == []
    assert things.workers() == []


async def test_a_second_stop_cuts_the_grace_short(things: Things, gate: Gate) -> None:
    things.add(1)
    async with working(things, gate, timings=replace(QUICK, grace=3600)) as desk:
        await until(lambda: len(gate.inside) == 1)
        desk.runner.stop()
        desk.runner.stop()
        await stopped(desk)
    assert things.statuses() == {"pending": 1}


async def test_rows_that_wait_for_a_slot_are_released_at_a_stop(things: Things, gate: Gate) -> None:
    things.add(200)
    things.add(50, wants="hold")
    async with working(things, as_wished(gate), concurrency=2, timings=PATIENT) as desk:
        await until(lambda: len(gate.inside) == 2)
        await until(lambda: things.statuses().get("completed") == 200)
        held = things.statuses()["processing"]
        desk.runner.stop()
        gate.opened.set()
        await stopped(desk)
    assert held > 2
    assert things.statuses() == {"completed": 202, "pending": 48}
    assert len(things.events("released")) == held - 2
    assert things.run("select from public.things where processing_attempts > 1") == []


async def test_rows_that_wait_behind_long_ones_go_to_whoever_has_a_slot(
    things: Things, gate: Gate
) -> None:
    """They were claimed ahead while rows were short. They are released before the long rows end."""
    things.add(200)
    things.add(50, wants="hold")
    async with working(things, as_wished(gate), concurrency=2):
        await until(lambda: len(gate.inside) == 2)
        # On a busy machine, a short row may have waited too long too. It is released then, and may
        # be pending here.
        await until(lambda: things.statuses().get("processing") == 2)
        assert things.events("released")
        async with working(things, answer):
            await until(lambda: things.statuses() == {"completed": 248, "processing": 2})
        assert len(gate.inside) == 2
    assert things.run("select from public.things where processing_attempts > 1") == []


async def test_rows_do_not_wait_behind_one_slot_that_still_moves(
    things: Things, gate: Gate
) -> None:
    things.add(200)
    things.add(1, wants="hold")
    things.add(50, wants="time")
    async with working(things, as_wished(gate), concurrency=2):
        await until(lambda: bool(things.events("released")))
        async with working(things, answer):
            await until(lambda: things.statuses() == {"completed": 250, "processing": 1})
