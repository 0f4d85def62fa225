"""What is old is deleted or added up, and nothing that is still needed."""

from __future__ import annotations

from typing import Any

import pytest

from tests.library.sql.questions import ALICE, BOB, PIPELINE, ask, ask_one, attach, one
from tests.support.databases import Clock
from tests.support.queue import Connection, Queue, paid

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
