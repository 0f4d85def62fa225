"""A paid call is noted before it is made, so that "maybe paid" is told from "never called"."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from psycopg.types.json import Jsonb

from tests.library.sql.questions import PIPELINE, ask_one, attach, events, one, set_status
from tests.support.databases import Clock, Connections, Database
from tests.support.queue import Connection, Queue, Row, refused
from tests.support.waits import meanwhile, wait_until_blocked


@pytest.fixture
def row(owner: Connection, queue: Queue) -> Row:
    attach(owner)
    ask_one(owner)
    return queue.claim_one(PIPELINE)


def begin(queue: Queue, row: Row, input_hash: str = "same", **more: Any) -> dict[str, Any]:
    answer: dict[str, Any] = queue.call(
        "begin_call", worker=queue.worker, table_name=row["table"], row_id=row["id"],
        run=row["run"], nonce=row["nonce"], step="judge", version="1", input_hash=input_hash,
        **more,
    )  # fmt: skip
    return answer


def answered(queue: Queue, row: Row, key: str) -> None:
    told = Jsonb([{"key": key, "nonce": row["nonce"]}])
    queue.call("spend", worker=queue.worker, entries=Jsonb([]), answered=told)


def killed(queue: Queue, clock: Clock) -> tuple[Queue, Row]:
    """The row, claimed by another worker after this one fell silent."""
    clock.advance(60)
    other = Queue(queue.connection)
    return other, other.claim_one(PIPELINE)


def test_the_key_is_the_same_for_every_try_of_the_round_and_another_for_another_input(
    queue: Queue, row: Row, clock: Clock
) -> None:
    key = begin(queue, row)["key"]
    assert begin(queue, row, after_answer=True)["key"] == key
    assert begin(queue, row, "other")["key"] != key
    other, again = killed(queue, clock)
    assert begin(other, again)["key"] == key
    assert begin(other, again, tries=0)["key"] == key


def complete(owner: Connection, queue: Queue, row: Row) -> None:
    queue.complete(row, answer="42")
    set_status(owner, row["id"], "pending")


def ask_fresh(_owner: Connection, queue: Queue, row: Row) -> None:
    queue.fail(row, retryable=False)
    queue.call("retry", table_name=row["table"], row_id=row["id"], fresh=True)


def delete_and_add(owner: Connection, _queue: Queue, row: Row) -> None:
    owner.execute("delete from public.questions where id = %s", [row["id"]])
    owner.execute("insert into public.questions (id, question) values (%s, 'Why?')", [row["id"]])


NEW_ROUNDS: dict[str, Callable[[Connection, Queue, Row], None]] = {
    "completed and queued again": complete,
    "run afresh": ask_fresh,
    "another row with its key": delete_and_add,
}


@pytest.mark.parametrize("way", NEW_ROUNDS)
def test_a_new_round_has_a_new_key_and_nothing_is_maybe_paid(
    owner: Connection, queue: Queue, row: Row, way: str
) -> None:
    key = begin(queue, row)["key"]
    NEW_ROUNDS[way](owner, queue, row)
    call = begin(queue, queue.claim_one(PIPELINE))
    assert (call["key"] != key, call["maybe_paid"]) == (True, False)


def test_a_death_between_answer_and_checkpoint_is_told(
    owner: Connection, queue: Queue, row: Row, clock: Clock
) -> None:
    assert not begin(queue, row)["maybe_paid"]
    other, again = killed(queue, clock)
    assert begin(other, again)["maybe_paid"]
    (event,) = events(owner, row["id"], "maybe_paid_twice")
    assert (event["run"], event["data"]["step"]) == (again["run"], "judge")
    story = queue.call("explain", table_name=row["table"], row_id=row["id"])
    (call,) = story["open_calls"]
    assert (call["step"], call["tries"], call["answered"]) == ("judge", 2, False)


def test_a_call_that_was_never_begun_or_was_answered_is_not(
    owner: Connection, queue: Queue, row: Row, clock: Clock
) -> None:
    key = begin(queue, row)["key"]
    answered(queue, row, key)
    begin(queue, row, "asked for only", tries=0)
    other, again = killed(queue, clock)
    assert not begin(other, again)["maybe_paid"]
    assert not begin(other, again, "asked for only")["maybe_paid"]
    assert not begin(other, again, "new")["maybe_paid"]
    # A late word of the first worker says nothing about the second one's try.
    answered(queue, row, key)
    assert begin(other, again)["maybe_paid"]
    assert len(events(owner, row["id"], "maybe_paid_twice")) == 1


def test_a_stored_step_leaves_no_open_call(owner: Connection, queue: Queue, row: Row) -> None:
    begin(queue, row)
    queue.checkpoint(row, "judge", spent=Jsonb([]))
    assert one(owner, "select count(*) from processing.paid_calls") == 0


@pytest.mark.parametrize("way", ["cancelled", "deleted"])
def test_no_call_is_begun_for_a_row_that_is_gone(
    owner: Connection, queue: Queue, row: Row, way: str
) -> None:
    if way == "cancelled":
        set_status(owner, row["id"], "cancelled")
    else:
        owner.execute("delete from public.questions where id = %s", [row["id"]])
    with refused("RJ002" if way == "cancelled" else "RJ001"):
        begin(queue, row)
    assert one(owner, "select count(*) from processing.paid_calls") == 0


def test_open_calls_that_nobody_came_back_to_are_pruned(
    owner: Connection, queue: Queue, row: Row, clock: Clock
) -> None:
    begin(queue, row)
    queue.fail(row, retryable=False)
    clock.advance(31 * 86400)
    queue.call("prune")
    assert one(owner, "select count(*) from processing.paid_calls") == 0


def test_a_try_whose_answer_was_lost_is_noted_and_counted_once(
    owner: Connection, queue: Queue, row: Row
) -> None:
    key = str(uuid4())
    first = begin(queue, row, try_key=key)
    assert begin(queue, row, try_key=key) == first
    assert first == {"key": first["key"], "maybe_paid": False, "reservation": None}
    assert one(owner, "select tries from processing.paid_calls") == 1
    second = begin(queue, row, try_key=str(uuid4()))
    assert second["maybe_paid"]
    assert len(events(owner, row["id"], "maybe_paid_twice")) == 1


def test_a_try_and_its_repeat_at_the_same_time_count_once(
    owner: Connection, queue: Queue, row: Row, database: Database, connect: Connections
) -> None:
    """The first call may still run when the worker sends it again on another connection."""
    other = Queue(connect(database, autocommit=False), queue.worker)
    key = str(uuid4())
    begin(other, row, try_key=key)
    with meanwhile(partial(begin, queue, row, try_key=key)) as repeat:
        wait_until_blocked(owner, queue.connection, repeat)
        other.connection.commit()
        assert not repeat.result(60)["maybe_paid"]
    assert one(owner, "select tries from processing.paid_calls") == 1


def test_open_calls_follow_their_row_to_its_new_key(
    owner: Connection, queue: Queue, row: Row
) -> None:
    key = begin(queue, row)["key"]
    queue.fail(row)
    owner.execute("update public.questions set id = 4711 where id = %s", [row["id"]])
    asked = "select row_id, call_key::text from processing.paid_calls"
    assert owner.execute(asked).fetchall() == [("4711", key)]
