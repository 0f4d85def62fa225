"""Attaching any table either is refused and changes nothing, or all that worked before still works.

Hypothesis invents the tables: kinds of keys and columns, names, constraints, triggers, generated
columns, grants and policies. Every example is one transaction that is rolled back.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, Phase, given, note, settings
from hypothesis import strategies as st
from psycopg import sql

from tests.support.databases import Connections, Database
from tests.support.queue import Connection, Queue

OWNER = "a11ce000-0000-4000-8000-000000000001"

SETUP = """
create type public.colour as enum ('red', 'green');
create domain public.code as varchar(12) not null check (value <> '');
create domain public.email as text not null check (value like '%@%');
create table public.log (said text);
create function public.fill() returns trigger language plpgsql as $$
begin new.wants := coalesce(new.wants, 'filled'); return new; end $$;
create function public.tell() returns trigger language plpgsql security definer as $$
begin insert into public.log values ('told'); return null; end $$;
"""

KEYS = {
    "smallint": "7", "integer": "7", "bigint": "1152921504606846976", "text": "ä' \"b\"",
    "uuid": "A11CE000-0000-4000-8000-00000000000A", "varchar(9)": "a b", "char(8)": "abc",
    "public.colour": "green", "public.code": "x-1", "numeric": "1.50", "date": "2026-01-02",
    "timestamptz": "2026-01-02 03:04+05", "inet": "10.0.0.1/8", "bytea": "\\x00ff",
    "integer[]": "{1,2}", "interval": "36:00", "jsonb": '{"a": 1}', "name": "n",
}  # fmt: skip
"""The types of a key, each with an example value."""

OUTPUTS = {
    "text": "said", "integer": 5, "numeric(9,2)": 1.5, "boolean": True, "jsonb": {"a": [1, None]},
    "text[]": ["a", "b"], "date": "2026-01-02", "public.colour": "red", "varchar(20)": "short",
    "timestamptz": "2026-01-02T03:04:05+00:00", "double precision": 0.5, "uuid": OWNER,
}  # fmt: skip
"""The types of an output, each with a value as a worker sends it."""

DEFAULTS = [None, None, None, "null", "volatile", "generated"]
NAMES = ["things", "Odd Things", 'say "hi"', "select", "ünï", "x" * 63, "a.b", "50%"]
ANY_NAME = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), min_size=1
).filter(lambda name: len(name.encode()) <= 63)
"""Every name that Postgres keeps whole: it has at most 63 bytes."""
COLUMNS = ["said", "Said", 'the "answer"', "user", "antwört", "100%s"]
TRIGGERS = ["a_fill", "zz_fill", "B", "0", "~~late", "!!early", "processing_2_own", "étage"]
EXTRAS = {
    "contact public.email": "'a@example.com'",
    "slug text unique": "'s'",
    "counted integer check (counted > 0)": "1",
    "stamp timestamptz not null default now()": "default",
    "twice text generated always as (wants || wants) stored": "default",
    "place point": "'(1,2)'",
    "processing_status text": "'x'",
    "processing_progress smallint": "1",
    "processing_fee text": "'x'",
}
OWNERS = {"": "", "uuid": OWNER, "text": OWNER, "uuid[]": f"{{{OWNER}}}", "json": "{}"}
CONDITIONS = [None, None, "wants is not null", "wants = 'filled' or wants = 'this'", "is_work"]
KINDS = ["table", "table", "table", "table", "unlogged table", "partitioned table"]


@dataclass(frozen=True, slots=True)
class Table:
    """One invented table, and the arguments with which it is attached."""

    kind: str
    name: str
    key: str
    key_type: str
    output: str
    output_type: str
    default: str | None
    extras: list[str]
    triggers: list[str]
    told: bool
    owner: str
    condition: str | None
    policies: bool
    forced: bool
    grants: bool
    editable: bool
    limit: int | None
    rerun: bool


TABLES = st.builds(
    Table,
    kind=st.sampled_from(KINDS),
    name=st.sampled_from(NAMES) | ANY_NAME,
    key=st.sampled_from(["id", "Key", "order", 'a"b']),
    key_type=st.sampled_from([*list(KEYS)[:9], *KEYS]),
    output=st.sampled_from(COLUMNS),
    output_type=st.sampled_from(list(OUTPUTS)),
    default=st.sampled_from(DEFAULTS),
    extras=st.lists(st.sampled_from([*list(EXTRAS)[:6], *EXTRAS]), max_size=3, unique=True),
    triggers=st.lists(st.sampled_from([*TRIGGERS[:4], *TRIGGERS]), max_size=2, unique=True),
    told=st.booleans(),
    owner=st.sampled_from([*list(OWNERS)[:3], *OWNERS]),
    condition=st.sampled_from(CONDITIONS),
    policies=st.booleans(),
    forced=st.booleans(),
    grants=st.booleans(),
    editable=st.booleans(),
    limit=st.sampled_from([None, 1, 5]),
    rerun=st.booleans(),
)


class Workshop:
    """Creates one table, and uses it as an application does."""

    def __init__(self, connection: Connection, table: Table) -> None:
        self.connection = connection
        self.table = table
        self.relation = sql.Identifier("public", table.name)
        self.key = sql.Identifier(table.key)
        self.output = sql.Identifier(table.output)
        self.values: dict[str, str] = {
            extra.split()[0]: value for extra, value in EXTRAS.items() if extra in table.extras
        }

    def run(self, text: str, *values: object, role: str | None = None) -> Any:
        """Run one statement of the application. In it, names of the table are written in braces."""
        names = ", ".join(["wants", *self.values])
        given = ", ".join(["'this'", *self.values.values()])
        query = sql.SQL(text).format(
            table=self.relation, key=self.key, output=self.output, names=sql.SQL(names),
            given=sql.SQL(given), id=sql.Literal(KEYS[self.table.key_type]),
        )  # fmt: skip
        with self.connection.transaction():
            if role:
                self.connection.execute(f"set local role {role}")
            cursor = self.connection.execute(query, values or None)
            answer = cursor.fetchall() if cursor.description else None
            if role:
                self.connection.execute("set local role none")
        return answer

    def create(self) -> None:
        """Create the table as its author would, with triggers, policies and grants."""
        table = self.table
        whole = not table.kind.startswith("partitioned")
        parts = "" if whole else " partition by hash ({key})"
        word = "unlogged " if table.kind.startswith("unlogged") else ""
        self.run(f"create {word}table {{table}} ({', '.join(self.columns(whole))}){parts}")
        if parts:
            self.run(
                "create table public.part partition of {table}"
                " for values with (modulus 1, remainder 0)"
            )
        self.create_triggers()
        if table.policies:
            self.run("alter table {table} enable row level security")
            self.run("create policy open on {table} to authenticated using (true)")
            if table.forced:
                self.run("alter table {table} force row level security")
        if table.grants:
            self.run("grant all on {table} to authenticated")

    def columns(self, whole: bool) -> list[str]:
        """The declarations of the columns; `whole` says that the table has no partitions."""
        table = self.table
        default = {
            None: "",
            "null": " default null",
            "volatile": " default (nullif(random()::text, ''))::text",
            "generated": " generated always as (upper(wants)) stored",
        }[table.default if table.output_type == "text" else None]
        # In a partitioned table a unique column would have to include the partition key.
        extras = [extra if whole else extra.replace(" unique", "") for extra in table.extras]
        columns = [f"{{key}} {table.key_type} primary key", "wants text", *extras]
        columns.append(f"{{output}} {table.output_type}{default}")
        if table.owner:
            value = OWNERS[table.owner].replace("{", "{{").replace("}", "}}")
            columns.append(f"owner {table.owner} default '{value}'")
        if table.condition == "is_work":
            columns.append("is_work boolean generated always as (wants is not null) stored")
        return columns

    def create_triggers(self) -> None:
        for trigger in self.table.triggers:
            name = sql.Identifier(trigger).as_string()
            self.run(
                f"create trigger {name} before insert or update on {{table}}"
                " for each row execute function public.fill()"
            )
        if self.table.told:
            self.run(
                "create trigger told after insert or update or delete on {table}"
                " for each row execute function public.tell()"
            )

    STATEMENTS = (
        "insert into {table} ({key}, {names}) values ({id}, {given})",
        "insert into {table} ({key}, {names}) values ({id}, {given}) returning *",
        "insert into {table} ({key}, {names}) values ({id}, {given})"
        " on conflict ({key}) do update set wants = excluded.wants || '!'",
        "update {table} set wants = 'that'",
        "update {table} set wants = wants, {output} = {output}",
        "update {table} set {key} = {key}",
        "select * from {table}",
        "delete from {table}",
    )

    def works(self) -> set[tuple[str | None, str, bool]]:
        """The statements of the application that succeed now, on an empty table and on a row."""
        done = set()
        for role in (None, "authenticated"):
            for filled in (False, True):
                for statement in self.STATEMENTS:
                    try:
                        with self.connection.transaction(force_rollback=True):
                            if filled:
                                self.run(self.STATEMENTS[0])
                            self.run(statement, role=role)
                    except psycopg.Error:
                        continue
                    done.add((role, statement, filled))
        return done

    def attach(self) -> None:
        """Attach the table; raises RJ007 if it cannot be a queue."""
        table = self.table
        with self.connection.transaction():
            Queue(self.connection).call(
                "attach", table=self.relation.as_string(), pipeline="made-up", inputs=["wants"],
                outputs=[table.output], editable=[table.output] if table.editable else [],
                owner="owner" if table.owner else None, when=table.condition,
                max_open_per_owner=table.limit if table.owner else None, rerun=table.rerun,
            )  # fmt: skip

    def description(self) -> Any:
        """The catalog's description of the table, and what is attached to it."""
        return self.connection.execute(
            """
            select jsonb_agg(x order by x) from (
                select to_jsonb(a) as x from pg_attribute as a
                    where a.attrelid = %(table)s::regclass
                union all select to_jsonb(pg_get_triggerdef(t.oid)) from pg_trigger as t
                    where t.tgrelid = %(table)s::regclass
                union all select to_jsonb(pg_get_indexdef(i.indexrelid)) from pg_index as i
                    where i.indrelid = %(table)s::regclass
                union all select to_jsonb(p.pipeline) from processing.pipelines as p
                union all select to_jsonb(r) from pg_publication_rel as r
                union all select to_jsonb(c.relacl::text) from pg_class as c
                    where c.oid = %(table)s::regclass
            ) as everything
            """,
            {"table": self.relation.as_string()},
        ).fetchone()

    def round(self) -> None:
        """Insert a row, claim it, complete it, retry it, complete it again, and delete it."""
        queue = Queue(self.connection)
        self.run(self.STATEMENTS[0])
        ((key,),) = self.run("select {key}::text from {table} where processing_status = 'pending'")
        for _ in range(2):
            row = queue.claim_one("made-up")
            assert row["id"] == key
            queue.checkpoint(row)
            queue.complete(row, **{self.table.output: OUTPUTS[self.table.output_type]})
            ((status, found),) = self.run(
                "select processing_status::text, {output} is not null from {table}"
            )
            assert (status, found) == ("completed", True)
            queue.call("retry", table_name=self.relation.as_string(), row_id=key, fresh=True)
        self.run("delete from {table}")
        assert self.run(
            "select count(*) from (select from processing.leases union all select from"
            " processing.events where row_id <> '' union all"
            " select from processing.checkpoints) as x"
        ) == [(0,)]


