"""`max_open_per_owner`: how many rows of one owner may wait or run at once."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import psycopg
import pytest

from tests.library.sql.questions import (
    ALICE,
    BOB,
    PIPELINE,
    ask,
    ask_one,
    attach,
    look,
    one,
    set_status,
)
from tests.support.databases import Connections, Database
from tests.support.queue import Connection, Queue, at_once, refused

LIMIT = 5


@pytest.fixture(autouse=True)
def attached(owner: Connection) -> None:
    attach(owner, owner="account_id", max_open_per_owner=LIMIT)


def test_one_row_too_many_is_refused_with_a_hint(owner: Connection) -> None:
    ask(owner, LIMIT)
    with refused("RJ006") as caught:
        ask(owner)
    assert caught.value.diag.message_hint
    ask(owner, LIMIT, account_id=BOB)


def test_a_statement_that_inserts_too_many_inserts_none(owner: Connection) -> None:
    with refused("RJ006"):
        ask(owner, LIMIT + 1)
    assert one(owner, "select count(*) from public.questions") == 0


def test_finished_rows_do_not_count(owner: Connection, queue: Queue) -> None:
    ask(owner, LIMIT)
    running = queue.claim_one(PIPELINE)
    with refused("RJ006"):
        ask(owner)
    queue.complete(running)
    ask(owner)


def test_queueing_again_counts_as_one_more(owner: Connection, queue: Queue) -> None:
    key = ask_one(owner)
    queue.complete(queue.claim_one(PIPELINE))
    ask(owner, LIMIT)
    with refused("RJ006"):
        set_status(owner, key, "pending")


def test_a_row_that_runs_may_be_queued_again_at_the_limit(owner: Connection, queue: Queue) -> None:
    ask(owner, LIMIT)
    row = queue.claim_one(PIPELINE)
    set_status(owner, row["id"], "pending")
    assert look(owner, row["id"])["status"] == "pending"


def test_the_limit_is_exact_under_eight_inserts_at_once(
    database: Database, owner: Connection, connect: Connections
) -> None:
    def insert(connection: psycopg.Connection[object]) -> int:
        inserted = 0
        for _ in range(3):
            try:
                connection.execute("insert into public.questions (question) values ('Why?')")
                inserted += 1
            except psycopg.DatabaseError as error:
                assert error.sqlstate == "RJ006"
        return inserted

    browsers = [connect(database, "authenticated", user_id=ALICE) for _ in range(8)]
    calls: list[Callable[[], int]] = [partial(insert, browser) for browser in browsers]
    assert sum(at_once(calls)) == LIMIT
    assert one(owner, "select count(*) from public.questions") == LIMIT


def test_redrive_takes_as_many_rows_of_an_owner_as_may_be_open(
    owner: Connection, queue: Queue
) -> None:
    for account in (ALICE, BOB):
        for _ in range(LIMIT + 2):
            ask(owner, account_id=account)
            queue.fail(queue.claim_one(PIPELINE), retryable=False)
    assert queue.call("redrive", pipeline=PIPELINE) == {"queued": 2 * LIMIT, "refused": 4}


def test_backfill_is_not_limited(owner: Connection) -> None:
    owner.execute("select processing.detach('public.questions', 'answer-question')")
    ask(owner, LIMIT + 3)
    attach(owner, owner="account_id", max_open_per_owner=LIMIT, backfill="pending")
    query = "select count(*) from public.questions where processing_status = 'pending'"
    assert one(owner, query) == LIMIT + 3
