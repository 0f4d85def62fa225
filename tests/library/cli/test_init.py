"""`liverows init`, `new pipeline` and `check`: a project is made, grows, and holds together."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import SecretStr

from liverows.cli.scaffold.copies import lacking_copies, migrations_in, versions_after
from liverows.cli.scaffold.project_files import plan_of
from liverows.database.migrations import (
    Migration,
    apply,
    copied_to,
    own_migrations,
    pending,
    read_migrations,
    rename,
    with_migrations_of,
)
from liverows.database.opening import connected
from tests.library.cli.command import ROOT, Shell
from tests.support.databases import Connections, Database

HISTORY = "select version from supabase_migrations.schema_migrations order by 1"
CONFIG = """\
# of the project
project_id = "shop"

[api]
enabled = true
# what the Data API serves
schemas = ["public", "graphql_public"] # and no more

[db]
port = 54999
"""
CVS = """
create table public.cvs (
    id uuid primary key default gen_random_uuid(),
    account_id uuid not null default auth.uid() references auth.users (id),
    cv_text text not null,
    summary text,
    score numeric(3, 1)
);
"""
MISFIT = """
from liverows import Context, Pipeline
from pydantic import BaseModel


class Cv(BaseModel):
    cv_text: int
    score: float


class Summary(BaseModel):
    summary: list[str]


pipeline = Pipeline("summarise-cv", inputs=Cv, outputs=Summary)


@pipeline
async def recipe(context: Context[None], cv: Cv) -> Summary:
    return Summary(summary=[])
