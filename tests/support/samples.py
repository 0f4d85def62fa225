"""A table with one column of every type that is transferred, attached as a queue."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from tests.support.databases import Database
from tests.support.queue import Queue

PIPELINE = "measure-sample"
TABLE_NAME = "public.samples"

TABLE = """
create table public.samples (
    id text primary key,
    title text,
    body text,
    count bigint check (count >= 0),
    price numeric,
    ratio double precision,
    seen_on date,
    seen_at timestamptz,
    extra jsonb,
    flag boolean
)
"""
COLUMNS = ["title", "body", "count", "price", "ratio", "seen_on", "seen_at", "extra", "flag"]


@dataclass(frozen=True, slots=True)
class Samples:
    """The table `public.samples` of one database, as its owner sees it."""

    database: Database

    def create(self) -> None:
        """Create and attach the table; its rows run only while provider `lab` is open."""
        self.run(TABLE)
        with self._connect() as connection:
            Queue(connection).call(
                "attach",
                table=TABLE_NAME,
                pipeline=PIPELINE,
                inputs=COLUMNS,
                outputs=COLUMNS,
                providers=["lab"],
            )

    def add(self, key: str = "1", **columns: Any) -> str:
        """Insert one row; returns its key."""
        given = {"id": key, **columns}
        names, values = ", ".join(given), ", ".join(f"%({name})s" for name in given)
        adapted = {
            name: Jsonb(value) if name == "extra" else value for name, value in given.items()
        }
        self.run(f"insert into public.samples ({names}) values ({values})", adapted)
        return key

    def look(self, key: str = "1") -> dict[str, Any]:
        """The whole row; names lose the prefix `processing_`."""
        (row,) = self.run("select * from public.samples where id = %(key)s", {"key": key})
        return {name.removeprefix("processing_"): value for name, value in row.items()}

    def set_status(self, status: str, key: str = "1") -> None:
        """Set the status as a person does in Studio."""
        self.run(
            "update public.samples set processing_status = %(status)s where id = %(key)s",
            {"status": status, "key": key},
        )

    def count(self, table: str) -> int:
        """How many rows a table of schema `processing` has."""
        (row,) = self.run(f"select count(*) from processing.{table}")
        found: int = row["count"]
        return found

    def run(self, query: str, arguments: Mapping[str, Any] | None = None) -> list[dict[str, Any]]:
        """Run any statement as the owner; returns its rows."""
        with self._connect() as connection, connection.cursor(row_factory=dict_row) as cursor:
            cursor.execute(query, arguments)
            return cursor.fetchall() if cursor.description else []

    def _connect(self) -> psycopg.Connection[Any]:
        return psycopg.connect(self.database.dsn, autocommit=True)
