"""`attach(…, broadcast => true)`: the owner of a row hears of each change, and nobody else."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from tests.library.sql.questions import (
    ALICE,
    BOB,
    PIPELINE,
    ask,
    ask_one,
    attach,
    detach,
    one,
    set_status,
)
from tests.support.databases import Connections, Database
from tests.support.queue import Connection, Queue, refused

SENT = """
select topic, event, private, payload - 'id' || jsonb_build_object('row', payload ->> 'id')
from realtime.messages where topic like 'processing:%-%' order by inserted_at, ctid
"""
TRIGGERS = "select count(*) from pg_trigger where tgname ~ '^processing_._broadcast'"
POLICIES = "select count(*) from pg_policies where policyname = 'processing: own rows'"


@pytest.fixture
def attached(owner: Connection) -> None:
    attach(owner, owner="account_id", broadcast=True)


def sent(owner: Connection) -> list[Any]:
    """Topic and content of each message so far, oldest first."""
    return [(topic, payload) for topic, _, _, payload in owner.execute(SENT).fetchall()]


def shown(key: str, status: str, stage: str | None = None, progress: int = 0) -> Any:
    table = "public.questions"
    return {"table": table, "row": key, "status": status, "stage": stage, "progress": progress}


def test_each_change_is_sent_once_to_the_owner_and_says_no_more_than_needed(
    owner: Connection, queue: Queue, attached: None
) -> None:
    key = ask_one(owner, account_id=ALICE)
    row = queue.claim_one(PIPELINE)
    queue.progress(row, stage="Reading", percent=40)
    queue.progress(row, outputs={"answer": "early"})
    owner.execute("update public.questions set question = 'Who?'")
    queue.complete(row, answer="42")
    assert sent(owner) == [
        (f"processing:{ALICE}", shown(key, *state))
        for state in (
            ("pending",), ("processing",), ("processing", "Reading", 40),
            ("completed", None, 100),
        )
    ]  # fmt: skip


def test_messages_are_private_and_each_owner_has_a_topic(
    owner: Connection, queue: Queue, attached: None
) -> None:
    ask(owner, account_id=ALICE)
    key = ask_one(owner, account_id=BOB)
    set_status(owner, key, "cancelled")
    messages = owner.execute(SENT).fetchall()
    assert {(event, private) for _, event, private, _ in messages} == {("row", True)}
    topics = [topic.removeprefix("processing:") for topic, *_ in messages]
    assert topics == [ALICE, BOB, BOB]


def test_many_rows_finished_in_one_statement_are_all_told(
    owner: Connection, queue: Queue, attached: None
) -> None:
    keys = ask(owner, 5, account_id=ALICE)
    for row in queue.claim(PIPELINE):
        queue.complete(row)
    told = [payload["row"] for _, payload in sent(owner) if payload["status"] == "completed"]
    assert sorted(told) == sorted(keys)


def listen(connection: Connection, topic: str) -> int:
    """How many messages of the topic this user may read: what Realtime asks at a join."""
    connection.execute("select set_config('realtime.topic', %s, false)", [topic])
    seen: int = one(connection, "select count(*) from realtime.messages where topic = %s", topic)
    return seen


def test_only_the_owner_may_listen_and_no_user_may_send(
    owner: Connection, database: Database, connect: Connections, attached: None
) -> None:
    ask(owner, account_id=ALICE)
    topic = f"processing:{ALICE}"
    assert listen(connect(database, "authenticated", user_id=ALICE), topic) == 1
    stranger = connect(database, "authenticated", user_id=BOB)
    assert listen(stranger, topic) == 0
    assert listen(connect(database, "anon"), topic) == 0
    for user in (stranger, connect(database, "authenticated", user_id=ALICE)):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            user.execute(
                "insert into realtime.messages (topic, extension, event, private)"
                " values (%s, 'broadcast', 'row', true)",
                [topic],
            )


def test_the_owner_hears_nothing_else_on_the_topic(
    owner: Connection, database: Database, connect: Connections, attached: None
) -> None:
    topic = f"processing:{ALICE}"
    owner.execute(
        "insert into realtime.messages (topic, extension, event, private)"
        " values (%s, 'presence', 'x', true)",
        [topic],
    )
    alice = connect(database, "authenticated", user_id=ALICE)
    assert listen(alice, topic) == 0
    assert listen(alice, "processing:doorbell") == 0


def test_without_the_option_there_is_no_trigger_no_policy_and_no_message(
    owner: Connection, queue: Queue
) -> None:
    attach(owner, owner="account_id")
    ask(owner)
    queue.complete(queue.claim_one(PIPELINE))
    assert (sent(owner), one(owner, TRIGGERS), one(owner, POLICIES)) == ([], 0, 0)


def test_attaching_again_turns_it_on_and_off(owner: Connection, attached: None) -> None:
    assert (one(owner, TRIGGERS), one(owner, POLICIES)) == (2, 1)
    attach(owner, owner="account_id", broadcast=True)
    assert (one(owner, TRIGGERS), one(owner, POLICIES)) == (2, 1)
    attach(owner, owner="account_id")
    assert (one(owner, TRIGGERS), one(owner, POLICIES)) == (0, 0)


def test_the_policy_goes_with_the_last_pipeline_that_broadcasts(owner: Connection) -> None:
    owner.execute("create table public.extra (id int primary key, account_id uuid, b text)")
    extra = {"table": "public.extra", "inputs": ["b"], "outputs": ["b"], "editable": []}
    attach(owner, "extra", **extra, owner="account_id", broadcast=True)
    attach(owner, owner="account_id", broadcast=True)
    detach(owner)
    assert (one(owner, TRIGGERS), one(owner, POLICIES)) == (2, 1)
    owner.execute("select processing.detach('public.extra', 'extra')")
    assert (one(owner, TRIGGERS), one(owner, POLICIES)) == (0, 0)


def test_of_two_pipelines_on_a_table_only_the_one_that_broadcasts_is_told(
    owner: Connection,
) -> None:
    attach(owner, owner="account_id", when="kind = 'plain'", broadcast=True)
    attach(owner, "quiet", owner="account_id", when="kind = 'quiet'")
    ask(owner, kind="quiet")
    told = ask_one(owner, kind="plain")
    assert [payload["row"] for _, payload in sent(owner)] == [told]
    detach(owner)
    assert (one(owner, TRIGGERS), one(owner, POLICIES)) == (0, 0)


def test_a_row_without_an_owner_is_told_to_nobody(owner: Connection, queue: Queue) -> None:
    owner.execute("alter table public.questions alter account_id drop not null")
    attach(owner, owner="account_id", broadcast=True)
    ask(owner, account_id=None)
    queue.complete(queue.claim_one(PIPELINE))
    assert sent(owner) == []


def test_broadcast_without_an_owner_is_refused(owner: Connection) -> None:
    with refused("RJ007") as caught:
        attach(owner, broadcast=True)
    assert caught.value.diag.message_hint
    assert (
        one(owner, "select count(*) from processing.pipelines where pipeline = %s", PIPELINE) == 0
    )


def test_a_database_without_realtime_refuses_it_and_works_without(
    owner: Connection, database: Database
) -> None:
    with psycopg.connect(database.superuser_dsn) as superuser:
        superuser.execute("alter schema realtime rename to away")
        try:
            superuser.execute("set role postgres")
            with refused("RJ007"), superuser.transaction():
                attach(superuser, owner="account_id", broadcast=True)
            attach(superuser, owner="account_id")
            detach(superuser)
        finally:
            superuser.rollback()


def test_who_may_not_write_the_policy_is_told_who_may(
    owner: Connection, database: Database
) -> None:
    with psycopg.connect(database.superuser_dsn) as superuser:
        superuser.execute("revoke supabase_realtime_admin from postgres")
        superuser.execute("set role postgres")
        with refused("RJ007") as caught:
            attach(superuser, owner="account_id", broadcast=True)
        assert caught.value.diag.message_hint == "call it as postgres"
        superuser.rollback()
