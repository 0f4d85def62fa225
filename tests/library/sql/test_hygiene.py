"""What holds for everything in schema `processing`, now and for what will be added."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from devstack.project import MIGRATIONS, apply_migrations
from liverows.testing.postgres import PostgresServer
from tests.library.sql.questions import attach, create_questions, one
from tests.support.databases import Connections, Database, fresh_database
from tests.support.queue import Connection

CONTRACT = {
    "contract_version", "database_id", "claim", "finish", "finish_and_claim",
    "checkpoint", "shared_checkpoint", "progress", "heartbeat", "take_back", "sign_off",
    "spend", "begin_call", "reserve", "reserve_outside", "settle_outside", "set_budget", "budgets",
    "forget_owner", "ping_doorbell", "cancel", "retry", "reset_edited",
    "await_rows", "redrive", "explain", "overview", "capabilities", "spending", "pause", "prune",
    "list_pipelines", "run_schedules", "list_rows", "count_rows", "change_rows", "failures",
    "history", "inspect", "set_limits", "operator_log", "storage", "installation",
    "alerts", "set_alert", "pause_alert", "remove_alert", "due_alerts", "alert_told",
    "export_owner",
}  # fmt: skip

FUNCTIONS = "from pg_proc as f where pronamespace = 'processing'::regnamespace"
TABLES = "from pg_class as c where relnamespace = 'processing'::regnamespace and relkind = 'r'"


@pytest.fixture
def owner(module_database: Database, connect: Connections) -> Connection:
    return connect(module_database)


def names(connection: Connection, query: str, *arguments: object) -> set[str]:
    return {str(name) for (name,) in connection.execute(query, arguments)}


ASKED_BY_TRIGGERS = {"by_person", "by_user", "limits_rows", "is_traced"}
"""Postgres checks the right to call what a trigger's condition names, whoever writes the row."""


@pytest.mark.parametrize("role", ["service_role", "liverows_worker"])
def test_the_worker_may_execute_the_contract_and_no_internal_function(
    owner: Connection, role: str
) -> None:
    query = f"select proname {FUNCTIONS} and has_function_privilege(%s, f.oid, 'execute')"
    assert names(owner, query, role) == CONTRACT | ASKED_BY_TRIGGERS


@pytest.mark.parametrize("role", ["anon", "authenticated"])
def test_users_may_execute_nothing_and_do_not_even_see_the_schema(
    owner: Connection, role: str
) -> None:
    query = f"select proname {FUNCTIONS} and has_function_privilege(%s, f.oid, 'execute')"
    assert names(owner, query, role) == ASKED_BY_TRIGGERS
    assert one(owner, "select has_schema_privilege(%s, 'processing', 'usage')", role) is False


@pytest.mark.parametrize("role", ["anon", "authenticated", "service_role", "liverows_worker"])
def test_nobody_but_the_owner_reads_or_writes_a_table(owner: Connection, role: str) -> None:
    privileges = "select, insert, update, delete, truncate, references, trigger"
    query = f"select relname {TABLES} and has_table_privilege(%s, c.oid, %s)"
    assert names(owner, query, role, privileges) == set()


GENEROUS = """
alter default privileges grant execute on functions to generous, anon;
alter default privileges grant all on tables to generous, authenticated;
alter default privileges grant all on sequences to generous;
alter default privileges grant all on schemas to generous;
"""
REACHED = """
select f.oid::regproc::text collate "C" from pg_proc as f
where f.pronamespace = 'processing'::regnamespace
    and has_function_privilege('generous', f.oid, 'execute')
union all
select c.oid::regclass::text from pg_class as c
where c.relnamespace = 'processing'::regnamespace and (
    c.relkind in ('r', 'v')
        and has_table_privilege('generous', c.oid, 'select, insert, update, delete, truncate')
    or c.relkind = 'S' and has_sequence_privilege('generous', c.oid, 'usage, select, update'))
union all
select 'schema' where has_schema_privilege('generous', 'processing', 'usage, create')
order by 1
"""


