"""Each reply of the contract may be lost once: the call is repeated, and nothing happens twice."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from psycopg.types.json import Jsonb

from tests.library.sql.questions import (
    PIPELINE,
    ask,
    ask_one,
    attach,
    ledger,
    look,
    set_status,
    statuses,
)
from tests.support.databases import Clock
from tests.support.queue import Connection, Queue, Row, paid, refused, result

pytestmark = pytest.mark.any_version

CALLS: dict[str, Callable[[Queue, Row], str]] = {
    "complete": lambda queue, row: queue.complete(row, answer="42"),
    "fail": lambda queue, row: queue.fail(row),
    "fail for good": lambda queue, row: queue.fail(row, retryable=False),
    "retry_later": lambda queue, row: queue.retry_later(row, 60, provider="oracle"),
    "release": lambda queue, row: queue.release(row),
}


@pytest.fixture(autouse=True)
def attached(owner: Connection) -> None:
    attach(owner)


@pytest.fixture(params=CALLS)
def call(request: pytest.FixtureRequest) -> Callable[[Queue, Row], str]:
    return CALLS[request.param]


def test_a_repeated_call_answers_already_done_and_changes_nothing(
    owner: Connection, queue: Queue, call: Callable[[Queue, Row], str]
) -> None:
    key = ask_one(owner)
    row = queue.claim_one(PIPELINE)
    assert call(queue, row) == "done"
    after = look(owner, key), ledger(owner, key)
    assert call(queue, row) == "already_done"
    assert (look(owner, key), ledger(owner, key)) == after


def test_a_repeated_call_answers_already_done_also_when_the_row_has_moved_on(
    owner: Connection, queue: Queue, call: Callable[[Queue, Row], str], clock: Clock
) -> None:
    key = ask_one(owner)
    row = queue.claim_one(PIPELINE)
    call(queue, row)
    set_status(owner, key, "cancelled")
    set_status(owner, key, "pending")
    clock.advance(61)
    later = queue.claim_one(PIPELINE)
    after = look(owner, key)
    assert call(queue, row) == "already_done"
    assert look(owner, key) == after
    assert queue.complete(later, answer="later") == "done"


def test_another_ending_of_an_ended_run_is_no_repetition(owner: Connection, queue: Queue) -> None:
    ask_one(owner)
    row = queue.claim_one(PIPELINE)
    queue.release(row)
    with refused("RJ001"):
        queue.complete(row, answer="42")


def test_a_repeated_finish_and_claim_ends_nothing_twice_and_claims_the_next(
    owner: Connection, queue: Queue, clock: Clock
) -> None:
    ask(owner, 3)
    row = queue.claim_one(PIPELINE)
    done = [result(row, "complete", outputs={"answer": "42"})]
    lost = queue.finish_and_claim(done, PIPELINE, slots=1)
    repeated = queue.finish_and_claim(done, PIPELINE, slots=1)
    assert [answer["outcome"] for answer in repeated["finished"]] == ["already_done"]
    (known,) = repeated["rows"]
    clock.advance(31)
    queue.heartbeat(known)
    assert look(owner, lost["rows"][0]["id"])["status"] == "pending"
    assert look(owner, known["id"])["status"] == "processing"


def test_a_lost_reply_to_a_claim_gives_the_rows_back_without_an_attempt(
    owner: Connection, queue: Queue, clock: Clock
) -> None:
    ask(owner, 3)
    forgotten = queue.claim(PIPELINE, slots=2)
    clock.advance(20)
    held = queue.claim(PIPELINE, slots=1)
    queue.heartbeat(*held, timeout=30)
    assert statuses(owner) == {"processing": 3}
    clock.advance(11)
    queue.heartbeat(*held, timeout=30)
    assert statuses(owner) == {"processing": 1, "pending": 2}
    for row in forgotten:
        shown = look(owner, row["id"])
        assert (shown["attempts"], shown["error"]) == (0, None)
        with refused("RJ001"):
            queue.complete(row, answer="42")
    assert {row["id"] for row in queue.claim(PIPELINE)} == {row["id"] for row in forgotten}


def test_a_lost_reply_to_a_heartbeat_or_to_progress_is_made_up_by_repeating_it(
    owner: Connection, queue: Queue
) -> None:
    ask_one(owner)
    row = queue.claim_one(PIPELINE)
    for _ in range(2):
        assert queue.heartbeat(row)["lost"] == []
        assert queue.progress(row, stage="Reading", percent=10) == "done"


def test_a_repeated_checkpoint_is_stored_and_counted_once(owner: Connection, queue: Queue) -> None:
    key = ask_one(owner)
    row = queue.claim_one(PIPELINE)
    spent = Jsonb([paid(row, cost_usd=0.5)])
    answers = [queue.checkpoint(row, spent=spent) for _ in range(2)]
    assert answers == ["done", "already_done"]
    assert ledger(owner, key)["checkpoints"] == 1
    assert queue.call("spending")[0]["cost_usd"] == 0.5


def test_a_lost_reply_to_a_cancel_or_a_retry_is_made_up_by_repeating_it(
    owner: Connection, queue: Queue
) -> None:
    key = ask_one(owner)
    where = {"table_name": "public.questions", "row_id": key}
    assert queue.call("cancel", **where)["status"] == "cancelled"
    run = queue.call("cancel", **where)["run"]
    assert queue.call("retry", **where)["run"] == run + 1
    assert queue.call("retry", **where)["run"] == run + 1
