"""Budgets while others change the same rows, owners and limits at the same moment."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest
from psycopg.types.json import Jsonb

from tests.library.sql.budgeting import BOUND, budget, line, reserve
from tests.library.sql.questions import ALICE, PIPELINE, Others, ask, ask_one, attach, look, one
from tests.support.queue import Connection, Queue, Row, at_once, paid, refused
from tests.support.waits import wait_until_blocked

pytestmark = [pytest.mark.any_version, pytest.mark.usefixtures("mid_month")]

DAY = 86400
REACHED = {"code": "budget_reached", "message": "Today's limit is reached."}


@pytest.fixture
def row(owner: Connection, queue: Queue) -> Row:
    """A row of Alice's that is being worked on."""
    attach(owner, owner="account_id")
    ask_one(owner)
    return queue.claim_one(PIPELINE)


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(1) as threads:
        yield threads


def settle(queue: Queue, held: dict[str, Any], *, in_full: bool) -> None:
    ended = Jsonb([held | {"in_full": in_full}])
    queue.call("spend", worker=queue.worker, entries=Jsonb([]), settled=ended)


def used(queue: Queue) -> tuple[float, float]:
    told = line(queue, measure="cost_usd")
    return told["spent"], told["reserved"]


def test_usage_that_is_reported_after_a_timeout_counts_in_place_of_the_bound(
    owner: Connection, queue: Queue, row: Row
) -> None:
    budget(owner, "cost_usd", 1)
    held = reserve(queue, row, BOUND)
    for _ in range(2):
        settle(queue, held, in_full=True)
        assert used(queue) == (0.05, 0)
    queue.take_back()
    assert used(queue) == (0.05, 0)
    queue.spend(paid(row, cost_usd=0.02) | held)
    assert used(queue) == (0.02, 0)


def test_a_limit_below_the_first_call_is_shown_as_reached(
    owner: Connection, queue: Queue, row: Row
) -> None:
    budget(owner, "cost_usd", 0.01)
    assert not reserve(queue, row, BOUND)["refused"]["busy"]
    assert line(queue)["reached"]
    budget(owner, "cost_usd", 0.05)
    assert not line(queue)["reached"]
    assert "reservation" in reserve(queue, row, BOUND)


@pytest.mark.parametrize("most", [1, None])
def test_a_limit_that_changes_during_a_run_is_tried_before_its_row_waits(
    owner: Connection, queue: Queue, row: Row, most: float | None
) -> None:
    budget(owner, "calls", 0)
    assert "refused" in reserve(queue, row, BOUND)
    ask_one(owner)
    other = queue.claim_one(PIPELINE)
    budget(owner, "calls", most)
    queue.end(row, "retry_later", error=REACHED, retry_after=DAY)
    queue.end(other, "retry_later", error={"code": "busy", "message": "x"}, retry_after=DAY)
    assert wait_of(owner, row) < 60
    assert wait_of(owner, other) > 60


def test_a_row_that_begins_to_wait_while_a_limit_is_set_tries_again(
    owner: Connection, queue: Queue, row: Row, others: Others
) -> None:
    budget(owner, "calls", 0)
    ask_one(owner)
    later = queue.claim_one(PIPELINE)
    (operator,) = others(1)
    with operator.connection.transaction():
        budget(operator.connection, "calls", 1)
        queue.end(later, "retry_later", error=REACHED, retry_after=DAY)
    assert wait_of(owner, later) < 60


def wait_of(connection: Connection, row: Row) -> float:
    wait = "select extract(epoch from %s - processing.clock())"
    return float(one(connection, wait, look(connection, row["id"])["not_before"]))


def test_attach_with_a_higher_limit_wakes_the_rows_that_wait(
    owner: Connection, queue: Queue, row: Row
) -> None:
    attach(owner, owner="account_id", daily_limits={"calls": 1})
    queue.end(row, "retry_later", error=REACHED, retry_after=DAY)
    attach(owner, owner="account_id", daily_limits={"calls": 1})
    assert queue.claim(PIPELINE) == []
    attach(owner, owner="account_id", daily_limits={"calls": 2})
    assert [claimed["id"] for claimed in queue.claim(PIPELINE)] == [row["id"]]


