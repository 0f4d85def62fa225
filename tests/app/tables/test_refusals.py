"""Each thing that nobody but the worker may do, tried as a visitor, a stranger and the owner.

What was tried and how it was refused is listed in a table at the end of the test run.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import psycopg
import pytest
from psycopg import sql

from tests.library.sql.questions import ALICE, BOB
from tests.support.databases import Connections, Database
from tests.support.queue import Connection

ROWS = {
    "accounts_to_forget": "(account_id) values ({alice})",
    "batch_jobs": "(account_id, companies) values ({alice}, '[\"Acme\"]')",
    "companies": (
        "(id, key, profile, researched_at, expires_at)"
        " values (gen_random_uuid(), 'a', '{{}}', now(), now())"
    ),
    "company_flights": "(key, research_id) select 'a', id from public.company_research limit 1",
    "company_research": "(account_id, company_name) values ({alice}, 'Acme')",
    "company_research_history": "(company_id, profile) select id, '{{}}' from public.companies",
    "interview_questions": (
        "(account_id, timeline_item_id, question_number, question_text, question_json, asked_by,"
        " asked_by_role, first_utterance, last_utterance, scoring_status) select {alice}, id, 1,"
        " 'Why?', '[]', 0, 'interviewer', 0, 1, 'skipped' from public.timeline_items"
    ),
    "job_positions": "(account_id, job_url) values ({alice}, 'https://example.com')",
    "recording_payments": (
        "(account_id, sha256, item_id, paid_on, paid)"
        " select {alice}, repeat('a', 64), id, '2030-01-01', 1 from public.timeline_items"
    ),
    "recording_uses": (
        "(account_id, sha256, item_id) select {alice}, repeat('a', 64), id"
        " from public.timeline_items"
    ),
    "storage_deletions": "(account_id, bucket_id, paths) values ({alice}, 'interviews', '[]')",
    "timeline_items": (
        "(account_id, type, interview_transcript_given) values ({alice}, 'MOCK_ANALYSE', '[]')"
    ),
}
"""How a row of each table of ours comes about, in the order of the foreign keys below."""

ORDER = (
    "job_positions", "timeline_items", "interview_questions", "companies", "company_research",
    "company_research_history", "company_flights", "batch_jobs",
    "storage_deletions", "recording_payments", "recording_uses",
    "accounts_to_forget",
)  # fmt: skip

THEIRS = {
    "batch_jobs": {"companies", "role", "deep_mode"},
    "interview_questions": {"notes"},
}
"""What users may write in the tables that are not attached; in the others nothing."""

SHARED = {"companies", "company_research_history"}
"""Tables that every signed-in user may read."""

EDITS = {
    "company_research": "prep_checklist = '[]'",
    "interview_questions": "notes = 'mine'",
    "job_positions": "archived = true",
    "timeline_items": "title = 'mine'",
}
"""What the owner of a row may change in it."""

OBJECT = f"{ALICE}/talk.mp3"
TOPIC = f"processing:{ALICE}"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One statement that must have no effect, and how the table names it."""

    what: str
    on: str
    statement: str


@pytest.fixture(scope="module")
def owner(module_database: Database) -> Iterator[Connection]:
    """A row of Alice in each table, an object in her folder, a message on her topic."""
    with psycopg.connect(module_database.dsn, autocommit=True) as owner:
        tables = owner.execute("select tablename from pg_tables where schemaname = 'public'")
        assert {name for (name,) in tables} == ROWS.keys(), "say how a row of it comes about"
        owner.execute("insert into auth.users (id) values (%s), (%s)", [ALICE, BOB])
        for table in ORDER:
            owner.execute(f"insert into public.{table} " + ROWS[table].format(alice=f"'{ALICE}'"))
        owner.execute(
            "insert into storage.objects (bucket_id, name) values ('interviews', %s)", [OBJECT]
        )
        owner.execute(
            f"""create table test.noisy (id int primary key, account_id uuid, a text, b text);
            select processing.attach('test.noisy', 'noisy', '{{a}}', '{{b}}', owner => 'account_id',
                broadcast => true);
            insert into test.noisy values (1, '{ALICE}')"""
        )
        yield owner


def forbidden_columns(owner: Connection, table: str, privilege: str) -> list[str]:
    """The columns that no user may write this way: of the worker, or set by the database."""
    found = owner.execute(
        """
        select a.attname from pg_attribute as a
        where a.attrelid = %(table)s::regclass and a.attnum > 0 and not a.attisdropped and (
            a.attname like 'processing\\_%%' or exists (
                select from processing.pipelines as p
                where p.table_id = a.attrelid and a.attname = any (p.outputs)
                    and a.attname <> all (p.editable)
                    and not (%(privilege)s = 'insert' and a.attname = any (p.inputs)))
            or not exists (select from processing.pipelines as p where p.table_id = a.attrelid))
        order by a.attnum
        """,
        {"table": f"public.{table}", "privilege": privilege},
    )
    return [name for (name,) in found if name not in THEIRS.get(table, ())]


