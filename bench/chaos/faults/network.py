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
JSON = "application/json"
STRAYS = [
    ("502 Bad Gateway", "text/html", b"<h1>Bad Gateway</h1>"),
    ("520 Unknown", "text/html\r\ncontent-encoding: gzip", b"no gzip"),
    ("200 OK", "text/html", b"<h1>Please sign in to this network</h1>"),
    ("200 OK", f"{JSON}\r\ncontent-encoding: gzip", b"no gzip"),
    ("200 OK", JSON, b'{"batches": [{"pip'),
    ("200 OK", JSON, b'{"status": "please sign in to this network"}'),
    ("401 Unauthorized", JSON, b'{"message": "Invalid API key"}'),
    ("429 Too Many Requests", f"{JSON}\r\nretry-after: 86400", b'{"message": "slower"}'),
    ("540 Project Paused", "text/html", b"<h1>Project paused</h1>"),
]
"""Status, headers and body of answers that are not the Data API's."""


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


async def answer_instead(world: World, chance: Random, note: Injection) -> None:
    """The call has run, but a gateway or a stranger in the network answers in its own way."""
    far = [slot for slot in world.fleet.slots if slot.transport == "data api"]
    note.rows = await held_by(world, far)
    status, kind, body = chance.choice(STRAYS)
    head = f"HTTP/1.1 {status}\r\ncontent-type: {kind}\r\ncontent-length: {len(body)}\r\n\r\n"
    for way in _ways(far):
        way.answer_instead(head.encode() + body)


def _ways(slots: Sequence[Slot]) -> list[Entrance]:
    return [way for slot in slots for way in slot.entrances]


FAULTS = [
    Fault("connections of one worker cut", LANE, cut, 4),
    Fault("all connections cut", LANE, cut_all, 2),
    Fault("connections half-open 6-20 s", LANE, half_open, 2, long=True),
    Fault("network stalls 1-7 s", LANE, stall, 2),
    Fault("connections refused 1-7 s", LANE, refuse, 2),
    Fault("reply lost after its statement", LANE, lose_replies, 4),
    Fault("a stranger answers for the Data API", LANE, answer_instead, 4),
]
