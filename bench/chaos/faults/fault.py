"""What a fault is, and the record of one that was injected."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from random import Random
from typing import Any

import psycopg

from bench.chaos.world import World
from bench.chaos.world.fleet import Slot


@dataclass(slots=True)
class Injection:
    """One injected fault. `at` and `until` are by the wall clock; `rows` are the rows it hit."""

    kind: str
    number: int
    at: float = field(default_factory=time.time)
    until: float = 0.0
    rows: set[int] = field(default_factory=set)
    recovered: float | None = None
    """Seconds from the end of the fault until all rows that it hit had ended."""
    tried: int = 0
    refused: int = 0
    unanswered: int = 0
    succeeded: int = 0
    """Requests of a cheater, how they were answered, and those that may not succeed and did."""
    failed: str = ""
    """Why the fault could not be injected as it was meant, if so."""


INSIST_SECONDS = 120.0

Inject = Callable[[World, Random, Injection], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Fault:
    """A kind of fault. Faults of one lane never overlap; `share` is its part of its lane.

    `lacks` returns why a world cannot have it, or None.
    """

    kind: str
    lane: str
    inject: Inject
    share: int = 1
    lacks: Callable[[World], str | None] = lambda _: None
    long: bool = False
    """Whether it lasts so long that a brief round leaves it out."""


async def held_by(world: World, slots: Iterable[Slot]) -> set[int]:
    """The rows that these workers hold now; empty if Postgres cannot tell."""
    pids = [f"'{slot.pid}'" for slot in slots]
    if not pids:
        return set()
    query = (
        "select l.row_id::bigint from processing.leases as l join processing.workers as w"
        f" on w.worker = l.worker where split_part(w.name, ':', 2) in ({', '.join(pids)})"
    )
    return {row[0] for row in await tolerant(world, query)}


async def tolerant(world: World, query: str) -> list[Any]:
    """A statement whose failure is part of the chaos; answers no rows then."""
    with suppress(psycopg.Error):
        return await world.ask(query)
    return []


async def insist(world: World, query: str) -> None:
    """A statement that ends a fault: it is made again until Postgres answers it."""
    limit = time.monotonic() + INSIST_SECONDS
    while True:
        try:
            await world.ask(query)
        except psycopg.Error:
            if time.monotonic() > limit:
                raise
            await asyncio.sleep(0.2)
        else:
            return


def calm_slots(world: World) -> list[Slot]:
    """The slots whose process no other fault has."""
    return [slot for slot in world.fleet.slots if not slot.troubled]
