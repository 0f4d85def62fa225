"""One row that is locked, refused or deleted while it runs holds up no other row."""

from __future__ import annotations

from uuid import uuid4

import pytest
from psycopg.types.json import Jsonb

from tests.library.sql.questions import ALICE
from tests.support.databases import Clock, Connections, Database
from tests.support.queue import Connection, Queue, paid, result

PIPELINE = "enrich-job-position"
POSTING = "We look for a baker who bakes bread every morning in Leeds."


@pytest.fixture
def owner(database: Database, connect: Connections) -> Connection:
    owner = connect(database)
    owner.execute("insert into auth.users (id) values (%s)", [ALICE])
    return owner


@pytest.fixture
def workers(database: Database, connect: Connections) -> list[Queue]:
    return [Queue(connect(database, "service_role")) for _ in range(2)]


def add(owner: Connection, count: int, text: str = POSTING) -> list[str]:
    query = (
        "insert into public.job_positions (account_id, raw_job_description)"
        " select %s, %s || ' ' || n from generate_series(1, %s) as n returning id::text"
    )
    return [key for (key,) in owner.execute(query, [ALICE, text, count])]


def statuses(owner: Connection) -> dict[str, str]:
    query = "select id::text, processing_status::text from public.job_positions"
    return dict(owner.execute(query).fetchall())


HOLDS = {
    "locked": "select from public.job_positions where id = %s for update",
    "locked for reading": "select from public.job_positions where id = %s for share",
    "edited": "update public.job_positions set notes = 'mine' where id = %s",
    "deleted": "delete from public.job_positions where id = %s",
    "its lease is locked": "select from processing.leases where row_id = %s for update",
}


@pytest.fixture
def held(
    request: pytest.FixtureRequest, owner: Connection, workers: list[Queue], database: Database,
    connect: Connections,
) -> tuple[str, list[str]]:  # fmt: skip
    """The key of a row that runs and is kept locked, and those of two that run beside it."""
    keys = add(owner, 3)
    assert len(workers[0].claim(PIPELINE)) == 3
    somebody = connect(database, autocommit=False)
    somebody.execute(HOLDS[request.param], [keys[0]])
    return keys[0], keys[1:]


@pytest.mark.parametrize("held", HOLDS, indirect=True)
def test_the_rows_of_a_dead_worker_are_taken_back_beside_one_that_is_locked(
    held: tuple[str, list[str]], owner: Connection, workers: list[Queue], clock: Clock
) -> None:
    locked, others = held
    add(owner, 1)
    clock.advance(120)
    living = workers[1]
    living.heartbeat(pipelines=[PIPELINE])
    clock.advance(10)
    living.heartbeat(pipelines=[PIPELINE])
    living.take_back()
    found = statuses(owner)
    assert [found[key] for key in others] == ["pending", "pending"]
    assert found[locked] == "processing"
    claimed: set[str] = set()
    for _ in range(4):  # a row whose worker died runs alone
        rows = living.claim(PIPELINE)
        claimed |= {row["id"] for row in rows}
        for row in rows:
            living.complete(row)
        clock.advance(60)
        living.heartbeat(pipelines=[PIPELINE])
    assert claimed >= set(others)


REFUSALS = {
    "raises": "raise exception 'closed rows stay as they are'",
    "raises what ends a transaction": "raise exception 'no' using errcode = '40001'",
    "keeps the row as it is": "return old",
    "swallows the change": "return null",
}


@pytest.mark.parametrize("refusal", REFUSALS.values(), ids=REFUSALS.keys())
def test_a_rule_of_the_operator_that_one_row_meets_stops_no_other_row(
    owner: Connection, workers: list[Queue], refusal: str
) -> None:
    owner.execute(
        "create function public.rule() returns trigger language plpgsql as $$ begin"
        f" if new.raw_job_description like 'closed:%' then {refusal}; end if;"
        " return new; end $$"
    )
    owner.execute(
        "create trigger a_rule before update on public.job_positions"
        " for each row execute function public.rule()"
    )
    closed = add(owner, 1, "closed: " + POSTING)
    open_ = add(owner, 3)
    done: set[str] = set()
    for _ in range(
        6
    ):  # a call that meets the time limit ends, and the next one leaves that row out
        try:
            rows = workers[0].claim(PIPELINE)
        except Exception as error:
            assert getattr(error, "sqlstate", None) in {"57014", "40001"}, error
            continue
        done |= {row["id"] for row in rows}
        for row in rows:
            workers[0].complete(row)
    assert done >= set(open_)
    assert done.isdisjoint(closed)
    told = workers[0].call("explain", table_name="public.job_positions", row_id=closed[0])
    assert told["set_aside"]["kind"] == "claim"


WAYS = {
    "its user": "delete from public.job_positions where id = %s",
    "its account": "delete from auth.users where %s::uuid is not null",
    "an operator who empties the table": "truncate public.job_positions cascade",
    "a change of its key": "update public.job_positions set id = gen_random_uuid() where id = %s",
}


@pytest.mark.parametrize("way", WAYS)
def test_a_paid_call_is_in_the_ledger_although_its_row_is_gone(
    owner: Connection, workers: list[Queue], way: str
) -> None:
    (key,) = add(owner, 1)
    worker = workers[0]
    row = worker.claim_one(PIPELINE)
    worker.call(
        "begin_call", worker=worker.worker, table_name=row["table"], row_id=row["id"],
        run=row["run"], nonce=row["nonce"], step="ask", version="1", input_hash="same", tries=1,
        try_key=uuid4(),
    )  # fmt: skip
    if way == "a change of its key":
        with pytest.raises(Exception, match="key"):
            owner.execute(WAYS[way], [key])
    else:
        owner.execute(WAYS[way], [key] if "%s" in WAYS[way] else [])
    entry = paid(row, cost_usd=0.25)
    results = [result(row, "complete", outputs={"job_title": "Baker"})]
    worker.call("finish", worker=worker.worker, results=Jsonb(results))
    assert worker.spend(entry) == 1
    assert worker.spend(entry) == 0, "a repeated report counts once"
    (line,) = worker.call("spending")
    assert (line["calls"], line["cost_usd"]) == (1, 0.25)
