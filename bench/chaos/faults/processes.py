"""Faults of worker processes: killed, told to stop, frozen, and under a wrong clock."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from random import Random

from bench.chaos.faults.fault import Fault, Injection, calm_slots, held_by
from bench.chaos.world import World
from bench.chaos.world.fleet import Slot
from bench.chaos.world.paid import Call

LANE = "processes"
MOST_CHECKPOINT_SECONDS = 0.02
ANSWER_SECONDS = 8.0
STOP_SECONDS = 90.0


@contextmanager
def _victim(world: World, chance: Random, *, clocked: bool = False) -> Iterator[Slot]:
    """A slot that no other fault has, for the length of the block."""
    able = [s for s in calm_slots(world) if s.clock is not None or not clocked]
    place = chance.random()
    if not able:
        raise LookupError("every worker is in trouble already")
    slot = able[int(place * len(able))]
    slot.troubled = True
    try:
        yield slot
    finally:
        slot.troubled = False


async def kill(world: World, chance: Random, note: Injection) -> None:
    with _victim(world, chance) as slot:
        pid = slot.pid
        note.rows = await held_by(world, [slot])
        world.fleet.send(pid, signal.SIGKILL)
        await world.fleet.end_of(pid)


async def kill_after_answer(world: World, chance: Random, note: Injection) -> None:
    """The paid answer is on its way or just arrived; its checkpoint may be stored or not."""
    with _victim(world, chance) as slot:
        pid, delay = slot.pid, chance.uniform(0, MOST_CHECKPOINT_SECONDS)
        loop = asyncio.get_running_loop()

        def answered(call: Call) -> None:
            if call.process == pid:
                note.rows.add(call.thing)
                loop.call_later(delay, world.fleet.send, pid, signal.SIGKILL)
                world.service.on_answer.remove(answered)

        world.service.on_answer.append(answered)
        try:
            with suppress(TimeoutError):
                async with asyncio.timeout(ANSWER_SECONDS):
                    await world.fleet.end_of(pid)
        finally:
            with suppress(ValueError):
                world.service.on_answer.remove(answered)
        note.rows |= await held_by(world, [slot]) if slot.pid == pid else set()
        world.fleet.send(pid, signal.SIGKILL)
        await world.fleet.end_of(pid)


async def terminate(world: World, chance: Random, note: Injection) -> None:
    with _victim(world, chance) as slot:
        pid = slot.pid
        note.rows = await held_by(world, [slot])
        world.fleet.send(pid, signal.SIGTERM)
        with suppress(TimeoutError):
            async with asyncio.timeout(STOP_SECONDS):
                await world.fleet.end_of(pid)
                return
        note.failed = f"did not end within {STOP_SECONDS:g} s of SIGTERM"
        world.fleet.send(pid, signal.SIGKILL)


async def freeze(world: World, chance: Random, note: Injection) -> None:
    await _frozen(world, chance, note, chance.uniform(5, 12))


async def freeze_long(world: World, chance: Random, note: Injection) -> None:
    await _frozen(world, chance, note, chance.uniform(20, 40))


async def _frozen(world: World, chance: Random, note: Injection, seconds: float) -> None:
    with _victim(world, chance) as slot:
        pid = slot.pid
        note.rows = await held_by(world, [slot])
        world.fleet.send(pid, signal.SIGSTOP)
        try:
            await asyncio.sleep(seconds)
        finally:
            world.fleet.send(pid, signal.SIGCONT)


async def wrong_clock(world: World, chance: Random, note: Injection) -> None:
    """The wall clock of one worker jumps by hours, and later back."""
    with _victim(world, chance, clocked=True) as slot:
        assert slot.clock is not None
        hours = chance.choice((-30, -5, -1, 1, 5, 30))
        note.rows = await held_by(world, [slot])
        slot.clock.write_text(f"{hours:+d}h\n")
        try:
            await asyncio.sleep(chance.uniform(4, 12))
        finally:
            slot.clock.write_text("+0\n")


def _lacks_clock(world: World) -> str | None:
    clocked = any(slot.clock is not None for slot in world.fleet.slots)
    return None if clocked else "libfaketime is not installed: apt-get install libfaketime"


FAULTS = [
    Fault("SIGKILL", LANE, kill, 4),
    Fault("SIGKILL after a paid answer", LANE, kill_after_answer, 4),
    Fault("SIGTERM", LANE, terminate, 3),
    Fault("SIGSTOP 5-12 s", LANE, freeze, 3),
    Fault("SIGSTOP 20-40 s", LANE, freeze_long, 1, long=True),
    Fault("clock off by hours", LANE, wrong_clock, 2, _lacks_clock),
]
