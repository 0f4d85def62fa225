"""`liverows init` makes a project, and its migrations keep their order when the library grows."""

from __future__ import annotations

from pathlib import Path

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
from tests.library.cli.command import Shell
from tests.library.cli.projects import CVS, files
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


def test_an_empty_folder_becomes_a_project_and_the_second_time_nothing_changes(
    shell: Shell, tmp_path: Path
) -> None:
    assert "pipelines/example.py" in shell.liverows("init").out
    made = files(tmp_path)
    copies = read_migrations(tmp_path / "supabase" / "migrations")
    assert [copy.sql for copy in copies] == [one.sql for one in own_migrations()]
    assert [copy.file for copy in copies] == [one.file for one in own_migrations()]
    assert "LIVEROWS_PACKAGES=pipelines" in made[".env"]
    assert "nothing to change" in shell.liverows("init").out
    assert files(tmp_path) == made


def test_a_dry_run_shows_a_diff_and_writes_nothing(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "supabase").mkdir()
    (tmp_path / "supabase" / "config.toml").write_text(CONFIG)
    before = files(tmp_path)
    shown = shell.liverows("init", "--dry-run").out
    assert files(tmp_path) == before
    assert '-schemas = ["public", "graphql_public"] # and no more' in shown
    assert '+schemas = ["public", "graphql_public", "processing"] # and no more' in shown
    assert f"+++ supabase/migrations/{own_migrations()[0].file} (" in shown


def test_what_a_project_has_stays(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "supabase").mkdir()
    (tmp_path / ".git").mkdir()
    (tmp_path / "pipelines").mkdir()
    (tmp_path / "pipelines" / "__init__.py").write_text("# mine\n")
    (tmp_path / "pipelines" / "AGENTS.md").write_text("mine\n")
    (tmp_path / "supabase" / "config.toml").write_text(CONFIG)
    (tmp_path / ".env").write_text("SUPABASE_DB_URL=postgresql://mine")
    (tmp_path / ".gitignore").write_text("node_modules")
    assert "kept     pipelines/AGENTS.md" in shell.liverows("init").out
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
    shell: Shell, tmp_path: Path
) -> None:
    (tmp_path / "pipelines.py").touch()
    error, cure = shell.liverows("init").only_error()
    assert "pipelines.py would be hidden" in error
    assert "--package" in cure
    assert list(files(tmp_path)) == ["pipelines.py"]


def test_in_a_subfolder_of_a_repository_the_settings_are_ignored_too(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "app").mkdir()
    plan_of(tmp_path / "app", "pipelines").apply()
    assert (tmp_path / "app" / ".gitignore").read_text() == ".env\n"


def test_schemas_that_are_no_list_are_told(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "supabase").mkdir()
    (tmp_path / "supabase" / "config.toml").write_text('[api]\nschemas = "public"\n')
    error, _cure = shell.liverows("init").only_error()
    assert "schemas in supabase/config.toml is no list" in error


def test_a_folder_with_odd_files_does_not_stop_migrate(
    shell: Shell, tmp_path: Path, bare_database: Database
) -> None:
    folder = tmp_path / "supabase" / "migrations"
    folder.mkdir(parents=True)
    for name in ("20240101_a.sql", "20240101_b.sql", "001-init.sql", "seed.sql"):
        (folder / name).write_bytes(b"select '\xe9';")
    assert "applied" in shell.liverows("migrate", "--database-url", bare_database.dsn).out


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


def test_a_malformed_config_is_named_and_nothing_is_written(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "supabase").mkdir()
    (tmp_path / "supabase" / "config.toml").write_text("[api\n")
    error, _cure = shell.liverows("init").only_error()
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
    shell: Shell, tmp_path: Path, bare_database: Database, connect: Connections
) -> None:
    folder = tmp_path / "supabase" / "migrations"
    folder.mkdir(parents=True)
    (folder / "20991231000000_cvs.sql").write_text(CVS)
    url = ("--database-url", bare_database.dsn)
    assert "cvs" not in shell.liverows("migrate", *url).out
    plan_of(tmp_path, "pipelines").apply()
    said = shell.liverows("migrate", *url).out
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
