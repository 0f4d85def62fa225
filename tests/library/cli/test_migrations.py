"""`worker migrate`: applied once, in order, whole, and recorded as the Supabase CLI does."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from pydantic import SecretStr

from devstack.project import MIGRATIONS
from liverows.base.errors import SetupError
from liverows.database.migrations import (
    Migration,
    apply,
    own_migrations,
    pending,
    read_migrations,
    with_migrations_of,
)
from liverows.database.opening import connected
from liverows.testing.databases import create_database, drop_database
from liverows.testing.postgres import PostgresServer
from tests.library.cli.command import ROOT, Shell
from tests.support.databases import Connections, Database

HISTORY = "select version, name, statements from supabase_migrations.schema_migrations order by 1"
FIRST = Migration("20300101000000", "first", "create table public.first (id int primary key);\n")
SECOND = Migration(
    "20300102000000", "second", "alter table public.first add column word text default ';$$';"
)


async def applied(database: Database, *migrations: Migration) -> list[str]:
    """The names of those that this call applied."""
    names: list[str] = []
    async with connected(SecretStr(database.dsn)) as connection:
        await apply(connection, migrations, lambda one: names.append(one.name))
    return names


def test_an_empty_project_gets_everything_and_the_second_time_nothing(
    shell: Shell, bare_database: Database, connect: Connections
) -> None:
    there = shell.having(SUPABASE_DB_URL=bare_database.dsn)
    files = [migration.file for migration in with_migrations_of(read_migrations(MIGRATIONS))]
    assert there.worker("migrate", "--dry-run").out.splitlines() == [
        f"would apply {file}" for file in files
    ]
    assert there.worker("migrate").out.splitlines() == [f"applied {file}" for file in files]
    assert "up to date" in there.worker("migrate").out
    recorded = connect(bare_database).execute(HISTORY).fetchall()
    assert [f"{version}_{name}.sql" for version, name, _ in recorded] == files


def test_the_library_brings_its_own_tables_and_nothing_of_an_application(
    shell: Shell, bare_database: Database, connect: Connections
) -> None:
    there = shell.having(SUPABASE_DB_URL=bare_database.dsn)
    applied = there.liverows("migrate").out.splitlines()
    assert applied == [f"applied {migration.file}" for migration in own_migrations()]
    tables = connect(bare_database).execute(
        "select relname from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'"
    )
    assert tables.fetchall() == []


async def test_a_dry_run_changes_nothing(bare_database: Database, connect: Connections) -> None:
    async with connected(SecretStr(bare_database.dsn)) as connection:
        assert await pending(connection, [FIRST]) == [FIRST]
    found = connect(bare_database).execute("select to_regnamespace('supabase_migrations')")
    assert found.fetchone() == (None,)


async def test_a_record_holds_version_name_and_statements(
    bare_database: Database, connect: Connections
) -> None:
    assert await applied(bare_database, FIRST, SECOND) == ["first", "second"]
    assert connect(bare_database).execute(HISTORY).fetchall() == [
        ("20300101000000", "first", ["create table public.first (id int primary key)"]),
        ("20300102000000", "second", [SECOND.sql.removesuffix(";")]),
    ]


async def test_what_the_supabase_cli_applied_is_skipped(
    bare_database: Database, connect: Connections
) -> None:
    # The table as older versions of the CLI made it.
    connect(bare_database).execute(
        "create schema supabase_migrations;"
        "create table supabase_migrations.schema_migrations (version text not null primary key);"
        "insert into supabase_migrations.schema_migrations values ('20300101000000');"
        "create table public.first (id int primary key)"
    )
    assert await applied(bare_database, FIRST, SECOND) == ["second"]


async def test_two_at_the_same_time_apply_each_file_once(bare_database: Database) -> None:
    both = await asyncio.gather(
        applied(bare_database, FIRST, SECOND), applied(bare_database, FIRST, SECOND)
    )
    assert sorted(both[0] + both[1]) == ["first", "second"]


async def test_a_file_that_fails_leaves_nothing_and_is_named(
    bare_database: Database, connect: Connections
) -> None:
    wrong = Migration("20300102000000", "wrong", "create table public.half (id int);\nselect nil;")
    with pytest.raises(SetupError) as caught:
        await applied(bare_database, FIRST, wrong)
    assert caught.value.message.startswith("20300102000000_wrong.sql: ")
    assert "SQLSTATE 42703, line 2" in caught.value.message
    assert "nothing of this file was applied" in caught.value.cure
    found = connect(bare_database).execute("select to_regclass('public.half')").fetchone()
    assert found == (None,)
    assert [row[1] for row in connect(bare_database).execute(HISTORY)] == ["first"]


async def test_settings_of_one_file_do_not_reach_the_next(bare_database: Database) -> None:
    hidden = Migration("1", "hidden", "select set_config('search_path', '', false)")
    plain = Migration("2", "plain", "create table first (id int)")
    assert await applied(bare_database, hidden, plain) == ["hidden", "plain"]


def test_a_plain_postgres_is_told_apart(shell: Shell, postgres_server: PostgresServer) -> None:
    create_database(postgres_server, "plain")
    try:
        there = shell.having(SUPABASE_DB_URL=postgres_server.dsn("plain"))
        error, cure = there.worker("migrate").only_error()
    finally:
        drop_database(postgres_server, "plain")
    assert "this database is no Supabase project: it lacks" in error
    assert "table auth.users" in error
    assert "supabase start" in cure


def test_files_are_read_in_the_order_of_their_versions(tmp_path: Path) -> None:
    for name in ("10_later.sql", "09_first.sql", "notes.sql", "README.md"):
        (tmp_path / name).touch()
    assert [migration.name for migration in read_migrations(tmp_path)] == ["first", "later"]


@pytest.mark.parametrize("names", [["readme.sql"], ["1_a.sql", "1_b.sql"]])
def test_a_folder_of_no_use_is_refused(tmp_path: Path, names: list[str]) -> None:
    for name in names:
        (tmp_path / name).touch()
    with pytest.raises(SetupError):
        read_migrations(tmp_path)


@pytest.mark.parametrize(("folder", "package"), [("liverows", "liverows"), ("", "worker")])
def test_a_wheel_carries_the_migrations_of_its_package(
    tmp_path: Path, folder: str, package: str
) -> None:
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)],
        cwd=ROOT / folder, check=True, capture_output=True,
    )  # fmt: skip
    (wheel,) = tmp_path.glob("*.whl")
    prefix = f"{package}/_migrations/"
    names = zipfile.ZipFile(wheel).namelist()
    packed = {name.removeprefix(prefix) for name in names if name.startswith(prefix)}
    ours = {migration.file for migration in own_migrations()}
    theirs = {migration.file for migration in read_migrations(MIGRATIONS)} - ours
    assert packed == (ours if package == "liverows" else theirs)
    assert {name.split("/")[0] for name in names if ".dist-info" not in name} == {package}