def writes(owner: Connection) -> Iterator[Attempt]:
    """Every column of ours that belongs to the worker, written by hand."""
    for table in ORDER:
        for privilege, template in (
            ("insert", "insert into {} ({}) values (default)"),
            ("update", "update {} set {} = default"),
        ):
            for column in forbidden_columns(owner, table, privilege):
                kind = "processing column" if column.startswith("processing_") else "closed column"
                statement = sql.SQL(template).format(
                    sql.Identifier("public", table), sql.Identifier(column)
                )
                yield Attempt(f"{privilege} a {kind}", table, statement.as_string())


def reach(owner: Connection) -> Iterator[Attempt]:
    """The rows, objects and messages of somebody else."""
    for table in ORDER:
        if table not in SHARED:
            yield Attempt("read a row", table, f"select from public.{table}")
        yield Attempt("delete a row", table, f"delete from public.{table}")
        if table in EDITS:
            yield Attempt("edit a row", table, f"update public.{table} set {EDITS[table]}")
    read = "select from storage.objects where bucket_id = 'interviews'"
    yield Attempt("read an object", "storage.objects", read)
    yield Attempt(
        "move an object", "storage.objects", f"update storage.objects set name = '{BOB}/x.mp3'"
    )
    yield Attempt("delete an object", "storage.objects", "delete from storage.objects")
    yield Attempt(
        "upload into the owner's folder", "storage.objects",
        f"insert into storage.objects (bucket_id, name) values ('interviews', '{ALICE}/x.mp3')",
    )  # fmt: skip
    yield Attempt(
        "hear the owner's broadcasts", "realtime.messages", "select from realtime.messages"
    )


def contract(owner: Connection) -> Iterator[Attempt]:
    """Every function and table of schema `processing`, and the workers' doorbell."""
    functions = owner.execute(
        """select f.oid::regproc::text,
            array(select format_type(t, null) from unnest(f.proargtypes) as t)
        from pg_proc as f where f.pronamespace = 'processing'::regnamespace order by 1"""
    )
    for name, types in functions:
        arguments = ", ".join("1" if kind == "anyelement" else f"null::{kind}" for kind in types)
        yield Attempt("call a function", "schema processing", f"select {name}({arguments})")
    tables = owner.execute("select tablename from pg_tables where schemaname = 'processing'")
    for (name,) in tables:
        yield Attempt("read a table", "schema processing", f"select from processing.{name}")
    send = "insert into realtime.messages (topic, extension, event, private)"
    for topic in (TOPIC, "processing:doorbell"):
        statement = f"{send} values ('{topic}', 'broadcast', 'row', true)"
        yield Attempt("send on a topic", "realtime.messages", statement)


def answer(connection: Connection, attempt: Attempt) -> str:
    """How the database refused it, or that it did not."""
    try:
        done = connection.execute(attempt.statement)
    except psycopg.errors.InsufficientPrivilege:
        return "42501"
    finally:
        connection.rollback()
    return "no row" if done.rowcount == 0 else "ALLOWED"


WHO: dict[str, tuple[str, str | None]] = {
    "anon": ("anon", None),
    "stranger": ("authenticated", BOB),
    "owner": ("authenticated", ALICE),
}
"""Role and user."""


def sessions(database: Database, connect: Connections) -> dict[str, Connection]:
    """A session of each, listening on the owner's topic."""
    opened = {}
    for who, (role, user_id) in WHO.items():
        opened[who] = connect(database, role, user_id=user_id, autocommit=False)
        opened[who].execute("select set_config('realtime.topic', %s, false)", [TOPIC])
        opened[who].commit()
    return opened


def test_every_attempt_is_refused(
    owner: Connection,
    module_database: Database,
    connect: Connections,
    record_property: Callable[[str, object], None],
) -> None:
    asked = sessions(module_database, connect)
    answers = Counter[tuple[str, ...]]()
    allowed = []
    for attempts in (writes, reach, contract):
        for attempt in attempts(owner):
            # Of course the owner reaches their own rows: the next test.
            said = {
                who: "" if who == "owner" and attempts is reach else answer(session, attempt)
                for who, session in asked.items()
            }
            answers[attempt.what, attempt.on, *said.values()] += 1
            allowed += [(who, attempt) for who in said if said[who] == "ALLOWED"]
    lines = [f"| {' | '.join((*key, str(count)))} |" for key, count in answers.items()]
    head = [f"| {' | '.join(('attempt', 'on', *WHO, 'attempts each'))} |", "| --- " * 6 + "|"]
    record_property("table", "\n".join(["Refused attempts (SQLSTATE):", "", *head, *lines]))
    assert allowed == []
    assert answers.total() > 300


def test_the_owner_reaches_what_the_others_do_not(
    owner: Connection, module_database: Database, connect: Connections
) -> None:
    alice = sessions(module_database, connect)["owner"]
    reached = {attempt.what for attempt in reach(owner) if answer(alice, attempt) == "ALLOWED"}
    assert reached == {
        "read a row", "edit a row", "delete a row", "read an object", "delete an object",
        "upload into the owner's folder", "hear the owner's broadcasts",
    }  # fmt: skip
