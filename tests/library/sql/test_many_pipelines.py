"""A pipeline without pending rows costs a claim of several pipelines next to nothing."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from tests.library.sql.conftest import Sessions
from tests.library.sql.questions import PIPELINE, ask, attach
from tests.support.databases import Connections, Database
from tests.support.queue import Connection, Queue, result

OTHERS = [f"answer-{kind}" for kind in ("letter", "call", "mail", "note", "form")]
ALL = [PIPELINE, *OTHERS]


def attach_all(owner: Connection, **settings: Any) -> None:
    attach(owner, when="kind = 'plain'", owner="account_id", **settings)
    for pipeline in OTHERS:
        attach(owner, pipeline, when=f"kind = '{pipeline}'", owner="account_id", **settings)


@pytest.mark.parametrize("concurrency", [None, 100])
def test_a_claim_reads_only_the_pipelines_that_have_pending_rows(
    owner: Connection, sessions: Sessions, concurrency: int | None
) -> None:
    attach_all(owner, concurrency=concurrency)
    ask(owner)
    queue = Queue(sessions.lend("supabase_admin"))
    queue.connection.execute("set track_functions = 'all'")
    with queue.connection.transaction():
        assert len(queue.claim(*ALL, slots=5)) == 1
        called = queue.connection.execute(
            "select funcname, calls from pg_stat_xact_user_functions"
            " where schemaname = 'processing' and funcname ~ '^(pick|lease|next_due)__'"
        ).fetchall()
    name = PIPELINE.replace("-", "_")
    assert dict(called) == {f"{verb}__{name}": 1 for verb in ("pick", "lease", "next_due")}


def test_a_pipeline_with_rows_that_are_not_due_leases_nothing(
    owner: Connection, sessions: Sessions
) -> None:
    attach_all(owner)
    ask(owner, processing_not_before="2999-01-01")
    queue = Queue(sessions.lend("supabase_admin"))
    queue.connection.execute("set track_functions = 'all'")
    with queue.connection.transaction():
        assert queue.claim_answer(*ALL, slots=5)["next_due_seconds"] > 0
        called = queue.connection.execute(
            "select funcname from pg_stat_xact_user_functions where funcname ~ '^lease__'"
        ).fetchall()
    assert called == []


def test_one_pipelines_backlog_comes_in_one_batch(owner: Connection, queue: Queue) -> None:
    attach_all(owner)
    ask(owner, 20)
    answer = queue.call("claim", worker=queue.worker, pipelines=ALL, slots=12)
    assert [len(batch["rows"]) for batch in answer["batches"]] == [12]


def test_a_claim_waits_for_no_lock_of_a_pipeline_without_pending_rows(
    database: Database, owner: Connection, queue: Queue, connect: Connections
) -> None:
    attach_all(owner, concurrency=100)
    ask(owner)
    somebody = connect(database, autocommit=False)
    somebody.execute(
        "select from processing.pipelines where pipeline = %s for no key update", [OTHERS[0]]
    )
    answer = queue.claim_answer(*ALL, slots=5)
    assert len(answer["rows"]) == 1
    assert answer["next_due_seconds"] is None


def test_a_row_that_goes_back_as_the_first_of_its_pipeline_is_claimed_by_the_next_claim(
    owner: Connection, queue: Queue
) -> None:
    attach_all(owner, concurrency=1)
    ask(owner)
    (row,) = queue.claim(*ALL, slots=5)
    again = partial(queue.finish_and_claim, [result(row, "release")], *ALL, slots=5)
    answer = again()
    assert answer["rows"] == []
    assert answer["next_due_seconds"] == pytest.approx(0.05)
    assert [found["id"] for found in queue.claim(*ALL, slots=5)] == [row["id"]]
