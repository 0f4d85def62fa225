"""What a person does by hand, in Studio or SQL, in every state of a row."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from tests.library.sql.questions import (
    PIPELINE,
    ask,
    ask_one,
    attach,
    events,
    ledger,
    look,
    one,
    set_status,
)
from tests.support.databases import Clock, Database
from tests.support.queue import Connection, Queue, refused

pytestmark = pytest.mark.any_version

STATUSES = ("pending", "processing", "completed", "failed", "cancelled")

REACH: dict[str, Callable[[Connection, Queue, str], object]] = {
    "pending": lambda owner, queue, key: None,
    "processing": lambda owner, queue, key: queue.claim_one(PIPELINE),
    "completed": lambda owner, queue, key: queue.complete(queue.claim_one(PIPELINE), answer="42"),
    "failed": lambda owner, queue, key: queue.fail(queue.claim_one(PIPELINE), retryable=False),
    "cancelled": lambda owner, queue, key: set_status(owner, key, "cancelled"),
}
"""How a row comes into each state in ordinary life."""


@pytest.fixture(autouse=True)
def attached(owner: Connection) -> None:
    attach(owner)


def in_status(owner: Connection, queue: Queue, status: str) -> str:
    """A row that has come into this state; answers its key."""
    key = ask_one(owner)
    REACH[status](owner, queue, key)
    assert look(owner, key)["status"] == status
    return key


@pytest.mark.parametrize("old", STATUSES)
@pytest.mark.parametrize("new", STATUSES)
def test_a_manual_change_of_status(owner: Connection, queue: Queue, old: str, new: str) -> None:
    key = in_status(owner, queue, old)
    before = look(owner, key)
    if new == old:
        set_status(owner, key, new)
        assert look(owner, key) == before
        return
    if new == "processing":
        with refused("RJ005") as caught:
            set_status(owner, key, new)
        assert caught.value.diag.message_hint
        assert look(owner, key) == before
        return
    set_status(owner, key, new)
    shown = look(owner, key)
    assert (shown["status"], shown["run"]) == (new, before["run"] + 1)
    assert ledger(owner, key)["leases"] == 0
    assert events(owner, key, "status_set")[-1]["data"] == {
        "from": old,
        "to": new,
        "role": "postgres",
    }
    if new == "pending":
        cleared = [shown[name] for name in ("error", "stage", "finished_at", "started_at")]
        assert cleared == [None] * 4
        assert (shown["progress"], shown["attempts"]) == (0, 0)
        assert queue.claim_one(PIPELINE)["id"] == key
    else:
        assert shown["finished_at"] is not None


def test_queueing_again_by_hand_forgets_the_wait(
    owner: Connection, queue: Queue, clock: Clock
) -> None:
    key = ask_one(owner)
    queue.retry_later(queue.claim_one(PIPELINE), 600)
    set_status(owner, key, "cancelled")
    set_status(owner, key, "pending")
    assert queue.claim_one(PIPELINE)["id"] == key


def test_queueing_again_by_hand_may_name_a_time_to_wait_for(
    owner: Connection, queue: Queue
) -> None:
    key = in_status(owner, queue, "completed")
    later = datetime.now(UTC) + timedelta(hours=1)
    owner.execute(
        "update public.questions set processing_status = 'pending', processing_not_before = %s",
        [later],
    )
    assert look(owner, key)["not_before"] == later
    assert queue.claim(PIPELINE) == []


def test_one_statement_queues_many_rows_again(owner: Connection, queue: Queue) -> None:
    ask(owner, 30)
    for row in queue.claim(PIPELINE, slots=30):
        queue.complete(row)
    owner.execute("update public.questions set processing_status = 'pending'")
    assert len(queue.claim(PIPELINE, slots=50)) == 30


def test_a_running_worker_hears_of_a_cancel_at_its_next_heartbeat(
    owner: Connection, queue: Queue
) -> None:
    cancelled, kept, requeued = ask(owner, 3)
    held = queue.claim(PIPELINE)
    set_status(owner, cancelled, "cancelled")
    set_status(owner, requeued, "pending")
    lost = queue.heartbeat(*held)["lost"]
    assert {(row["id"], row["reason"]) for row in lost} == {
        (cancelled, "cancelled"),
        (requeued, "lost"),
    }
    assert look(owner, kept)["status"] == "processing"


def test_the_key_of_a_row_is_frozen_while_it_is_processing(owner: Connection, queue: Queue) -> None:
    key = in_status(owner, queue, "processing")
    with refused("RJ005") as caught:
        owner.execute("update public.questions set id = id + 1000")
    assert caught.value.diag.message_hint == "cancel the row first"
    set_status(owner, key, "cancelled")
    owner.execute("update public.questions set id = id + 1000")


def test_an_edit_that_leaves_the_status_alone_disturbs_no_run(
    owner: Connection, queue: Queue
) -> None:
    key = ask_one(owner)
    row = queue.claim_one(PIPELINE)
    owner.execute("update public.questions set question = 'Who?', notes = 'by hand'")
    assert queue.complete(row, answer="42") == "done"
    shown = look(owner, key)
    assert (shown["answer"], shown["notes"], shown["run"]) == ("42", "by hand", row["run"])


def test_every_output_changed_by_hand_is_noted(owner: Connection, queue: Queue) -> None:
    key = in_status(owner, queue, "completed")
    owner.execute("update public.questions set score = 5")
    owner.execute("update public.questions set answer = 'by hand', question = 'Who?'")
    assert look(owner, key)["edited"] == ["answer", "score"]


@pytest.mark.parametrize("statement", ["delete from", "truncate"])
@pytest.mark.parametrize("status", ["processing", "completed", "failed"])
def test_a_row_that_is_gone_leaves_nothing_behind(
    owner: Connection, queue: Queue, clock: Clock, statement: str, status: str
) -> None:
    key = ask_one(owner)
    row = queue.claim_one(PIPELINE)
    clock.advance(60)
    assert Queue(queue.connection).take_back() == 1
    row = queue.claim_one(PIPELINE)
    queue.checkpoint(row)
    if status == "completed":
        queue.complete(row)
    elif status == "failed":
        queue.fail(row)
    owner.execute(f"{statement} public.questions")
    assert set(ledger(owner, key).values()) == {0}


def test_deleting_one_row_leaves_the_others_their_history(owner: Connection, queue: Queue) -> None:
    gone, kept = ask(owner, 2)
    for row in queue.claim(PIPELINE):
        queue.checkpoint(row)
    owner.execute("delete from public.questions where id = %s", [gone])
    assert ledger(owner, gone)["checkpoints"] == 0
    assert ledger(owner, kept) == {"leases": 1, "checkpoints": 1, "events": 1, "crashes": 0}


def test_a_row_in_processing_that_nobody_holds_is_taken_back_by_claim(
    owner: Connection, queue: Queue, database: Database
) -> None:
    key = ask_one(owner)
    with psycopg.connect(database.superuser_dsn, autocommit=True) as superuser:
        superuser.execute("set session_replication_role = replica")
        superuser.execute("update public.questions set processing_status = 'processing'")
    row = queue.claim_one(PIPELINE)
    assert row["id"] == key
    assert events(owner, key, "taken_back")[0]["data"]["reason"] == "no_lease"
    assert one(owner, "select count(*) from processing.crashes") == 0


def test_a_row_handed_back_is_due_although_somebody_emptied_its_time(
    owner: Connection, queue: Queue
) -> None:
    key = ask_one(owner)
    row = queue.claim_one(PIPELINE)
    owner.execute("update public.questions set processing_not_before = null")
    queue.release(row)
    assert queue.claim_one(PIPELINE)["id"] == key


@pytest.mark.parametrize("never", ["infinity", "-infinity"])
def test_a_time_that_never_comes_is_refused(owner: Connection, queue: Queue, never: str) -> None:
    """On Postgres 15 one such row would stop every claim of its pipeline."""
    key = ask_one(owner)
    with refused("RJ005"):
        owner.execute("update public.questions set processing_not_before = %s", [never])
    with refused("RJ005"):
        ask_one(owner, processing_not_before=never)
    assert queue.claim_one(PIPELINE)["id"] == key
