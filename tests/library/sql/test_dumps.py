"""Rows of a data-only dump from before `attach`, loaded after it by the real tools."""

from __future__ import annotations

import subprocess

from liverows.testing.postgres import find_binaries
from tests.library.sql.questions import PIPELINE, ask, attach, statuses
from tests.support.databases import Database
from tests.support.queue import Connection, Queue


def taken(database: Database) -> str:
    command = [
        str(find_binaries().directory / "pg_dump"), "--data-only", "--table=public.questions",
        database.superuser_dsn,
    ]  # fmt: skip
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def load(database: Database, *scripts: str) -> None:
    """As `postgres`, who is no superuser and owns the table."""
    command = [str(find_binaries().directory / "psql"), "-q", "-v", "ON_ERROR_STOP=1", database.dsn]
    subprocess.run(command, input="\n".join(scripts), check=True, capture_output=True, text=True)


def moved(database: Database, owner: Connection, *around: str) -> None:
    """Dump three rows, attach the table and load them; `around` is said before and after."""
    ask(owner, 3)
    dump = taken(database)
    owner.execute("delete from public.questions")
    attach(owner)
    before, after = around or ("", "")
    load(database, before, dump, after)


def test_rows_loaded_as_the_docs_say_are_no_work_until_attach_is_told_so(
    database: Database, owner: Connection, queue: Queue
) -> None:
    change = "alter table public.questions {} trigger user;"
    moved(database, owner, change.format("disable"), change.format("enable"))
    assert sum(statuses(owner).values()) == 3
    assert queue.claim(PIPELINE) == []
    attach(owner, backfill="pending")
    rows = queue.claim(PIPELINE)
    assert sorted(row["inputs"]["question"] for row in rows) == ["Why 1?", "Why 2?", "Why 3?"]
    for row in rows:
        queue.complete(row, answer="42")
    assert statuses(owner) == {"completed": 3}


def test_rows_of_an_ordinary_load_are_queued(
    database: Database, owner: Connection, queue: Queue
) -> None:
    moved(database, owner)
    assert len(queue.claim(PIPELINE)) == 3
