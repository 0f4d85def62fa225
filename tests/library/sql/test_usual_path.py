"""Triggers of the application find its tables, whatever search_path the contract itself has."""

from __future__ import annotations

import pytest

from tests.library.sql.questions import PIPELINE, ask_one, attach, look, one
from tests.support.queue import Connection, Queue

LOG = """
create table {schema}.log (said text);
grant insert on {schema}.log to service_role;
create function {schema}.tell() returns trigger language plpgsql as
    $$ begin insert into log values (tg_op || ' ' || new.processing_status); return null; end $$;
create function {schema}.store(key bigint, handover jsonb) returns void language plpgsql as
    $$ begin insert into log values (handover ->> 'said'); end $$;
"""
"""Written as most are: no name of a schema, and no search_path of their own.

Before Postgres 18 a trigger that is deferred to the commit runs as whoever commits.
"""

TRIGGERS = [
    "trigger told after insert or update on public.questions",
    "constraint trigger told after insert or update on public.questions"
    " deferrable initially deferred",
]


@pytest.mark.parametrize("trigger", TRIGGERS, ids=["at once", "deferred"])
def test_a_row_with_such_a_trigger_goes_through_every_change(
    owner: Connection, queue: Queue, trigger: str
) -> None:
    owner.execute(LOG.format(schema="public"))
    key = ask_one(owner)
    attach(owner, store="public.store")
    owner.execute(f"create {trigger} for each row execute function public.tell()")
    attach(owner, store="public.store", backfill="pending")
    queue.fail(queue.claim_one(PIPELINE), retryable=False)
    queue.call("retry", table_name="public.questions", row_id=key)
    row = queue.claim_one(PIPELINE)
    queue.progress(row, stage="Reading")
    queue.complete(row, answer="42", handover={"said": "handed over"})
    assert look(owner, key)["status"] == "completed"
    said = [
        *["UPDATE pending", "UPDATE processing", "UPDATE failed", "UPDATE pending"],
        *["UPDATE processing", "UPDATE processing", "UPDATE completed", "handed over"],
    ]
    found = one(owner, "select array_agg(said) from public.log")
    assert sorted(found) == sorted(said)


def test_the_schema_of_the_table_comes_first(owner: Connection, queue: Queue) -> None:
    owner.execute('create schema "The App"; create table public.log (said text)')
    owner.execute(LOG.format(schema='"The App"'))
    owner.execute('alter table public.questions set schema "The App"')
    owner.execute(
        'create trigger told after update on "The App".questions'
        ' for each row execute function "The App".tell()'
    )
    try:
        attach(owner, table='"The App".questions')
        owner.execute('insert into "The App".questions default values')
        queue.complete(queue.claim_one(PIPELINE), answer="42")
        assert one(owner, 'select count(*) from "The App".log') == 2
        assert one(owner, "select count(*) from public.log") == 0
    finally:
        owner.execute('drop schema "The App" cascade')


def test_the_path_of_the_session_is_as_before(owner: Connection, queue: Queue) -> None:
    attach(owner)
    ask_one(owner)
    queue.connection.execute("set search_path = pg_catalog")
    row = queue.claim_one(PIPELINE)
    queue.progress(row, stage="Reading")
    queue.complete(row, answer="42")
    assert one(queue.connection, "show search_path") == "pg_catalog"