@pytest.fixture(scope="module")
def workbench(module_database: Database) -> Iterator[Connection]:
    connections = Connections()
    connection = connections(module_database)
    connection.execute(SETUP)
    yield connection
    connections.close()


def check(connection: Connection, table: Table) -> None:
    """Check the property: a refusal that changes nothing, or everything still works."""
    note(repr(table))
    with connection.transaction(force_rollback=True):
        workshop = Workshop(connection, table)
        workshop.create()
        before, worked = workshop.description(), workshop.works()
        try:
            workshop.attach()
        except psycopg.DatabaseError as error:
            assert error.sqlstate == "RJ007", error
            assert error.diag.message_hint
            assert workshop.description() == before
            return
        assert worked - workshop.works() == set()
        workshop.round()


PROFILE = settings(
    deadline=None, derandomize=True, phases=[Phase.explicit, Phase.generate, Phase.shrink],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip


@pytest.mark.timeout(600)
@settings(PROFILE, max_examples=60)
@given(table=TABLES)
def test_attach_refuses_cleanly_or_breaks_nothing(workbench: Connection, table: Table) -> None:
    check(workbench, table)


@pytest.mark.chaos
@pytest.mark.timeout(1800)
@settings(PROFILE, max_examples=1500, derandomize=False)
@given(table=TABLES)
def test_attach_refuses_cleanly_or_breaks_nothing_at_length(
    workbench: Connection, table: Table
) -> None:
    check(workbench, table)
