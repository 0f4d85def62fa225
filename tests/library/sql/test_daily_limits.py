"""`daily_limits`: how much one owner may ask for and spend within a day."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from psycopg.types.json import Jsonb

from tests.library.sql.questions import (
    ALICE,
    BOB,
    PIPELINE,
    Others,
    ask,
    ask_one,
    attach,
    one,
    set_status,
)
from tests.support.databases import Clock
from tests.support.queue import Connection, Queue, Row, at_once, paid, refused

pytestmark = [pytest.mark.any_version, pytest.mark.usefixtures("mid_month")]

DAY = 86400
USED = "select sum(spent + reserved) from processing.budget_use"
CALLS = (
    "select sum(u.spent + u.reserved) from processing.budget_use as u"
    " join processing.budgets as b using (budget) where b.measure = 'calls'"
)


def limit(owner: Connection, **limits: float) -> None:
    attach(owner, owner="account_id", daily_limits=limits)


def begin(queue: Queue, row: Row, step: str = "judge", **more: Any) -> dict[str, Any]:
    answer: dict[str, Any] = queue.call(
        "begin_call", worker=queue.worker, table_name=row["table"], row_id=row["id"],
        run=row["run"], nonce=row["nonce"], step=step, version="1", input_hash="same", **more,
    )  # fmt: skip
    return answer


def test_one_row_too_many_a_day_is_refused_with_the_time_when_it_goes_on(
    owner: Connection, clock: Clock
) -> None:
    limit(owner, rows=3)
    ask(owner, 3)
    with refused("RJ008") as caught:
        ask(owner)
    assert "limit reached" in str(caught.value)
    seconds = int(caught.value.diag.message_detail or 0)
    assert 0 < seconds <= DAY
    ask(owner, 3, account_id=BOB)
    clock.advance(seconds)
    ask(owner, 3)


def test_deleting_rows_gives_none_back(owner: Connection) -> None:
    limit(owner, rows=3)
    for _ in range(3):
        ask(owner)
        owner.execute("delete from public.questions")
    with refused("RJ008"):
        ask(owner)


def test_a_statement_that_adds_too_many_uses_nothing(owner: Connection) -> None:
    limit(owner, rows=3)
    with refused("RJ008"):
        ask(owner, 4)
    ask(owner, 3)


def test_running_again_counts_as_a_run(owner: Connection, queue: Queue) -> None:
    limit(owner, runs=2)
    key = ask_one(owner)
    queue.complete(queue.claim_one(PIPELINE))
    set_status(owner, key, "pending")
    queue.complete(queue.claim_one(PIPELINE))
    with refused("RJ008"):
        queue.call("retry", table_name="public.questions", row_id=key)
    with refused("RJ008"):
        ask(owner)


def test_attempts_of_the_worker_are_no_runs(queue: Queue, owner: Connection, clock: Clock) -> None:
    limit(owner, runs=1)
    ask(owner)
    for _ in range(3):
        queue.fail(queue.claim_one(PIPELINE))
        clock.advance(3600 / 4)
    assert one(owner, USED) == 1


def test_rows_are_counted_exactly_for_eight_who_add_at_once(
    owner: Connection, others: Others
) -> None:
    limit(owner, rows=20)

    def add(connection: Connection) -> int:
        added = 0
        for _ in range(5):
            try:
                added += len(ask(connection))
            except Exception as error:
                assert getattr(error, "sqlstate", None) == "RJ008"
        return added

    sessions = [queue.connection for queue in others(8)]
    adds: list[Callable[[], int]] = [lambda session=session: add(session) for session in sessions]  # type: ignore[misc]  # mypy cannot infer a lambda with a default
    assert sum(at_once(adds)) == 20


def test_calls_are_counted_exactly_for_eight_workers(owner: Connection, others: Others) -> None:
    limit(owner, calls=20)
    ask(owner, 8)
    workers = others(8)
    rows = [worker.claim_one(PIPELINE) for worker in workers]

    def call(worker: Queue, row: Row) -> int:
        answers = [begin(worker, row, f"step-{number}") for number in range(5)]
        return sum("key" in answer for answer in answers)

    calls: list[Callable[[], int]] = [
        lambda worker=worker, row=row: call(worker, row)  # type: ignore[misc]  # as above
        for worker, row in zip(workers, rows, strict=True)
    ]
    assert sum(at_once(calls)) == 20
    assert one(owner, USED) == 20


@pytest.fixture
def row(owner: Connection, queue: Queue) -> Row:
    limit(owner, calls=3, audio_seconds=60, cost_usd=0.5)
    ask(owner)
    return queue.claim_one(PIPELINE)


def test_a_run_stops_between_two_calls(queue: Queue, row: Row, clock: Clock) -> None:
    for number in range(3):
        reservation = begin(queue, row, f"step-{number}")["reservation"]
        assert queue.spend(paid(row, reservation=reservation)) == 1
    stopped = begin(queue, row, "step-3")["refused"]
    assert (stopped["measure"], stopped["limit"], stopped["used"]) == ("calls", 3, 3)
    assert not stopped["busy"]
    assert 0 < stopped["wait_seconds"] <= DAY
    clock.advance(stopped["wait_seconds"])
    queue.heartbeat(row)
    assert "key" in begin(queue, row, "step-3")


@pytest.mark.parametrize(("measure", "used"), [("audio_seconds", 61), ("cost_usd", 0.5)])
def test_what_a_call_used_counts_for_the_next_one(
    queue: Queue, row: Row, measure: str, used: float
) -> None:
    reservation = begin(queue, row)["reservation"]
    queue.spend(paid(row) | {"reservation": reservation, measure: used})
    assert begin(queue, row, "next")["refused"]["measure"] == measure


def test_a_reserved_call_counts_once_and_a_further_one_of_its_step_too(
    owner: Connection, queue: Queue, row: Row
) -> None:
    reservation = begin(queue, row)["reservation"]
    first, further = paid(row, reservation=reservation), paid(row)
    for _ in range(2):
        queue.spend(first, further)
    assert one(owner, CALLS) == 2


def test_asking_for_a_key_uses_nothing(owner: Connection, queue: Queue, row: Row) -> None:
    for _ in range(5):
        assert "key" in begin(queue, row, tries=0)
    assert one(owner, "select count(*) from processing.budget_use") == 0


def test_explain_names_the_limit(owner: Connection, queue: Queue, row: Row) -> None:
    queue.spend(*(paid(row) for _ in range(3)))
    key = ask_one(owner)
    story = queue.call("explain", table_name=row["table"], row_id=key)
    assert any(reason.startswith("budget") and "calls" in reason for reason in story["blocked_by"])
    theirs = ask_one(owner, account_id=BOB)
    story = queue.call("explain", table_name=row["table"], row_id=theirs)
    assert not any(reason.startswith("budget") for reason in story["blocked_by"])


def test_a_deleted_account_leaves_no_counter(owner: Connection, queue: Queue, row: Row) -> None:
    begin(queue, row)
    queue.call("forget_owner", owner=ALICE)
    assert one(owner, "select count(*) from processing.budget_use") == 0


@pytest.mark.parametrize("limits", [{"rows": -1}, {"rows": "many"}, {"raws": 5}, [5]], ids=str)
def test_limits_that_nobody_could_keep_are_refused(owner: Connection, limits: Any) -> None:
    with refused("RJ007"):
        attach(owner, owner="account_id", daily_limits=Jsonb(limits))


def test_limits_need_an_owner(owner: Connection) -> None:
    with refused("RJ007"):
        attach(owner, daily_limits={"rows": 5})
