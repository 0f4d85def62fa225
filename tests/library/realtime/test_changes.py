"""Who hears of a change in the database, and what of it."""

from __future__ import annotations

from contextlib import AsyncExitStack
from typing import Any

import psycopg
import pytest

from tests.library.realtime.running import (
    OWNER,
    PUBLISHABLE_KEY,
    SECRET_KEY,
    STRANGER,
    Running,
    token_of,
)
from tests.library.realtime.talking import Talk, changes_told, talking

Database = psycopg.Connection[Any]

ALL_OF_ROWS = [{"event": "*", "schema": "public", "table": "rt_rows"}]


class Listeners:
    """One channel for each subscriber, all with the same bindings."""

    def __init__(self, realtime: Running, stack: AsyncExitStack) -> None:
        self._realtime = realtime
        self._stack = stack
        self.talks: dict[str, Talk] = {}

    async def add(self, name: str, bindings: Any, *, token: str | None = None) -> Talk:
        key = SECRET_KEY if name == "service_role" else PUBLISHABLE_KEY
        talk = await self._stack.enter_async_context(talking(self._realtime.socket_url(key)))
        await talk.join("realtime:rows", token=token, postgres_changes=bindings)
        assert (await talk.hear())["payload"]["status"] == "ok"
        self.talks[name] = talk
        return talk

    async def heard(self, db: Database) -> dict[str, list[Any]]:
        """What each has heard of all that is committed."""
        await changes_told(self._realtime.socket_url(), db.execute)
        return {
            name: [message["payload"]["data"] for message in await talk.all_heard()]
            for name, talk in self.talks.items()
        }


@pytest.fixture
async def listeners(realtime: Running) -> Any:
    async with AsyncExitStack() as stack:
        yield Listeners(realtime, stack)


async def everybody(listeners: Listeners, bindings: Any) -> None:
    await listeners.add("owner", bindings, token=token_of(OWNER))
    await listeners.add("stranger", bindings, token=token_of(STRANGER))
    await listeners.add("anon", bindings)
    await listeners.add("service_role", bindings)


def types_of(heard: list[Any]) -> list[str]:
    return [data["type"] for data in heard]


async def test_only_who_may_see_the_row_hears_of_it_but_everybody_of_its_end(
    listeners: Listeners, db: Database
) -> None:
    await everybody(listeners, ALL_OF_ROWS)
    db.execute("insert into rt_rows (account_id) values (%s)", [OWNER])
    db.execute("update rt_rows set processing_status = 'completed'")
    # The rules look at the row when they poll, so it must still be there then.
    before = await listeners.heard(db)
    db.execute("delete from rt_rows")
    after = await listeners.heard(db)

    assert {name: types_of(heard) for name, heard in before.items()} == {
        "owner": ["INSERT", "UPDATE"],
        "stranger": [],
        "anon": [],
        "service_role": ["INSERT", "UPDATE"],
    }
    assert {name: types_of(heard) for name, heard in after.items()} == {
        name: ["DELETE"] for name in before
    }
    assert all(list(heard[0]["old_record"]) == ["id"] for heard in after.values())


async def test_a_row_that_is_gone_at_poll_time_is_heard_of_only_as_deleted(
    listeners: Listeners, db: Database
) -> None:
    await listeners.add("service_role", ALL_OF_ROWS)
    with db.transaction():
        db.execute("insert into rt_rows (account_id) values (%s)", [OWNER])
        db.execute("update rt_rows set processing_status = 'processing'")
        db.execute("delete from rt_rows")

    assert types_of((await listeners.heard(db))["service_role"]) == ["DELETE"]


async def test_changes_arrive_in_the_order_of_their_commits_and_once(
    listeners: Listeners, db: Database
) -> None:
    await listeners.add("anon", [{"event": "*", "schema": "*"}])
    db.execute("insert into todos (task) select n::text from generate_series(1, 300) n")
    db.execute("update todos set done = true where task = '300'")

    heard = (await listeners.heard(db))["anon"]

    assert [data["record"]["task"] for data in heard] == [str(n) for n in range(1, 301)] + ["300"]
    assert types_of(heard)[-1] == "UPDATE"


@pytest.mark.parametrize(("identity", "body_is_there"), [("default", False), ("full", True)])
async def test_a_large_value_that_did_not_change_is_absent_unless_the_old_row_is_logged(
    listeners: Listeners, db: Database, identity: str, body_is_there: bool
) -> None:
    db.execute(f"alter table rt_rows replica identity {identity}")
    db.execute("alter table rt_rows alter body set storage external")
    await listeners.add("owner", ALL_OF_ROWS, token=token_of(OWNER))
    db.execute("insert into rt_rows (account_id, body) values (%s, repeat('x', 9000))", [OWNER])
    await listeners.heard(db)
    db.execute("update rt_rows set processing_status = 'processing'")

    (data,) = (await listeners.heard(db))["owner"]

    assert ("body" in data["record"]) is body_is_there
    assert data["record"]["processing_status"] == "processing"
    assert data["errors"] is None
    assert {"name": "body", "type": "text"} in data["columns"]


