"""Rows that are deleted many at once cost little beside the delete, and leave nothing behind."""

from __future__ import annotations

from typing import Any

import pytest

from tests.library.sql.questions import PIPELINE, ask, attach, one
from tests.support.queue import Connection, Queue

LEDGERS = ("leases", "checkpoints", "events", "paid_calls", "crashes", "edited_inputs", "set_aside")


def fill(owner: Connection) -> None:
    """Events of every row, as a year of work leaves them."""
    owner.execute(
        "insert into processing.events (at, table_id, row_id, run, kind)"
        " select now(), 'public.questions', id::text, 1, what"
        " from public.questions, unnest('{claimed,completed}'::text[]) as what"
    )


def left(owner: Connection) -> dict[str, int]:
    return {
        table: found
        for table in LEDGERS
        if (found := one(owner, f"select count(*) from processing.{table}"))
    }


def deleting(owner: Connection, query: str) -> dict[str, Any]:
    """The trigger that forgets rows, as EXPLAIN ANALYZE tells of it."""
    (plan,) = one(owner, f"explain (analyze, format json) {query}")
    (trigger,) = (t for t in plan["Triggers"] if t["Trigger Name"] == "processing_3_forget_row")
    return dict(trigger)


def test_many_rows_are_forgotten_in_one_go_and_those_that_stay_are_not(
    owner: Connection, queue: Queue
) -> None:
    attach(owner)
    ask(owner, 10_500)
    fill(owner)
    held = queue.claim(PIPELINE, slots=20)
    for row in held:
        queue.checkpoint(row)
    kept, *_, last = sorted(held, key=lambda row: int(row["id"]))
    trigger = deleting(owner, f"delete from public.questions where id <> {kept['id']}")
    assert trigger["Calls"] == 1
    assert left(owner) == {"leases": 1, "checkpoints": 1, "events": 3}
    assert one(owner, "select count(*) from processing.stopping_leases") == len(held) - 1
    assert queue.complete(kept, answer="42") == "done"
    answer = queue.heartbeat(*held[1:])
    assert last["id"] in {row["id"] for row in answer["lost"]}


@pytest.mark.parametrize("renamed", [False, True])
def test_rows_that_go_with_another_tables_row_are_forgotten(
    owner: Connection, queue: Queue, *, renamed: bool
) -> None:
    owner.execute("create table public.exams (id int primary key)")
    owner.execute("insert into public.exams values (1), (2), (3)")
    owner.execute(
        "alter table public.questions add column exam int references public.exams on delete cascade"
    )
    attach(owner)
    for exam in (1, 2, 3):
        ask(owner, 3, exam=exam)
    fill(owner)
    queue.claim(PIPELINE, slots=9)
    if renamed:
        owner.execute("alter table public.questions rename column id to number")
    owner.execute("delete from public.exams where id < 3")
    assert left(owner)["leases"] == 3
    owner.execute("delete from public.exams")
    assert left(owner) == {}
    assert one(owner, "select count(*) from processing.stopping_leases") == 9
