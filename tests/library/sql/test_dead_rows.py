"""Rows that are gone cost little while a long transaction keeps Postgres from removing them."""

from __future__ import annotations

from functools import partial

import pytest

from tests.library.sql.questions import PIPELINE, ask, ask_one, attach, one
from tests.library.sql.reads import reads
from tests.support.databases import Connections, Database
from tests.support.queue import Connection, Queue, result

LEASES = "processing.leases"


@pytest.fixture(autouse=True)
def finished(database: Database, owner: Connection, queue: Queue, connect: Connections) -> None:
    """2,000 rows that were claimed and finished beside a transaction that is still open."""
    attach(owner)
    queue.heartbeat()
    reader = connect(database, autocommit=False)
    reader.execute("set transaction isolation level repeatable read")
    reader.execute("select from public.questions")
    ask(owner, 2000)
    while rows := queue.claim(PIPELINE, slots=100, sweep=False):
        queue.finish(*(result(row, "complete", outputs={"answer": "42"}) for row in rows))


def pages_of_leases(owner: Connection) -> int:
    pages: int = one(owner, f"select pg_relation_size('{LEASES}') / 8192")
    assert pages > 20
    return pages


def test_a_heartbeat_reads_the_leases_once(owner: Connection, queue: Queue) -> None:
    answer, read = reads(queue, queue.heartbeat, LEASES)
    assert not answer["others_hold"]
    assert read.pages <= 1.1 * pages_of_leases(owner)


def test_take_back_reads_the_leases_once_whatever_workers_are_listed(
    owner: Connection, queue: Queue
) -> None:
    owner.execute(
        "insert into processing.workers"
        " (worker, started_at, beat_at, lock_key, lock_backend_start, work_lock_keys)"
        " select gen_random_uuid(), now(), now() - interval '1 hour', n, now(), array[n + 100]"
        " from generate_series(1, 5) as n"
    )
    taken, read = reads(queue, queue.take_back, LEASES)
    assert taken == 0
    assert read.pages <= 1.1 * pages_of_leases(owner)


def test_a_claim_reads_past_the_claimed_rows_once(owner: Connection, queue: Queue) -> None:
    """An empty claim reads past them twice: for a row that waits, and for the next due one."""
    claim = partial(queue.claim, PIPELINE, slots=1, sweep=False)
    rows, empty = reads(queue, claim)
    assert rows == []
    ask_one(owner)
    rows, read = reads(queue, claim)
    assert len(rows) == 1
    assert read.pages < 0.75 * empty.pages
