"""Faults of connections: cut, half-open, stalled, refused, and replies that get lost."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from random import Random

from bench.chaos.faults.fault import Fault, Injection, held_by
from bench.chaos.world import World
from bench.chaos.world.fleet import Slot
from bench.chaos.world.proxy import Entrance

LANE = "network"
PEERS = "the Data API's way to Postgres"


def _side(world: World, chance: Random) -> tuple[list[Slot], list[Entrance]]:
    """One worker with its ways, or those whose common way to Postgres is the Data API's."""
    place = chance.randrange(len(world.fleet.slots) + 1)
    if place == len(world.fleet.slots):
        far = [slot for slot in world.fleet.slots if slot.transport == "data api"]
        return far, [world.postgrest]
    slot = world.fleet.slots[place]
    return [slot], slot.entrances


async def cut(world: World, chance: Random, note: Injection) -> None:
    slots, ways = _side(world, chance)
    note.rows = await held_by(world, slots)
    for way in ways:
        way.cut()


async def cut_all(world: World, _chance: Random, note: Injection) -> None:
    note.rows = await held_by(world, world.fleet.slots)
    for way in (world.postgrest, *_ways(world.fleet.slots)):
        way.cut()


async def half_open(world: World, chance: Random, note: Injection) -> None:
    slots, ways = _side(world, chance)
    note.rows = await held_by(world, slots)
    links = [link for way in ways for link in way.freeze()]
    try:
        await asyncio.sleep(chance.uniform(6, 20))
    finally:
        for link in links:
            link.abort()


async def stall(world: World, chance: Random, note: Injection) -> None:
    slots, ways = _side(world, chance)
    note.rows = await held_by(world, slots)
    for way in ways:
        way.stall()
    try:
        await asyncio.sleep(chance.uniform(1, 7))
    finally:
        for way in ways:
            way.flow()


async def refuse(world: World, chance: Random, note: Injection) -> None:
    slots, ways = _side(world, chance)
    note.rows = await held_by(world, slots)
    for way in ways:
        way.refusing = True
        way.cut()
    try:
        await asyncio.sleep(chance.uniform(1, 7))
    finally:
        for way in ways:
            way.refusing = False


async def lose_replies(world: World, chance: Random, note: Injection) -> None:
    slots, ways = _side(world, chance)
    note.rows = await held_by(world, slots)
    for way in ways:
        way.lose_replies()


def _ways(slots: Sequence[Slot]) -> list[Entrance]:
    return [way for slot in slots for way in slot.entrances]


FAULTS = [
    Fault("connections of one worker cut", LANE, cut, 4),
    Fault("all connections cut", LANE, cut_all, 2),
    Fault("connections half-open 6-20 s", LANE, half_open, 2, long=True),
    Fault("network stalls 1-7 s", LANE, stall, 2),
    Fault("connections refused 1-7 s", LANE, refuse, 2),
    Fault("reply lost after its statement", LANE, lose_replies, 4),
]
