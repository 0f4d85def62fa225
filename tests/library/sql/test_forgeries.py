"""Grants stay as the application gave them; the triggers alone guard what the worker writes."""

from __future__ import annotations

from contextlib import suppress

import psycopg
import pytest
from psycopg.errors import InsufficientPrivilege

from tests.library.sql.questions import ALICE, PIPELINE, ask_one, attach, look, one, statuses
from tests.support.databases import Connections, Database
from tests.support.queue import Connection, Queue, refused

FORGED = {
    "answer": "'42'",
    "score": "7",
    "processing_status": "'completed'",
    "processing_stage": "'done'",
    "processing_progress": "99",
    "processing_attempts": "1",
    "processing_run": "7",
    "processing_not_before": "now()",
    "processing_priority": "9",
    "processing_pipeline": "'mine'",
    "processing_error": "'{}'",
    "processing_started_at": "now()",
    "processing_finished_at": "now()",
    "processing_edited": "'{answer}'",
    "processing_outdated": "'{question}'",
}

STATEMENTS = {
    "insert": "insert into public.questions (question, {column}) values ('x', {value})",
    "update": "update public.questions set {column} = {value}",
    "upsert": "insert into public.questions (id, question) values ({key}, 'x')"
    " on conflict (id) do update set {column} = {value}",
    "upsert of a new row": "insert into public.questions (id, {column}) values (77, {value})"
    " on conflict (id) do update set {column} = excluded.{column}",
    "upsert of an old row": "insert into public.questions (id, {column})"
    " values ({key}, {value}) on conflict (id) do update set {column} = excluded.{column}",
    "merge, insert": "merge into public.questions using (select 77 as id) as s"
    " on questions.id = s.id when not matched then insert (id, {column}) values (s.id, {value})",
    "merge, update": "merge into public.questions using (select 1) as s on true"
    " when matched then update set {column} = {value}",
    "after a delete at once": "with gone as (delete from public.questions returning id)"
    " insert into public.questions (id, {column}) select id, {value} from gone",
}


@pytest.fixture(autouse=True)
def attached(owner: Connection) -> None:
    attach(owner, owner="account_id")
    owner.execute("grant all on public.questions to authenticated, anon")


@pytest.fixture
def alice(database: Database, connect: Connections) -> Connection:
    return connect(database, "authenticated", user_id=ALICE)


@pytest.mark.parametrize("statement", STATEMENTS)
def test_a_user_with_every_grant_forges_no_column(
    owner: Connection, alice: Connection, statement: str
) -> None:
    key = ask_one(owner, account_id=ALICE)
    before = look(owner, key)
    for column, value in FORGED.items():
        query = STATEMENTS[statement].format(column=column, value=value, key=key)
        # What is proposed for an existing row goes through admission, which may make it harmless.
        tamed = statement == "upsert of an old row"
        with suppress(InsufficientPrivilege) if tamed else refused("42501"):
            alice.execute(query)
    assert look(owner, key) == before
    assert statuses(owner) == {"pending": 1}


def test_a_user_with_every_grant_copies_in_no_column(owner: Connection, alice: Connection) -> None:
    for column, value in FORGED.items():
        # COPY FROM is not for tables with row-level security; a partner without it may.
        owner.execute("alter table public.questions disable row level security")
        text = "2026-01-01" if value == "now()" else value.strip("'")
        with (
            pytest.raises(InsufficientPrivilege, match="written by the worker only"),
            alice.cursor() as cursor,
            cursor.copy(f"copy public.questions (question, {column}) from stdin") as copy,
        ):
            copy.write_row(("x", text))
    assert statuses(owner) == {}


def test_a_form_that_sends_the_whole_row_is_accepted(
    owner: Connection, queue: Queue, alice: Connection
) -> None:
    key = ask_one(owner, account_id=ALICE)
    queue.complete(queue.claim_one(PIPELINE), answer="42", score=5)
    names = [
        name
        for (name,) in owner.execute(
            "select attname from pg_attribute where attrelid = 'public.questions'::regclass"
            " and attnum > 0 and not attisdropped and attname <> 'question'"
        ).fetchall()
    ]
    columns = ", ".join(names)
    before = look(owner, key)
    alice.execute(f"update public.questions set ({columns}) = row ({columns}), question = 'Who?'")
    alice.execute(
        f"insert into public.questions ({columns}, question) select {columns}, 'Where?' from"
        " public.questions on conflict (id) do update set question = excluded.question,"
        + ", ".join(f"{name} = excluded.{name}" for name in names)
    )
    assert look(owner, key) == before | {"question": "Where?"}
    nulls = ", ".join("null" for name in FORGED)
    alice.execute(
        f"insert into public.questions (question, {', '.join(FORGED)}) values ('New?', {nulls})"
    )
    assert statuses(owner) == {"completed": 1, "pending": 1}


