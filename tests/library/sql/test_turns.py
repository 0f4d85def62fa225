"""Owners take turns: whoever waits is not passed over, and no claim forgets whose turn it is."""

from __future__ import annotations

import uuid

import pytest

from tests.library.sql.questions import PIPELINE, ask, ask_one, attach, look, one
from tests.library.sql.reads import reads
from tests.support.databases import Connections, Database
from tests.support.queue import Connection, Queue, Row, result

FIRST, SECOND, THIRD = (uuid.UUID(int=number) for number in (1, 2, 3))


def owner_of(row: Row, owner: Connection) -> uuid.UUID | None:
    account: uuid.UUID | None = look(owner, row["id"])["account_id"]
    return account


def finish_and_claim_one(queue: Queue, row: Row) -> Row:
    """The next row for the place of this one."""
    (claimed,) = queue.finish_and_claim([result(row, "complete", outputs={})], PIPELINE, slots=1)[
        "rows"
    ]
    found: Row = claimed
    return found


def last_turn(owner: Connection) -> str | None:
    turn: str | None = one(
        owner, "select last_owner from processing.turns where pipeline = %s", PIPELINE
    )
    return turn


def test_rows_without_an_owner_take_turns_with_the_owners(owner: Connection, queue: Queue) -> None:
    owner.execute("alter table public.questions alter account_id drop not null")
    attach(owner, owner="account_id")
    everybody = {None, FIRST, SECOND}
    for account in everybody:
        ask(owner, 4, account_id=account)
    rows = [queue.claim_one(PIPELINE)]
    while len(rows) < 12:
        rows.append(finish_and_claim_one(queue, rows[-1]))
    owners = [owner_of(row, owner) for row in rows]
    rounds = [set(owners[start : start + 3]) for start in range(0, 12, 3)]
    assert rounds == [everybody] * 4


@pytest.mark.parametrize("at_its_cap", [False, True], ids=["nothing due", "all at their cap"])
def test_a_claim_that_finds_nothing_keeps_the_turn(
    owner: Connection, queue: Queue, at_its_cap: bool
) -> None:
    attach(owner, owner="account_id", concurrency_per_owner=1)
    ask(owner, 2 if at_its_cap else 1, account_id=FIRST)
    row = queue.claim_one(PIPELINE)
    before = last_turn(owner)
    assert before == str(FIRST)
    assert queue.claim(PIPELINE) == []
    assert last_turn(owner) == before
    queue.complete(row)
    for account in (FIRST, SECOND, THIRD):
        ask(owner, account_id=account)
    owners = []
    for _ in range(3):
        row = queue.claim_one(PIPELINE)
        owners.append(owner_of(row, owner))
        queue.complete(row)
    assert owners == [SECOND, THIRD, FIRST]


def test_a_free_place_is_found_behind_any_number_of_owners_at_their_cap(
    owner: Connection, queue: Queue
) -> None:
    attach(owner, owner="account_id", concurrency_per_owner=1)
    accounts = [uuid.UUID(int=number) for number in range(1, 21)]
    for account in accounts:
        ask(owner, 2, account_id=account)
    held = queue.claim(PIPELINE, slots=20)
    running = {owner_of(row, owner): row for row in held}
    assert set(running) == set(accounts)
    # Against the order of turns, so that all the others come before the one with the free place.
    for account in reversed(accounts):
        row = finish_and_claim_one(queue, running[account])
        assert owner_of(row, owner) == account


def test_a_free_place_is_found_before_anybody_had_a_turn(owner: Connection, queue: Queue) -> None:
    attach(owner, owner="account_id", concurrency_per_owner=1)
    for number in range(1, 21):
        ask(owner, 2, account_id=uuid.UUID(int=number))
    assert len(queue.claim(PIPELINE, slots=20)) == 20
    owner.execute("update processing.turns set last_owner = null")
    last = ask_one(owner, account_id=uuid.UUID(int=99))
    assert queue.claim_one(PIPELINE)["id"] == last


def test_two_first_claims_of_a_pipeline_do_not_wait_for_each_other(
    owner: Connection, queue: Queue, database: Database, connect: Connections
) -> None:
    attach(owner, owner="account_id")
    for account in (FIRST, SECOND):
        ask(owner, 2, account_id=account)
    other = Queue(connect(database, "service_role", autocommit=False))
    assert len(other.claim(PIPELINE, slots=2)) == 2  # not committed
    queue.connection.execute("set statement_timeout = '5s'")
    answer = queue.claim_answer(PIPELINE, slots=2)
    assert (len(answer["rows"]), answer["set_aside"], answer["slow"]) == (2, [], False)
    assert one(owner, "select count(*) from processing.careful") == 0
    other.connection.commit()


def test_a_turn_of_owners_of_another_type_is_forgotten(owner: Connection, queue: Queue) -> None:
    attach(owner, owner="account_id")
    ask(owner, 2, account_id=FIRST)
    queue.claim_one(PIPELINE)
    owner.execute("alter table public.questions add column team integer default 5")
    attach(owner, owner="team")
    assert last_turn(owner) is None
    assert len(queue.claim(PIPELINE)) == 1


@pytest.mark.parametrize("owners", [pytest.param(10, marks=pytest.mark.thorough), 400])
def test_a_claim_reads_few_rows_whatever_the_statistics_say(
    owner: Connection, queue: Queue, owners: int
) -> None:
    """Those of a time when nearly all was finished make every index look alike."""
    attach(owner, owner="account_id")
    owner.execute("alter table public.questions disable trigger user")
    ask(owner, 20_000, processing_status="completed")
    owner.execute("analyze public.questions")
    owner.execute("alter table public.questions enable trigger user")
    owner.execute(
        "insert into public.questions (account_id, processing_status)"
        " select lpad(to_hex(n %% %s), 32, '0')::uuid, 'pending'"
        " from generate_series(1, 4000) as n",
        [owners],
    )
    queue.claim(PIPELINE, slots=50)
    claimed, read = reads(queue, lambda: queue.claim(PIPELINE, slots=50))
    assert len(claimed) == 50
    assert read.rows < 500
