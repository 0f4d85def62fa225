"""export_owner tells all that is stored about one owner, and nothing about another."""

from __future__ import annotations

from typing import Any

import pytest
from psycopg.errors import InsufficientPrivilege, InvalidParameterValue
from psycopg.types.json import Jsonb

from tests.library.sql.questions import ALICE, BOB, PIPELINE, ask, ask_one, attach
from tests.support.databases import Connections, Database
from tests.support.queue import Connection, Queue, paid

pytestmark = pytest.mark.any_version

NOTES = """
create table public.accounts (id uuid primary key, email text);
alter table public.questions
    add foreign key (account_id) references public.accounts (id) not valid;
create table public.notes_of (
    account uuid references public.accounts (id), place int, word text,
    primary key (account, place));
insert into public.accounts values ('{alice}', 'alice@mail.example'), ('{bob}', 'bob@mail.example');
insert into public.notes_of values
    ('{alice}', 1, 'first'), ('{alice}', 2, 'second'), ('{bob}', 1, 'x');
"""


@pytest.fixture(autouse=True)
def attached(owner: Connection) -> None:
    attach(owner, owner="account_id")


def exported(queue: Queue, owner: str = ALICE, **more: Any) -> list[dict[str, Any]]:
    """All items, and no page larger than was asked for."""
    items: list[dict[str, Any]] = []
    after = None
    while True:
        page = queue.call("export_owner", owner=owner, operator="ann", after=after, **more)
        assert len(page["items"]) <= more.get("max_rows", 20)
        items += page["items"]
        after = page["next"]
        if after is None:
            return items


def test_rows_come_with_their_history_and_what_steps_have_found(
    owner: Connection, queue: Queue
) -> None:
    key = ask_one(owner, account_id=ALICE, kind="Who am I?")
    ask(owner, account_id=BOB)
    rows = {row["id"]: row for row in queue.claim(PIPELINE)}
    queue.checkpoint(
        rows[key], output=Jsonb({"said": "Alice"}), spent=Jsonb([paid(rows[key], cost_usd=0.5)])
    )
    queue.complete(rows[key], answer="Alice")
    row, usage = exported(queue)
    assert (row["kind"], row["table"]) == ("row", "public.questions")
    assert (row["row"]["kind"], row["row"]["answer"]) == ("Who am I?", "Alice")
    assert [(each["step"], each["output"]) for each in row["checkpoints"]] == [
        ("read", {"said": "Alice"})
    ]
    assert "completed" in {event["kind"] for event in row["events"]}
    assert usage["kind"] == "usage"
    assert [line["cost_usd"] for line in usage["lines"]] == [0.5]


def test_rows_of_other_tables_that_refer_to_the_same_account_are_told(
    owner: Connection, queue: Queue
) -> None:
    owner.execute(NOTES.format(alice=ALICE, bob=BOB))
    ask(owner, 2, account_id=ALICE)
    items = exported(queue, max_rows=1)
    assert [item["table"] for item in items] == [
        "public.accounts", "public.notes_of", "public.notes_of",
        "public.questions", "public.questions",
    ]  # fmt: skip
    assert [item["row"].get("word") for item in items[1:3]] == ["first", "second"]
    assert "bob" not in str(items)
    assert exported(queue, ALICE.upper()) == items


def test_the_next_page_may_be_read_in_a_session_with_other_settings(
    owner: Connection, queue: Queue
) -> None:
    owner.execute(
        NOTES.format(alice=ALICE, bob=BOB)
        + "alter table public.notes_of drop constraint notes_of_pkey, add at timestamptz;"
        " update public.notes_of set at = '2026-01-01Z'::timestamptz + place * interval '1 hour';"
        "alter table public.notes_of add primary key (at, account)"
    )
    items: list[dict[str, Any]] = []
    after = None
    for zone in ["Asia/Tokyo", "UTC", "America/Lima"] * 2:
        queue.connection.execute(f"set timezone = '{zone}'")
        page = queue.call("export_owner", owner=ALICE, operator="ann", after=after, max_rows=1)
        items += page["items"]
        if (after := page["next"]) is None:
            break
    assert [item["row"].get("word") for item in items] == [None, "first", "second"]


