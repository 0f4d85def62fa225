"""With `TEST_DATABASE_URL` the kit uses that server, and leaves nothing on it but roles."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest

from liverows.base.errors import SetupError, Unreachable
from liverows.testing import throwaway
from liverows.testing.named_server import ROLES, NamedServer
from liverows.testing.postgres import PostgresServer
from liverows.testing.servers import SETTING, ProjectDatabases
from tests.support.waits import holds_within

ROOT = Path(__file__).parents[3]

TEST = """
from liverows.testing import Project

def test_a_user_has_rows(liverows_project: Project) -> None:
    user = liverows_project.user()
    liverows_project.execute("create table public.mine (id uuid references auth.users)")
    assert str(liverows_project.insert("public.mine", {"id": user})["id"]) == user

def test_the_clock_moves(liverows_project: Project) -> None:
    now = "select processing.clock() as now"
    before = liverows_project.execute(now)[0]["now"]
    liverows_project.advance(3600)
    assert (liverows_project.execute(now)[0]["now"] - before).total_seconds() >= 3600
"""

MIGRATION = """
create table public.notes (id bigint generated always as identity primary key, body text);
alter table public.notes enable row level security;
create policy mine on public.notes for select to authenticated using (auth.uid() is not null);
grant select on public.notes to authenticated, service_role;
"""


@pytest.fixture(scope="module")
def foreign() -> Iterator[PostgresServer]:
    """A server that knows nothing of Supabase."""
    with PostgresServer() as server:
        yield server


@pytest.fixture
def project(tmp_path: Path) -> Path:
    migrations = tmp_path / "supabase" / "migrations"
    migrations.mkdir(parents=True)
    (migrations / "20991231000000_notes.sql").write_text(MIGRATION)
    (tmp_path / "test_rows.py").write_text(TEST)
    return tmp_path


def run_tests(folder: Path, url: str, **settings: str) -> str:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
    paths = os.pathsep.join([str(folder), str(ROOT)])
    environment = kept | {"PYTHONPATH": paths, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    plugins = ["-p", "liverows.testing.plugin", "-p", "no:cacheprovider"]
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", *plugins],
        cwd=folder, env={**environment, "TEST_DATABASE_URL": url, **settings},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    return ran.stdout + ran.stderr


def databases(server: PostgresServer) -> set[str]:
    with psycopg.connect(server.dsn()) as connection:
        return {name for (name,) in connection.execute("select datname from pg_database")}


def role(server: PostgresServer, name: str, options: str) -> str:
    """Make a role on the server; returns the URL with which it logs in."""
    with psycopg.connect(server.dsn(), autocommit=True) as connection:
        connection.execute(f"create role {name} login password 'secret' {options}".encode())
    return server.dsn("postgres", user=name, password="secret")


def test_the_roles_that_are_missing_are_created_and_told_and_nothing_else_stays(
    foreign: PostgresServer, project: Path
) -> None:
    before = databases(foreign)
    said = run_tests(project, foreign.dsn())
    assert "2 passed" in said, said
    assert f"roles created on 127.0.0.1:{foreign.port}, where they stay: {', '.join(ROLES)}" in said
    assert databases(foreign) == before
    with psycopg.connect(foreign.dsn()) as connection:
        assert connection.execute("select to_regnamespace('auth')").fetchone() == (None,)
    again = run_tests(project, foreign.dsn())
    assert "where they stay" not in again
    url = role(foreign, "tester", "createdb createrole")
    assert "2 passed" in (said := run_tests(project, url)), said
    assert databases(foreign) == before


def test_a_role_that_may_create_no_database_is_told(foreign: PostgresServer, project: Path) -> None:
    url = role(foreign, "reader", "")
    said = run_tests(project, url)
    assert "the role reader of TEST_DATABASE_URL may not create databases" in said
    assert "alter role reader createdb" in said
    assert "direct cause" not in said


def test_a_migration_that_fails_leaves_no_database(foreign: PostgresServer, project: Path) -> None:
    before = databases(foreign)
    broken = project / "supabase" / "migrations" / "20991231000001_broken.sql"
    broken.write_text("select nonsense;")
    said = run_tests(project, foreign.dsn())
    assert "a migration fails in 20991231000001_broken.sql" in said
    assert databases(foreign) == before


def test_extensions_that_the_server_lacks_are_told_with_their_migrations(
    foreign: PostgresServer, project: Path
) -> None:
    folder = project / "supabase" / "migrations"
    (folder / "20991231000002_first.sql").write_text(
        'create extension if not exists "pg_graphql" with schema extensions;\n'
        "create extension plpgsql_no_such;"
    )
    (folder / "20991231000003_second.sql").write_text("CREATE EXTENSION pg_nowhere;")
    said = run_tests(project, foreign.dsn())
    assert "pg_graphql, for 20991231000002_first.sql" in said
    assert "pg_nowhere, for 20991231000003_second.sql" in said
    assert "TEST_SKIP_EXTENSIONS=pg_graphql,plpgsql_no_such,pg_nowhere" in said
    names = "pg_graphql, plpgsql_no_such,pg_nowhere"
    said = run_tests(project, foreign.dsn(), TEST_SKIP_EXTENSIONS=names)
    assert "2 passed" in said, said


def test_missing_roles_that_may_not_be_created_are_told(
    foreign: PostgresServer, project: Path
) -> None:
    with PostgresServer() as server:
        url = role(server, "tester", "createdb createrole")
        with pytest.raises(SetupError) as caught:
            NamedServer(url).check()
        assert "has no role service_role" in caught.value.message
        cure = 'run as a superuser: create role "service_role" nologin noinherit bypassrls'
        assert caught.value.cure == cure
        NamedServer(server.dsn()).check()
        said = run_tests(project, url)
    assert "2 passed" in said, said


def test_processes_on_one_server_do_not_make_the_same_roles_at_once(tmp_path: Path) -> None:
    with PostgresServer() as server, ThreadPoolExecutor(max_workers=1) as beside:
        named = NamedServer(server.dsn())
        with psycopg.connect(server.dsn()) as other:
            # Somebody without the kit, who does not know of its lock.
            other.execute("create role anon")
            checked = beside.submit(named.check)
            until_one_waits(server, "transactionid")
            other.commit()
        checked.result()
        assert "anon" not in named.created_roles
        databases_beside = ProjectDatabases(NamedServer(server.dsn()), tmp_path)
        with named.alone():
            prepared = beside.submit(databases_beside.prepare)
            until_one_waits(server, "advisory")
        prepared.result()
        with databases_beside.new() as project:
            assert project.execute("select to_regrole('liverows_worker') as r")[0]["r"]


def test_the_database_of_a_command_is_prepared_alone_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`liverows check` may run beside pytest, and both create the role of the workers."""
    held: list[object] = []
    with PostgresServer() as server:

        def look(_url: str, _root: Path) -> None:
            with psycopg.connect(server.dsn()) as connection:
                query = "select from pg_locks where locktype = 'advisory' and granted"
                held.append(connection.execute(query).fetchone())

        monkeypatch.setenv(SETTING, server.dsn())
        monkeypatch.setattr(throwaway, "migrate_project", look)
        with throwaway.throwaway_database(tmp_path):
            pass
    assert held == [()]


