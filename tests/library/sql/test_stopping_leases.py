"""A place is free when its worker has let go, and not when somebody deletes the row."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.library.sql.questions import (
    ALICE,
    BOB,
    PIPELINE,
    Others,
    ask,
    attach,
    detach,
    ledger,
    one,
    set_status,
)
from tests.support.databases import Clock
from tests.support.queue import Connection, Queue, Row, refused

CAP = 2


@pytest.fixture
def rows(owner: Connection, queue: Queue) -> list[Row]:
    """As many rows of Alice's as may run; more wait."""
    attach(owner, owner="account_id", concurrency_per_owner=CAP)
    ask(owner, 6)
    rows = queue.claim(PIPELINE)
    assert len(rows) == CAP
    return rows


def delete(owner: Connection, row: Row) -> None:
    owner.execute("delete from public.questions where id = %s", [row["id"]])


def cancel(owner: Connection, row: Row) -> None:
    set_status(owner, row["id"], "cancelled")


def queue_again(owner: Connection, row: Row) -> None:
    set_status(owner, row["id"], "pending")


WAYS = {"deleted": delete, "cancelled": cancel, "queued again": queue_again}


def held(owner: Connection) -> int:
    count: int = one(owner, "select count(*) from processing.stopping_leases")
    return count


@pytest.mark.parametrize("way", WAYS)
def test_the_cap_of_an_owner_holds_until_the_worker_has_let_go(
    owner: Connection, queue: Queue, others: Others, rows: list[Row], way: str
) -> None:
    (other,) = others(1)
    WAYS[way](owner, rows[0])
    assert other.claim(PIPELINE) == []
    beat = queue.heartbeat(*rows)
    assert [lost["id"] for lost in beat["lost"]] == [rows[0]["id"]]
    assert other.claim(PIPELINE) == []
    queue.heartbeat(rows[1], ended=[rows[0]])
    assert len(other.claim(PIPELINE)) == 1
    assert held(owner) == 0


def test_the_cap_of_a_pipeline_holds_too(owner: Connection, queue: Queue, others: Others) -> None:
    attach(owner, concurrency=CAP)
    ask(owner, 6)
    rows = queue.claim(PIPELINE)
    (other,) = others(1)
    for row in rows:
        delete(owner, row)
    assert other.claim(PIPELINE) == []
    queue.heartbeat(ended=rows)
    assert len(other.claim(PIPELINE)) == CAP


def test_the_cap_of_a_pipeline_holds_for_a_slow_claim(
    owner: Connection, queue: Queue, others: Others
) -> None:
    attach(owner, concurrency=1)
    ask(owner, 2)
    (held,) = queue.claim(PIPELINE, slots=5)
    owner.execute("delete from public.questions where id = %s", [held["id"]])
    owner.execute("select processing.be_careful('public.questions')")
    (other,) = others(1)
    assert other.claim(PIPELINE, slow=True) == []


def test_another_owner_is_not_held_up(owner: Connection, queue: Queue, rows: list[Row]) -> None:
    for row in rows:
        delete(owner, row)
    ask(owner, account_id=BOB)
    assert len(queue.claim(PIPELINE)) == 1


def test_deleting_and_adding_again_gives_no_place_more(
    owner: Connection, queue: Queue, rows: list[Row]
) -> None:
    at_work = list(rows)
    for _ in range(10):
        owner.execute("delete from public.questions where account_id = %s", [ALICE])
        ask(owner, CAP)
        at_work += queue.claim(PIPELINE)
    assert len(at_work) == CAP


def test_a_key_that_comes_back_is_claimed_while_its_old_run_ends(
    owner: Connection, queue: Queue, others: Others
) -> None:
    attach(owner)
    ask(owner)
    old = queue.claim_one(PIPELINE)
    delete(owner, old)
    owner.execute("insert into public.questions (id, question) values (%s, 'Why?')", [old["id"]])
    (other,) = others(1)
    new = other.claim_one(PIPELINE)
    assert new["id"] == old["id"]
    with refused("RJ001"):
        queue.progress(old, percent=5)
    queue.heartbeat(ended=[old])
    assert other.complete(new, answer="42") == "done"


def test_the_worker_is_told_at_once_and_nobody_else(
    owner: Connection, queue: Queue, rows: list[Row]
) -> None:
    owner.execute("listen processing")
    with owner.transaction():
        for row in rows:
            delete(owner, row)
    heard = [notice.payload for notice in owner.notifies(timeout=60, stop_after=1)]
    owner.execute("unlisten processing")
    assert heard == [f"stop:{queue.worker}"]


def test_deleting_a_row_that_does_not_run_tells_nobody(owner: Connection, queue: Queue) -> None:
    attach(owner)
    keys = ask(owner, 2)
    queue.complete(queue.claim_one(PIPELINE))
    owner.execute("listen processing")
    owner.execute("delete from public.questions where id = any (%s::bigint[])", [keys])
    assert list(owner.notifies(timeout=0.2)) == []
    owner.execute("unlisten processing")


def test_a_claim_whose_answer_was_lost_is_let_go_in_time(
    owner: Connection, queue: Queue, rows: list[Row], clock: Clock
) -> None:
    delete(owner, rows[0])
    queue.heartbeat(rows[1])
    assert held(owner) == 1
    clock.advance(31)
    queue.heartbeat(rows[1])
    assert held(owner) == 0


def sign_off(queue: Queue, _other: Queue, _clock: Clock) -> None:
    queue.call("sign_off", worker=queue.worker)


def be_silent(_queue: Queue, other: Queue, clock: Clock) -> None:
    clock.advance(60)
    other.take_back()


ENDS: dict[str, Callable[[Queue, Queue, Clock], None]] = {
    "signs off": sign_off,
    "is silent": be_silent,
}


@pytest.mark.parametrize("end", ENDS)
def test_a_worker_that_is_gone_holds_no_place(
    owner: Connection, queue: Queue, others: Others, rows: list[Row], clock: Clock, end: str
) -> None:
    (other,) = others(1)
    for row in rows:
        delete(owner, row)
    assert other.call("take_back", worker=other.worker)["others_hold"]
    ENDS[end](queue, other, clock)
    assert held(owner) == 0
    assert not other.call("take_back", worker=other.worker)["others_hold"]


@pytest.mark.parametrize("way", ["truncate", "detach"])
def test_what_is_done_to_the_whole_table_stops_every_run(
    owner: Connection, queue: Queue, rows: list[Row], way: str
) -> None:
    if way == "truncate":
        owner.execute("truncate public.questions")
    else:
        detach(owner)
    assert len(queue.heartbeat(*rows)["lost"]) == CAP
    assert held(owner) == CAP
    queue.heartbeat(ended=rows)
    assert held(owner) == 0
    assert ledger(owner, rows[0]["id"])["leases"] == 0


def test_a_deletion_that_is_taken_back_changes_nothing(
    owner: Connection, queue: Queue, rows: list[Row]
) -> None:
    with owner.transaction(force_rollback=True):
        delete(owner, rows[0])
    assert queue.complete(rows[0], answer="42") == "done"
    assert held(owner) == 0
