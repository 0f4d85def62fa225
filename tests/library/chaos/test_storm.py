"""Kill -9 at every boundary of a three-step pipeline, over and over, while rows flow."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from tests.support.paid_service import Call, PaidService
from tests.support.things import Things
from tests.support.workers import Fleet

STEPS = ("read", "think", "write")
BOUNDARIES = [(moment, step) for step in STEPS for moment in ("before", "after")]
"""A worker dies while a step is being answered, or just after: its checkpoint may exist."""

SMALL = pytest.param(24, 2, 6, id="small", marks=pytest.mark.thorough)
FULL = pytest.param(200, 4, 48, id="full", marks=[pytest.mark.chaos, pytest.mark.timeout(600)])


@dataclass
class Executioner:
    """Kills the caller at boundaries that take turns, so that each gets its share."""

    fleet: Fleet
    kills: int
    chance: random.Random
    done: Counter[tuple[str, str]] = field(default_factory=Counter)
    killed: set[int] = field(default_factory=set)

    def before(self, call: Call) -> None:
        self._judge(("before", call.step), call)

    def after(self, call: Call) -> None:
        self._judge(("after", call.step), call)

    def _judge(self, boundary: tuple[str, str], call: Call) -> None:
        turn = BOUNDARIES[self.done.total() % len(BOUNDARIES)]
        if boundary != turn or self.done.total() >= self.kills or call.process in self.killed:
            return
        if self.chance.random() < 0.5 or (victim := self.fleet.of(call.process)) is None:
            return
        self.done[boundary] += 1
        self.killed.add(call.process)
        # After an answer the worker gets from no time at all to enough for its checkpoint.
        delay = self.chance.uniform(0, 0.02) if boundary[0] == "after" else 0
        asyncio.get_running_loop().call_later(delay, victim.kill)


@pytest.mark.parametrize(("rows", "workers", "kills"), [SMALL, FULL])
async def test_kills_at_every_step_boundary_lose_nothing_and_pay_nothing_twice(
    rows: int,
    workers: int,
    kills: int,
    things: Things,
    service: PaidService,
    fleet_of: Callable[..., Fleet],
    figure: Callable[[str, float], None],
) -> None:
    # A row may lose many workers here, and none of them by its own fault.
    things.attach("three-steps", max_crashes=100)
    fleet = fleet_of("three-steps", concurrency=5)
    executioner = Executioner(fleet, kills, random.Random(rows))
    service.on_arrival, service.on_answer = executioner.before, executioner.after
    things.add(rows)
    async with fleet.supervised():
        for _ in range(workers):
            fleet.start()
        await things.settled(deadline=500 if rows > 100 else 50)

    assert executioner.done.total() == kills
    assert len(executioner.done) == len(BOUNDARIES)
    assert things.statuses() == {"completed": rows}
    assert len(things.events("completed")) == rows
    repeated = repeated_calls(service, executioner.killed)
    figure("workers killed", kills)
    figure("rows taken back", len(things.take_backs()))
    figure("calls repeated, each in flight at a kill", repeated)
    assert repeated <= len(things.take_backs())
    nothing_stored_was_paid_for_again(things, service)
    nothing_stale_landed(things)


def repeated_calls(service: PaidService, killed: set[int]) -> int:
    """How many calls were made again; each earlier one came from a worker that was killed."""
    last: dict[tuple[str, str], Call] = {}
    repeated = 0
    for call in service.calls:
        earlier = last.get((call.thing, call.step))
        if earlier is not None:
            repeated += 1
            assert earlier.process in killed
        last[call.thing, call.step] = call
    return repeated


def nothing_stored_was_paid_for_again(things: Things, service: PaidService) -> None:
    stored = {
        (event["row_id"], event["data"]["step"]): event["at"] for event in things.events("step")
    }
    assert len(stored) == len(things.events("step"))
    assert stored.keys() == service.count().keys()
    late = [call for call in service.calls if call.at > stored[call.thing, call.step]]
    assert late == []


def nothing_stale_landed(things: Things) -> None:
    """A row shows what its last run wrote, and that is the one that completed it."""
    completed_by = {event["row_id"]: event["run"] for event in things.events("completed")}
    written = things.run("select id::text, said, processing_run as run from public.things")
    assert {row["id"]: row["run"] for row in written} == completed_by
    assert {row["said"] for row in written} == {f"write of {row['id']}" for row in written}
    checkpoints = things.run("select row_id, run from processing.checkpoints")
    assert all(one["run"] <= completed_by[one["row_id"]] for one in checkpoints)
