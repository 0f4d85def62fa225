"""What the CLI reads of `supabase/`: config.toml, the migrations and the demo rows of seed.sql."""

from __future__ import annotations

import shutil
import tomllib
from pathlib import Path
from typing import Any

import pytest

from devstack.project import ROOT, create_project, run_script
from liverows.testing.postgres import PostgresServer
from tests.support.databases import Connections, Database
from tests.support.debian import run_supabase
from tests.support.queue import Connection, Queue

pytestmark = pytest.mark.any_version

SUPABASE = ROOT / "supabase"
DEMO_USER = "de000000-0000-4000-8000-000000000001"
PIPELINES = ("enrich-job-position", "analyse-interview", "company-research")

FILLED = (
    "auth.users", "auth.identities", "public.job_positions", "public.timeline_items",
    "public.company_research", "processing.events",
)  # fmt: skip


def content(owner: Connection) -> dict[str, list[Any]]:
    """Each row of each table that the demo rows are in."""
    return {
        table: owner.execute(f"select to_jsonb(r) from {table} as r order by r::text").fetchall()
        for table in FILLED
    }


@pytest.fixture(scope="module")
def config() -> dict[str, Any]:
    return tomllib.loads((SUPABASE / "config.toml").read_text())


def test_the_demo_rows_can_be_added_twice_without_harm(
    database: Database, connect: Connections
) -> None:
    owner = connect(database)
    run_script(database.dsn, SUPABASE / "seed.sql")
    before = content(owner)
    assert [len(rows) for rows in before.values()] == [1, 1, 2, 2, 1, 0]
    run_script(database.dsn, SUPABASE / "seed.sql")
    assert content(owner) == before


def test_the_demo_rows_are_work_for_each_pipeline_and_their_user_s_own(
    module_database: Database, connect: Connections
) -> None:
    run_script(module_database.dsn, SUPABASE / "seed.sql")
    claimed = Queue(connect(module_database, "service_role")).claim(*PIPELINES, slots=20)
    assert sorted({row["pipeline"] for row in claimed}) == sorted(PIPELINES)
    user = connect(module_database, "authenticated", user_id=DEMO_USER)
    assert user.execute("select count(*) from public.job_positions").fetchone() == (2,)
    assert user.execute(
        "select processing_status::text from public.job_positions where job_title = 'Potter'"
    ).fetchone() == ("completed",)


def test_the_bucket_is_the_same_in_the_configuration_and_in_the_migration(
    config: dict[str, Any], module_database: Database, connect: Connections
) -> None:
    bucket = config["storage"]["buckets"]["interviews"]
    stored = connect(module_database).execute(
        "select public, file_size_limit, allowed_mime_types from storage.buckets"
        " where id = 'interviews'"
    )
    mebibytes = int(bucket["file_size_limit"].removesuffix("MiB"))
    assert stored.fetchone() == (
        bucket["public"],
        mebibytes * 1024 * 1024,
        bucket["allowed_mime_types"],
    )


def test_the_configuration_names_files_that_are_there(config: dict[str, Any]) -> None:
    named = [*config["db"]["seed"]["sql_paths"]]
    for function in config["functions"].values():
        named += [function["entrypoint"], function["import_map"]]
    assert [path for path in named if not (SUPABASE / path).is_file()] == []
    folders = {path.parent.name for path in (SUPABASE / "functions").glob("*/deno.json")}
    assert folders == config["functions"].keys()


def test_nothing_is_exposed_that_no_migration_grants(config: dict[str, Any]) -> None:
    assert config["api"]["schemas"] == ["public", "graphql_public", "processing"]
    assert config["api"]["auto_expose_new_tables"] is False


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The project in another folder, because the CLI leaves files beside what it reads."""
    for name in ("config.toml", "seed.sql", "migrations"):
        source, target = SUPABASE / name, tmp_path / "supabase" / name
        target.parent.mkdir(exist_ok=True)
        (shutil.copytree if source.is_dir() else shutil.copy)(source, target)
    return tmp_path


@pytest.mark.needs("supabase-cli", "plpgsql-check")
def test_the_cli_pushes_migrations_and_demo_rows(
    debian_server: PostgresServer, connect: Connections, tmp_path: Path, copy: Path
) -> None:
    dsn = create_project(debian_server, "pushed", migrate=False)
    remote = f"--remote={dsn}?sslmode=disable"
    done = run_supabase(
        "db", "push", "--include-seed", "--yes", remote, home=tmp_path, workdir=copy
    )
    assert done.returncode == 0, done.stdout + done.stderr
    pushed = connect(Database(debian_server, "pushed"))
    versions = pushed.execute(
        "select version from supabase_migrations.schema_migrations order by 1"
    )
    files = sorted((SUPABASE / "migrations").glob("*.sql"))
    assert [version for (version,) in versions] == [file.name.split("_")[0] for file in files]
    assert pushed.execute("select count(*) from public.job_positions").fetchone() == (2,)


@pytest.mark.needs("supabase-cli", "plpgsql-check")
@pytest.mark.parametrize(
    ("good", "bad"),
    [
        ("major_version = 17", "major_version = 7"),
        ('"50MiB"', '"plenty"'),
        *(
            pytest.param(*mistake, marks=pytest.mark.thorough)
            for mistake in (
                ("auto_expose_new_tables = false", 'auto_expose_new_tables = "no"'),
                ("deno_version = 2", "deno_version = 9"),
            )
        ),
    ],
)
def test_the_cli_refuses_a_configuration_with_a_mistake(
    debian_server: PostgresServer, tmp_path: Path, copy: Path, good: str, bad: str
) -> None:
    file = copy / "supabase" / "config.toml"
    text = file.read_text()
    assert good in text
    remote = f"--remote={debian_server.dsn()}?sslmode=disable"
    file.write_text(text.replace(good, bad))
    done = run_supabase("migration", "list", remote, home=tmp_path, workdir=copy)
    assert done.returncode != 0