@pytest.mark.parametrize("identity", ["default", "full"])
async def test_over_one_mebibyte_only_the_short_fields_are_sent_and_old_values_count(
    listeners: Listeners, db: Database, identity: str
) -> None:
    db.execute(f"alter table rt_rows replica identity {identity}")
    db.execute("alter table rt_rows alter body set storage external")
    await listeners.add("owner", ALL_OF_ROWS, token=token_of(OWNER))
    db.execute(
        "insert into rt_rows (account_id, processing_status, body) "
        "values (%s, repeat('s', 63), repeat('x', 1048576))",
        [OWNER],
    )
    (inserted,) = (await listeners.heard(db))["owner"]
    db.execute("update rt_rows set processing_status = 'done'")
    (updated,) = (await listeners.heard(db))["owner"]

    assert inserted["errors"] == ["Error 413: Payload Too Large"]
    # 63 letters are 65 bytes with their quotes, and the limit is 64.
    assert set(inserted["record"]) == {"id", "account_id"}
    assert inserted["record"]["account_id"] == OWNER
    too_large = identity == "full"
    assert updated["errors"] == (["Error 413: Payload Too Large"] if too_large else None)
    assert set(updated["record"]) == {"id", "account_id", "processing_status"}


async def test_just_under_one_mebibyte_is_sent_whole(listeners: Listeners, db: Database) -> None:
    await listeners.add("owner", ALL_OF_ROWS, token=token_of(OWNER))
    db.execute("insert into rt_rows (account_id, body) values (%s, repeat('x', 1047552))", [OWNER])

    (data,) = (await listeners.heard(db))["owner"]

    assert data["errors"] is None
    assert len(data["record"]["body"]) == 1047552


async def test_columns_that_the_role_may_not_read_are_taken_out(
    listeners: Listeners, db: Database
) -> None:
    db.execute("revoke select on todos from anon")
    db.execute("grant select (id, task) on todos to anon")
    await listeners.add("anon", [{"event": "*", "schema": "public", "table": "todos"}])
    db.execute("insert into todos (task) values ('a')")
    db.execute("update todos set done = true")

    inserted, updated = (await listeners.heard(db))["anon"]

    assert [column["name"] for column in inserted["columns"]] == ["id", "task"]
    assert set(inserted["record"]) == set(updated["old_record"]) == {"id", "task"}


async def test_without_a_right_to_the_key_or_without_a_key_there_is_only_an_error(
    listeners: Listeners, db: Database
) -> None:
    db.execute("revoke select on todos from anon")
    db.execute("grant select (task) on todos to anon")
    db.execute("create table keyless (a int)")
    db.execute("alter publication supabase_realtime add table keyless")
    await listeners.add("anon", [{"event": "INSERT", "schema": "public"}])
    db.execute("insert into todos (task) values ('a')")
    db.execute("insert into keyless values (1)")

    unauthorised, keyless = (await listeners.heard(db))["anon"]

    assert unauthorised["errors"] == ["Error 401: Unauthorized"]
    assert keyless["errors"] == ["Error 400: Bad Request, no primary key"]
    for data in (unauthorised, keyless):
        assert (data["record"], data["columns"], data["commit_timestamp"]) == ({}, [], None)


async def test_a_policy_that_fails_shows_nothing_and_stops_nobody_else(
    listeners: Listeners, db: Database
) -> None:
    db.execute("create policy broken on rt_rows for select to anon using (1 / 0 = 1)")
    await listeners.add("anon", ALL_OF_ROWS)
    await listeners.add("owner", ALL_OF_ROWS, token=token_of(OWNER))
    db.execute("insert into rt_rows (account_id) values (%s)", [OWNER])

    heard = await listeners.heard(db)

    assert (types_of(heard["anon"]), types_of(heard["owner"])) == ([], ["INSERT"])


async def test_selected_columns_come_with_the_key_and_each_selection_in_its_own_message(
    listeners: Listeners, db: Database
) -> None:
    binding = {"event": "*", "schema": "public", "table": "rt_rows"}
    talk = await listeners.add(
        "service_role", [{**binding, "select": ["processing_status"]}, binding, binding]
    )
    db.execute("insert into rt_rows (account_id) values (%s)", [OWNER])
    messages = [(await talk.hear())["payload"] for _ in range(2)]

    by_ids = {len(message["ids"]): message["data"] for message in messages}
    assert set(by_ids[1]["record"]) == {"id", "processing_status"}
    assert [column["name"] for column in by_ids[1]["columns"]] == ["id", "processing_status"]
    assert set(by_ids[2]["record"]) == {"id", "account_id", "processing_status", "body"}


async def test_a_composite_and_oddly_named_key_is_found(listeners: Listeners, db: Database) -> None:
    db.execute(
        'create table "Odd table" ("a ""b" text, n numeric, at timestamptz, owner uuid,'
        ' primary key (n, "a ""b", at))'
    )
    db.execute('alter table "Odd table" enable row level security')
    db.execute('create policy own on "Odd table" for select using (owner = auth.uid())')
    db.execute('alter publication supabase_realtime add table "Odd table"')
    binding = [{"event": "*", "schema": "public", "table": "Odd table"}]
    await listeners.add("owner", binding, token=token_of(OWNER))
    await listeners.add("stranger", binding, token=token_of(STRANGER))
    db.execute("""insert into "Odd table" values ('it''s', 1.50, now(), %s)""", [OWNER])

    heard = await listeners.heard(db)

    assert heard["owner"][0]["record"]['a "b'] == "it's"
    assert heard["owner"][0]["record"]["n"] == 1.5
    assert heard["stranger"] == []
