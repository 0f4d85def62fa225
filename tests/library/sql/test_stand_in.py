"""The stand-in gives our SQL the surroundings that it has on Supabase."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from tests.support.databases import Connections, Database

ALICE = "11111111-1111-1111-1111-111111111111"


def one(connection: psycopg.Connection[Any], query: str) -> Any:
    row = connection.execute(query).fetchone()
    assert row is not None
    return row[0]


def test_migrations_run_without_superuser_rights(
    bare_database: Database, connect: Connections
) -> None:
    owner = connect(bare_database)
    assert one(owner, "select current_user") == "postgres"
    assert one(owner, "select rolsuper from pg_roles where rolname = current_user") is False
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        owner.execute("alter system set work_mem = '8MB'")


@pytest.mark.parametrize(
    ("role", "sees_through_rls"), [("anon", 0), ("authenticated", 0), ("service_role", 1)]
)
def test_only_service_role_passes_row_level_security(
    bare_database: Database, connect: Connections, role: str, sees_through_rls: int
) -> None:
    owner = connect(bare_database)
    owner.execute("create table public.secrets as select 1 as id")
    owner.execute("alter table public.secrets enable row level security")
    owner.execute("grant select on public.secrets to anon, authenticated, service_role")
    assert one(connect(bare_database, role), "select count(*) from secrets") == sees_through_rls


@pytest.mark.parametrize("role", ["anon", "authenticated", "service_role"])
def test_a_new_table_is_granted_to_nobody(
    bare_database: Database, connect: Connections, role: str
) -> None:
    connect(bare_database).execute("create table public.plain (id int)")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        connect(bare_database, role).execute("select from public.plain")


def test_auth_functions_answer_from_the_claims(
    bare_database: Database, connect: Connections
) -> None:
    alice = connect(bare_database, "authenticated", user_id=ALICE)
    assert str(one(alice, "select auth.uid()")) == ALICE
    assert one(alice, "select auth.role()") == "authenticated"
    assert one(alice, "select auth.jwt() ->> 'sub'") == ALICE
    assert one(connect(bare_database, "anon"), "select auth.uid()") is None


def test_the_owner_may_reference_users(bare_database: Database, connect: Connections) -> None:
    connect(bare_database).execute(
        "create table public.notes (owner uuid references auth.users on delete cascade)"
    )


def test_realtime_send_stores_a_message_with_its_id(
    bare_database: Database, connect: Connections
) -> None:
    owner = connect(bare_database)
    owner.execute("""select realtime.send('{"nonce": "n"}', 'ping', 'processing:doorbell')""")
    row = owner.execute(
        "select topic, event, extension, private, payload ->> 'nonce', payload ->> 'id' = id::text"
        " from realtime.messages"
    ).fetchone()
    assert row == ("processing:doorbell", "ping", "broadcast", True, "n", True)


def test_realtime_send_warns_and_never_fails_the_sender(
    bare_database: Database, connect: Connections
) -> None:
    owner = connect(bare_database)
    notices: list[str | None] = []
    owner.add_notice_handler(lambda notice: notices.append(notice.message_primary))
    owner.execute("select realtime.send('{}', 'ring', null)")
    assert notices
    assert str(notices[0]).startswith("ErrorSendingBroadcastMessage")


def test_a_policy_on_messages_reads_the_topic(
    bare_database: Database, connect: Connections
) -> None:
    owner = connect(bare_database)
    owner.execute(
        "create policy own on realtime.messages for select to authenticated"
        " using ((select realtime.topic()) = 'user:' || (select auth.uid())::text)"
    )
    owner.execute(f"select realtime.send('{{}}', 'changed', 'user:{ALICE}')")
    alice = connect(bare_database, "authenticated", user_id=ALICE)
    assert one(alice, "select count(*) from realtime.messages") == 0
    alice.execute(f"set realtime.topic = 'user:{ALICE}'")
    assert one(alice, "select count(*) from realtime.messages") == 1


def test_the_owner_may_publish_a_table(bare_database: Database, connect: Connections) -> None:
    owner = connect(bare_database)
    owner.execute("create table public.shown (id int primary key)")
    owner.execute("alter publication supabase_realtime add table public.shown")
    query = "select tablename from pg_publication_tables where pubname = 'supabase_realtime'"
    assert one(owner, query) == "shown"


def test_storage_keeps_objects_behind_policies(
    bare_database: Database, connect: Connections
) -> None:
    owner = connect(bare_database)
    owner.execute("insert into storage.buckets (id, name) values ('interviews', 'interviews')")
    owner.execute(
        "create policy own_folder on storage.objects for all to authenticated"
        " using ((storage.foldername(name))[1] = (select auth.uid())::text)"
    )
    alice = connect(bare_database, "authenticated", user_id=ALICE)
    insert = "insert into storage.objects (bucket_id, name) values ('interviews', %s)"
    alice.execute(insert, [f"{ALICE}/talk.mp3"])
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        alice.execute(insert, ["somebody-else/talk.mp3"])
    assert one(owner, "select storage.foldername('a/b/c.mp3')") == ["a", "b"]
    assert one(owner, "select storage.filename('a/b/c.mp3')") == "c.mp3"
