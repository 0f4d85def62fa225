"""A project's database in a test, and a row that is run to its end in the test's own process."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import psycopg
from psycopg import sql
from psycopg.rows import dict_row
from pydantic import SecretStr

from liverows.base.errors import SetupError
from liverows.recipe.pipeline import Pipeline
from liverows.testing.databases import connected
from liverows.testing.one_worker import OneWorker

DEADLINE_SECONDS = 30.0
OPEN = ("pending", "processing")
"""The statuses of a row that has not ended."""

_TABLE = """
select format('%%I.%%I', c.relnamespace::regnamespace, c.relname) as name, q.key_column as key
from processing.pipelines as p join processing.queues as q using (table_id)
join pg_class as c on c.oid = q.table_id where p.pipeline = %s
"""
_EVENTS = """
select at, run, kind, data from processing.events where row_id = %s and table_id = %s::regclass
order by id
"""
_TYPES = """
select attname, format_type(atttypid, atttypmod) as type from pg_attribute
where attrelid = %s::regclass and attnum > 0 and not attisdropped
"""
_USAGE = "select * from processing.usage where row_id = %s and table_id = %s::regclass order by at"
_SKIP_WAIT = """
update test.clock set offset_by = offset_by
    + make_interval(secs => extract(epoch from %(due)s - processing.clock())::float8 + 0.001)
where processing.clock() < %(due)s
"""


@dataclass(frozen=True, slots=True)
class Ended:
    """How a row ended.

    `status` is null for a row that is no work. `row` has all columns of the table. `events` are the
    lines of its history, each with at, run, kind and data. `steps` names the steps whose results
    were stored, in their order. `usage` has a line for each paid call.
    """

    status: str | None
    row: dict[str, Any]
    events: list[dict[str, Any]]
    usage: list[dict[str, Any]]

    @property
    def error(self) -> dict[str, Any] | None:
        """Code, message, stage and more of the error; None unless the row failed."""
        error: dict[str, Any] | None = self.row["processing_error"]
        return error

    @property
    def steps(self) -> list[str]:
        """The steps that ran, in the order in which they ended."""
        return [event["data"]["step"] for event in self.events if event["kind"] == "step"]


@dataclass(frozen=True, slots=True)
class Project:
    """A database with the migrations of the project and of the library, for one test.

    Its time is that of the machine, plus what `advance` added.
    """

    # pytest shows the arguments of a test that fails, and the URL may have a password.
    dsn: str = field(repr=False)

    def execute(self, statement: str, arguments: Sequence[Any] = ()) -> list[dict[str, Any]]:
        """Run SQL as the owner of the database; returns the rows of the last statement."""
        with (
            connected(self.dsn) as connection,
            connection.cursor(row_factory=dict_row) as cursor,
        ):
            cursor.execute(statement.encode(), arguments or None)
            while cursor.nextset():
                pass
            return cursor.fetchall() if cursor.description else []

    def user(self) -> str:
        """Make a user, as sign-up does; returns the id."""
        made = "insert into auth.users (id) values (gen_random_uuid()) returning id::text"
        return str(self.execute(made)[0]["id"])

    def insert(self, table: str, row: Mapping[str, Any]) -> dict[str, Any]:
        """Insert a row; returns all of its columns. Values are those that `json.dumps` accepts,
        or of types with a text that Postgres reads, such as dates.
        """
        with connected(self.dsn) as connection:
            return _insert(connection, table, row)

    def advance(self, seconds: float) -> None:
        """Move the time of the database on, for every session."""
        moved = "update test.clock set offset_by = offset_by + make_interval(secs => %s)"
        with connected(self.dsn) as connection:
            connection.execute(moved, [seconds])

    def run(
        self,
        pipeline: Pipeline[Any, Any],
        row: Mapping[str, Any],
        *,
        services: Any = None,
        deadline: float = DEADLINE_SECONDS,
    ) -> Ended:
        """Insert a row into the pipeline's table and run it to its end.

        If the row has to wait for another attempt, the clock is moved on instead. `services` is
        what the recipe has as `context.services`. Raises `SetupError` if the pipeline is attached
        to no table, or if an event loop runs already: then call `run_async`; and `TimeoutError` if
        the row has not ended within so many real seconds.
        """
        if _in_coroutine():
            raise SetupError(
                "run() was called in a coroutine",
                cure="write: await liverows_project.run_async(...)",
            )
        return asyncio.run(self.run_async(pipeline, row, services=services, deadline=deadline))

    async def run_async(
        self,
        pipeline: Pipeline[Any, Any],
        row: Mapping[str, Any],
        *,
        services: Any = None,
        deadline: float = DEADLINE_SECONDS,
    ) -> Ended:
        """Do the same as `run`, in a coroutine."""
        with connected(self.dsn) as connection:
            inserted = insert_for(connection, pipeline, row)
            async with OneWorker.at_work(SecretStr(self.dsn), pipeline, services) as worker:
                async with asyncio.timeout(deadline):
                    while (found := inserted.found())["processing_status"] in OPEN:
                        inserted.skip_wait(found, worker)
                        await worker.wrote_or_waited()
            return inserted.ended()


@dataclass(frozen=True, slots=True)
class InsertedRow:
    """One row of an attached table, by the table's name, the key's column and the key as text.

    It is looked at over one connection, because a new one for each look would take longer.
    """

    connection: psycopg.Connection
    table: str
    key: str
    row_id: str

    def look(self) -> dict[str, Any] | None:
        """Return all columns of the row; None if it was deleted."""
        query = sql.SQL("select * from {} where {}::text = %s").format(
            sql.SQL(self.table), sql.Identifier(self.key)
        )
        cursor = self.connection.cursor(row_factory=dict_row)
        return cursor.execute(query, [self.row_id]).fetchone()

    def found(self) -> dict[str, Any]:
        """Return all columns of the row; `SetupError` if it was deleted."""
        found = self.look()
        if found is None:
            raise SetupError(
                f"the row {self.row_id} of {self.table} is gone", cure="do not delete it"
            )
        return found

    def is_open(self) -> bool:
        """Whether the row waits for a worker, or is in one's hands."""
        return self.found()["processing_status"] in OPEN

    def ended(self) -> Ended:
        """Return what became of the row."""
        row = self.found()
        cursor = self.connection.cursor(row_factory=dict_row)
        events = cursor.execute(_EVENTS, [self.row_id, self.table]).fetchall()
        usage = cursor.execute(_USAGE, [self.row_id, self.table]).fetchall()
        return Ended(row["processing_status"], row, events, usage)

    def skip_wait(self, row: Mapping[str, Any], worker: OneWorker) -> None:
        """Move the clock to the time before which the row is not due, and then ring the worker.

        `row` is what `found` returned just now.
        """
        due: datetime | None = row["processing_not_before"]
        if row["processing_status"] != "pending" or due is None:
            return
        moved = self.connection.execute(_SKIP_WAIT, {"due": due})
        if moved.rowcount:
            worker.look()


