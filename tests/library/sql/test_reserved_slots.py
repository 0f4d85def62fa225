"""While a pipeline has no row running in a worker, the others leave slots for it."""

from __future__ import annotations

import pytest

from tests.library.sql.questions import PIPELINE, ask, attach
from tests.support.queue import Connection, Queue

OTHER = "answer-letter"


@pytest.fixture(autouse=True)
def attached(owner: Connection) -> None:
    attach(owner, when="kind = 'plain'")
    attach(owner, OTHER, when="kind = 'letter'")


def claimed(queue: Queue, *busy: str, slots: int, kept: int = 1) -> dict[str, int]:
    rows = queue.claim(PIPELINE, OTHER, slots=slots, busy=list(busy), kept=kept)
    found = [row["pipeline"] for row in rows]
    return {name: found.count(name) for name in set(found)}


def test_the_last_slot_is_left_for_a_pipeline_that_has_no_row_running(
    owner: Connection, queue: Queue
) -> None:
    ask(owner, 20)
    assert claimed(queue, PIPELINE, slots=5) == {PIPELINE: 4}
    assert claimed(queue, PIPELINE, slots=1) == {}
    ask(owner, 1, kind="letter")
    assert claimed(queue, PIPELINE, slots=1) == {OTHER: 1}


def test_a_worker_that_runs_nothing_leaves_one_slot_too(owner: Connection, queue: Queue) -> None:
    ask(owner, 20)
    assert claimed(queue, slots=10) == {PIPELINE: 9}


def test_once_each_pipeline_has_a_row_running_all_slots_are_used(
    owner: Connection, queue: Queue
) -> None:
    ask(owner, 20)
    assert claimed(queue, PIPELINE, OTHER, slots=5) == {PIPELINE: 5}


def test_nothing_is_left_where_nothing_is_reserved(owner: Connection, queue: Queue) -> None:
    ask(owner, 20)
    assert claimed(queue, PIPELINE, slots=5, kept=0) == {PIPELINE: 5}


def test_nothing_is_left_for_a_pipeline_that_is_paused(owner: Connection, queue: Queue) -> None:
    ask(owner, 20)
    queue.call("pause", pipeline=OTHER)
    assert claimed(queue, PIPELINE, slots=5) == {PIPELINE: 5}
