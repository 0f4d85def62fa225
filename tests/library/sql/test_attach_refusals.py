"""What attach cannot do it refuses with RJ007 and a cure, before it has changed anything."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest

from tests.support.databases import Database
from tests.support.queue import Connection, Queue, refused


@pytest.fixture(autouse=True)
def schema(owner: Connection) -> Iterator[None]:
    owner.execute("create schema odd")
    yield
    owner.execute("drop schema odd cascade")


KEYED = "create table odd.things (id {type} primary key, wants text, said text)"

TABLES = {
    "no key": "create table odd.things (id integer, wants text, said text)",
    "a key of two columns": "create table odd.things (id integer, wants text, said text,"
    " primary key (id, wants))",
    "a deferrable key": "create table odd.things (id integer primary key deferrable,"
    " wants text, said text)",
    "a moment as key": KEYED.format(type="timestamptz"),
    "an address as key": KEYED.format(type="inet"),
    "a number as key": KEYED.format(type="numeric"),
    "an array as key": KEYED.format(type="integer[]"),
    "json as key": KEYED.format(type="jsonb"),
    "bytes as key": KEYED.format(type="bytea"),
    "a row as key": "create type odd.pair as (a integer, b integer);"
    + KEYED.format(type="odd.pair"),
    "partitions": "create table odd.things (id bigint primary key, wants text, said text)"
    " partition by hash (id)",
    "a partition": "create table odd.whole (id bigint primary key, wants text, said text)"
    " partition by hash (id); create table odd.things partition of odd.whole"
    " for values with (modulus 1, remainder 0)",
    "children": KEYED.format(type="bigint") + "; create table odd.child () inherits (odd.things)",
    "a view": "create table odd.below (id integer primary key, wants text, said text);"
    " create view odd.things as select * from odd.below",
    "unlogged": "create unlogged table odd.things (id integer primary key, wants text, said text)",
    "no replica identity": KEYED.format(type="bigint")
    + "; alter table odd.things replica identity nothing",
    "rules": KEYED.format(type="bigint")
    + "; create rule quiet as on update to odd.things do instead nothing",
    "a status of its own": KEYED.format(type="bigint")
    + "; alter table odd.things add processing_status text not null default 'pending'",
    "a progress of its own": KEYED.format(type="bigint")
    + "; alter table odd.things add processing_progress real",
    "a generated output": "create table odd.things (id bigint primary key, wants text,"
    " said text generated always as (upper(wants)) stored)",
    "an output that differs by default": "create table odd.things (id bigint primary key,"
    " wants text, said text default gen_random_uuid()::text)",
    "an output from a sequence": "create table odd.things (id bigint primary key, wants text,"
    " said bigserial)",
    "a trigger that has our name": KEYED.format(type="bigint")
    + """; create function odd.nothing() returns trigger language plpgsql as
        $$ begin return new; end $$;
    create trigger "~processing_admit" before insert on odd.things
        for each row execute function odd.nothing()""",
    "an output that no user could leave out": KEYED.format(type="bigint").replace(
        "said text", "said text not null"
    ),
    "an index that has our name": KEYED.format(type="bigint")
    + "; create table odd.elsewhere (a integer); create index due_plain on odd.elsewhere (a)",
}

ARGUMENTS: dict[str, dict[str, object]] = {
    "an output that is not there": {"outputs": ["nothing"]},
    "no input at all by that name": {"inputs": [None]},
    "a condition that is none": {"when": "wants ="},
    "a store function that is not there": {"store": "odd.nowhere"},
    "a store function with no name": {"store": "a b(c"},
    "an owner of an odd type": {"owner": "place"},
    "an editable column that is no output": {"editable": ["wants"]},
    "the key as output": {"outputs": ["id"]},
}

DESCRIPTION = """
select jsonb_agg(x order by x) from (
    select to_jsonb(a) - 'attrelid' as x from pg_attribute as a
        where a.attrelid = to_regclass('odd.things')
    union all select to_jsonb(c) - 'relpages' - 'reltuples' - 'relallvisible' - 'relallfrozen'
        from pg_class as c where c.relnamespace = 'odd'::regnamespace
    union all select to_jsonb(pg_get_triggerdef(t.oid)) from pg_trigger as t
        where t.tgrelid = to_regclass('odd.things') and not t.tgisinternal
    union all select to_jsonb(p) from processing.pipelines as p
    union all select to_jsonb(f.oid::regprocedure::text) from pg_proc as f
        where f.pronamespace = 'processing'::regnamespace
    union all select to_jsonb(r) from pg_publication_rel as r
) as everything
"""


def described(connection: Connection) -> object:
    row = connection.execute(DESCRIPTION).fetchone()
    assert row is not None
    return row[0]


def attach(connection: Connection, **more: object) -> None:
    arguments = {"table": "odd.things", "pipeline": "plain", "inputs": ["wants"]}
    Queue(connection).call("attach", **(arguments | {"outputs": ["said"]} | more))


@pytest.mark.parametrize("table", TABLES)
def test_a_table_that_cannot_be_a_queue_is_left_as_it_was(owner: Connection, table: str) -> None:
    owner.execute(TABLES[table])
    before = described(owner)
    with refused("RJ007") as caught:
        attach(owner)
    assert caught.value.diag.message_hint
    assert described(owner) == before


@pytest.mark.parametrize("arguments", ARGUMENTS)
def test_a_call_that_makes_no_sense_changes_nothing(owner: Connection, arguments: str) -> None:
    owner.execute(KEYED.format(type="bigint") + "; alter table odd.things add place point")
    before = described(owner)
    with refused("RJ007") as caught:
        attach(owner, **ARGUMENTS[arguments])
    assert caught.value.diag.message_hint
    assert described(owner) == before


KEYS = {
    "smallint": "7", "integer": "7", "bigint": str(2**60),
    "uuid": "A11CE000-0000-4000-8000-000000000001",
    "text": "Straße", "varchar(20)": "a b", "char(8)": "abc", "odd.colour": "red",
    "odd.short": "abc", "odd.code": "abc",
}  # fmt: skip

TYPES = """
create type odd.colour as enum ('red', 'green');
create domain odd.short as varchar(10) not null check (value <> '');
create domain odd.code as odd.short;
"""


@pytest.mark.parametrize("key_type", KEYS)
def test_a_row_lives_through_its_round_whatever_its_key(
    owner: Connection, queue: Queue, key_type: str
) -> None:
    owner.execute(TYPES)
    owner.execute(KEYED.format(type=key_type))
    attach(owner, backfill="pending")
    owner.execute("insert into odd.things (id, wants) values (%s, 'x')", [KEYS[key_type]])
    row = queue.claim_one("plain")
    queue.checkpoint(row)
    owner.execute("update odd.things set processing_status = 'cancelled'")
    assert queue.heartbeat(row)["lost"][0]["reason"] == "cancelled"
    spelled = f"{KEYS[key_type]:<8}" if "char(8)" in key_type else KEYS[key_type]
    queue.call("retry", table_name="odd.things", row_id=spelled, fresh=True)
    again = queue.claim_one("plain")
    assert (again["id"], again["checkpoints"]) == (row["id"], None)
    queue.checkpoint(again)
    assert queue.complete(again, said="done") == "done"
    told = queue.call("explain", table_name="odd.things", row_id=spelled)
    assert [len(told["checkpoints"]), told["row"]["id"]] == [1, row["id"]]
    owner.execute("delete from odd.things")
    for ledger in ("leases", "checkpoints", "events"):
        found = owner.execute(f"select count(*) from processing.{ledger}").fetchone()
        assert found == (0,)


def test_ten_spellings_of_a_key_are_one_row(owner: Connection, queue: Queue) -> None:
    """The limit of runs a day is of the row and not of what was sent."""
    key = "a11ce000-0000-4000-8000-00000000abcd"
    owner.execute(KEYED.format(type="uuid") + "; alter table odd.things add owner uuid")
    attach(owner, owner="owner")
    owner.execute("insert into odd.things (id, owner) values (%s, %s)", [key, key])
    spellings = [key, key.upper(), f"{{{key}}}", key.replace("-", "")] * 3
    for spelling in spellings[:10]:
        owner.execute("update odd.things set processing_status = 'completed'")
        queue.call("retry", table_name="odd.things", row_id=spelling, fresh=False, requested_by=key)
    owner.execute("update odd.things set processing_status = 'completed'")
    for spelling in spellings[:4]:
        with refused("RJ008"):
            queue.call(
                "retry", table_name="odd.things", row_id=spelling, fresh=False, requested_by=key
            )


def test_a_table_with_more_inputs_than_a_function_has_arguments(
    owner: Connection, queue: Queue
) -> None:
    names = [f"c{number}" for number in range(120)]
    columns = ", ".join(f"{name} text" for name in names)
    owner.execute(f"create table odd.things (id bigint primary key, said text, {columns})")
    attach(owner, inputs=names)
    owner.execute("insert into odd.things (id, c7) values (1, 'x')")
    assert queue.claim_one("plain")["inputs"]["c7"] == "x"


def test_a_superuser_may_attach_what_the_contract_can_work_on(
    owner: Connection, database: Database, queue: Queue
) -> None:
    owner.execute(KEYED.format(type="bigint"))
    with psycopg.connect(database.superuser_dsn, autocommit=True) as superuser:
        attach(superuser)
        superuser.execute("insert into odd.things (id, wants) values (1, 'x')")
        assert queue.complete(queue.claim_one("plain"), said="y") == "done"
        superuser.execute("create table odd.more (id bigint primary key, wants text, said text)")
        with refused("RJ007") as caught:
            attach(superuser, table="odd.more", pipeline="more")
        assert "alter table odd.more owner to postgres" in str(caught.value.diag.message_hint)
        superuser.execute("alter table odd.more owner to postgres")
        attach(superuser, table="odd.more", pipeline="more")
        superuser.execute("insert into odd.more (id, wants) values (1, 'x')")
        assert queue.complete(queue.claim_one("more"), said="y") == "done"