def test_an_insert_that_fails_or_turns_into_an_update_brings_nothing_in(
    owner: Connection, alice: Connection
) -> None:
    key = ask_one(owner, account_id=ALICE)
    with pytest.raises(psycopg.errors.UniqueViolation):
        alice.execute(f"insert into public.questions (id, answer) values ({key}, 'mine')")
    alice.execute(
        f"insert into public.questions (id, answer) values ({key}, 'mine') on conflict do nothing"
    )
    assert look(owner, key)["answer"] is None


def test_a_trigger_of_the_table_that_resolves_a_conflict_brings_nothing_in(
    owner: Connection, alice: Connection
) -> None:
    owner.execute(
        "alter table public.questions add slug text unique;"
        "create function public.make_unique() returns trigger language plpgsql as $$ begin"
        " if exists (select from public.questions where slug = new.slug) then"
        " new.slug := new.slug || '-2'; end if; return new; end $$;"
        "create trigger make_unique before insert on public.questions"
        " for each row execute function public.make_unique()"
    )
    ask_one(owner, account_id=ALICE, slug="why")
    for column in ("answer", "processing_stage", "processing_error"):
        with pytest.raises(InsufficientPrivilege):
            alice.execute(
                f"insert into public.questions (slug, {column}) values ('why', {FORGED[column]})"
            )
    alice.execute("insert into public.questions (slug) values ('why')")
    assert statuses(owner) == {"pending": 2}


@pytest.mark.parametrize("key", ["lower(slug)", "slug, kind"])
def test_a_form_is_accepted_that_names_a_row_by_any_unique_index(
    owner: Connection, alice: Connection, queue: Queue, key: str
) -> None:
    owner.execute("alter table public.questions add slug text")
    owner.execute(f"create unique index on public.questions ({key}) where slug is not null")
    ask_one(owner, account_id=ALICE, slug="why")
    queue.complete(queue.claim_one(PIPELINE), answer="42")
    form = (
        "insert into public.questions (slug, question, answer, processing_status)"
        f" values ('why', 'How?', %s, 'completed') on conflict ({key}) where slug is not null"
        " do update set question = excluded.question, answer = excluded.answer"
    )
    alice.execute(form, ["42"])
    with pytest.raises(InsufficientPrivilege):
        alice.execute(form, ["43"])
    (found,) = owner.execute("select question, answer from public.questions").fetchall()
    assert found == ("How?", "42")


def test_no_other_spelling_of_a_json_output_gets_into_the_row(
    owner: Connection, alice: Connection
) -> None:
    owner.execute("alter table public.questions add found jsonb, add raw json")
    key = ask_one(owner, account_id=ALICE)
    attach(owner, outputs=["answer", "score", "notes", "found", "raw"])
    state = "select array[found::text, raw::text] from public.questions where id = %s"
    alice.execute(
        "update public.questions set found = 'null', raw = 'null', processing_error = 'null'"
        " where id = %s",
        [key],
    )
    assert one(owner, "select count(*) from public.questions where processing_error is null") == 1
    assert one(owner, state, key) == [None, None]
    owner.execute(
        "update public.questions set found = '[1]', raw = '{\"a\": 2}' where id = %s", [key]
    )
    alice.execute(
        "update public.questions set question = 'How?', found = '[1.0]',"
        ' raw = \'{"a": "mine", "a":2}\' where id = %s',
        [key],
    )
    assert one(owner, state, key)[1] == '{"a": 2}'
    assert look(owner, key)["question"] == "How?"
    alice.execute("insert into public.questions (id, found, raw) values (77, 'null', ' null ')")
    assert one(owner, state, 77) == [None, None]


