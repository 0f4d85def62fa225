"""Locks are taken in one order: calls that meet on a row wait and never deadlock."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest

from tests.library.sql.questions import (
    PIPELINE,
    Others,
    ask,
    ask_one,
    attach,
    look,
    one,
    set_status,
    statuses,
)
from tests.support.databases import Clock, Connections, Database
from tests.support.queue import Connection, Queue, at_once, refused, result
from tests.support.waits import meanwhile, wait_until_blocked


@pytest.fixture(autouse=True)
def attached(owner: Connection) -> None:
    attach(owner)


@pytest.fixture
def slow(database: Database, owner: Connection, connect: Connections) -> Queue:
    """A worker whose transactions end only when the test says so."""
    return Queue(connect(database, "service_role", autocommit=False))


def test_a_cancel_that_meets_a_complete_waits_and_leaves_the_finished_row(
    owner: Connection, queue: Queue, slow: Queue, others: Others
) -> None:
    key = ask_one(owner)
    row = slow.claim_one(PIPELINE)
    slow.connection.commit()
    slow.complete(row, answer="42")
    person = others(1)[0]
    cancel = partial(person.call, "cancel", table_name="public.questions", row_id=key)
    with meanwhile(cancel) as answer:
        wait_until_blocked(owner, person.connection, answer)
        slow.connection.commit()
        assert answer.result(60)["status"] == "completed"
    assert look(owner, key)["answer"] == "42"


def test_a_complete_that_meets_a_cancel_waits_and_is_refused(
    owner: Connection, queue: Queue, slow: Queue
) -> None:
    key = ask_one(owner)
    row = queue.claim_one(PIPELINE)
    slow.call("cancel", table_name="public.questions", row_id=key)
    with meanwhile(partial(queue.complete, row, answer="42")) as answer:
        wait_until_blocked(owner, queue.connection, answer)
        slow.connection.commit()
        with refused("RJ002"):
            answer.result(60)
    assert look(owner, key)["answer"] is None


def test_a_checkpoint_that_meets_a_cancel_lands_before_it(
    owner: Connection, queue: Queue, slow: Queue
) -> None:
    key = ask_one(owner)
    row = slow.claim_one(PIPELINE)
    slow.connection.commit()
    slow.checkpoint(row)
    cancel = partial(queue.call, "cancel", table_name="public.questions", row_id=key)
    with meanwhile(cancel) as answer:
        wait_until_blocked(owner, queue.connection, answer)
        slow.connection.commit()
        assert answer.result(60)["status"] == "cancelled"
    with refused("RJ002"):
        slow.checkpoint(row, "later")


def test_a_checkpoint_that_meets_a_take_back_is_refused(
    owner: Connection, queue: Queue, slow: Queue, clock: Clock
) -> None:
    key = ask_one(owner)
    row = queue.claim_one(PIPELINE)
    clock.advance(60)
    assert slow.take_back() == 1
    with meanwhile(partial(queue.checkpoint, row)) as answer:
        wait_until_blocked(owner, queue.connection, answer)
        slow.connection.commit()
        with refused("RJ001"):
            answer.result(60)
    assert one(owner, "select count(*) from processing.checkpoints where row_id = %s", key) == 0


def test_progress_that_meets_a_take_back_is_refused(
    owner: Connection, queue: Queue, slow: Queue, clock: Clock
) -> None:
    key = ask_one(owner)
    row = queue.claim_one(PIPELINE)
    clock.advance(60)
    assert slow.take_back() == 1
    with meanwhile(partial(queue.progress, row, percent=50, outputs={"answer": "x"})) as answer:
        wait_until_blocked(owner, queue.connection, answer)
        slow.connection.commit()
        with refused("RJ001"):
            answer.result(60)
    assert look(owner, key)["answer"] is None


def test_a_take_back_that_meets_a_complete_leaves_the_finished_row(
    owner: Connection, queue: Queue, slow: Queue, clock: Clock
) -> None:
    key = ask_one(owner)
    row = slow.claim_one(PIPELINE)
    slow.connection.commit()
    clock.advance(60)
    slow.complete(row, answer="42")
    assert queue.take_back() == 0
    slow.connection.commit()
    assert queue.take_back() == 0
    shown = look(owner, key)
    assert (shown["status"], shown["answer"]) == ("completed", "42")


def test_two_peers_that_take_back_the_same_rows_count_one_crash(
    owner: Connection, queue: Queue, others: Others, clock: Clock
) -> None:
    ask(owner, 20)
    queue.claim(PIPELINE, slots=20)
    clock.advance(60)
    taken = at_once([peer.take_back for peer in others(8)])
    assert sum(taken) == 20
    assert one(owner, "select max(crashes) from processing.crashes") == 1


def test_a_claim_does_not_wait_for_a_row_that_somebody_edits(
    owner: Connection, queue: Queue, database: Database, connect: Connections
) -> None:
    edited, free = ask(owner, 2)
    editor = connect(database, autocommit=False)
    editor.execute("update public.questions set notes = 'by hand' where id = %s", [edited])
    queue.connection.execute("set lock_timeout = '5s'")
    assert [row["id"] for row in queue.claim(PIPELINE)] == [free]
    editor.commit()
    assert [row["id"] for row in queue.claim(PIPELINE)] == [edited]


@pytest.mark.parametrize("rounds", [5, pytest.param(15, marks=pytest.mark.thorough)])
def test_two_finishes_with_rows_in_opposite_order_do_not_deadlock(
    owner: Connection, others: Others, rounds: int
) -> None:
    first, second = others(2)
    error = {"code": "boom"}
    for _ in range(rounds):
        ask(owner, 20)
        rows = first.claim(PIPELINE, slots=20)
        results = [
            result(row, action, outputs={}, error=error, retryable=False)
            for row, action in zip(
                rows, ["complete", "fail", "release", "complete"] * 5, strict=True
            )
        ]
        answers = at_once(
            [partial(first.finish, *results), partial(second.finish, *reversed(results))]
        )
        assert {answer["outcome"] for answer in answers[0]} <= {"done", "busy"}
        assert {answer["outcome"] for answer in answers[1]} <= {"lost", "busy"}
        owner.execute("truncate public.questions")


def test_finish_take_back_cancel_and_claim_together_do_not_deadlock(
    owner: Connection, others: Others, clock: Clock
) -> None:
    workers = others(2)
    sweeper, person = others(2)

    def work(worker: Queue) -> None:
        for _ in range(15):
            rows = worker.claim(PIPELINE, slots=10)
            endings = ["complete", "fail"] * 5
            worker.finish_and_claim(
                [result(row, endings.pop(), outputs={}, error={}) for row in rows],
                PIPELINE,
                slots=3,
            )

    def sweep() -> None:
        for _ in range(20):
            clock.advance(15)
            sweeper.take_back()
            sweeper.heartbeat()

    def stop() -> None:
        for key in keys[::7]:
            person.call("cancel", table_name="public.questions", row_id=key)
            person.call("retry", table_name="public.questions", row_id=key)

    keys = ask(owner, 200)
    calls: list[Callable[[], None]] = [partial(work, worker) for worker in workers]
    at_once([*calls, sweep, stop])
    assert sum(statuses(owner).values()) == 200
    held = "select count(*) from processing.leases"
    running = "select count(*) from public.questions where processing_status = 'processing'"
    assert one(owner, held) == one(owner, running)


def test_a_row_that_somebody_holds_locked_is_answered_busy_and_its_neighbours_are_written(
    owner: Connection, queue: Queue, database: Database, connect: Connections
) -> None:
    keys = ask(owner, 3)
    rows = queue.claim(PIPELINE)
    editor = connect(database, autocommit=False)
    editor.execute("update public.questions set notes = 'by hand' where id = %s", [keys[1]])
    answers = queue.finish(*[result(row, "complete", outputs={"answer": "42"}) for row in rows])
    assert [answer["outcome"] for answer in answers] == ["done", "busy", "done"]
    editor.commit()
    assert queue.complete(rows[1], answer="42") == "done"


def test_a_status_set_by_hand_meets_a_complete_and_comes_after_it(
    owner: Connection, queue: Queue, slow: Queue, database: Database, connect: Connections
) -> None:
    key = ask_one(owner)
    row = slow.claim_one(PIPELINE)
    slow.connection.commit()
    slow.complete(row, answer="42")
    person = connect(database)
    with meanwhile(partial(set_status, person, key, "pending")) as answer:
        wait_until_blocked(owner, person, answer)
        slow.connection.commit()
        answer.result(60)
    shown = look(owner, key)
    assert (shown["status"], shown["answer"], shown["attempts"]) == ("pending", "42", 0)
    assert shown["run"] == row["run"] + 1


def test_an_output_whose_row_elsewhere_is_locked_is_kept_and_named_until_it_is_free(
    owner: Connection, queue: Queue, database: Database, connect: Connections
) -> None:
    owner.execute(
        "create table public.marks (score integer primary key);"
        "insert into public.marks values (7);"
        "alter table public.questions add foreign key (score) references public.marks"
    )
    (key,) = ask(owner)
    row = queue.claim_one(PIPELINE)
    done = result(row, "complete", outputs={"answer": "42", "score": 7})
    other = connect(database, "postgres", autocommit=False)
    other.execute("select from public.marks for update")
    assert [answer["outcome"] for answer in queue.finish(done)] == ["busy"]
    explained = queue.call("explain", table_name="public.questions", row_id=key)
    assert explained["set_aside"]["sqlstate"] == "55P03"
    other.rollback()
    assert [answer["outcome"] for answer in queue.finish(done)] == ["done"]
    assert one(owner, "select score from public.questions") == 7
    assert one(owner, "select count(*) from processing.set_aside") == 0
