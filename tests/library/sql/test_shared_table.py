"""`when`: tables in which only some rows are work, and pipelines that share a table."""

from __future__ import annotations

import pytest

from tests.library.sql.questions import (
    PIPELINE,
    ask,
    ask_one,
    attach,
    detach,
    look,
    set_status,
    statuses,
)
from tests.support.databases import Connections, Database
from tests.support.queue import Connection, Queue, refused

RARE = "answer-rarely"


@pytest.fixture(autouse=True)
def attached(owner: Connection) -> None:
    attach(owner, when="kind = 'plain'")
    attach(owner, RARE, when="kind = 'rare'", outputs=["answer"], editable=[])


def test_each_row_goes_to_the_pipeline_that_wants_it(owner: Connection, queue: Queue) -> None:
    plain = ask_one(owner)
    rare = ask_one(owner, kind="rare")
    assert look(owner, plain)["pipeline"] == PIPELINE
    assert look(owner, rare)["pipeline"] == RARE
    assert [row["id"] for row in queue.claim(RARE)] == [rare]
    assert [row["id"] for row in queue.claim(PIPELINE)] == [plain]


def test_a_row_that_no_pipeline_wants_has_no_status(owner: Connection) -> None:
    shown = look(owner, ask_one(owner, kind="none"))
    assert (shown["status"], shown["pipeline"]) == (None, None)


def test_a_row_that_no_pipeline_wants_can_not_be_queued_by_hand(owner: Connection) -> None:
    key = ask_one(owner, kind="none")
    with refused("RJ005") as caught:
        set_status(owner, key, "pending")
    assert caught.value.diag.message_hint
    owner.execute("update public.questions set kind = 'rare', processing_status = 'pending'")
    assert look(owner, key)["pipeline"] == RARE


def test_a_row_that_two_pipelines_want_is_refused(owner: Connection) -> None:
    attach(owner, RARE, when="kind <> 'none'", outputs=["answer"], editable=[])
    with refused("RJ005") as caught:
        ask(owner)
    assert caught.value.diag.message_hint
    assert PIPELINE in str(caught.value)
    assert RARE in str(caught.value)


def test_a_row_changes_its_pipeline_when_it_is_queued_again(
    owner: Connection, queue: Queue
) -> None:
    key = ask_one(owner)
    queue.complete(queue.claim_one(PIPELINE))
    owner.execute("update public.questions set kind = 'rare', processing_status = 'pending'")
    assert [row["id"] for row in queue.claim(RARE)] == [key]


def test_each_pipeline_writes_its_own_outputs_only(owner: Connection, queue: Queue) -> None:
    ask(owner, kind="rare")
    row = queue.claim_one(RARE)
    with refused("RJ004"):
        queue.complete(row, score=1)
    assert queue.complete(row, answer="42") == "done"


def test_detaching_one_pipeline_cancels_its_open_rows_and_leaves_the_other(
    owner: Connection, queue: Queue, database: Database, connect: Connections
) -> None:
    ask(owner, 2)
    rare = ask(owner, 2, kind="rare")
    held = queue.claim_one(RARE)
    running = queue.claim_one(PIPELINE)
    detach(owner, RARE)
    assert statuses(owner) == {"cancelled": 2, "pending": 1, "processing": 1}
    assert {look(owner, key)["status"] for key in rare} == {"cancelled"}
    with refused("RJ003"):
        queue.complete(held, answer="late")
    assert queue.complete(running, answer="42") == "done"
    assert look(owner, ask_one(owner, kind="rare"))["status"] is None
    assert len(queue.claim(PIPELINE, RARE)) == 1
