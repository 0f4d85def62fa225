"""Every write of a worker says which run it belongs to; one that is stale changes nothing."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.library.sql.questions import (
    PIPELINE,
    ask_one,
    attach,
    detach,
    events,
    ledger,
    look,
    one,
    set_status,
)
from tests.support.databases import Clock
from tests.support.queue import Connection, Queue, Row, new_worker, refused, result

Write = Callable[[Queue, Row], object]

WRITES: dict[str, Write] = {
    "complete": lambda queue, row: queue.complete(row, answer="stale", score=1),
    "fail": lambda queue, row: queue.fail(row),
    "retry_later": lambda queue, row: queue.retry_later(row, 5),
    "release": lambda queue, row: queue.release(row),
    "progress": lambda queue, row: queue.progress(
        row, stage="Stale", percent=50, outputs={"answer": "stale"}
    ),
    "checkpoint": lambda queue, row: queue.checkpoint(row),
}


@pytest.fixture(params=WRITES)
def write(request: pytest.FixtureRequest) -> Write:
    return WRITES[request.param]


@pytest.fixture
def row(owner: Connection, queue: Queue) -> Row:
    """A row that the queue's worker holds."""
    attach(owner)
    ask_one(owner)
    return queue.claim_one(PIPELINE)


def known(owner: Connection, key: str) -> tuple[dict[str, object], dict[str, int]]:
    """The row and what is stored of it, but for the line that counts a stale result."""
    stored = ledger(owner, key)
    stored["events"] -= len(events(owner, key, "stale_write_refused"))
    return look(owner, key), stored


def refuses_and_changes_nothing(
    owner: Connection, queue: Queue, row: Row, write: Write, sqlstate: str
) -> None:
    before = known(owner, row["id"])
    with refused(sqlstate):
        write(queue, row)
    assert known(owner, row["id"]) == before


def test_a_write_of_an_earlier_run_is_refused(
    owner: Connection, queue: Queue, row: Row, write: Write
) -> None:
    set_status(owner, row["id"], "pending")
    again = queue.claim_one(PIPELINE)
    assert again["run"] > row["run"]
    refuses_and_changes_nothing(owner, queue, row, write, "RJ001")


def test_a_write_of_another_worker_is_refused(
    owner: Connection, queue: Queue, row: Row, write: Write
) -> None:
    stranger = Queue(queue.connection, new_worker())
    refuses_and_changes_nothing(owner, stranger, row, write, "RJ001")


def test_a_write_after_the_row_was_taken_back_is_refused(
    owner: Connection, queue: Queue, row: Row, write: Write, clock: Clock
) -> None:
    clock.advance(60)
    assert Queue(queue.connection, new_worker()).take_back() == 1
    refuses_and_changes_nothing(owner, queue, row, write, "RJ001")


@pytest.mark.parametrize("status", ["pending", "completed", "failed"])
def test_a_write_after_a_person_changed_the_status_is_refused(
    owner: Connection, queue: Queue, row: Row, write: Write, status: str
) -> None:
    set_status(owner, row["id"], status)
    refuses_and_changes_nothing(owner, queue, row, write, "RJ001")


def test_a_write_to_a_cancelled_row_is_told_so(
    owner: Connection, queue: Queue, row: Row, write: Write
) -> None:
    set_status(owner, row["id"], "cancelled")
    refuses_and_changes_nothing(owner, queue, row, write, "RJ002")


def test_a_write_to_a_deleted_row_is_refused(
    owner: Connection, queue: Queue, row: Row, write: Write
) -> None:
    owner.execute("delete from public.questions")
    with refused("RJ001"):
        write(queue, row)
    assert ledger(owner, row["id"]) == {"leases": 0, "checkpoints": 0, "events": 0, "crashes": 0}


def test_a_write_to_a_table_or_pipeline_that_was_never_attached_is_refused(
    queue: Queue, row: Row, write: Write
) -> None:
    unheard_of = {"table": "public.unheard_of", "pipeline": "unheard-of", "nonce": new_worker()}
    with refused("RJ003"):
        write(queue, {**row, **unheard_of})


def test_a_write_with_a_key_that_can_not_be_one_is_refused(
    owner: Connection, queue: Queue, row: Row, write: Write
) -> None:
    with refused("RJ001"):
        write(queue, {**row, "id": "no number"})
    assert one(owner, "select count(*) from processing.set_aside") == 0


def test_a_stale_result_among_others_is_lost_alone_and_counted(
    owner: Connection, queue: Queue, row: Row
) -> None:
    set_status(owner, row["id"], "pending")
    ask_one(owner)
    held = queue.claim(PIPELINE, slots=2)
    fresh = next(one for one in held if one["id"] != row["id"])
    answers = queue.finish(
        result(row, "complete", outputs={"answer": "stale"}),
        result(fresh, "complete", outputs={"answer": "fresh"}),
    )
    assert {answer["id"]: answer["outcome"] for answer in answers} == {
        row["id"]: "lost",
        fresh["id"]: "done",
    }
    assert look(owner, row["id"])["answer"] is None
    (counted,) = events(owner, row["id"], "stale_write_refused")
    assert counted["data"] == {"action": "complete", "worker": queue.worker}
    (line,) = (x for x in queue.call("overview")["pipelines"] if x["pipeline"] == PIPELINE)
    assert line["last_hour"]["stale_write_refused"] == 1


def test_results_of_a_detached_pipeline_are_refused_alone(
    owner: Connection, queue: Queue, row: Row
) -> None:
    owner.execute("create table public.other (id bigint primary key, question text, answer text)")
    attach(
        owner, "other", table="public.other", inputs=["question"], outputs=["answer"], editable=[]
    )
    owner.execute("insert into public.other (id) values (1)")
    other = queue.claim_one("other")
    detach(owner)
    answers = queue.finish(
        result(row, "complete", outputs={"answer": "late"}),
        result(other, "complete", outputs={"answer": "in time"}),
    )
    assert {(answer["table"], answer["outcome"]) for answer in answers} == {
        ("public.questions", "refused"),
        ("public.other", "done"),
    }
    assert one(owner, "select answer from public.other") == "in time"


def test_the_run_of_a_row_never_goes_back(owner: Connection, queue: Queue, row: Row) -> None:
    runs = [row["run"]]
    for status in ("pending", "completed", "pending", "cancelled", "pending"):
        set_status(owner, row["id"], status)
        runs.append(look(owner, row["id"])["run"])
    owner.execute("update public.questions set processing_run = 0")
    runs.append(queue.claim_one(PIPELINE)["run"])
    assert runs == sorted(set(runs))


def test_a_result_ends_no_later_run_of_the_same_number(
    owner: Connection, queue: Queue, row: Row
) -> None:
    owner.execute("delete from public.questions")
    owner.execute("insert into public.questions (id) values (%s)", [row["id"]])
    later = queue.claim_one(PIPELINE)
    assert later["run"] == row["run"]
    for action in ("complete", "fail", "retry_later", "release"):
        with refused("RJ001"):
            queue.end(row, action, outputs={"answer": "old"}, error={"code": "boom"})
    assert look(owner, row["id"])["status"] == "processing"
    assert queue.complete(later, answer="new") == "done"
    assert queue.complete(later, answer="new") == "already_done"
    assert look(owner, row["id"])["answer"] == "new"
