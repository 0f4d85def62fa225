"""Rows in every state, with all that the library can note about them, before an upgrade."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from psycopg.types.json import Jsonb

from tests.library.sql.budgeting import BOUND, budget, reserve
from tests.library.sql.letters import OTHER, attach_letters, refuses, write
from tests.library.sql.questions import (
    ALICE,
    BOB,
    PIPELINE,
    ask,
    ask_one,
    attach,
    create_questions,
    set_status,
)
from tests.library.sql.waits import PARENTS, add_parent, create_parents, wait_for
from tests.support.queue import Connection, Queue, Row, paid

STORE = """
create function public.keep_letter(id bigint, handover jsonb) returns void language sql
set search_path = pg_catalog, pg_temp
as $$ update public.letters as l set said = handover ->> 'said' where l.id = keep_letter.id $$;
"""
TRACED = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

# What needs a crash, a slow table or a lost connection to be written by the library itself.
RARE = (
    "crashes select 'public.questions'::regclass, %(crashed)s, 1, now()",
    "providers values ('speech', now() + interval '1 hour', 'busy', now())",
    "unwritten values (%(nonce)s, %(worker)s)",
    "lost_locks values (%(worker)s, now(), now())",
    "broken values ('answer-letter', '42703', 'no column', now(), 1, now())",
    "careful values ('public.letters'::regclass, now() + interval '1 hour')",
    "looks values ('answer-letter', now())",
    "many_waiting values ('answer-letter', now(), '{}')",
    "fronts values ('answer-letter', 0, '*', now(), now())",
)


@dataclass(frozen=True, slots=True)
class Filled:
    """The keys of questions by what became of them, and the worker that holds a row of them."""

    keys: dict[str, str]
    worker: Queue
    held: Row


def fill(owner: Connection, worker: Queue) -> Filled:
    """Attach tables of every kind, and leave rows in every state. Every table gets a line."""
    owner.execute("insert into auth.users (id) values (%s), (%s)", [ALICE, BOB])
    _attach(owner)
    worker.heartbeat(pipelines=[PIPELINE, OTHER, PARENTS])
    keys = {
        name: ask_one(owner, account_id=ALICE, notes=name)
        for name in ("completed", "failed", "again", "stopped", "claimed", "child", "other child")
    }
    rows = {row["inputs"]["notes"]: row for row in worker.claim(PIPELINE, slots=7)}
    for row in rows.values():
        _pay(worker, row)
    worker.complete(rows["completed"], answer="42", score=7)
    worker.fail(rows["failed"], retryable=False)
    worker.retry_later(rows["again"], 3600)
    worker.progress(rows["claimed"], stage="Reading", percent=30, outputs=Jsonb({"answer": "4"}))
    set_status(owner, keys["stopped"], "cancelled")
    _edit_meanwhile(owner, keys["claimed"])
    _wait(owner, worker, rows, keys)
    _set_aside(owner, worker, keys)
    worker.complete(rows["child"], answer="yes")  # no claim has seen yet that it ended
    _leave_pending(owner, keys)
    _operate(owner, worker, keys)
    return Filled(keys, worker, rows["claimed"])


def _attach(owner: Connection) -> None:
    create_questions(owner)
    attach(
        owner, owner="account_id", broadcast=True, rerun=True, delay=True, concurrency=50,
        daily_limits=Jsonb({"calls": 1000}), providers=["model"], max_open_per_owner=100,
    )  # fmt: skip
    create_parents(owner)
    attach_letters(owner)
    owner.execute(STORE)
    Queue(owner).call(
        "attach", table="public.letters", pipeline=OTHER, inputs=["wants"], outputs=["said"],
        store="public.keep_letter",
    )  # fmt: skip
    budget(owner, "cost_usd", 5, per="owner", owner=ALICE)
    Queue(owner).call(
        "reserve_outside", pipeline=PIPELINE, owner=ALICE, reservation=uuid4(),
        amounts=Jsonb(BOUND),
    )  # fmt: skip


def _pay(worker: Queue, row: Row) -> None:
    """A call that was paid and kept, and one that is under way."""
    run: dict[str, Any] = {
        "worker": worker.worker, "table_name": row["table"], "row_id": row["id"],
        "run": row["run"], "nonce": row["nonce"],
    }  # fmt: skip
    worker.checkpoint(row, keep="content", shareable=True, spent=Jsonb([paid(row, cost_usd=0.01)]))
    worker.call(
        "begin_call", **run, step="think", version="1", input_hash="same", tries=1,
        try_key=uuid4(),
    )  # fmt: skip
    reserve(worker, row, BOUND)


def _edit_meanwhile(owner: Connection, key: str) -> None:
    owner.execute("update public.questions set question = 'Why not?' where id = %s", [key])


def _wait(owner: Connection, worker: Queue, rows: dict[str, Row], keys: dict[str, str]) -> None:
    """A row that waits for two others, of which the first one runs."""
    children = [keys["child"], keys["other child"]]
    add_parent(owner)
    assert wait_for(worker, worker.claim_one(PARENTS), children, timeout_seconds=86400)["waits"]
    worker.retry_later(rows["other child"], 3600)


def _set_aside(owner: Connection, worker: Queue, keys: dict[str, str]) -> None:
    (keys["set aside"],) = ask(owner, kind="odd")
    refuses(owner, "raise 'odd'", "old.kind = 'odd'")
    assert worker.claim(PIPELINE) == []


def _leave_pending(owner: Connection, keys: dict[str, str]) -> None:
    owner.execute("select set_config('liverows.traceparent', %s, false)", [TRACED])
    keys["traced"] = ask_one(owner, account_id=BOB)
    owner.execute("reset liverows.traceparent")
    keys["later"] = ask_one(owner)
    owner.execute(
        "update public.questions set processing_not_before = now() + interval '1 day'"
        " where id = %s",
        [keys["later"]],
    )
    write(owner)


def _operate(owner: Connection, worker: Queue, keys: dict[str, str]) -> None:
    """What operators, schedules and upkeep leave."""
    queue = Queue(owner)
    queue.call(
        "schedule", name="tick", cron="0 3 * * *", time_zone="Europe/Berlin", statement="select 1"
    )
    worker.call("pause", pipeline=OTHER, paused=True, operator="ann")
    queue.call(
        "set_alert", alert="mine", kind="failures", operator="ann",
        settings=Jsonb({"rows": 1, "within_seconds": 600}),
    )  # fmt: skip
    queue.call("due_alerts")
    values = {"crashed": keys["again"], "nonce": uuid4(), "worker": worker.worker}
    for statement in RARE:
        owner.execute(f"insert into processing.{statement}", values)
    owner.execute(
        "update processing.history_end set summed_until = now() - interval '1 hour';"
        "update processing.events set at = at - interval '30 minutes' where kind = 'completed'"
    )
    queue.call("history", pipeline=PIPELINE)