def test_a_row_that_only_the_collation_of_a_column_takes_for_a_stored_one_is_new(
    owner: Connection, alice: Connection
) -> None:
    try:
        owner.execute(
            "create collation public.any_case"
            " (provider = icu, locale = 'und-u-ks-level2', deterministic = false)"
        )
    except psycopg.errors.FeatureNotSupported:
        pytest.skip("this Postgres has no ICU; Debian's has it")
    owner.execute(
        "alter table public.questions add slug text collate public.any_case;"
        ' create unique index on public.questions (slug collate "C")'
    )
    ask_one(owner, account_id=ALICE, slug="why")
    for column in ("answer", "processing_status", "processing_priority"):
        with pytest.raises(InsufficientPrivilege):
            alice.execute(
                f"insert into public.questions (slug, {column}) values ('WHY', {FORGED[column]})"
            )
    alice.execute("insert into public.questions (slug) values ('WHY')")
    assert statuses(owner) == {"pending": 2}


def test_the_constant_default_of_an_output_may_be_sent(
    owner: Connection, alice: Connection
) -> None:
    owner.execute("alter table public.questions alter answer set default 'none yet'")
    alice.execute("insert into public.questions (question) values ('x')")
    alice.execute("insert into public.questions (question, answer) values ('x', 'none yet')")
    with pytest.raises(InsufficientPrivilege):
        alice.execute("insert into public.questions (question, answer) values ('x', 'mine')")
    assert statuses(owner) == {"pending": 2}


def test_the_default_of_an_output_is_known_in_a_session_that_shows_few_digits(
    owner: Connection, alice: Connection
) -> None:
    owner.execute("alter table public.questions add share float8 default '0.30000000000000004'")
    attach(owner, owner="account_id", outputs=["share"], editable=[])
    alice.execute("set extra_float_digits = -10")
    alice.execute("insert into public.questions (question) values ('x')")
    assert statuses(owner) == {"pending": 1}


def test_a_partial_key_is_read_with_all_its_digits(owner: Connection, alice: Connection) -> None:
    owner.execute(
        "alter table public.questions add share float8 default '0.30000000000000004';"
        "create unique index on public.questions (question) where share > '0.30000000000000004'"
    )
    alice.execute("insert into public.questions (question) values ('x')")
    alice.execute("set extra_float_digits = -10")
    with pytest.raises(InsufficientPrivilege):
        alice.execute("insert into public.questions (question, answer) values ('x', 'forged')")


def test_a_column_that_the_application_adds_later_is_open_at_once(
    owner: Connection, alice: Connection
) -> None:
    owner.execute("alter table public.questions add column remark text")
    alice.execute("insert into public.questions (question, remark) values ('x', 'y')")
    alice.execute("update public.questions set remark = 'z'")
    assert one(owner, "select remark from public.questions") == "z"


def test_attach_gives_and_takes_no_grant(owner: Connection) -> None:
    grants = "select relacl::text from pg_class where oid = 'public.questions'::regclass"
    before = one(owner, grants)
    attach(owner, owner="account_id", outputs=["answer", "notes"])
    assert one(owner, grants) == before


def test_what_was_typed_with_the_insert_stays(
    owner: Connection, queue: Queue, alice: Connection
) -> None:
    alice.execute("insert into public.questions (question, notes) values ('x', 'mine')")
    row = queue.claim_one(PIPELINE)
    assert row["edited"] == ["notes"]
    queue.complete(row, answer="42", notes="the worker's")
    shown = look(owner, row["id"])
    assert (shown["answer"], shown["notes"], shown["edited"]) == ("42", "mine", ["notes"])


def test_what_a_trigger_of_the_table_fills_in_was_not_typed(
    owner: Connection, queue: Queue, alice: Connection
) -> None:
    owner.execute(
        """
        create function public.fill() returns trigger language plpgsql as $$
        begin new.notes := 'draft'; new.answer := 'draft'; return new; end $$;
        create trigger fill before insert on public.questions for each row
            execute function public.fill();
        """
    )
    attach(owner, owner="account_id")
    alice.execute("insert into public.questions (question) values ('x')")
    row = queue.claim_one(PIPELINE)
    queue.complete(row, answer="42", notes="the worker's")
    assert look(owner, row["id"])["notes"] == "the worker's"
