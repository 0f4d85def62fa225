"""The loop that the worker is compared with: the simplest loop that processes rows.

It claims one row at a time and makes one update per row. Each slot has a connection, and one
more connection LISTENs. Each notification wakes every idle slot; an idle slot also looks every
5 s. There is no lease, no fence, no retry and no progress: a row whose process dies stays
`processing`.
"""

from __future__ import annotations

import asyncio
from typing import Any, TypeAlias

import psycopg

from bench.journal import Journal
from bench.worker_config import WorkerConfig

Connection: TypeAlias = "psycopg.AsyncConnection[tuple[Any, ...]]"

CHANNEL = "raw_jobs"
SCHEMA = """
create table public.raw_jobs (
    id bigint generated always as identity primary key,
    body text not null,
    status text not null default 'pending',
    result text
);
create index raw_jobs_pending on public.raw_jobs (id) where status = 'pending';
create function public.ring_raw_jobs() returns trigger language plpgsql
as $$ begin perform pg_notify('raw_jobs', ''); return null; end $$;
create trigger ring after insert on public.raw_jobs
    for each statement execute function public.ring_raw_jobs();
"""

_CLAIM = """
update public.raw_jobs set status = 'processing'
where id = (
    select id from public.raw_jobs where status = 'pending'
    order by id limit 1 for update skip locked
)
returning id, body
"""
_FINISH = "update public.raw_jobs set status = 'done', result = %s where id = %s"
_LOOK_EVERY_SECONDS = 5.0


class RawLoop:
    """Runs rows of `raw_jobs` until it is stopped."""

    def __init__(self, config: WorkerConfig, journal: Journal) -> None:
        self._config = config
        self._journal = journal
        self._ready = asyncio.Event()
        self._ring = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    async def run(self) -> None:
        """Work until `stop` is called."""
        async with asyncio.TaskGroup() as group:
            self._tasks = [group.create_task(self._listen())]
            await self._ready.wait()
            for _ in range(self._config.concurrency):
                self._tasks.append(group.create_task(self._slot()))

    async def ready(self) -> None:
        """Return when the loop listens for notifications."""
        await self._ready.wait()

    def stop(self) -> None:
        """End at once."""
        for task in self._tasks:
            task.cancel()

    async def _connect(self) -> Connection:
        return await psycopg.AsyncConnection.connect(self._config.dsn, autocommit=True)

    async def _listen(self) -> None:
        async with await self._connect() as connection:
            await connection.execute(f"listen {CHANNEL}")
            self._ready.set()
            async for _ in connection.notifies():
                ring, self._ring = self._ring, asyncio.Event()
                ring.set()

    async def _slot(self) -> None:
        async with await self._connect() as connection:
            while True:
                # Taken before the claim, so that a row committed during the claim is not missed.
                ring = self._ring
                row = await (await connection.execute(_CLAIM)).fetchone()
                if row is None:
                    await _wait(ring)
                    continue
                self._journal.started(str(row[0]))
                if self._config.seconds:
                    await asyncio.sleep(self._config.seconds)
                await connection.execute(_FINISH, ("ok", row[0]))


async def _wait(ring: asyncio.Event) -> None:
    try:
        async with asyncio.timeout(_LOOK_EVERY_SECONDS):
            await ring.wait()
    except TimeoutError:
        return