@pytest.fixture
def generous(postgres_server: PostgresServer) -> Iterator[None]:
    """A role that the library knows nothing of."""
    with psycopg.connect(postgres_server.dsn(), autocommit=True) as superuser:
        superuser.execute("create role generous")
        yield
        superuser.execute("drop role generous")


@pytest.mark.usefixtures("generous")
def test_default_privileges_of_a_project_give_nobody_a_right(
    postgres_server: PostgresServer, bare_template: str
) -> None:
    """Also not on what attach writes, and whatever the project's roles are called."""
    with (
        fresh_database(postgres_server, bare_template) as database,
        psycopg.connect(database.dsn, autocommit=True) as owner,
    ):
        owner.execute(GENEROUS)
        apply_migrations(database.dsn)
        create_questions(owner)
        attach(owner, owner="account_id")
        reached = owner.execute(REACHED).fetchall()
    assert reached == [(f"processing.{name}",) for name in sorted(ASKED_BY_TRIGGERS)]


def test_each_table_has_row_level_security_and_no_policy(owner: Connection) -> None:
    assert names(owner, f"select relname {TABLES} and not relrowsecurity") == set()
    query = "select policyname from pg_policies where schemaname = 'processing'"
    assert names(owner, query) == set()


def test_each_function_looks_nowhere_but_in_the_catalogue_and_last_for_temporary_types(
    owner: Connection,
) -> None:
    query = f"""select proname {FUNCTIONS}
        and not coalesce(proconfig, '{{}}') @> array['search_path=pg_catalog, pg_temp']"""
    # The movable clock of the tests stands in for processing.clock, which has one too.
    rest = names(owner, query)
    # Those that attach writes fire triggers of the application, which inherit their path.
    assert {name for name in rest if not name.startswith(("lease__", "complete__"))} == set()
    assert rest == names(
        owner,
        f"select proname {FUNCTIONS} and proconfig @> "
        "array['search_path=public, extensions, pg_temp']",
    )


def test_no_function_compiles_its_plans(owner: Connection) -> None:
    """A server with LLVM would compile for a tenth of a second what takes milliseconds to run."""
    query = f"select proname {FUNCTIONS} and not coalesce(proconfig, '{{}}') @> array['jit=off']"
    # The movable clock of the tests stands in for processing.clock.
    rest = names(owner, query) - {"clock"}
    # Those that attach writes only hand a call to the functions of a table, which have it.
    assert {name for name in rest if not name.endswith("_of")} == set()


def test_each_table_and_function_says_what_it_is_for(owner: Connection) -> None:
    query = f"select proname {FUNCTIONS} and obj_description(f.oid, 'pg_proc') is null"
    assert names(owner, query) == set()
    query = f"select relname {TABLES} and obj_description(c.oid, 'pg_class') is null"
    assert names(owner, query) == set()


def test_every_contract_function_but_the_version_runs_as_its_owner(owner: Connection) -> None:
    query = f"select proname {FUNCTIONS} and not prosecdef and proname = any (%s)"
    assert names(owner, query, list(CONTRACT)) == {"contract_version"}


def test_every_contract_function_answers_one_value(owner: Connection) -> None:
    query = f"select proname {FUNCTIONS} and proretset and proname = any (%s)"
    assert names(owner, query, list(CONTRACT)) == set()


def test_generated_functions_name_their_table_because_its_number_changes_with_a_restore(
    owner: Connection,
) -> None:
    number = one(owner, "select 'public.job_positions'::regclass::oid")
    sources = names(owner, f"select prosrc {FUNCTIONS} and proname like '%%\\_\\_enrich%%'")
    assert len(sources) == 6
    assert [source for source in sources if str(number) in source] == []


def test_migrations_are_named_by_growing_timestamps() -> None:
    files = sorted(MIGRATIONS.glob("*.sql"))
    stamps = [file.name.split("_", 1)[0] for file in files]
    assert all(len(stamp) == 14 and stamp.isdigit() for stamp in stamps)
    assert stamps == sorted(set(stamps))
    assert {path.suffix for path in Path(MIGRATIONS).iterdir()} == {".sql"}