"""
NEW = ("new", "pipeline", "summarise-cv", "--table", "cvs", "--input", "cv_text")


@pytest.fixture
def there(tmp_path: Path) -> Shell:
    """A shell in an empty folder."""
    return Shell(tmp_path)


def files(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): path.read_text()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    }


def test_an_empty_folder_becomes_a_project_and_the_second_time_nothing_changes(
    there: Shell, tmp_path: Path
) -> None:
    assert "pipelines/example.py" in there.liverows("init").out
    made = files(tmp_path)
    copies = read_migrations(tmp_path / "supabase" / "migrations")
    assert [copy.sql for copy in copies] == [one.sql for one in own_migrations()]
    assert [copy.file for copy in copies] == [one.file for one in own_migrations()]
    assert "LIVEROWS_PACKAGES=pipelines" in made[".env"]
    assert "nothing to change" in there.liverows("init").out
    assert files(tmp_path) == made


def test_a_dry_run_shows_a_diff_and_writes_nothing(there: Shell, tmp_path: Path) -> None:
    (tmp_path / "supabase").mkdir()
    (tmp_path / "supabase" / "config.toml").write_text(CONFIG)
    before = files(tmp_path)
    shown = there.liverows("init", "--dry-run").out
    assert files(tmp_path) == before
    assert '-schemas = ["public", "graphql_public"] # and no more' in shown
    assert '+schemas = ["public", "graphql_public", "processing"] # and no more' in shown
    assert f"+++ supabase/migrations/{own_migrations()[0].file} (" in shown


def test_what_a_project_has_stays(there: Shell, tmp_path: Path) -> None:
    (tmp_path / "supabase").mkdir()
    (tmp_path / ".git").mkdir()
    (tmp_path / "pipelines").mkdir()
    (tmp_path / "pipelines" / "__init__.py").write_text("# mine\n")
    (tmp_path / "pipelines" / "AGENTS.md").write_text("mine\n")
    (tmp_path / "supabase" / "config.toml").write_text(CONFIG)
    (tmp_path / ".env").write_text("SUPABASE_DB_URL=postgresql://mine")
    (tmp_path / ".gitignore").write_text("node_modules")
    assert "kept     pipelines/AGENTS.md" in there.liverows("init").out
    now = files(tmp_path)
    assert now["pipelines/__init__.py"] == "# mine\n"
    assert now["pipelines/AGENTS.md"] == "mine\n"
    assert "pipelines/example.py" not in now
    assert now[".env"] == "SUPABASE_DB_URL=postgresql://mine\nLIVEROWS_PACKAGES=pipelines\n"
    assert now[".gitignore"] == "node_modules\n.env\n"
    assert now["supabase/config.toml"] == CONFIG.replace('_public"]', '_public", "processing"]')


def test_a_project_of_the_cli_gets_the_address_of_its_local_database(tmp_path: Path) -> None:
    (tmp_path / "supabase").mkdir()
    (tmp_path / "supabase" / "config.toml").write_text(CONFIG)
    (env,) = [one for one in plan_of(tmp_path, "jobs").changes if one.path.name == ".env"]
    assert "SUPABASE_DB_URL=postgresql://postgres:postgres@127.0.0.1:54999/postgres" in env.after
    assert "LIVEROWS_PACKAGES=jobs" in env.after


def test_a_worker_of_a_hosted_project_is_not_sent_to_a_local_database(tmp_path: Path) -> None:
    (tmp_path / "supabase").mkdir()
    (tmp_path / "supabase" / "config.toml").write_text(CONFIG)
    (tmp_path / ".env").write_text("SUPABASE_URL=https://x.supabase.co\nSUPABASE_SECRET_KEY=k\n")
    plan_of(tmp_path, "jobs").apply()
    assert "SUPABASE_DB_URL" not in (tmp_path / ".env").read_text()


def test_line_ends_and_a_byte_order_mark_stay(tmp_path: Path) -> None:
    (tmp_path / "supabase").mkdir()
    config = tmp_path / "supabase" / "config.toml"
    config.write_bytes(b"\xef\xbb\xbf" + CONFIG.replace("\n", "\r\n").encode())
    (tmp_path / ".env").write_bytes(b"A=1\r\n")
    plan_of(tmp_path, "jobs").apply()
    wanted = CONFIG.replace('_public"]', '_public", "processing"]').replace("\n", "\r\n")
    assert config.read_bytes() == b"\xef\xbb\xbf" + wanted.encode()
    assert (tmp_path / ".env").read_bytes().count(b"\r\n") == 3
    assert b"\n" not in (tmp_path / ".env").read_bytes().replace(b"\r\n", b"")


def test_a_module_of_the_same_name_is_not_hidden_by_the_new_package(
    there: Shell, tmp_path: Path
) -> None:
    (tmp_path / "pipelines.py").touch()
    error, cure = there.liverows("init").only_error()
    assert "pipelines.py would be hidden" in error
    assert "--package" in cure
    assert list(files(tmp_path)) == ["pipelines.py"]


def test_in_a_subfolder_of_a_repository_the_settings_are_ignored_too(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "app").mkdir()
    plan_of(tmp_path / "app", "pipelines").apply()
    assert (tmp_path / "app" / ".gitignore").read_text() == ".env\n"


def test_schemas_that_are_no_list_are_told(there: Shell, tmp_path: Path) -> None:
    (tmp_path / "supabase").mkdir()
    (tmp_path / "supabase" / "config.toml").write_text('[api]\nschemas = "public"\n')
    error, _cure = there.liverows("init").only_error()
    assert "schemas in supabase/config.toml is no list" in error


def test_a_folder_with_odd_files_does_not_stop_migrate(
    there: Shell, tmp_path: Path, bare_database: Database
) -> None:
    folder = tmp_path / "supabase" / "migrations"
    folder.mkdir(parents=True)
    for name in ("20240101_a.sql", "20240101_b.sql", "001-init.sql", "seed.sql"):
        (folder / name).write_bytes(b"select '\xe9';")
    assert "applied" in there.liverows("migrate", "--database-url", bare_database.dsn).out


def test_a_new_migration_of_the_library_comes_after_the_copies_of_the_others(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "supabase" / "migrations"
    folder.mkdir(parents=True)
    (folder / "20991231000000_cvs.sql").write_text(CVS)
    plan_of(tmp_path, "pipelines").apply()
    newest = copied_to(folder)[-1]
    (folder / newest.file).unlink()
    ordered = with_migrations_of(read_migrations(folder))
    assert ordered[-1].version == newest.library_version
    assert len(ordered) == len(own_migrations()) + 1


def test_a_malformed_config_is_named_and_nothing_is_written(there: Shell, tmp_path: Path) -> None:
    (tmp_path / "supabase").mkdir()
    (tmp_path / "supabase" / "config.toml").write_text("[api\n")
    error, _cure = there.liverows("init").only_error()
    assert "config.toml" in error
    assert list(files(tmp_path)) == ["supabase/config.toml"]


def test_migrations_come_behind_those_of_the_project_and_keep_their_order(tmp_path: Path) -> None:
    folder = tmp_path / "supabase" / "migrations"
    folder.mkdir(parents=True)
    (folder / "20991231235958_of_the_project.sql").write_text("select 1;")
    plan_of(tmp_path, "pipelines").apply()
    first, *copies = read_migrations(folder)
    assert first.name == "of_the_project"
    assert [copy.library_version for copy in copies] == [one.version for one in own_migrations()]
    assert copies[0].version == "20991231235959"
    assert copies[1].version == "21000101000000"
    assert lacking_copies(migrations_in(tmp_path)) == []


def test_versions_that_are_no_times_are_counted_on() -> None:
    after = iter(versions_after("0099"))
    assert [next(after), next(after)] == ["0100", "0101"]
    assert next(iter(versions_after("202612311230"))) == "202612311231"


async def test_init_then_own_migrations_then_a_newer_library_then_push(
    tmp_path: Path, bare_database: Database, connect: Connections
) -> None:
    """What `supabase db push` needs: each recorded version has a file, and new files come last."""
    folder = tmp_path / "supabase" / "migrations"
    plan_of(tmp_path, "pipelines").apply()
    *old, newest = copied_to(folder)
    (folder / newest.file).unlink()  # as if an older library had been copied
    (folder / "20991231000000_cvs.sql").write_text(CVS)

    async with connected(SecretStr(bare_database.dsn)) as connection:
        await apply(connection, read_migrations(folder), lambda _one: None)
        plan_of(tmp_path, "pipelines").apply()
        (added,) = await pending(connection, read_migrations(folder))
        assert added.version == "20991231000001"
        assert added.sql == newest.sql
        await apply(connection, [added], lambda _one: None)
        # The packaged migrations are known by what they recorded, not by their file names.
        assert await pending(connection, own_migrations()) == []
    recorded = [version for (version,) in connect(bare_database).execute(HISTORY)]
    assert recorded == [one.version for one in read_migrations(folder)]
    assert len(old) == len(own_migrations()) - 1


async def test_what_was_applied_from_the_package_is_recorded_as_the_project_names_it(
    tmp_path: Path, bare_database: Database, connect: Connections
) -> None:
    folder = tmp_path / "supabase" / "migrations"
    folder.mkdir(parents=True)
    (folder / "20991231000000_cvs.sql").write_text(CVS)
    async with connected(SecretStr(bare_database.dsn)) as connection:
        await apply(connection, own_migrations(), lambda _one: None)
        await apply(connection, read_migrations(folder), lambda _one: None)
        plan_of(tmp_path, "pipelines").apply()
        copies = copied_to(folder)
        assert await pending(connection, copies) == []
        assert [one.file for one in await rename(connection, copies)] == [
            copy.file for copy in copies
        ]
        assert await rename(connection, copies) == []
    recorded = [version for (version,) in connect(bare_database).execute(HISTORY)]
    assert recorded == [one.version for one in read_migrations(folder)]


def test_migrate_applies_what_push_would_in_a_project_and_else_only_the_librarys_own(
    there: Shell, tmp_path: Path, bare_database: Database, connect: Connections
) -> None:
    folder = tmp_path / "supabase" / "migrations"
    folder.mkdir(parents=True)
    (folder / "20991231000000_cvs.sql").write_text(CVS)
    url = ("--database-url", bare_database.dsn)
    assert "cvs" not in there.liverows("migrate", *url).out
    plan_of(tmp_path, "pipelines").apply()
    said = there.liverows("migrate", *url).out
    assert "applied 20991231000000_cvs.sql" in said
    recorded = [version for (version,) in connect(bare_database).execute(HISTORY)]
    assert recorded == [one.version for one in read_migrations(folder)]


async def test_a_record_of_the_supabase_cli_is_found_by_its_statements(
    bare_database: Database, connect: Connections
) -> None:
    """The CLI splits a file into statements, and another copy of the project had another name."""
    owner = connect(bare_database)
    async with connected(SecretStr(bare_database.dsn)) as connection:
        await apply(connection, own_migrations(), lambda _one: None)
        last = own_migrations()[-1]
        owner.execute(
            "update supabase_migrations.schema_migrations set version = '20500101000000',"
            " statements = array['select 1', %s] where version = %s",
            [last.sql.rstrip().splitlines()[-1], last.version],
        )
        copy = Migration("20600101000000", last.name, last.sql)
        assert await rename(connection, [copy]) == [copy]
    recorded = [version for (version,) in owner.execute(HISTORY)]
    assert recorded[-1] == "20600101000000"
    assert "20500101000000" not in recorded


@pytest.mark.timeout(600)
def test_a_new_pipeline_runs_at_once(
    there: Shell, tmp_path: Path, bare_database: Database, connect: Connections
) -> None:
    connect(bare_database).execute(CVS)
    there.liverows("init")
    url = ("--database-url", bare_database.dsn)
    said = there.liverows(*NEW, "--output", "summary,score", *url).out
    made = files(tmp_path)
    (attach,) = [text for name, text in made.items() if name.endswith("attach_summarise_cv.sql")]
    assert "inputs => '{cv_text}', outputs => '{summary, score}', owner => 'account_id'" in attach
    assert "score: Decimal | None" in made["pipelines/summarise_cv.py"]
    assert '"account_id": project.user()' in made["tests/test_summarise_cv.py"]
    assert "pipelines/summarise_cv.py" in said
    (tmp_path / "supabase" / "migrations" / "20261101000000_cvs.sql").write_text(CVS)
    ran = subprocess.run(
        [Path(sys.executable).with_name("pytest"), "-q", "-p", "no:asyncio"],
        cwd=tmp_path, env=there.environment(), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stdout
    assert "14 passed, 2 skipped" in ran.stdout
    strict = [sys.executable, "-m", "mypy", "--strict", "--follow-imports=silent", "pipelines"]
    typed = subprocess.run(
        strict, cwd=tmp_path, env={**there.environment(), "MYPYPATH": str(ROOT)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert typed.returncode == 0, typed.stdout
    assert "its models fit the columns of public.cvs" in _plain(there.liverows("check").out)
    error, _cure = there.liverows(*NEW, "--output", "summary", *url).only_error()
    assert "pipelines/summarise_cv.py is there already" in error


@pytest.mark.timeout(600)
def test_a_project_in_a_folder_of_a_larger_one_is_tested_from_there(tmp_path: Path) -> None:
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    (tmp_path / "app").mkdir()
    there = Shell(tmp_path / "app")
    there.liverows("init")
    ran = subprocess.run(
        [Path(sys.executable).with_name("pytest"), "-q", "-p", "no:asyncio"],
        cwd=there.folder, env=there.environment(), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "2 passed" in ran.stdout, ran.stdout


def test_a_wrong_name_is_told_with_those_that_there_are(
    there: Shell, bare_database: Database, connect: Connections
) -> None:
    connect(bare_database).execute(CVS)
    url = ("--database-url", bare_database.dsn)
    error, cure = there.liverows(*NEW, "--output", "sumary", *url).only_error()
    assert "--output names sumary" in error
    assert "summary" in cure
    error, _cure = there.liverows(
        "new", "pipeline", "x", "--table", "nowhere", "--input", "a", "--output", "b", *url
    ).only_error()
    assert "there is no table public.nowhere" in error


def test_check_names_fields_that_do_not_fit_their_columns(there: Shell, tmp_path: Path) -> None:
    there.liverows("init")
    migrations = tmp_path / "supabase" / "migrations"
    (migrations / "20991231000000_cvs.sql").write_text(
        CVS + "select processing.attach('public.cvs', 'summarise-cv',"
        " inputs => '{cv_text, score}', outputs => '{summary}');"
    )
    (tmp_path / "pipelines" / "summarise_cv.py").write_text(MISFIT)
    checked = there.liverows("check", "--json")
    assert checked.code == 1
    assert '"the input cv_text is string in the table, and integer in the model"' in checked.out
    assert '"the input score may be empty in the table, but not in the model"' in checked.out
    assert (
        '"the output summary is array in the model, which the column does not take"' in checked.out
    )


@pytest.mark.parametrize(
    ("source", "line", "words"),
    [
        ("from liverows import Context\n\nx = = 1\n", 3, "SyntaxError: invalid syntax"),
        ("\nStep('read', read)\n", 2, "NameError: name 'Step' is not defined"),
        ("import os\n\nKEY = os.environ['MY_KEY']\n", 3, "KeyError: 'MY_KEY'"),
        ("import nowhere_to_be_found\n", 1, "No module named 'nowhere_to_be_found'"),
    ],
)
def test_an_error_in_a_module_of_the_project_is_shown_with_file_and_line(
    there: Shell, tmp_path: Path, source: str, line: int, words: str
) -> None:
    plan_of(tmp_path, "pipelines").apply()
    (tmp_path / "pipelines" / "mine.py").write_text(source)
    (finding,) = there.liverows("check", "--json").json()
    assert finding["state"] == "problem"
    assert f"pipelines/mine.py, line {line}: " in finding["detail"]
    assert words in finding["detail"]


def _plain(text: str) -> str:
    return " ".join(text.split())
