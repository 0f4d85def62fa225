"""What people do to rows meanwhile: edit, delete, set back, cancel, run again."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from random import Random

import psycopg

from bench.chaos.faults.fault import Fault, Inject, Injection, tolerant
from bench.chaos.world import World
from bench.chaos.world.rows import OWNERS

LANE = "people"


ROW_SECONDS = 10.0


async def _open_row(world: World, chance: Random, status: str) -> int | None:
    """A row of this status, chosen by chance; None if there is none for some time."""
    place, limit = chance.random(), time.monotonic() + ROW_SECONDS
    query = f"select id from public.things where processing_status = '{status}' order by id"
    while time.monotonic() < limit:
        if found := await tolerant(world, query):
            thing: int = found[int(place * len(found))][0]
            return thing
        await asyncio.sleep(0.1)
    return None


def _on(status: str, statement: Callable[[World, int], str], *, fresh: bool = False) -> Inject:
    """A statement of a person on a row of this status."""

    async def inject(world: World, chance: Random, note: Injection) -> None:
        thing = await _open_row(world, chance, status)
        if thing is None:
            note.failed = f"no row was {status}"
            return
        note.rows = {thing}
        mark = "fresh" if fresh else "yes"
        await tolerant(
            world,
            f"set role postgres; set lock_timeout = '2s'; set chaos.person = '{mark}';"
            f" {statement(world, thing)}",
        )

    return inject


def _edited(world: World, thing: int) -> str:
    wants = world.rows.new_wants(thing)
    return f"update public.things set wants = '{wants}' where id = {thing}"


def _set_to(status: str) -> Callable[[World, int], str]:
    return lambda _world, thing: (
        f"update public.things set processing_status = '{status}' where id = {thing}"
    )


def _deleted(world: World, thing: int) -> str:
    # Noted before: if the connection is lost, nobody knows whether the row is gone.
    world.rows.deleted.add(thing)
    return f"delete from public.things where id = {thing}"


def _called(function: str, more: str = "") -> Callable[[World, int], str]:
    return lambda _world, thing: f"select processing.{function}('public.things', '{thing}'{more})"


async def insert_again(world: World, chance: Random, note: Injection) -> None:
    """The key of a running row is deleted and inserted again: its runs count from 1 again."""
    thing = await _open_row(world, chance, "processing")
    if thing is None:
        note.failed = "no row was processing"
        return
    note.rows = {thing}
    world.rows.deleted.add(thing)
    wants = world.rows.new_wants(thing)
    try:
        await world.ask(
            "set role postgres; set lock_timeout = '2s'; set chaos.person = 'yes'; begin;"
            f" delete from public.things where id = {thing};"
            " insert into public.things (id, owner, wants)"
            f" values ({thing}, '{OWNERS[0]}', '{wants}');"
            " commit"
        )
    except psycopg.Error:
        return
    world.rows.deleted.discard(thing)


FAULTS = [
    Fault("input of a running row edited", LANE, _on("processing", _edited), 3),
    Fault("input of a waiting row edited", LANE, _on("pending", _edited), 2),
    Fault("running row set back to pending", LANE, _on("processing", _set_to("pending")), 3),
    Fault("running row cancelled in SQL", LANE, _on("processing", _set_to("cancelled")), 2),
    Fault("cancel called", LANE, _on("processing", _called("cancel")), 2),
    Fault("cancelled row queued again", LANE, _on("cancelled", _called("retry")), 4),
    Fault(
        "cancelled row queued afresh",
        LANE,
        _on("cancelled", _called("retry", ", fresh => true"), fresh=True),
        2,
    ),
    Fault("completed row queued again", LANE, _on("completed", _set_to("pending")), 5),
    Fault("running row completed by hand", LANE, _on("processing", _set_to("completed")), 1),
    Fault("running row deleted", LANE, _on("processing", _deleted), 2),
    Fault("running row deleted and inserted again", LANE, insert_again, 3),
]
