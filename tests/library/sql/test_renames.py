"""What the application renames, moves or gives to another owner costs nothing but its pipeline."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest

from tests.library.sql.questions import PIPELINE, ask, ask_one, attach, events, ledger, look, one
from tests.support.databases import Connections, Database
from tests.support.queue import Connection, Queue, refused


def test_a_delete_after_the_key_was_renamed_forgets_that_row_alone(
    owner: Connection, queue: Queue
) -> None:
    attach(owner)
    ask(owner, 3)
    running, _, third = queue.claim(PIPELINE, slots=3)
    queue.checkpoint(third)
    owner.execute("alter table public.questions rename id to number")
    owner.execute("delete from public.questions where number = 3")
    assert ledger(owner, "3")["leases"] == 0
    assert one(owner, "select count(*) from processing.leases") == 2
    # An edit of a row that runs is noted as ever, and its result is taken when attach was repeated.
    owner.execute("update public.questions set question = 'Who?' where number = 1")
    attach(owner)
    assert queue.complete(running, answer="42") == "done"
    query = "select processing_outdated from public.questions where number = 1"
    assert one(owner, query) == ["question"]


CHANGES = {
    "renamed": "alter table public.questions rename account_id to account",
    "dropped": "alter table public.questions drop account_id cascade",
    "of another type": "drop policy own on public.questions;"
    " alter table public.questions alter account_id drop default, alter account_id drop not null,"
    " alter account_id type text using account_id::text",
}


@pytest.mark.parametrize("change", CHANGES)
def test_no_insert_is_refused_because_the_owner_column_changed(
    owner: Connection, change: str
) -> None:
    attach(owner, owner="account_id", max_open_per_owner=1, broadcast=True)
    ask_one(owner)
    owner.execute(CHANGES[change])
    owner.execute("insert into public.questions (question) values ('Who?')")
    owner.execute("update public.questions set processing_status = 'cancelled'")
    owner.execute("update public.questions set processing_status = 'pending'")
    assert one(owner, "select count(*) from public.questions") == 2


@pytest.fixture
def landlord(owner: Connection, database: Database) -> Iterator[Connection]:
    """A superuser; the table belongs to the role `landlord`."""
    with psycopg.connect(database.superuser_dsn, autocommit=True) as superuser:
        superuser.execute(
            "create role landlord; grant landlord to postgres;"
            "grant usage, create on schema public to landlord;"
            "alter table public.questions owner to landlord"
        )
        yield superuser
        superuser.execute("reassign owned by landlord, tenant to postgres")
        superuser.execute("drop owned by landlord, tenant; drop role landlord, tenant")


def test_a_table_may_get_another_owner_and_its_owner_another_name(
    owner: Connection, landlord: Connection, database: Database, connect: Connections
) -> None:
    landlord.execute("create role tenant; grant tenant to postgres")
    attach(owner)
    landlord.execute("alter role landlord rename to proprietor")
    user = connect(database, "authenticated", user_id=None)
    owner.execute("alter table public.questions disable row level security")
    user.execute("insert into public.questions (question) values ('Who?')")
    with refused("42501"):
        user.execute("insert into public.questions (answer) values ('42')")
    landlord.execute("alter role proprietor rename to landlord")
    # Who owned it once is a user now.
    landlord.execute(
        "grant create on schema public to tenant; alter table public.questions owner to tenant;"
        "grant all on public.questions to landlord; set role landlord"
    )
    with refused("42501"):
        landlord.execute("insert into public.questions (answer) values ('42')")
    landlord.execute("set role tenant")
    landlord.execute("insert into public.questions (answer) values ('42')")
    landlord.execute("reset role")


def test_a_row_that_gets_another_key_takes_its_history_along(
    owner: Connection, queue: Queue
) -> None:
    attach(owner)
    key = ask_one(owner)
    row = queue.claim_one(PIPELINE)
    queue.checkpoint(row)
    queue.release(row)
    before = ledger(owner, key)
    owner.execute("update public.questions set id = 77")
    owner.execute("insert into public.questions (id, question) values (%s, 'Who?')", [key])
    assert ledger(owner, "77") == before
    assert ledger(owner, key) == dict.fromkeys(before, 0)
    moved, fresh = sorted(queue.claim(PIPELINE), key=lambda row: -int(row["id"]))
    assert [found["step"] for found in moved["checkpoints"]] == ["read"]
    assert fresh["checkpoints"] is None
    assert [event["kind"] for event in events(owner, "77")] == ["step", "released"]
    assert look(owner, "77")["run"] == 2


def test_a_condition_that_can_not_be_asked_any_more_is_named(
    owner: Connection, queue: Queue
) -> None:
    attach(owner, when="kind = 'plain'")
    assert queue.call("overview")["troubles"] == []
    owner.execute("alter table public.questions rename kind to sort")
    key = ask_one(owner)
    assert look(owner, key)["status"] is None
    (trouble,) = queue.call("overview")["troubles"]
    assert (trouble["pipeline"], trouble["sqlstate"]) == (PIPELINE, "42703")
    assert "backfill" in trouble["cure"]
    attach(owner, when="sort = 'plain'", backfill="pending")
    assert queue.call("overview")["troubles"] == []
    assert queue.claim_one(PIPELINE)["id"] == key