def insert_for(
    connection: psycopg.Connection, pipeline: Pipeline[Any, Any], row: Mapping[str, Any]
) -> InsertedRow:
    """Insert a row into the table of a pipeline; `SetupError` if it is attached to none."""
    cursor = connection.cursor(row_factory=dict_row)
    found = cursor.execute(_TABLE, [pipeline.slug]).fetchone()
    if found is None:
        raise SetupError(
            f"no table is attached to the pipeline {pipeline.slug}",
            cure="call processing.attach in a migration, or in the test",
        )
    table, key = found["name"], found["key"]
    return InsertedRow(connection, table, key, str(_insert(connection, table, row)[key]))


def _insert(connection: psycopg.Connection, table: str, row: Mapping[str, Any]) -> dict[str, Any]:
    statement = sql.SQL(
        "insert into {table} ({columns}) select {columns}"
        " from jsonb_to_record(%s::jsonb) as given ({typed}) returning *"
    ).format(
        table=sql.SQL(table),
        columns=sql.SQL(", ").join(map(sql.Identifier, row)),
        typed=sql.SQL(", ").join(_typed(connection, table, row)),
    )
    if not row:
        statement = sql.SQL("insert into {} default values returning *").format(sql.SQL(table))
    values = [json.dumps(row, default=str)] if row else None
    inserted = connection.cursor(row_factory=dict_row).execute(statement, values).fetchone()
    assert inserted is not None
    return inserted


def _typed(
    connection: psycopg.Connection, table: str, names: Iterable[str]
) -> Iterator[sql.Composed]:
    """Each column with its type; a name that the table lacks has the type text."""
    types: dict[str, str] = dict(connection.execute(_TYPES, [table]).fetchall())
    for name in names:
        yield sql.SQL("{} {}").format(sql.Identifier(name), sql.SQL(types.get(name, "text")))


def _in_coroutine() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True
