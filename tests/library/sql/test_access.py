"""Who may read and write what: the owner of a row, a stranger, nobody, the worker."""

from __future__ import annotations

import re
import uuid

import psycopg
import pytest
from psycopg.errors import InsufficientPrivilege

from tests.library.sql.questions import (
    ALICE,
    BOB,
    PIPELINE,
    ask,
    ask_one,
    attach,
    look,
    one,
    statuses,
)
from tests.support.databases import Connections, Database
from tests.support.queue import Connection, Queue

FORBIDDEN = {
    "processing_status": "'completed'",
    "processing_stage": "'x'",
    "processing_progress": "5",
    "processing_attempts": "5",
    "processing_run": "5",
    "processing_not_before": "now()",
    "processing_priority": "5",
    "processing_pipeline": "'x'",
    "processing_error": "'{}'",
    "processing_started_at": "now()",
    "processing_finished_at": "now()",
    "processing_edited": "'{answer}'",
    "answer": "'mine'",
    "score": "5",
}
"""Every column that no user may write."""


@pytest.fixture(autouse=True)
def attached(owner: Connection) -> None:
    attach(owner, owner="account_id")


@pytest.fixture
def alice(database: Database, connect: Connections, attached: None) -> Connection:
    return connect(database, "authenticated", user_id=ALICE)


@pytest.fixture
def bob(database: Database, connect: Connections, attached: None) -> Connection:
    return connect(database, "authenticated", user_id=BOB)


def test_a_user_inserts_inputs_and_gets_the_whole_row_back(alice: Connection) -> None:
    row = alice.execute(
        "insert into public.questions (question) values ('Why?') returning *"
    ).fetchone()
    assert row is not None
    assert one(alice, "select processing_status from public.questions") == "pending"
    assert one(alice, "select processing_pipeline from public.questions") == PIPELINE


def test_users_see_their_own_rows_only(alice: Connection, bob: Connection) -> None:
    alice.execute("insert into public.questions (question) values ('Why?')")
    assert len(alice.execute("select * from public.questions").fetchall()) == 1
    assert bob.execute("select * from public.questions").fetchall() == []


@pytest.mark.parametrize("column", FORBIDDEN)
def test_a_user_writes_no_column_of_the_worker(
    owner: Connection, alice: Connection, column: str
) -> None:
    key = ask_one(owner, account_id=ALICE)
    before = look(owner, key)
    with pytest.raises(InsufficientPrivilege):
        alice.execute(f"insert into public.questions ({column}) values ({FORBIDDEN[column]})")
    with pytest.raises(InsufficientPrivilege):
        alice.execute(f"update public.questions set {column} = {FORBIDDEN[column]}")
    with pytest.raises(InsufficientPrivilege):
        alice.execute(
            f"insert into public.questions (id, question) values ({key}, 'x') on conflict (id)"
            f" do update set {column} = {FORBIDDEN[column]}"
        )
    assert look(owner, key) == before


@pytest.mark.parametrize("column", FORBIDDEN)
def test_a_grant_given_by_mistake_opens_no_column_of_the_worker(
    owner: Connection, alice: Connection, column: str
) -> None:
    key = ask_one(owner, account_id=ALICE)
    owner.execute("grant update on public.questions to authenticated")
    with pytest.raises(InsufficientPrivilege):
        alice.execute(f"update public.questions set {column} = {FORBIDDEN[column]}")
    assert look(owner, key)["status"] == "pending"


def test_a_grant_on_the_whole_table_to_insert_opens_no_processing_column(
    owner: Connection, alice: Connection
) -> None:
    owner.execute("grant insert on public.questions to authenticated")
    for column, value in FORBIDDEN.items():
        if column.startswith("processing_"):
            with pytest.raises(InsufficientPrivilege):
                alice.execute(f"insert into public.questions ({column}) values ({value})")
    assert statuses(owner) == {}


def test_a_grant_of_the_author_on_an_output_opens_it_to_nobody(
    owner: Connection, alice: Connection
) -> None:
    owner.execute("grant insert (score), update (score) on public.questions to authenticated")
    attach(owner, owner="account_id")
    with pytest.raises(InsufficientPrivilege):
        alice.execute("insert into public.questions (question, score) values ('Why?', 5)")
    alice.execute("insert into public.questions (question, notes) values ('Why?', 'mine')")
    assert statuses(owner) == {"pending": 1}


def test_an_editable_output_may_be_edited_and_is_noted(
    owner: Connection, alice: Connection, bob: Connection
) -> None:
    key = ask_one(owner, account_id=ALICE)
    assert bob.execute("update public.questions set notes = 'not mine'").rowcount == 0
    alice.execute("update public.questions set notes = 'mine'")
    shown = look(owner, key)
    assert (shown["notes"], shown["edited"]) == ("mine", ["notes"])


def test_an_output_that_is_editable_no_more_is_closed(owner: Connection, alice: Connection) -> None:
    ask(owner, account_id=ALICE)
    attach(owner, owner="account_id", editable=[])
    with pytest.raises(InsufficientPrivilege):
        alice.execute("update public.questions set notes = 'mine'")