def test_an_owner_is_told_and_forgotten_in_each_spelling_that_the_column_takes_for_the_same(
    owner: Connection, queue: Queue
) -> None:
    owner.execute("create extension if not exists citext schema extensions")
    owner.execute("alter table public.questions add who text")
    attach(owner, owner="who")
    ask_one(owner, who="Ann")
    row = queue.claim_one(PIPELINE)
    queue.spend(paid(row, cost_usd=0.5))
    owner.execute("alter table public.questions alter who type extensions.citext")
    ask_one(owner, who="ANN")
    ask_one(owner, who="bob")
    queue.spend(*(paid(row, cost_usd=0.25) for row in queue.claim(PIPELINE)))
    told = exported(queue, "ann")
    assert sorted(item["row"]["who"] for item in told if item["kind"] == "row") == ["ANN", "Ann"]
    (usage,) = [item["lines"] for item in told if item["kind"] == "usage"]
    assert sorted(line["cost_usd"] for line in usage) == [0.25, 0.5]
    # Limits of an owner hold for one spelling alone, and an operator hears of that.
    (trouble,) = queue.call("overview")["troubles"]
    assert (trouble["pipeline"], trouble["sqlstate"]) == (PIPELINE, "RJ007")
    assert queue.call("forget_owner", owner="ann") == {"lines": 2}
    assert {item["kind"] for item in exported(queue, "Ann")} == {"row"}
    assert owner.execute("select distinct owner from processing.leases order by 1").fetchall() == [
        ("bob",), (None,)
    ]  # fmt: skip


@pytest.mark.parametrize("kind", ["varchar(4)", "char(4)", "public.short"])
def test_rows_of_an_owner_whose_name_begins_another_are_not_told(
    owner: Connection, queue: Queue, kind: str
) -> None:
    owner.execute(
        "create domain public.short as varchar(4);"
        "create table public.people (name text primary key);"
        f"create table public.hints (id int primary key, name {kind} references public.people);"
        "insert into public.people values ('anna'), ('annabel');"
        "insert into public.hints values (1, 'anna');"
        "alter table public.questions add who text references public.people"
    )
    attach(owner, owner="who")
    tables = {name: [i["table"] for i in exported(queue, name)] for name in ("anna", "annabel")}
    owner.execute("drop domain public.short cascade")
    assert tables == {"anna": ["public.hints", "public.people"], "annabel": ["public.people"]}


def test_stored_objects_are_listed_by_path(owner: Connection, queue: Queue) -> None:
    owner.execute(
        "insert into storage.buckets (id, name) values ('talks', 'talks') on conflict do nothing"
    )
    for name, uploader in (
        (f"{ALICE}/a.wav", None), ("shared/b.wav", ALICE), (f"{BOB}/c.wav", BOB)
    ):  # fmt: skip
        owner.execute(
            "insert into storage.objects (bucket_id, name, owner_id, metadata)"
            " values ('talks', %s, %s, '{\"size\": 7}')",
            [name, uploader],
        )
    items = exported(queue, max_rows=1)
    owner.execute("delete from storage.objects where bucket_id = 'talks'")
    assert [(item["kind"], item["path"], item["bytes"]) for item in items] == [
        ("object", f"{ALICE}/a.wav", 7), ("object", "shared/b.wav", 7)
    ]  # fmt: skip


def test_a_page_ends_before_it_is_too_large_for_one_answer(owner: Connection, queue: Queue) -> None:
    long = "x" * (5 * 1024 * 1024)
    for _ in range(3):
        ask_one(owner, account_id=ALICE, kind=long)
    page = queue.call("export_owner", owner=ALICE, operator="ann")
    assert len(page["items"]) == 2
    assert len(exported(queue)) == 3


def test_the_log_of_operators_notes_who_exported_whom_until_the_owner_is_forgotten(
    queue: Queue,
) -> None:
    exported(queue)
    (line,) = queue.call("operator_log")
    assert (line["operator"], line["action"]) == ("ann", "export_owner")
    assert line["arguments"] == {"owner": ALICE}
    queue.call("forget_owner", owner=ALICE)
    (line,) = queue.call("operator_log")
    assert line["arguments"] == {}


@pytest.mark.parametrize("after", ["{", "[]", '"\\u0000"', '{"source": 1, "place": "2"}'])
def test_a_wrong_place_is_refused(queue: Queue, after: str) -> None:
    with pytest.raises(InvalidParameterValue):
        queue.call("export_owner", owner=ALICE, operator="ann", after=after)


@pytest.mark.parametrize("arguments", [{"owner": ""}, {"owner": None}, {"operator": " "}])
def test_an_export_needs_an_owner_and_an_operator(
    queue: Queue, arguments: dict[str, str | None]
) -> None:
    with pytest.raises(InvalidParameterValue):
        queue.call("export_owner", **{"owner": ALICE, "operator": "ann", **arguments})


def test_an_owner_of_whom_nothing_is_stored_has_an_empty_export(queue: Queue) -> None:
    assert exported(queue, "nobody") == []


@pytest.mark.parametrize("role", ["anon", "authenticated"])
def test_no_user_may_export(database: Database, connect: Connections, role: str) -> None:
    user = connect(database, role, user_id=ALICE)
    with pytest.raises(InsufficientPrivilege):
        user.execute("select processing.export_owner(%s, 'me')", [ALICE])
