"""A claim that waited for a lock goes by what is true after the wait, not by what was before it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import psycopg
import pytest

from tests.library.sql.questions import PIPELINE, ask, ask_one, attach, one
from tests.support.databases import Clock, Connections, Database
from tests.support.queue import Connection, Queue, Row, result
from tests.support.waits import meanwhile, wait_until_blocked


@pytest.fixture
def other(database: Database, owner: Connection, connect: Connections) -> Queue:
    """Somebody with the rights of the table's owner whose transaction ends when the test says."""
    return Queue(connect(database, autocommit=False))


def let_claims_wait(database: Database, longest: str) -> None:
    with psycopg.connect(database.superuser_dsn, autocommit=True) as connection:
        for function in ("claim", "finish_and_claim"):
            connection.execute(
                f"alter function processing.{function} set lock_timeout = '{longest}'"
            )


@pytest.fixture(autouse=True)
def patient(database: Database) -> Iterator[None]:
    """Calls wait for as long as the test needs, also on a busy machine."""
    let_claims_wait(database, "1min")
    yield
    let_claims_wait(database, "200ms")


def claim_after(owner: Connection, queue: Queue, other: Queue, clock: Clock | None = None) -> Any:
    """The answer of a claim that waited for the other's commit; `clock` moves while it waits."""
    # A claim that sweeps looks a second time in any case.
    claim = partial(queue.claim_answer, PIPELINE, sweep=False)
    with meanwhile(claim) as answer:
        wait_until_blocked(owner, queue.connection, answer)
        if clock:
            clock.advance(60)
        other.connection.commit()
        return answer.result(60)


def finish_and_claim_behind(
    owner: Connection, queue: Queue, other: Queue, row: Row, happens: Any
) -> Any:
    """The answer of a finish_and_claim that waited for the row while something happened."""
    other.connection.execute("select from public.questions where id = %s for update", [row["id"]])
    done = result(row, "complete", outputs={})
    with meanwhile(partial(queue.finish_and_claim, [done], PIPELINE, slots=5)) as answer:
        wait_until_blocked(owner, queue.connection, answer)
        happens()
        other.connection.commit()
        return answer.result(60)


def close_oracle(connection: Connection) -> None:
    connection.execute(
        "insert into processing.providers (provider, not_before, reason, closed_at)"
        " values ('oracle', processing.clock() + interval '30 s', 'busy', processing.clock())"
    )


@pytest.mark.parametrize("paused", [True, False], ids=["paused", "resumed"])
def test_a_claim_that_waited_sees_a_pause(
    owner: Connection, queue: Queue, other: Queue, paused: bool
) -> None:
    attach(owner, concurrency=5)
    ask(owner, 3)
    queue.call("pause", pipeline=PIPELINE, paused=not paused)
    other.call("pause", pipeline=PIPELINE, paused=paused)
    assert len(claim_after(owner, queue, other)["rows"]) == (0 if paused else 3)


def test_a_claim_that_waited_keeps_a_limit_that_was_lowered_meanwhile(
    owner: Connection, queue: Queue, other: Queue
) -> None:
    attach(owner, concurrency=5)
    ask(owner, 9)
    other.connection.execute("update processing.pipelines set concurrency = 1")
    assert len(claim_after(owner, queue, other)["rows"]) == 1
    assert one(owner, "select count(*) from processing.leases") == 1


def test_a_claim_that_waited_does_not_miss_a_provider_that_opened(
    owner: Connection, queue: Queue, other: Queue, clock: Clock
) -> None:
    attach(owner, concurrency=5, providers=["oracle"])
    ask(owner, 3)
    close_oracle(owner)
    other.connection.execute("select from processing.pipelines for no key update")
    answer = claim_after(owner, queue, other, clock)
    assert (len(answer["rows"]), answer["closed"]) == (3, {})


def test_a_finish_and_claim_that_waited_does_not_miss_a_provider_that_opened(
    owner: Connection, queue: Queue, other: Queue, clock: Clock
) -> None:
    attach(owner, providers=["oracle"])
    ask(owner, 4)
    row = queue.claim_one(PIPELINE)
    close_oracle(owner)
    answer = finish_and_claim_behind(owner, queue, other, row, partial(clock.advance, 60))
    assert (len(answer["rows"]), answer["closed"]) == (3, {})


def test_a_row_that_became_suspect_while_a_claim_waited_runs_alone(
    owner: Connection, queue: Queue, other: Queue, others: Any, clock: Clock
) -> None:
    attach(owner)
    ask_one(owner)
    row = queue.claim_one(PIPELINE)
    dying, peer = others(2)
    suspect = ask_one(owner)
    dying.claim_one(PIPELINE)
    ask(owner, 3)

    def die() -> None:
        owner.execute("delete from processing.workers where worker = %s", [dying.worker])
        assert peer.take_back() == 1
        clock.advance(1)

    answer = finish_and_claim_behind(owner, queue, other, row, die)
    assert [claimed["id"] for claimed in answer["rows"]] == [suspect]
