"""Only the owner of the contract says what schedules run, and with which rights."""

from __future__ import annotations

import pytest
from psycopg.errors import InsufficientPrivilege

from tests.library.sql.questions import ALICE, one
from tests.library.sql.ticks import TABLE, go_to, noted, run, schedule, stored
from tests.support.databases import Clock, Connections, Database
from tests.support.queue import Connection

pytestmark = pytest.mark.any_version


@pytest.fixture(autouse=True)
def ticks(owner: Connection) -> None:
    owner.execute(TABLE)
    owner.execute("grant liverows_worker to postgres")


WRITES = {
    "schedule": "select processing.schedule('mine', '* * * * *', 'UTC', 'select 1')",
    "unschedule": "select processing.unschedule('tick')",
    "pause": "select processing.pause_schedule('tick')",
    "check": "select processing.check_statement('select 1')",
    "run another": "select processing.run_statement('select 1', now(), 'UTC')",
    "run one": "select processing.run_schedule(null, now())",
    "read": "select statement from processing.schedules",
    "update": "update processing.schedules set statement = 'select 1'",
    "insert": "insert into processing.schedules (name, cron, time_zone, statement, missed,"
    " next_due, look_at) values ('mine', '* * * * *', 'UTC', 'select 1', 'skip', now(), now())",
    "delete": "delete from processing.schedules",
    "trigger": "create trigger t before insert on processing.schedules for each row"
    " execute function suppress_redundant_updates_trigger()",
    "alter": "alter table processing.schedules owner to current_user",
    "replace": "create or replace function processing.run_statement(statement text,"
    " due timestamptz, time_zone text) returns bigint language sql as 'select 1'",
}


@pytest.mark.parametrize("statement", WRITES.values(), ids=WRITES)
@pytest.mark.parametrize("role", ["liverows_worker", "service_role", "authenticated", "anon"])
def test_only_the_owner_of_the_contract_says_what_is_run(
    owner: Connection, database: Database, connect: Connections, role: str, statement: str
) -> None:
    schedule(owner)
    before = stored(owner)
    with pytest.raises(InsufficientPrivilege):
        connect(database, role).execute(statement)
    assert stored(owner) == before


@pytest.mark.parametrize("role", ["authenticated", "anon"])
def test_users_run_no_schedule(database: Database, connect: Connections, role: str) -> None:
    with pytest.raises(InsufficientPrivilege):
        connect(database, role).execute("select processing.run_schedules()")


def test_a_worker_runs_statements_with_rights_that_it_does_not_have(
    owner: Connection, database: Database, connect: Connections, clock: Clock
) -> None:
    go_to(owner, clock, schedule(owner))
    worker = connect(database, "liverows_worker")
    with pytest.raises(InsufficientPrivilege):
        worker.execute("insert into public.ticks default values")
    assert [ran["outcome"] for ran in run(worker)] == ["done"]
    assert one(owner, "select seen[1] from public.ticks") == "postgres"
    assert "statement" not in str(one(worker, "select processing.overview()"))


HOSTILE = """
set search_path = mine, pg_temp, public;
set timezone = 'Pacific/Kiritimati';
select set_config('request.jwt.claims', '{{"sub": "{alice}", "role": "authenticated"}}', false);
select set_config('request.jwt.claim.sub', '{alice}', false);
create temporary table ticks (due timestamptz);
create temporary table pg_settings (name text, setting text);
"""


def test_the_session_of_the_caller_changes_nothing_of_what_a_statement_means(
    owner: Connection, database: Database, connect: Connections, clock: Clock
) -> None:
    """A worker's login may have a schema of its own, and temporary tables."""
    owner.execute(
        "create function public.tick_by_path() returns void language sql"
        " as $$ insert into ticks (due) select now() from pg_settings where name = 'port' $$"
    )
    due = schedule(owner)
    schedule(owner, "by-path", statement="select public.tick_by_path()")
    owner.execute("create schema mine; grant all on schema mine to liverows_worker")
    try:
        worker = connect(database, "liverows_worker")
        worker.execute(HOSTILE.format(alice=ALICE))
        worker.execute(
            "create function mine.now() returns timestamptz language sql"
            " as $$ select timestamptz '1999-01-01' $$"
        )
        go_to(owner, clock, due)
        assert [ran["outcome"] for ran in run(worker)] == ["done", "done"]
        assert owner.execute("select distinct seen from public.ticks").fetchall() == [
            (["postgres", "UTC", "nobody"],)
        ]
        assert min(noted(owner)).year > 1999
        assert worker.execute("select * from pg_temp.ticks").fetchall() == []
        # And the session has what it had before.
        assert one(worker, "select current_setting('timezone')") == "Pacific/Kiritimati"
        assert one(worker, "select current_setting('search_path')") == "mine, pg_temp, public"
        assert one(worker, "select current_setting('request.jwt.claim.sub')") == ALICE
    finally:
        worker.close()
        owner.execute("drop schema mine cascade")
