"""How `overview` counts rows when very many of them wait."""

from __future__ import annotations

from typing import Any

import pytest

from tests.library.sql.questions import PIPELINE, ask, attach
from tests.support.databases import Clock
from tests.support.queue import Connection, Queue

MANY = 1001

# As if so many rows had been counted just now.
COUNTED_MORE = """
update processing.many_waiting
set counted_at = processing.clock(), counts = counts || '{"pending": 200000}'
where pipeline = %s
"""


@pytest.fixture(autouse=True)
def attached(owner: Connection) -> None:
    attach(owner)


def line(queue: Queue) -> dict[str, Any]:
    pipelines: list[dict[str, Any]] = queue.call("overview")["pipelines"]
    return next(line for line in pipelines if line["pipeline"] == PIPELINE)


def test_a_count_of_few_rows_is_always_made_anew(owner: Connection, queue: Queue) -> None:
    ask(owner, MANY - 2)
    assert line(queue)["pending"] == MANY - 2
    ask(owner)
    assert line(queue)["pending"] == MANY - 1


def test_a_count_of_many_rows_is_kept_for_a_second_per_10_000_rows(
    owner: Connection, queue: Queue, clock: Clock
) -> None:
    ask(owner, MANY)
    assert (line(queue)["pending"], line(queue)["due"]) == (MANY, MANY)
    assert owner.execute(COUNTED_MORE, [PIPELINE]).rowcount == 1
    clock.advance(10)
    assert line(queue)["pending"] == 200_000
    clock.advance(11)
    assert line(queue)["pending"] == MANY


def test_a_kept_count_goes_with_its_pipeline(owner: Connection, queue: Queue) -> None:
    ask(owner, MANY)
    line(queue)
    owner.execute("select processing.detach('public.questions', %s)", [PIPELINE])
    assert owner.execute("select from processing.many_waiting").rowcount == 0


@pytest.mark.parametrize("count", [1, MANY])
def test_a_transaction_that_may_only_read_is_told_the_counts(
    owner: Connection, queue: Queue, clock: Clock, count: int
) -> None:
    ask(owner, count)
    clock.advance(600)  # so that there are events that nobody has added up as history
    with owner.transaction():
        owner.execute("set transaction read only")
        assert line(Queue(owner))["pending"] == count
        assert Queue(owner).call("history") is not None


def test_a_transaction_with_an_older_snapshot_is_told_the_counts(
    owner: Connection, queue: Queue, clock: Clock
) -> None:
    ask(owner, MANY)
    line(queue)
    clock.advance(10)
    with owner.transaction():
        owner.execute("set transaction isolation level repeatable read")
        owner.execute("select count(*) from processing.many_waiting")
        assert line(queue)["pending"] == MANY  # kept by another transaction meanwhile
        assert line(Queue(owner))["pending"] == MANY
