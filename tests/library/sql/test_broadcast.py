"""`attach(…, broadcast => true)`: the owner of rows hears of each change, and nobody else."""

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
select topic, event, private, payload - 'id'
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


def told(owner: Connection) -> list[Any]:
    """What each message so far says of its rows, oldest first."""
    return [payload["rows"] for _, payload in sent(owner)]


def shown(key: str, status: str, stage: str | None = None, progress: int = 0) -> Any:
    return {"id": key, "status": status, "stage": stage, "progress": progress}


def test_each_change_is_sent_once_to_the_owner_and_says_no_more_than_needed(
    owner: Connection, queue: Queue, attached: None
) -> None:
    key = ask_one(owner, account_id=ALICE)
    row = queue.claim_one(PIPELINE)
    queue.progress(row, stage="Reading", percent=40)
    queue.complete(row, answer="42")
    assert sent(owner) == [
        (f"processing:{ALICE}", {"table": "public.questions", "rows": [shown(key, *state)]})
        for state in (
            ("pending",), ("processing",), ("processing", "Reading", 40),
            ("completed", None, 100),
        )
    ]  # fmt: skip


def test_a_result_that_is_published_early_and_an_edit_are_told_too(
    owner: Connection, queue: Queue, attached: None
) -> None:
    key = ask_one(owner, account_id=ALICE)
    row = queue.claim_one(PIPELINE)
    before = len(sent(owner))
    queue.progress(row, outputs={"answer": "early"})
    owner.execute("update public.questions set question = 'Who?'")
    assert told(owner)[before:] == [[shown(key, "processing")], [shown(key, "processing")]]


def test_nothing_is_sent_where_nothing_changed_that_a_browser_sees(
    owner: Connection, queue: Queue, attached: None
) -> None:
    owner.execute("alter table public.questions add updated_at timestamptz")
    ask_one(owner, account_id=ALICE)
    row = queue.claim_one(PIPELINE)
    queue.progress(row, stage="Reading", percent=40)
    before = len(sent(owner))
    queue.progress(row, stage="Reading", percent=40)
    owner.execute("update public.questions set updated_at = now(), question = question")
    assert len(sent(owner)) == before


def test_a_statement_sends_one_message_to_each_owner(owner: Connection, attached: None) -> None:
    mine = ask(owner, 5, account_id=ALICE)
    other = ask_one(owner, account_id=BOB)
    before = len(sent(owner))
    owner.execute("update public.questions set processing_status = 'cancelled'")
    messages = {topic: payload["rows"] for topic, payload in sent(owner)[before:]}
    assert len(sent(owner)) == before + 2
    assert sorted(row["id"] for row in messages[f"processing:{ALICE}"]) == sorted(mine)
    assert messages[f"processing:{BOB}"] == [shown(other, "cancelled")]


def test_only_the_rows_that_changed_are_named(owner: Connection, attached: None) -> None:
    key, _ = ask(owner, 2, account_id=ALICE)
    before = len(sent(owner))
    owner.execute(
        "update public.questions"
        " set question = case id::text when %s then 'Who?' else question end",
        [key],
    )
    assert told(owner)[before:] == [[shown(key, "pending")]]


def test_deleted_rows_are_told_to_their_owner(owner: Connection, attached: None) -> None:
    key = ask_one(owner, account_id=ALICE)
    owner.execute("delete from public.questions")
    assert told(owner)[1:] == [[{"id": key, "deleted": True}]]


def test_a_row_with_another_owner_is_gone_for_the_former_and_there_for_the_new_one(
    owner: Connection, attached: None
) -> None:
    given, kept = ask(owner, 2, account_id=ALICE)
    before = len(sent(owner))
    owner.execute(
        "update public.questions set question = 'Who?',"
        " account_id = case id::text when %s then %s::uuid else account_id end",
        [given, BOB],
    )
    assert len(sent(owner)) == before + 2
    messages = {topic: payload["rows"] for topic, payload in sent(owner)[before:]}
    gone = {"id": given, "deleted": True}
    assert sorted(messages[f"processing:{ALICE}"], key=str) == [gone, shown(kept, "pending")]
    assert messages[f"processing:{BOB}"] == [shown(given, "pending")]


