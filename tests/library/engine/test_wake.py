"""When the runner looks for rows, and which reason it reports."""

from __future__ import annotations

import asyncio

import pytest

from liverows.running.wake import SweepTimings, Wake
from tests.support.clock import ManualClock

CALM, DEAF = 30.0, 2.0


class Ears:
    """Whether any doorbell works."""

    hear = True

    def __call__(self) -> bool:
        return self.hear


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def ears() -> Ears:
    return Ears()


@pytest.fixture
def wake(clock: ManualClock, ears: Ears) -> Wake:
    """A `Wake` after its first look."""
    wake = Wake(clock, ears, SweepTimings(calm=CALM, deaf=DEAF))
    assert wake.take() == "start"
    return wake


def sweeps(wake: Wake) -> bool:
    """Whether a sweep is due. A function, because mypy would expect a property not to change."""
    return wake.sweep_is_due


def test_there_is_no_reason_without_one(wake: Wake) -> None:
    assert wake.take() is None
    assert not sweeps(wake)


def test_a_ring_is_a_reason_once(wake: Wake) -> None:
    wake.ring("notify")
    assert (wake.take(), wake.take()) == ("notify", None)


async def test_a_note_is_a_reason_that_wakes_nobody(wake: Wake) -> None:
    await wake.nudged(0)
    wake.note("finished")
    waits = asyncio.create_task(wake.nudged())
    await asyncio.sleep(0)
    assert not waits.done()
    assert wake.take() == "finished"
    wake.nudge()
    await waits


def test_of_many_rings_the_first_counts(wake: Wake) -> None:
    wake.ring("realtime")
    wake.ring("notify")
    assert (wake.take(), wake.take()) == ("realtime", None)


def test_a_nudge_is_no_reason(wake: Wake) -> None:
    wake.nudge()
    assert wake.take() is None


async def test_a_due_row_is_a_reason_when_it_is_due(wake: Wake, clock: ManualClock) -> None:
    wake.due_in(5)
    await clock.advance(4.9)
    assert wake.take() is None
    await clock.advance(0.2)
    assert (wake.take(), wake.take()) == ("due", None)


async def test_a_due_time_that_became_void_is_forgotten(wake: Wake, clock: ManualClock) -> None:
    wake.due_in(5)
    wake.due_in(None)
    await clock.advance(6)
    assert wake.take() is None


@pytest.mark.parametrize(("hear", "pause"), [(True, CALM), (False, DEAF)])
async def test_the_sweep_comes_often_only_while_no_doorbell_works(
    wake: Wake, clock: ManualClock, ears: Ears, hear: bool, pause: float
) -> None:
    ears.hear = hear
    await clock.advance(pause * 0.9)
    assert not sweeps(wake)
    await clock.advance(pause * 0.2)
    assert sweeps(wake)
    assert wake.take() == "sweep"
    wake.swept()
    assert not sweeps(wake)
    assert wake.take() is None


async def test_going_deaf_makes_an_overdue_sweep_due_at_once(
    wake: Wake, clock: ManualClock, ears: Ears
) -> None:
    await clock.advance(DEAF * 3)
    assert not sweeps(wake)
    ears.hear = False
    assert sweeps(wake)


async def test_sweeps_of_a_fleet_spread_out(clock: ManualClock, ears: Ears) -> None:
    moments = set()
    for _ in range(20):
        wake = Wake(clock, ears, SweepTimings(calm=CALM, deaf=DEAF))
        wake.take()
        wake.swept()
        began = clock.monotonic()
        while not sweeps(wake):
            await clock.advance(0.25)
        moments.add(clock.monotonic() - began)
    assert min(moments) >= CALM * 0.9
    assert max(moments) <= CALM * 1.1 + 0.25
    assert len(moments) > 3


async def test_waiting_ends_with_a_ring(wake: Wake) -> None:
    await wake.nudged(0)
    asyncio.get_running_loop().call_later(0.05, wake.ring, "notify")
    async with asyncio.timeout(60):
        await wake.wait(has_slots=True)
    assert wake.take() == "notify"


async def test_waiting_looks_up_now_and_then_because_deafness_is_silent(
    clock: ManualClock, ears: Ears
) -> None:
    wake = Wake(clock, ears, SweepTimings(calm=3600, deaf=0.05))
    wake.take()
    await wake.nudged(0)
    async with asyncio.timeout(60):
        await wake.wait(has_slots=True)
    assert wake.take() is None


@pytest.mark.parametrize("has_slots", [True, False])
async def test_without_a_slot_no_row_is_due(
    clock: ManualClock, ears: Ears, has_slots: bool
) -> None:
    wake = Wake(clock, ears, SweepTimings(calm=3600, deaf=3600))
    wake.take()
    await wake.nudged(0)
    wake.due_in(0.05)
    waiting = asyncio.create_task(wake.wait(has_slots=has_slots))
    done, _ = await asyncio.wait({waiting}, timeout=60 if has_slots else 0.5)
    waiting.cancel()
    assert bool(done) is has_slots
