"""Rows that wait for questions: a table of parents, and short ways to make them wait."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tests.library.sql.questions import PIPELINE, one
from tests.support.queue import Connection, Queue, Row

TABLE = "public.questions"
PARENTS = "parents"
"""The pipeline of the rows that wait; it is attached to a table of its own."""


def create_parents(connection: Connection) -> None:
    connection.execute(
        "create table public.parents (id text primary key, wants text, noted text, seen text)"
    )
    Queue(connection).call(
        "attach", table="public.parents", pipeline=PARENTS, inputs=["wants"], outputs=["seen"]
    )


def add_parent(connection: Connection, key: str = "p") -> str:
    connection.execute("insert into public.parents (id) values (%s)", [key])
    return key


def parent(connection: Connection, key: str = "p") -> dict[str, Any]:
    row: dict[str, Any] = one(
        connection, "select to_jsonb(p) from public.parents as p where id = %s", key
    )
    return {name.removeprefix("processing_"): value for name, value in row.items()}


def wait_for(
    queue: Queue, row: Row, ids: Sequence[str], *, table: str = TABLE, wait: str = "w", **more: Any
) -> dict[str, Any]:
    answer: dict[str, Any] = queue.call(
        "await_rows", worker=queue.worker, table_name=row["table"], row_id=row["id"],
        run=row["run"], nonce=row["nonce"], child_table=table, child_ids=list(ids), wait=wait,
        **more,
    )  # fmt: skip
    return answer


def ends(answer: dict[str, Any]) -> dict[str, str]:
    assert not answer["waits"]
    return {row["id"]: row["status"] for row in answer["rows"]}


def is_due(connection: Connection, key: str = "p") -> bool:
    due: bool = one(
        connection,
        "select processing_status = 'pending' and processing_not_before <= processing.clock()"
        " from public.parents where id = %s",
        key,
    )
    return due


def left(connection: Connection) -> dict[str, int]:
    """How many lines about waits there are."""
    return {
        table: one(connection, f"select count(*) from processing.{table}")
        for table in ("waits", "awaited", "wait_looks")
    }


NOTHING = {"waits": 0, "awaited": 0, "wait_looks": 0}


def run_child(queue: Queue) -> None:
    queue.complete(queue.claim_one(PIPELINE), answer="42")
