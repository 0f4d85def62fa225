"""What is old is deleted or added up, and nothing that is still needed."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from tests.library.sql.conftest import Sessions
from tests.library.sql.questions import ALICE, BOB, PIPELINE, Others, ask, ask_one, attach, one
from tests.support.databases import Clock
from tests.support.queue import Connection, Queue, paid
from tests.support.waits import meanwhile, wait_until_blocked

pytestmark = [pytest.mark.any_version, pytest.mark.usefixtures("mid_month")]

DAY = 24 * 3600


@pytest.fixture(autouse=True)
def owned(owner: Connection) -> None:
    attach(owner, owner="account_id")


def sums(queue: Queue) -> list[tuple[Any, ...]]:
    """Usage by owner, without the day."""
    lines = queue.call("spending")
    return sorted((line["owner"], line["calls"], float(line["cost_usd"])) for line in lines)


def single_lines(owner: Connection) -> int:
    count: int = one(owner, "select count(*) from processing.usage where row_id <> ''")
    return count


def test_old_usage_becomes_sums_by_day_and_no_amount_changes(
    owner: Connection, queue: Queue, clock: Clock
) -> None:
    ask(owner, 6, account_id=ALICE)
    ask(owner, 2, account_id=BOB)
    for row in queue.claim(PIPELINE, slots=8):
        queue.spend(paid(row, cost_usd=0.25))
        queue.complete(row, answer="42")
    clock.advance(100 * DAY)
    before = sums(queue)
    assert queue.call("prune", max_rows=3)["usage"] == 3
    assert (single_lines(owner), sums(queue)) == (5, before)
    while queue.call("prune", max_rows=3)["usage"]:
        assert sums(queue) == before
    # However often a part of a day was added up, there is one line for it.
    assert one(owner, "select count(*) from processing.usage") == 2
    assert before == [(ALICE, 6, 1.5), (BOB, 2, 0.5)]


def test_a_day_has_one_sum_whatever_the_zone_of_the_session(
    owner: Connection, queue: Queue, clock: Clock
) -> None:
    ask(owner, 3, account_id=ALICE)
    for row in queue.claim(PIPELINE, slots=3):
        queue.spend(paid(row, cost_usd=0.25))
        queue.complete(row, answer="42")
    clock.advance(100 * DAY)
    for zone in ("UTC", "Asia/Kolkata", "America/New_York"):
        owner.execute(f"set timezone = '{zone}'")
        assert Queue(owner).call("prune", max_rows=1)["usage"] == 1
    assert one(owner, "select count(*) from processing.usage") == 1
    assert sums(queue) == [(ALICE, 3, 0.75)]


def test_sums_of_days_become_sums_of_months_after_a_year_and_no_amount_changes(
    owner: Connection, queue: Queue, clock: Clock
) -> None:
    for _ in range(70):
        ask_one(owner, account_id=ALICE)
        row = queue.claim_one(PIPELINE)
        queue.spend(paid(row, cost_usd=0.25))
        queue.complete(row, answer="42")
        clock.advance(DAY)
    clock.advance(100 * DAY)
    while queue.call("prune", max_rows=30)["usage"]:
        pass
    assert one(owner, "select count(*) from processing.usage") == 70
    clock.advance(400 * DAY)
    for _ in range(5):
        queue.call("prune", max_rows=30)
    days = (
        "select array_agg(distinct extract(day from at at time zone 'UTC')) from processing.usage"
    )
    assert one(owner, days) == [1]
    assert one(owner, "select count(*) from processing.usage") in (3, 4)
    assert sum(float(line["cost_usd"]) for line in queue.call("spending")) == 70 * 0.25


def test_young_usage_and_usage_of_a_run_that_goes_on_stay_single_lines(
    owner: Connection, queue: Queue, clock: Clock
) -> None:
    ask_one(owner)
    held = queue.claim_one(PIPELINE)
    queue.spend(paid(held, cost_usd=1))
    clock.advance(91 * DAY)
    assert queue.call("prune")["usage"] == 0
    queue.complete(held, answer="42")
    assert queue.call("prune", usage_older_than="92 days")["usage"] == 0
    assert queue.call("prune")["usage"] == 1


def test_sums_forget_an_owner_as_single_lines_do(
    owner: Connection, queue: Queue, clock: Clock
) -> None:
    ask(owner, 3, account_id=ALICE)
    rows = queue.claim(PIPELINE, slots=3)
    for row in rows:
        queue.spend(paid(row, cost_usd=1))
        queue.complete(row, answer="42")
    clock.advance(91 * DAY)
    queue.call("prune", max_rows=2)
    assert queue.call("forget_owner", owner=ALICE) == {"lines": 2}
    assert sums(queue) == [(None, 3, 3.0)]
    # A call that was told late is added to the same day.
    queue.spend(paid(rows[0], cost_usd=1, age_seconds=91 * DAY))
    queue.call("forget_owner", owner=ALICE)
    assert sums(queue) == [(None, 4, 4.0)]
    assert one(owner, "select count(*) from processing.usage") == 1


@pytest.mark.parametrize(("asked", "left"), [(None, 3), ("50 days", 1)])
def test_kept_answers_are_deleted_only_if_the_operator_says_after_how_long(
    owner: Connection, queue: Queue, clock: Clock, asked: str | None, left: int
) -> None:
    ask(owner, 2)
    done, young = queue.claim(PIPELINE, slots=2)
    queue.checkpoint(done, "transcript", keep="content")
    queue.checkpoint(done, "of anybody", shareable=True)
    queue.complete(done, answer="42")
    clock.advance(60 * DAY)
    queue.heartbeat(young)
    queue.checkpoint(young, "transcript", keep="content")
    queue.complete(young, answer="42")
    queue.call("prune", answers_older_than=asked)
    assert one(owner, "select count(*) from processing.checkpoints") == left


def test_what_operators_did_is_deleted_when_single_lines_of_usage_are(
    queue: Queue, clock: Clock
) -> None:
    queue.call("pause", pipeline=PIPELINE, operator="ann")
    clock.advance(80 * DAY)
    queue.call("pause", pipeline=PIPELINE, paused=False, operator="ann")
    clock.advance(20 * DAY)
    queue.call("prune")
    assert [line["action"] for line in queue.call("operator_log")] == ["resume"]


def test_the_history_that_a_long_transaction_deletes_stops_no_other_pruning(
    owner: Connection, queue: Queue, clock: Clock, sessions: Sessions
) -> None:
    keys = ask(owner, 3)
    for row in queue.claim(PIPELINE, slots=3):
        queue.spend(paid(row, cost_usd=1))
        queue.checkpoint(row, "read")
        queue.complete(row, answer="42")
    clock.advance(100 * DAY)
    with sessions.lend("postgres").transaction() as held:
        held.connection.execute("delete from public.questions where id = %s", [keys[0]])
        gone = queue.call("prune")
        assert gone["events"] > 0 and gone["checkpoints"] == 2 and gone["usage"] == 3
    assert queue.call("prune")["events"] == 0
    assert one(owner, "select count(*) from processing.checkpoints") == 0


def test_an_owner_who_is_forgotten_while_usage_is_added_up_leaves_no_trace(
    owner: Connection, queue: Queue, clock: Clock, others: Others
) -> None:
    ask_one(owner)
    row = queue.claim_one(PIPELINE)
    queue.spend(paid(row, cost_usd=1))
    queue.complete(row, answer="42")
    clock.advance(91 * DAY)
    pruner, forgetter = others(2)
    pruner.connection.execute("begin")
    pruner.call("prune")
    with meanwhile(partial(forgetter.call, "forget_owner", owner=ALICE)) as answer:
        wait_until_blocked(owner, forgetter.connection, answer)
        pruner.connection.execute("commit")
        assert answer.result(60) == {"lines": 1}
    assert sums(queue) == [(None, 1, 1.0)]


def test_the_storage_of_each_table_is_told_the_largest_first(
    owner: Connection, queue: Queue
) -> None:
    told = queue.call("storage")
    tables = one(
        owner,
        "select count(*) from pg_class"
        " where relnamespace = 'processing'::regnamespace and relkind = 'r'",
    )
    assert len(told) == tables
    assert [line["bytes"] for line in told] == sorted(
        (line["bytes"] for line in told), reverse=True
    )
    assert all(line["bytes"] > 0 for line in told)
    assert {"processing.events", "processing.usage", "processing.checkpoints"} <= {
        line["table"] for line in told
    }