def test_a_row_that_loses_its_owner_is_gone_for_the_former_one(
    owner: Connection, attached: None
) -> None:
    key = ask_one(owner, account_id=ALICE)
    owner.execute("alter table public.questions alter account_id drop not null")
    owner.execute("update public.questions set account_id = null")
    assert sent(owner)[1:] == [
        (
            f"processing:{ALICE}",
            {"table": "public.questions", "rows": [{"id": key, "deleted": True}]},
        )
    ]


def test_a_row_with_another_id_is_gone_under_the_former_one(
    owner: Connection, attached: None
) -> None:
    key = ask_one(owner, account_id=ALICE)
    owner.execute("update public.questions set id = 99")
    (rows,) = told(owner)[1:]
    assert sorted(rows, key=str) == [{"id": key, "deleted": True}, shown("99", "pending")]


def test_a_row_that_leaves_for_a_pipeline_that_does_not_broadcast_is_told_once_more(
    owner: Connection, attached: None
) -> None:
    attach(owner, owner="account_id", when="kind = 'plain'", broadcast=True)
    attach(owner, "quiet", owner="account_id", when="kind = 'quiet'")
    key = ask_one(owner, account_id=ALICE)
    set_status(owner, key, "cancelled")
    before = len(sent(owner))
    owner.execute("update public.questions set kind = 'quiet', processing_status = 'pending'")
    assert told(owner)[before:] == [[shown(key, "pending")]]


def test_more_rows_than_a_message_holds_are_not_named(owner: Connection, attached: None) -> None:
    insert = (
        "insert into public.questions (account_id, question)"
        " select %s, 'Why?' from generate_series(1, %s)"
    )
    owner.execute(insert, [ALICE, 500])
    owner.execute(insert, [ALICE, 501])
    named, unnamed = told(owner)
    assert (len(named), unnamed) == (500, None)


def test_messages_are_private_and_each_owner_has_a_topic(
    owner: Connection, queue: Queue, attached: None
) -> None:
    ask(owner, account_id=ALICE)
    key = ask_one(owner, account_id=BOB)
    set_status(owner, key, "cancelled")
    messages = owner.execute(SENT).fetchall()
    assert {(event, private) for _, event, private, _ in messages} == {("rows", True)}
    topics = [topic.removeprefix("processing:") for topic, *_ in messages]
    assert topics == [ALICE, BOB, BOB]


def test_rows_that_finish_together_are_all_told(
    owner: Connection, queue: Queue, attached: None
) -> None:
    keys = ask(owner, 5, account_id=ALICE)
    for row in queue.claim(PIPELINE):
        queue.complete(row)
    rows = [row for rows in told(owner) for row in rows]
    assert sorted(row["id"] for row in rows if row["status"] == "completed") == sorted(keys)


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
    assert (one(owner, TRIGGERS), one(owner, POLICIES)) == (3, 1)
    attach(owner, owner="account_id", broadcast=True)
    assert (one(owner, TRIGGERS), one(owner, POLICIES)) == (3, 1)
    attach(owner, owner="account_id")
    assert (one(owner, TRIGGERS), one(owner, POLICIES)) == (0, 0)


def test_the_policy_goes_with_the_last_pipeline_that_broadcasts(owner: Connection) -> None:
    owner.execute("create table public.extra (id int primary key, account_id uuid, b text)")
    extra = {"table": "public.extra", "inputs": ["b"], "outputs": ["b"], "editable": []}
    attach(owner, "extra", **extra, owner="account_id", broadcast=True)
    attach(owner, owner="account_id", broadcast=True)
    detach(owner)
    assert (one(owner, TRIGGERS), one(owner, POLICIES)) == (3, 1)
    owner.execute("select processing.detach('public.extra', 'extra')")
    assert (one(owner, TRIGGERS), one(owner, POLICIES)) == (0, 0)


def test_of_two_pipelines_on_a_table_only_the_one_that_broadcasts_is_told(
    owner: Connection,
) -> None:
    attach(owner, owner="account_id", when="kind = 'plain'", broadcast=True)
    attach(owner, "quiet", owner="account_id", when="kind = 'quiet'")
    ask(owner, kind="quiet")
    key = ask_one(owner, kind="plain")
    assert told(owner) == [[shown(key, "pending")]]
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
