"""Progress is for the reader of the row: it only grows, and may show early results."""

from __future__ import annotations

import pytest

from tests.library.sql.questions import PIPELINE, ask_one, attach, look
from tests.support.queue import Connection, Queue, Row, refused


@pytest.fixture
def row(owner: Connection, queue: Queue) -> Row:
    attach(owner)
    ask_one(owner)
    return queue.claim_one(PIPELINE)


def test_percent_only_grows_and_100_is_left_to_complete(
    owner: Connection, queue: Queue, row: Row
) -> None:
    seen = []
    for percent in (10, 40, 30, -5, 250, 60):
        queue.progress(row, percent=percent)
        seen.append(look(owner, row["id"])["progress"])
    assert seen == [10, 40, 40, 40, 99, 99]


def test_a_stage_without_a_percent_leaves_the_percent_and_the_reverse(
    owner: Connection, queue: Queue, row: Row
) -> None:
    queue.progress(row, stage="Reading", percent=20)
    queue.progress(row, stage="Writing")
    shown = look(owner, row["id"])
    assert (shown["stage"], shown["progress"]) == ("Writing", 20)
    queue.progress(row, percent=30)
    shown = look(owner, row["id"])
    assert (shown["stage"], shown["progress"]) == ("Writing", 30)


def test_outputs_may_be_shown_before_the_row_is_complete(
    owner: Connection, queue: Queue, row: Row
) -> None:
    queue.progress(row, outputs={"answer": "4"})
    shown = look(owner, row["id"])
    assert (shown["status"], shown["answer"], shown["score"]) == ("processing", "4", None)


def test_an_early_output_does_not_overwrite_what_the_user_edited(
    owner: Connection, queue: Queue, row: Row
) -> None:
    owner.execute("update public.questions set notes = 'by hand'")
    queue.progress(row, outputs={"answer": "4", "notes": "by machine"})
    shown = look(owner, row["id"])
    assert (shown["answer"], shown["notes"]) == ("4", "by hand")


@pytest.mark.parametrize("outputs", [{"question": "Who?"}, {"score": -1}, {"score": "many"}])
def test_a_bad_early_output_is_refused_and_changes_nothing(
    owner: Connection, queue: Queue, row: Row, outputs: dict[str, object]
) -> None:
    before = look(owner, row["id"])
    with refused("RJ004"):
        queue.progress(row, stage="Writing", percent=50, outputs={"answer": "4"} | outputs)
    assert look(owner, row["id"]) == before


def test_a_new_run_starts_at_zero(owner: Connection, queue: Queue, row: Row) -> None:
    queue.progress(row, stage="Reading", percent=80)
    queue.release(row)
    queue.claim_one(PIPELINE)
    shown = look(owner, row["id"])
    assert (shown["stage"], shown["progress"]) == (None, 0)
