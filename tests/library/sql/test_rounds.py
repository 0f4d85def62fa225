"""What a later run may reuse: within a round everything, across rounds what is declared so."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from psycopg.types.json import Jsonb

from tests.library.sql.questions import PIPELINE, ask, ask_one, attach, look, one, set_status
from tests.support.databases import Clock
from tests.support.queue import Connection, Queue, Row, paid

pytestmark = pytest.mark.any_version


@pytest.fixture
def row(owner: Connection, queue: Queue) -> Row:
    """A row whose run has stored one step of the round, one of the content and one with an age."""
    attach(owner)
    ask_one(owner)
    row = queue.claim_one(PIPELINE)
    queue.checkpoint(row, "judge")
    queue.checkpoint(row, "transcribe", keep="content")
    queue.checkpoint(row, "search", max_age_seconds=3600)
    return row


def reused(row: Row) -> set[str]:
    """The steps whose output came along with a claim."""
    return {checkpoint["step"] for checkpoint in row["checkpoints"] or []}


ALL = {"judge", "transcribe", "search"}

ENDINGS: dict[str, Callable[[Connection, Queue, Row], Any]] = {
    "failed": lambda owner, queue, row: queue.fail(row, retryable=False),
    "released": lambda owner, queue, row: queue.release(row),
    "cancelled": lambda owner, queue, row: set_status(owner, row["id"], "cancelled"),
    "interrupted": lambda owner, queue, row: set_status(owner, row["id"], "failed"),
}


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_retry_of_an_unfinished_row_reuses_its_checkpoints(
    owner: Connection, queue: Queue, row: Row, ending: str
) -> None:
    ENDINGS[ending](owner, queue, row)
    queue.call("retry", table_name=row["table"], row_id=row["id"])
    assert reused(queue.claim_one(PIPELINE)) == ALL


def test_a_retry_after_a_failed_attempt_reuses_its_checkpoints(
    queue: Queue, row: Row, clock: Clock
) -> None:
    queue.fail(row)
    clock.advance(60)
    assert reused(queue.claim_one(PIPELINE)) == ALL


def test_a_row_taken_back_from_a_dead_worker_reuses_its_checkpoints(
    queue: Queue, row: Row, clock: Clock
) -> None:
    clock.advance(60)
    again = Queue(queue.connection).claim_one(PIPELINE)
    assert (again["id"], reused(again)) == (row["id"], ALL)


@pytest.mark.parametrize("by_hand", [True, False])
def test_a_completed_row_that_is_queued_again_opens_a_new_round(
    owner: Connection, queue: Queue, row: Row, by_hand: bool
) -> None:
    queue.complete(row)
    if by_hand:
        set_status(owner, row["id"], "pending")
    else:
        queue.call("retry", table_name=row["table"], row_id=row["id"])
    assert reused(queue.claim_one(PIPELINE)) == {"transcribe", "search"}


def test_a_fresh_retry_forgets_every_checkpoint(queue: Queue, row: Row) -> None:
    queue.fail(row, retryable=False)
    queue.call("retry", table_name=row["table"], row_id=row["id"], fresh=True)
    assert reused(queue.claim_one(PIPELINE)) == set()


@pytest.mark.parametrize("fresh", [True, False])
def test_redrive_says_whether_checkpoints_are_reused(queue: Queue, row: Row, fresh: bool) -> None:
    queue.fail(row, retryable=False)
    queue.call("redrive", pipeline=PIPELINE, fresh=fresh)
    assert reused(queue.claim_one(PIPELINE)) == (set() if fresh else ALL)


def test_within_a_round_no_output_grows_too_old(queue: Queue, row: Row, clock: Clock) -> None:
    queue.release(row)
    clock.advance(3601)
    assert reused(queue.claim_one(PIPELINE)) == ALL


def test_an_output_past_its_max_age_is_not_reused_in_a_new_round(
    queue: Queue, row: Row, clock: Clock
) -> None:
    queue.complete(row, answer="42")
    clock.advance(3601)
    queue.call("retry", table_name=row["table"], row_id=row["id"])
    assert "search" not in reused(queue.claim_one(PIPELINE))


def test_a_new_version_or_another_input_is_a_checkpoint_of_its_own(
    owner: Connection, queue: Queue, row: Row
) -> None:
    queue.checkpoint(row, "judge", version="2")
    queue.checkpoint(row, "judge", input_hash="other")
    queue.checkpoint(row, "judge", output={"again": True})
    assert one(owner, "select count(*) from processing.checkpoints where step = 'judge'") == 3


def shared(queue: Queue, step: str = "fetch", **changes: str) -> Any:
    key = {"pipeline": PIPELINE, "step": step, "version": "1", "input_hash": "same"}
    return queue.call("shared_checkpoint", **(key | changes))


def test_a_shareable_output_is_found_by_other_rows_of_the_pipeline(
    owner: Connection, queue: Queue, row: Row
) -> None:
    queue.checkpoint(row, "fetch", shareable=True, output={"text": "42"})
    assert shared(queue)["output"] == '{"text": "42"}'
    assert shared(queue, version="2") is None
    assert shared(queue, input_hash="other") is None
    assert shared(queue, pipeline="other") is None
    assert shared(queue, step="judge") is None


def test_a_shareable_output_is_shared_until_its_max_age(
    queue: Queue, row: Row, clock: Clock
) -> None:
    queue.checkpoint(row, "fetch", shareable=True, max_age_seconds=60)
    assert shared(queue) is not None
    clock.advance(61)
    assert shared(queue) is None


def test_usage_is_summed_per_row_owner_and_day(owner: Connection, queue: Queue) -> None:
    attach(owner, owner="account_id")
    ask(owner, 2)
    for row in queue.claim(PIPELINE):
        judged = paid(row, "judge", input_tokens=100, output_tokens=10, cost_usd=0.25)
        queue.checkpoint(row, "judge", spent=Jsonb([judged]))
        queue.checkpoint(row, "write", spent=Jsonb([paid(row, "write", audio_seconds=3)]))
        explained = queue.call("explain", table_name=row["table"], row_id=row["id"])
        assert explained["usage"]["cost_usd"] == 0.25
        assert explained["usage"]["audio_seconds"] == 3
    (line,) = queue.call("spending")
    assert (line["pipeline"], line["owner"]) == (
        PIPELINE,
        str(look(owner, row["id"])["account_id"]),
    )
    assert (line["input_tokens"], line["output_tokens"], line["cost_usd"]) == (200, 20, 0.5)
    assert line["calls"] == 4
    assert queue.call("spending", owner="somebody else") == []


def test_a_max_age_beyond_every_date_does_not_lose_the_output(queue: Queue, row: Row) -> None:
    assert queue.checkpoint(row, max_age_seconds=1e15) == "done"
