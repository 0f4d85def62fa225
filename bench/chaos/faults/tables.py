"""Faults inside the database: locks, time limits, changed tables, migrations, upkeep."""

from __future__ import annotations

import asyncio
from random import Random
from typing import Any

import psycopg

from bench.chaos.faults.fault import Fault, Injection, held_by, insist, tolerant
from bench.chaos.served.three_paid import SLUG
from bench.chaos.world import World
from bench.chaos.world.cluster import DATABASE
from bench.chaos.world.world import ATTACH

LANE = "tables"
PAUSED = f"update processing.pipelines set paused = {{}} where pipeline = '{SLUG}'"
MIGRATE = """
do $$
declare
    f record;
begin
    for f in
        select pg_get_functiondef(p.oid) as text from pg_proc as p
        where p.pronamespace = 'processing'::regnamespace and p.prokind = 'f'
            and position('__' in p.proname) = 0
        order by p.proname
    loop
        execute f.text;
    end loop;
end
$$
"""
"""As a release's migration that replaces the functions of the contract, in one transaction."""


async def _holding(world: World, statement: str, seconds: float) -> None:
    """Keep what the statement locks for so long; a lost connection ends it sooner."""
    connection: psycopg.AsyncConnection[Any] | None = None
    try:
        async with asyncio.timeout(seconds + 10):
            connection = await psycopg.AsyncConnection.connect(
                world.cluster.dsn(options="-c lock_timeout=3s"), connect_timeout=5
            )
            await connection.execute(statement.encode())
            await asyncio.sleep(seconds)
    except (psycopg.Error, OSError, TimeoutError):
        pass
    finally:
        if connection is not None:
            await connection.close()


async def lock_rows(world: World, chance: Random, note: Injection) -> None:
    statement = (
        "select id from public.things where processing_status in ('pending', 'processing')"
        f" order by id limit {chance.randint(1, 10)} for update"
    )
    note.rows = set(world.rows.open)
    await _holding(world, statement, chance.uniform(4, 15))


async def lock_leases(world: World, chance: Random, note: Injection) -> None:
    note.rows = await held_by(world, world.fleet.slots)
    await _holding(world, "select from processing.leases for update", chance.uniform(2, 6))


async def lock_table(world: World, chance: Random, note: Injection) -> None:
    note.rows = set(world.rows.open)
    statement = "lock table public.things in access exclusive mode"
    await _holding(world, statement, chance.uniform(1, 4))


async def alter_table(world: World, chance: Random, note: Injection) -> None:
    note.rows = set(world.rows.open)
    change = chance.choice(
        (
            "alter table public.things add column extra integer default 7",
            "alter table public.things drop column if exists extra",
            "alter table public.things alter column wants type varchar(400)",
            "alter table public.things alter column wants type text",
            "create index on public.things (wants)",
            "alter table public.orders alter column topic type varchar(200)",
            "alter table public.orders alter column topic type text",
            "alter table public.things alter column said type varchar(400)",
            "alter table public.things alter column said type text",
        )
    )
    await tolerant(world, f"set role postgres; set lock_timeout = '2s'; {change}")


async def attach_again(world: World, _chance: Random, note: Injection) -> None:
    note.rows = set(world.rows.open)
    await tolerant(world, f"set role postgres; set lock_timeout = '2s'; {ATTACH}")


async def migrate(world: World, _chance: Random, note: Injection) -> None:
    note.rows = set(world.rows.open)
    await tolerant(world, f"set role postgres; set lock_timeout = '2s'; {MIGRATE}")


async def limit_statements(world: World, chance: Random, note: Injection) -> None:
    """New sessions get a short time limit, and each change of a row takes longer than that."""
    note.rows = await held_by(world, world.fleet.slots)
    settings = ("statement_timeout", "chaos.sleep")
    reconnect = (
        "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'authenticator'"
    )
    for name, value in zip(settings, ("'60ms'", "'0.08'"), strict=True):
        await tolerant(world, f"alter database {DATABASE} set {name} = {value}")
    await tolerant(world, reconnect)
    try:
        await asyncio.sleep(chance.uniform(2, 6))
    finally:
        await _reset(world, settings)
        await tolerant(world, reconnect)


async def _reset(world: World, names: tuple[str, ...]) -> None:
    for name in names:
        await insist(world, f"set statement_timeout = 0; alter database {DATABASE} reset {name}")


async def cancel_statements(world: World, chance: Random, note: Injection) -> None:
    """Statements end as at a time limit (57014), over both ways."""
    note.rows = await held_by(world, world.fleet.slots)
    for _ in range(chance.randint(5, 20)):
        await tolerant(
            world,
            "select pg_cancel_backend(pid) from pg_stat_activity where state = 'active' and"
            " (application_name like 'liverows%' or usename = 'authenticator')",
        )
        await asyncio.sleep(0.05)


async def prune(world: World, _chance: Random, note: Injection) -> None:
    note.rows = set(world.rows.open)
    await tolerant(world, "select processing.prune()")


async def pause(world: World, chance: Random, note: Injection) -> None:
    note.rows = set(world.rows.open)
    await tolerant(world, PAUSED.format("true"))
    try:
        await asyncio.sleep(chance.uniform(0.5, 3))
    finally:
        await resume(world)


async def resume(world: World) -> None:
    await insist(world, PAUSED.format("false"))


async def mend(world: World) -> None:
    """Leave no limit behind."""
    await _reset(world, ("statement_timeout", "chaos.sleep"))
    await resume(world)


FAULTS = [
    Fault("rows locked 4-15 s", LANE, lock_rows, 2),
    Fault("leases locked 2-6 s", LANE, lock_leases, 2),
    Fault("table locked 1-4 s", LANE, lock_table, 2),
    Fault("ALTER TABLE under load", LANE, alter_table, 4),
    Fault("attach called again", LANE, attach_again, 2),
    Fault("functions replaced by a migration", LANE, migrate, 2),
    Fault("statement_timeout of 60 ms, 2-6 s", LANE, limit_statements, 2),
    Fault("statements cancelled", LANE, cancel_statements, 3),
    Fault("prune", LANE, prune, 4),
    Fault("pipeline paused", LANE, pause, 1),
]
