"""Realtime, closed and deaf in every way that was seen."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from random import Random

from bench.chaos.faults.fault import Fault, Inject, Injection
from bench.chaos.world import World

LANE = "realtime"
TOPIC = "realtime:processing:doorbell"
REFUSED = "Unauthorized: You do not have permissions to read from this Channel topic: x"


def _at_once(act: Callable[[World], Awaitable[None]]) -> Inject:
    async def inject(world: World, _chance: Random, note: Injection) -> None:
        note.rows = set(world.rows.open)
        await act(world)

    return inject


def _closed(code: int) -> Inject:
    return _at_once(lambda world: world.realtime.close_all(code, "chaos"))


async def _freeze(world: World) -> None:
    world.realtime.freeze()


async def outage(world: World, chance: Random, note: Injection) -> None:
    """Closed without a frame (1006), and nobody answers for a while."""
    note.rows = set(world.rows.open)
    await world.realtime.outage()
    try:
        await asyncio.sleep(chance.uniform(0.5, 5))
    finally:
        await world.realtime.resume()


async def mute(world: World, chance: Random, note: Injection) -> None:
    note.rows = set(world.rows.open)
    world.realtime.muted = True
    try:
        await asyncio.sleep(chance.uniform(2, 8))
    finally:
        world.realtime.muted = False


async def ignore_joins(world: World, chance: Random, note: Injection) -> None:
    note.rows = set(world.rows.open)
    world.realtime.deaf_to_joins = True
    try:
        await world.realtime.close_all(1001, "chaos")
        await asyncio.sleep(chance.uniform(1, 5))
    finally:
        world.realtime.deaf_to_joins = False


async def refuse_topic(world: World, chance: Random, note: Injection) -> None:
    """The key may not join the private topic: workers use Postgres Changes in its place."""
    note.rows = set(world.rows.open)
    world.realtime.refused_topics[TOPIC] = REFUSED
    try:
        await world.realtime.close_all(1000, "chaos")
        await asyncio.sleep(chance.uniform(1, 5))
    finally:
        del world.realtime.refused_topics[TOPIC]


FAULTS = [
    *(
        Fault(f"Realtime closed with {code}", LANE, _closed(code))
        for code in (1000, 1001, 1003, 1008, 1011, 1012, 1013, 4000)
    ),
    Fault("Realtime gone 0.5-5 s (1006)", LANE, outage, 2),
    Fault("Realtime half-open", LANE, _at_once(_freeze), 2),
    Fault(
        "Realtime channel closed, socket open",
        LANE,
        _at_once(lambda w: w.realtime.phx_close(TOPIC)),
    ),
    Fault(
        "Realtime system error",
        LANE,
        _at_once(lambda w: w.realtime.system(TOPIC, "error", "Too many messages per second")),
    ),
    Fault(
        "Realtime sends what is no frame", LANE, _at_once(lambda w: w.realtime.send_text("{chaos"))
    ),
    Fault("Realtime drops messages 2-8 s", LANE, mute),
    Fault("Realtime answers no join 1-5 s", LANE, ignore_joins),
    Fault("Realtime refuses the private topic", LANE, refuse_topic),
]
