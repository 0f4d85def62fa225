"""Limits and fair shares hold exactly, also where eight workers claim at the same moment."""

from __future__ import annotations

import uuid
from collections import Counter
from datetime import UTC, datetime, timedelta
from functools import partial

from tests.library.sql.questions import ALICE, BOB, PIPELINE, Others, ask, ask_one, attach, one
from tests.support.databases import Connections, Database
from tests.support.queue import Connection, Queue, Row, at_once, result
from tests.support.things import Things


def by_owner(rows: list[Row], owner: Connection) -> Counter[str]:
    """How many of these rows belong to whom."""
    found = owner.execute(
        "select account_id::text from public.questions where id = any (%s)",
        [[int(row["id"]) for row in rows]],
    ).fetchall()
    return Counter(account for (account,) in found)


def drain(worker: Queue, slots: int) -> list[Row]:
    """Claim until nothing is left, as fast as it goes."""
    rows: list[Row] = []
    while claimed := worker.claim(PIPELINE, slots=slots):
        rows += claimed
    return rows


def test_eight_claimers_share_2000_rows_and_no_row_is_handed_out_twice(
    owner: Connection, others: Others
) -> None:
    attach(owner)
    ask(owner, 2000)
    shares = at_once([partial(drain, worker, 50) for worker in others(8)])
    claimed = [row["id"] for share in shares for row in share]
    assert len(claimed) == len(set(claimed)) == 2000


def test_eight_claimers_share_the_rows_of_many_owners_and_no_row_is_handed_out_twice(
    owner: Connection, others: Others
) -> None:
    attach(owner, owner="account_id")
    for _ in range(20):
        ask(owner, 20, account_id=uuid.uuid4())
    shares = at_once([partial(drain, worker, 10) for worker in others(8)])
    claimed = [row["id"] for share in shares for row in share]
    assert len(claimed) == len(set(claimed)) == 400


def test_concurrency_is_exact_under_eight_claimers(owner: Connection, others: Others) -> None:
    attach(owner, concurrency=5)
    ask(owner, 50)
    shares = at_once([partial(worker.claim, PIPELINE, slots=4) for worker in others(8)])
    assert sum(len(share) for share in shares) == 5


def test_a_place_that_becomes_free_is_given_to_one_claimer(
    owner: Connection, others: Others
) -> None:
    attach(owner, concurrency=3)
    ask(owner, 20)
    workers = others(8)
    first = workers[0].claim(PIPELINE, slots=3)
    workers[0].complete(first[0])
    shares = at_once([partial(worker.claim, PIPELINE, slots=4) for worker in workers])
    assert sum(len(share) for share in shares) == 1


def test_concurrency_per_owner_is_exact_under_eight_claimers(
    owner: Connection, others: Others
) -> None:
    attach(owner, owner="account_id", concurrency_per_owner=3)
    ask(owner, 40, account_id=ALICE)
    ask(owner, 40, account_id=BOB)
    shares = at_once([partial(worker.claim, PIPELINE, slots=5) for worker in others(8)])
    rows = [row for share in shares for row in share]
    assert by_owner(rows, owner) == {ALICE: 3, BOB: 3}


def test_finish_and_claim_keeps_the_limit_too(owner: Connection, others: Others) -> None:
    attach(owner, concurrency=8)
    ask(owner, 80)
    workers = others(8)
    held = [worker.claim_one(PIPELINE) for worker in workers]
    calls = [
        partial(worker.finish_and_claim, [result(row, "complete")], PIPELINE, slots=3)
        for worker, row in zip(workers, held, strict=True)
    ]
    at_once(calls)
    assert one(owner, "select count(*) from processing.leases") <= 8


def test_explain_says_that_all_places_are_taken(owner: Connection, queue: Queue) -> None:
    attach(owner, owner="account_id", concurrency=2, concurrency_per_owner=1)
    ask(owner, 2, account_id=ALICE)
    ask(owner, account_id=BOB)
    assert len(queue.claim(PIPELINE)) == 2
    waiting = one(owner, "select id from public.questions where processing_status = 'pending'")
    why = queue.call("explain", table_name="public.questions", row_id=str(waiting))["blocked_by"]
    assert "all 2 places of the pipeline are taken" in why
    assert "all 1 places of the owner are taken" in why


def test_an_owner_with_a_thousand_rows_does_not_hold_up_another_with_one(
    owner: Connection, queue: Queue
) -> None:
    attach(owner, owner="account_id")
    ask(owner, 1000, account_id=ALICE, processing_priority=9)
    lone = ask_one(owner, account_id=BOB)
    assert lone in {row["id"] for row in queue.claim(PIPELINE, slots=2)}


def test_single_slots_go_round_over_the_owners(owner: Connection, queue: Queue) -> None:
    attach(owner, owner="account_id")
    accounts = [str(uuid.uuid4()) for _ in range(5)]
    for account in accounts:
        ask(owner, 4, account_id=account)
    rows = [queue.claim_one(PIPELINE) for _ in range(10)]
    assert by_owner(rows, owner) == dict.fromkeys(accounts, 2)


def test_priority_orders_the_rows_of_one_owner(owner: Connection, queue: Queue) -> None:
    attach(owner, owner="account_id")
    ask(owner, 5)
    urgent = ask_one(owner, processing_priority=3)
    assert queue.claim_one(PIPELINE)["id"] == urgent


def test_owners_whose_rows_all_wait_do_not_hide_one_whose_row_is_due(
    owner: Connection, queue: Queue
) -> None:
    attach(owner, owner="account_id")
    later = datetime.now(UTC) + timedelta(minutes=10)
    for number in range(60):
        ask(owner, account_id=uuid.UUID(int=number), processing_not_before=later)
    due = ask_one(owner, account_id=uuid.UUID(int=2**128 - 1))
    assert queue.claim_one(PIPELINE)["id"] == due


def test_rows_without_an_owner_are_claimed_too(owner: Connection, queue: Queue) -> None:
    owner.execute("alter table public.questions alter account_id drop not null")
    attach(owner, owner="account_id", concurrency_per_owner=1)
    ask(owner, 3, account_id=None)
    assert len(queue.claim(PIPELINE)) == 1


def test_a_pipeline_with_a_thousand_rows_does_not_hold_up_another_with_one(
    owner: Connection, queue: Queue
) -> None:
    attach(owner, when="kind = 'plain'")
    attach(owner, "answer-rarely", when="kind = 'rare'")
    ask(owner, 1000)
    rare = ask_one(owner, kind="rare")
    rows = queue.claim(PIPELINE, "answer-rarely", slots=4)
    assert len(rows) == 4
    assert rare in {row["id"] for row in rows}


def test_slots_that_one_pipeline_can_not_fill_go_to_the_others(
    owner: Connection, queue: Queue
) -> None:
    attach(owner, when="kind = 'plain'")
    attach(owner, "answer-rarely", when="kind = 'rare'", concurrency=2)
    ask(owner, 30)
    ask(owner, 30, kind="rare")
    rows = queue.claim(PIPELINE, "answer-rarely", slots=20)
    assert Counter(row["pipeline"] for row in rows) == {PIPELINE: 18, "answer-rarely": 2}


def test_runs_of_a_dropped_table_take_no_place_for_ever(
    database: Database, connect: Connections
) -> None:
    things = Things(database)
    gone, next_one = Queue(connect(database)), Queue(connect(database))
    for worker in (gone, next_one):
        things.create()
        things.attach("plain", concurrency=2)
        things.add(2)
        worker.take_back()
        assert len(worker.claim("plain")) == 2
        things.run("drop table public.things")
        worker.call("sign_off", worker=worker.worker)
