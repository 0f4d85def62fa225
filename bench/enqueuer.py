"""The process that inserts rows, one transaction each, at a steady rate.

Every system uses the same driver and the same code; only the statement differs.
"""

from __future__ import annotations

import asyncio
import json
import secrets
import time
from dataclasses import dataclass

import asyncpg

from bench.conversation import hear, say

CONNECTIONS = 4
WARM_UP_ROWS = 20
BODY_BYTES = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class EnqueuerConfig:
    """`statement` takes a body and returns the row's id and its transaction, as text."""

    dsn: str
    statement: str
    rows: int
    per_second: float


@dataclass(frozen=True, slots=True)
class Enqueued:
    """One inserted row, and the time of the wall clock when its insert was called."""

    row_id: str
    transaction: str
    called_at: float


async def main() -> None:
    """Connect, insert a few rows to warm up, wait for `go`, insert the rows, report them."""
    lines = await hear()
    config = EnqueuerConfig(**json.loads(await lines.readline()))
    pool = await asyncpg.create_pool(
        config.dsn,
        min_size=CONNECTIONS,
        max_size=CONNECTIONS,
        server_settings={"application_name": "bench enqueuer"},
    )
    async with pool:
        warm_up = EnqueuerConfig(
            dsn=config.dsn, statement=config.statement, rows=WARM_UP_ROWS, per_second=1000
        )
        await _enqueue(pool, warm_up)
        say("ready")
        async for line in lines:
            if line.strip() != b"go":
                break
            rows = await _enqueue(pool, config)
            say("enqueued", rows=rows)


async def _enqueue(
    pool: asyncpg.Pool[asyncpg.Record], config: EnqueuerConfig
) -> list[tuple[str, str, float]]:
    body = secrets.token_hex(BODY_BYTES // 2)

    async def insert() -> tuple[str, str, float]:
        called_at = time.time()
        row = await pool.fetchrow(config.statement, body)
        assert row is not None
        return row[0], row[1], called_at

    first = time.monotonic()
    async with asyncio.TaskGroup() as group:
        tasks = []
        for number in range(config.rows):
            # Each insert starts at its planned time, even if earlier ones have no answer yet.
            await asyncio.sleep(first + number / config.per_second - time.monotonic())
            tasks.append(group.create_task(insert()))
    return [task.result() for task in tasks]


if __name__ == "__main__":
    asyncio.run(main())