def until_one_waits(server: PostgresServer, lock: str) -> None:
    query = "select from pg_locks where locktype = %s and not granted"
    with psycopg.connect(server.dsn(), autocommit=True) as connection:
        assert holds_within(60, lambda: connection.execute(query, [lock]).fetchone() is not None), (
            "nobody waits"
        )


@pytest.mark.parametrize(
    "url", ["postgresql://me:50%off@127.0.0.1:1/x", "postgresql://me:s[cret@127.0.0.1:1/x"]
)
def test_a_password_that_is_not_encoded_is_told_without_it(url: str) -> None:
    with pytest.raises(SetupError, match="is not the URL of a Postgres server") as caught:
        NamedServer(url).check()
    assert caught.value.__suppress_context__
    assert "off" not in str(caught.value)
    assert "s[cret" not in str(caught.value)


def test_a_test_that_fails_shows_no_password(tmp_path: Path) -> None:
    """Neither its own failure nor that of a connection, as when all of the server are taken."""
    (tmp_path / "test_it.py").write_text(
        "from liverows.testing import Project\n"
        "from liverows.testing.databases import run_sql\n"
        "URL = 'postgresql://me:' + 'hid' + 'den@127.0.0.1:1/x'\n"
        "def test_a(): Project(URL).execute('select 1')\n"
        "def test_c(): fails(Project(URL))\n"
        "def fails(project): assert not project\n"
        "def test_b(): run_sql(URL, 'select 1', 'c')\n"
    )
    said = run_tests(tmp_path, "")
    assert "3 failed" in said
    assert "gives no connection" in said
    assert "hidden" not in said


@pytest.mark.parametrize("url", ["host=127.0.0.1 dbname=postgres", "postgresql:///postgres", "x"])
def test_what_is_no_url_of_a_server_is_told(url: str) -> None:
    with pytest.raises(SetupError, match="is not the URL of a Postgres server"):
        NamedServer(url)


def test_a_server_that_does_not_answer_is_told_without_the_password() -> None:
    server = NamedServer(f"postgresql://me:{quote('hid den')}@127.0.0.1:1/postgres")
    with pytest.raises(Unreachable) as caught:
        server.check()
    assert "127.0.0.1:1" in caught.value.message
    assert "hid" not in caught.value.message
