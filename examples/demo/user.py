"""What the user's browser does, by SQL: insert rows and look at them, under the table's own RLS."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, TypeAlias

import psycopg
from psycopg import sql
from psycopg.rows import dict_row

LOOK_SECONDS = 0.05
OPEN = {"pending", "processing"}

Row: TypeAlias = "dict[str, Any]"


class User:
    """A signed-in user. In a browser, Realtime brings the changes; here we look often."""

    def __init__(self, connection: psycopg.AsyncConnection[Row]) -> None:
        self._connection = connection

    async def insert(self, columns: Mapping[str, str]) -> str:
        """Add a row; that is all it takes to have it worked on."""
        statement = sql.SQL("insert into job_positions ({}) values ({}) returning id::text").format(
            sql.SQL(", ").join(map(sql.Identifier, columns)),
            sql.SQL(", ").join(sql.Placeholder() * len(columns)),
        )
        cursor = await self._connection.execute(statement, list(columns.values()))
        row = await cursor.fetchone()
        assert row is not None
        return str(row["id"])

    async def rows(self, ids: Sequence[str]) -> list[Row]:
        """The rows as JSON, in this order."""
        cursor = await self._connection.execute(
            "select to_jsonb(p) as row from job_positions as p where id::text = any (%s)"
            " order by array_position(%s, id::text)",
            [list(ids), list(ids)],
        )
        return [found["row"] for found in await cursor.fetchall()]

    async def watch(self, ids: Sequence[str]) -> AsyncIterator[list[Row]]:
        """The rows now and after each change, until all have ended."""
        before: list[Row] = []
        while True:
            rows = await self.rows(ids)
            if rows != before:
                yield rows
                before = rows
            if not any(row["processing_status"] in OPEN for row in rows):
                return
            await asyncio.sleep(LOOK_SECONDS)


@asynccontextmanager
async def signed_in(dsn: str) -> AsyncIterator[User]:
    """A user on a connection that acts for them."""
    connection = await psycopg.AsyncConnection.connect(dsn, autocommit=True, row_factory=dict_row)
    async with connection:
        yield User(connection)
