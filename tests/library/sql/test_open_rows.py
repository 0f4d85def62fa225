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
from tests.support.waits import meanwhile, wait_until_blocked

pytestmark = pytest.mark.any_version

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


def test_a_row_that_is_claimed_while_rows_are_counted_is_counted(
    owner: Connection, database: Database, connect: Connections
) -> None:
    key = ask(owner, LIMIT)[0]
    claiming, locking, asking = (connect(database, autocommit=False) for _ in range(3))
    # What a claim does, by hand: a claim itself would wait for the lock that slows the count.
    claiming.execute("select processing.enter_contract('public.questions')")
    claiming.execute(
        "update public.questions set processing_status = 'processing', processing_run = 1"
        " where id = %s",
        [key],
    )
    claiming.execute(
        "insert into processing.leases (table_id, row_id, run, nonce, worker, pipeline, owner,"
        " claimed_at, deadline, late_ms, woken_by) values ('public.questions'::regclass, %s, 1,"
        " gen_random_uuid(), gen_random_uuid(), %s, %s, now(), now() + interval '1 hour', 0, '')",
        [key, PIPELINE, ALICE],
    )
    locking.execute("lock table processing.set_aside in access exclusive mode")
    with refused("RJ006"), meanwhile(partial(ask, asking)) as asked:
        wait_until_blocked(owner, asking, asked)
        claiming.commit()
        locking.rollback()
        asked.result(60)
