"""Faults of the Postgres server. They never overlap: each needs the server of the one before."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
from contextlib import suppress
from random import Random

from bench.chaos.faults.fault import Fault, Injection, held_by, insist, tolerant
from bench.chaos.world import World
from bench.chaos.world.cluster import fill, in_thread
from bench.chaos.world.proxy import Link
from liverows.testing.postgres import PostgresServer

LANE = "server"
OURS = "application_name like 'liverows%' or usename = 'authenticator'"
FLUSH_DELAY = "100000"  # microseconds, the most that Postgres allows


async def terminate_backend(world: World, chance: Random, note: Injection) -> None:
    note.rows = await held_by(world, world.fleet.slots)
    await tolerant(
        world,
        f"select pg_terminate_backend(pid) from pg_stat_activity where {OURS}"
        f" order by pid offset {chance.randrange(8)} limit 1",
    )


async def terminate_backends(world: World, _chance: Random, note: Injection) -> None:
    note.rows = await held_by(world, world.fleet.slots)
    await tolerant(world, f"select pg_terminate_backend(pid) from pg_stat_activity where {OURS}")


async def restart_fast(world: World, _chance: Random, note: Injection) -> None:
    note.rows = await held_by(world, world.fleet.slots)
    await in_thread(world.cluster.primary.restart)


async def restart_immediate(world: World, _chance: Random, note: Injection) -> None:
    note.rows = await held_by(world, world.fleet.slots)
    await in_thread(lambda: world.cluster.primary.restart(immediate=True))


async def kill_postmaster(world: World, chance: Random, note: Injection) -> None:
    note.rows = await held_by(world, world.fleet.slots)
    await in_thread(world.cluster.primary.kill)
    await asyncio.sleep(chance.uniform(0, 6))
    await in_thread(world.cluster.revive)


async def stall_server(world: World, chance: Random, note: Injection) -> None:
    """The machine of the server stands still: all processes of Postgres are frozen."""
    note.rows = await held_by(world, world.fleet.slots)
    pids = await in_thread(_processes, world.cluster.primary)
    try:
        for pid in pids:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGSTOP)
        await asyncio.sleep(chance.uniform(1, 6))
    finally:
        for pid in reversed(pids):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)


async def read_only(world: World, chance: Random, note: Injection) -> None:
    note.rows = await held_by(world, world.fleet.slots)
    await in_thread(lambda: world.cluster.configure(default_transaction_read_only="on"))
    try:
        await asyncio.sleep(chance.uniform(1, 6))
    finally:
        await _reset(world, "default_transaction_read_only")


async def slow_disk(world: World, chance: Random, note: Injection) -> None:
    """Each flush of the write-ahead log takes 0.1 s more."""
    note.rows = await held_by(world, world.fleet.slots)
    slow = {"commit_delay": FLUSH_DELAY, "commit_siblings": "0"}
    await in_thread(lambda: world.cluster.configure(**slow))
    try:
        await asyncio.sleep(chance.uniform(3, 8))
    finally:
        await _reset(world, *slow)


async def full_disk(world: World, chance: Random, note: Injection) -> None:
    """Data, temporary files and the write-ahead log find no room. Postgres may end."""
    assert world.disk is not None
    note.rows = await held_by(world, world.fleet.slots)
    ballast = await in_thread(fill, world.disk)
    try:
        await asyncio.sleep(chance.uniform(2, 7))
    finally:
        ballast.unlink()
        await in_thread(world.cluster.revive)


async def fail_over_after_crash(world: World, chance: Random, note: Injection) -> None:
    """The primary dies without a word to its clients; a standby takes its place."""
    standby = await in_thread(world.cluster.synchronous_standby)
    note.rows = await held_by(world, world.fleet.slots)
    links = _freeze_all(world)
    await in_thread(world.cluster.primary.kill)
    old = await in_thread(world.cluster.hand_over, standby)
    await _later(world, old, links, chance.uniform(2, 10))


async def fail_over_with_open_sockets(world: World, chance: Random, note: Injection) -> None:
    """The old primary lives on as a reader, and sessions stay open to it for a while."""
    standby = await in_thread(world.cluster.synchronous_standby)
    note.rows = await held_by(world, world.fleet.slots)
    await in_thread(lambda: world.cluster.configure(default_transaction_read_only="on"))
    await in_thread(_until_quiet, world)
    old = await in_thread(world.cluster.hand_over, standby)
    await _later(world, old, [], chance.uniform(4, 12))


def _freeze_all(world: World) -> list[Link]:
    ways = [world.postgrest]
    for slot in world.fleet.slots:
        if "SUPABASE_DB_URL" in slot.environment:
            ways.append(slot.entrances[0])
    return [link for way in ways for link in way.freeze()]


async def _later(world: World, old: PostgresServer, links: list[Link], seconds: float) -> None:
    try:
        await asyncio.sleep(seconds)
    finally:
        await in_thread(world.cluster.bury, old)
        for link in links:
            link.abort()


def _until_quiet(world: World) -> None:
    """Wait until no transaction writes any more: such a one would not be on the standby."""
    query = (
        "select 1 from pg_stat_activity where backend_xid is not null and pid <> pg_backend_pid()"
    )
    for _ in range(400):
        if not world.cluster.ask(query):
            return


def _processes(server: PostgresServer) -> list[int]:
    """The postmaster and its children."""
    if server.pid is None:
        return []
    listed = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(server.pid)], capture_output=True, text=True, check=False
    ).stdout
    return [server.pid, *map(int, listed.split())]


def _lacks_disk(world: World) -> str | None:
    return None if world.disk is not None else "only in rounds on a small disk, which needs root"


async def mend(world: World) -> None:
    """Leave no trouble behind, whatever a fault that was broken off has left."""
    await in_thread(world.cluster.revive)
    await _reset(
        world,
        "default_transaction_read_only",
        "commit_delay",
        "commit_siblings",
        "synchronous_standby_names",
    )


async def _reset(world: World, *names: str) -> None:
    for name in names:
        await insist(world, f"alter system reset {name}")
    await insist(world, "select pg_reload_conf()")


FAULTS = [
    Fault("a backend terminated", LANE, terminate_backend, 5),
    Fault("all backends terminated", LANE, terminate_backends, 4),
    Fault("fast restart", LANE, restart_fast, 2),
    Fault("immediate restart", LANE, restart_immediate, 2),
    Fault("postmaster killed, 0-6 s down", LANE, kill_postmaster, 1),
    Fault("server stands still 1-6 s", LANE, stall_server, 2),
    Fault("read-only 1-6 s", LANE, read_only, 2),
    Fault("slow disk 3-8 s", LANE, slow_disk, 1),
    Fault("disk full 2-7 s", LANE, full_disk, 4, _lacks_disk),
    Fault("failover after a crash, sockets half-open", LANE, fail_over_after_crash, 1),
    Fault("failover, sockets open to a reader", LANE, fail_over_with_open_sockets, 1),
]