def test_a_user_keeps_the_columns_that_no_pipeline_writes(
    owner: Connection, alice: Connection
) -> None:
    key = ask_one(owner, account_id=ALICE)
    alice.execute("update public.questions set question = 'Who?', kind = 'plain'")
    assert look(owner, key)["question"] == "Who?"
    assert look(owner, key)["edited"] == []
    alice.execute("delete from public.questions")
    assert statuses(owner) == {}


def test_anonymous_visitors_can_do_nothing(
    owner: Connection, database: Database, connect: Connections
) -> None:
    ask(owner)
    anonymous = connect(database, "anon")
    for statement in (
        "select * from public.questions",
        "insert into public.questions (question) values ('Why?')",
        "update public.questions set notes = 'x'",
        "delete from public.questions",
        "select processing.overview()",
    ):
        with pytest.raises(InsufficientPrivilege):
            anonymous.execute(statement)


def test_the_service_role_may_name_the_status(owner: Connection, queue: Queue) -> None:
    queue.connection.execute(
        "insert into public.questions (question, processing_status) values"
        " ('1', 'pending'), ('2', 'completed'), ('3', 'failed'), ('4', 'cancelled')"
    )
    assert statuses(owner) == {"pending": 1, "completed": 1, "failed": 1, "cancelled": 1}
    with pytest.raises(psycopg.DatabaseError, match="only by a worker's claim"):
        queue.connection.execute(
            "insert into public.questions (question, processing_status) values ('5', 'processing')"
        )


def test_the_role_worker_may_call_the_contract_and_read_nothing(
    owner: Connection, database: Database, connect: Connections
) -> None:
    login = f"mill_{uuid.uuid4().hex[:8]}"
    owner.execute(f"create role {login} nologin noinherit")
    owner.execute(f"grant liverows_worker to {login} with admin option")
    owner.execute(f"grant {login}, liverows_worker to postgres")
    ask(owner)
    worker = Queue(connect(database, "liverows_worker"))
    row = worker.claim_one(PIPELINE)
    assert worker.checkpoint(row) == "done"
    assert worker.progress(row, percent=5, outputs={"answer": "4"}) == "done"
    assert worker.heartbeat(row)["lost"] == []
    assert worker.complete(row, answer="42") == "done"
    for table in ("public.questions", "processing.leases", "processing.pipelines"):
        with pytest.raises(InsufficientPrivilege):
            worker.connection.execute(f"select * from {table}")
    owner.execute(f"drop role {login}")


# The mark by which triggers know a contract call.

FORGERIES = ["worker", ":worker", "%:worker:%", f"{'0' * 8}-0000-0000-0000-{'0' * 12}:worker:1", ""]


@pytest.mark.parametrize("forged", FORGERIES)
def test_the_mark_of_a_contract_call_can_not_be_forged(
    owner: Connection, queue: Queue, alice: Connection, forged: str
) -> None:
    key = ask_one(owner, account_id=ALICE)
    for connection in (alice, queue.connection, owner):
        connection.execute("select set_config('processing.mark_0', %s, false)", [forged])
    with pytest.raises(InsufficientPrivilege):
        alice.execute("update public.questions set processing_status = 'completed'")
    for connection in (queue.connection, owner):
        with pytest.raises(psycopg.DatabaseError, match="only by a worker's claim"):
            connection.execute("update public.questions set processing_status = 'processing'")
        connection.execute("update public.questions set processing_run = 99")
    assert look(owner, key)["run"] == 0


def test_what_a_trigger_shows_of_the_mark_does_not_help_to_forge_it(
    owner: Connection, queue: Queue
) -> None:
    ask(owner)
    shown = one(
        owner,
        "select string_agg(pg_get_triggerdef(oid), ' ') from pg_trigger"
        " where tgrelid = 'public.questions'::regclass",
    )
    for word in re.findall(r"'([^' ]+)'", shown):
        queue.connection.execute("select set_config('processing.mark_0', %s, false)", [word])
        with pytest.raises(psycopg.DatabaseError, match="only by a worker's claim"):
            queue.connection.execute("update public.questions set processing_status = 'processing'")


def test_the_mark_can_not_be_read(queue: Queue, alice: Connection, bob: Connection) -> None:
    for connection in (queue.connection, alice):
        with pytest.raises(InsufficientPrivilege):
            connection.execute("select * from processing.contract_mark")
        with pytest.raises(InsufficientPrivilege):
            connection.execute("select processing.enter_contract('public.questions')")
    # Every trigger asks it with the rights of its user, who does not reach it by name.
    with pytest.raises(InsufficientPrivilege):
        alice.execute("select processing.by_person('public.questions')")


def test_the_mark_is_gone_when_a_contract_call_returns_or_fails(
    owner: Connection, queue: Queue
) -> None:
    mark = "select coalesce(current_setting('processing.mark_0', true), '')"
    ask(owner, 3)
    with queue.connection.transaction():
        row, other = queue.claim(PIPELINE, slots=2)
        assert one(queue.connection, mark) == ""
        queue.progress(row, percent=5)
        queue.complete(row)
        queue.heartbeat(other)
        queue.release(other)
        queue.call("retry", table_name=row["table"], row_id=row["id"])
        assert one(queue.connection, mark) == ""
        with pytest.raises(psycopg.DatabaseError), queue.connection.transaction():
            queue.complete(other)
        assert one(queue.connection, mark) == ""
    attach(owner, backfill="pending", owner="account_id")
    assert one(owner, mark) == ""
