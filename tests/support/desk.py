"""An account's rows as they look after some weeks of use, written straight into the tables.

A worker would need minutes for them, and some states pass in a moment. The tests of the page's
looks need them all to be there, and to stay.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeAlias
from uuid import UUID, uuid5

import httpx
import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb

from devstack.stack import LocalStack, User
from tests.support.sounds import wav

ROWS = Path(__file__).with_name("desk_rows.json")
RECORDING_SECONDS = 75

Row: TypeAlias = dict[str, Any]

PIPELINES = {
    "job_positions": {"processing_pipeline": "enrich-job-position"},
    "timeline_items": {"processing_pipeline": "analyse-interview"},
    "company_research": {"processing_pipeline": "company-research"},
}
INSERT = sql.SQL(
    "insert into public.{table} ({columns}) "
    "select {columns} from jsonb_populate_record(null::public.{table}, %s)"
)


def fill(stack: LocalStack, user: User, *, only: Callable[[str], bool] = lambda _key: True) -> None:
    """Give the user the rows of `desk_rows.json` and a recording; `only` chooses rows by id.

    In the file an id is a name after "@", times are minutes before or after now, and a
    recording's path is relative to the user's folder.
    """
    tables: dict[str, list[Row]] = json.loads(ROWS.read_text())
    upload(stack, user)
    with without_triggers(stack) as database:
        for table, rows in tables.items():
            for row in rows:
                if only(row["id"]):
                    insert(database, table, resolved(row, user) | PIPELINES.get(table, {}))


def clear(stack: LocalStack, user: User) -> None:
    """Remove the user's rows again, so that no worker of another test takes them."""
    with without_triggers(stack) as database:
        for table in json.loads(ROWS.read_text()):
            statement = sql.SQL("delete from public.{} where account_id = %s")
            database.execute(statement.format(sql.Identifier(table)), [user.id])


@contextmanager
def without_triggers(stack: LocalStack) -> Iterator[psycopg.Connection[Any]]:
    """A transaction in which rows may have any state, and no worker hears of them."""
    with psycopg.connect(stack.superuser_dsn) as database:
        database.execute("set session_replication_role = replica")
        yield database


def insert(database: psycopg.Connection[Any], table: str, row: Row) -> None:
    """Insert a row; columns that it does not name get their defaults."""
    columns = sql.SQL(", ").join(map(sql.Identifier, row))
    statement = INSERT.format(table=sql.Identifier(table), columns=columns)
    database.execute(statement, [Jsonb(row)])


def resolved(row: Row, user: User) -> Row:
    """The row with real ids, times and paths, as a row of the user."""
    now = datetime.now(UTC)
    row = {
        name: str(uuid5(UUID(user.id), value[1:]))
        if isinstance(value, str) and value.startswith("@")
        else value
        for name, value in row.items()
    }
    row["account_id"] = user.id
    if (minutes := row.pop("minutes_ago", None)) is not None:
        row["created_at"] = (now - timedelta(minutes=minutes)).isoformat()
    if (minutes := row.pop("minutes_until_due", None)) is not None:
        row["processing_not_before"] = (now + timedelta(minutes=minutes)).isoformat()
    if path := row.get("interview_original_audio_path"):
        row["interview_original_audio_path"] = f"{user.id}/{path}"
    return row


def upload(stack: LocalStack, user: User) -> None:
    """Store the recording to which the times of the transcript belong."""
    httpx.post(
        f"{stack.url}/storage/v1/object/interviews/{user.id}/recording.wav",
        content=wav(RECORDING_SECONDS),
        headers={
            "apikey": stack.publishable_key,
            "authorization": f"Bearer {user.access_token}",
            "content-type": "audio/wav",
        },
        timeout=30,
    ).raise_for_status()