@pytest.mark.parametrize("call", ["reserve", "begin_call", "spend"])
def test_an_owner_who_is_forgotten_during_a_call_is_not_written_again(
    owner: Connection, queue: Queue, row: Row, others: Others, threads: ThreadPoolExecutor,
    call: str,
) -> None:  # fmt: skip
    attach(owner, owner="account_id", daily_limits={"calls": 9})
    (other,) = others(1)
    calls: dict[str, Callable[[], Any]] = {
        "reserve": lambda: reserve(queue, row, BOUND),
        "spend": lambda: queue.spend(paid(row)),
        "begin_call": lambda: queue.call(
            "begin_call", worker=queue.worker, table_name=row["table"], row_id=row["id"],
            run=row["run"], nonce=row["nonce"], step="ask", version="1", input_hash="same",
        ),
    }  # fmt: skip
    with queue.connection.transaction():
        calls[call]()
        forgetting = threads.submit(other.call, "forget_owner", owner=ALICE)
        wait_until_blocked(owner, other.connection, forgetting)
    forgetting.result(timeout=60)
    for table in ("budget_use", "reservations", "usage", "leases"):
        named = f"select count(*) from processing.{table} as t where t::text like %s"
        assert one(owner, named, f"%{ALICE}%") == 0, table


def test_set_budget_and_take_back_wait_for_no_locked_counter_for_long(
    owner: Connection, queue: Queue, row: Row, others: Others
) -> None:
    budget(owner, "calls", 0)
    reserve(queue, row, BOUND)
    budget(owner, "cost_usd", 1)
    budget(owner, "calls", None)
    assert "reservation" in reserve(queue, row, BOUND)
    budget(owner, "calls", 0)
    reserve(queue, row, BOUND)
    (operator,) = others(1)
    owner.execute("update processing.leases set deadline = processing.clock() - interval '1 s'")
    with owner.transaction():
        owner.execute("select from processing.budget_use for update")
        with refused("55P03"):
            budget(operator.connection, "calls", 5)
        assert queue.take_back() == 1
        assert used(queue) == (0, 0.05)
    queue.take_back()
    assert used(queue) == (0.05, 0)


def test_eight_workers_near_several_limits_rarely_wait_for_each_other(
    owner: Connection, others: Others
) -> None:
    attach(owner, owner="account_id")
    bound = BOUND | {"tokens": 50, "output_tokens": 20}
    budget(owner, "cost_usd", 2, period="month")
    budget(owner, "tokens", 2000)
    budget(owner, "output_tokens", 800, pipeline=PIPELINE)
    ask(owner, 8)
    workers = others(8)
    rows = [worker.claim_one(PIPELINE) for worker in workers]

    def work(worker: Queue, row: Row) -> tuple[int, int]:
        """Reserve until a budget is used up; answers how many calls, and how many locks missed."""
        calls = missed = 0
        entries = Jsonb([])
        while True:
            try:
                answer = reserve(worker, row, bound, entries=entries)
            except psycopg.errors.LockNotAvailable:
                missed += 1
                continue
            entries = Jsonb([])
            if "reservation" in answer:
                calls += 1
                entries = Jsonb([paid(row, cost_usd=0.03, output_tokens=12) | answer])
            elif not answer["refused"]["busy"]:
                return calls, missed

    works: list[Callable[[], tuple[int, int]]] = [
        lambda worker=worker, row=row: work(worker, row)  # type: ignore[misc]  # mypy cannot infer a lambda with a default
        for worker, row in zip(workers, rows, strict=True)
    ]
    ends = at_once(works)
    calls = sum(end[0] for end in ends)
    # One more could pass the limit: 65 * 0.03 + 0.05 <= 2 < 66 * 0.03 + 0.05.
    assert calls == 66
    assert used(workers[0]) == (1.98, 0)
    assert sum(end[1] for end in ends) < calls
