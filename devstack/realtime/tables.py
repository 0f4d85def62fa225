"""Reads the published tables from the catalogue, and converts their values to JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import asyncpg

from devstack.realtime.pgoutput import Row

PUBLICATION = "supabase_realtime"

if TYPE_CHECKING:
    from asyncpg.pool import PoolConnectionProxy

    Connection: TypeAlias = asyncpg.Connection[asyncpg.Record] | PoolConnectionProxy[asyncpg.Record]
else:
    Connection = asyncpg.Connection

Values: TypeAlias = dict[str, Any]
"""Column names to the values that clients get."""

TABLES = """
select c.oid::int8 as oid, n.nspname as schema, c.relname as name, c.relrowsecurity as secured,
  array(
    select a.attname from pg_index i
    join pg_attribute a on a.attrelid = i.indrelid and a.attnum = any (i.indkey::int2[])
    where i.indrelid = c.oid and i.indisprimary
    order by array_position(i.indkey::int2[], a.attnum)
  )::text[] as key,
  (
    select json_agg(json_build_array(a.attname, t.typname, format_type(t.oid, null))
                    order by a.attnum)
    from pg_attribute a join pg_type t on t.oid = a.atttypid
    where a.attrelid = c.oid and a.attnum > 0
  )::text as columns
from pg_publication_tables p
join pg_namespace n on n.nspname = p.schemaname
join pg_class c on c.relnamespace = n.oid and c.relname = p.tablename
where p.pubname = $1
"""


@dataclass(frozen=True, slots=True)
class Column:
    """A column: `type` is the type's name in `pg_type`, `cast` is the type as SQL writes it."""

    name: str
    type: str
    cast: str


@dataclass(frozen=True, slots=True)
class Table:
    """A published table as it is now; `secured` says that row level security is on."""

    oid: int
    schema: str
    name: str
    secured: bool
    key: tuple[str, ...]
    columns: dict[str, Column]

    def __str__(self) -> str:
        """The table's name, quoted for SQL."""
        return f"{quoted(self.schema)}.{quoted(self.name)}"


def quoted(name: str) -> str:
    """The name as a quoted SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


async def published_tables(connection: Connection) -> dict[int, Table]:
    """All tables of the publication, by oid."""
    records = await connection.fetch(TABLES, PUBLICATION)
    return {record["oid"]: _table(record) for record in records}


def _table(record: asyncpg.Record) -> Table:
    columns = [Column(*names) for names in json.loads(record["columns"] or "[]")]
    return Table(
        oid=record["oid"],
        schema=record["schema"],
        name=record["name"],
        secured=record["secured"],
        key=tuple(record["key"]),
        columns={column.name: column for column in columns},
    )


async def as_json(connection: Connection, table: Table, rows: Sequence[Row]) -> list[Values]:
    """The rows with the values that clients get, without columns that were dropped meanwhile.

    Postgres converts the values, as on the real server. Numbers then become doubles, also as on
    the real server: numeric 1.50 arrives as 1.5. `bytea` is sent as text without the `\\x`.
    """
    columns = list(table.columns.values())
    texts = [[_plain(column, row.get(column.name)) for row in rows] for column in columns]
    converted = ", ".join(
        f"to_jsonb(c{at}{'' if column.type == 'bytea' else '::' + column.cast})::text"
        for at, column in enumerate(columns)
    )
    names = ", ".join(f"c{at}" for at in range(len(columns)))
    arrays = ", ".join(f"${at + 1}::text[]" for at in range(len(columns)))
    records = await connection.fetch(
        f"select {converted} "  # noqa: S608 (types as Postgres spells them)
        f"from unnest({arrays}) with ordinality as rows ({names}, place) "
        "order by place",
        *texts,
    )
    return [
        {
            column.name: None if text is None else json.loads(text)
            for column, text in zip(columns, record, strict=True)
            if column.name in row
        }
        for row, record in zip(rows, records, strict=True)
    ]


def _plain(column: Column, text: str | None) -> str | None:
    return text.removeprefix("\\x") if text and column.type == "bytea" else text
