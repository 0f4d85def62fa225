"""Applies migrations and records them in the table of the Supabase CLI.

Both programs use the table `supabase_migrations.schema_migrations (version, statements, name)`; the
version is the digits at the start of a file's name. So each program skips what the other has
applied. The CLI also requires a file for every recorded version: in a project that uses the CLI,
copy these files into its `supabase/migrations`. `liverows init` does this.

A project may have later migrations of its own. Then `init` gives a copy of a library's migration a
later version, because `supabase db push` applies files in order. So a library's migration also
records, in `processing.library_migrations`, the version that the library gave to it.

The CLI stores each statement of a file separately, and `supabase migration fetch` joins them with
semicolons. Here the whole file is stored as one statement, so that this program needs no SQL
parser. For `fetch` the SQL is the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg

from liverows.base.errors import SetupError
from liverows.database.sessions import Connection

_OURS = "processing_"
_FILE = re.compile(r"\A(\d++)_(.*)\.sql")
_RECORDS_ITSELF = re.compile(
    r"^insert into processing\.library_migrations \(version\) values \('(\d+)'\);", re.MULTILINE
)
_LOCK_KEY = int.from_bytes(b"migrate")
_LOCK_WAIT = "10s"

_HISTORY = """
create schema if not exists supabase_migrations;
create table if not exists supabase_migrations.schema_migrations (
    version text not null primary key);
alter table supabase_migrations.schema_migrations add column if not exists statements text[];
alter table supabase_migrations.schema_migrations add column if not exists name text;
"""
_HAS_HISTORY = "select to_regclass('supabase_migrations.schema_migrations') is not null"
_APPLIED = "select version from supabase_migrations.schema_migrations"
_RECORD = """
insert into supabase_migrations.schema_migrations (version, name, statements) values ($1, $2, $3)
"""
_HAS_LIBRARY = "select to_regclass('processing.library_migrations') is not null"
_APPLIED_OF_LIBRARY = "select version from processing.library_migrations"
_RENAME = """
update supabase_migrations.schema_migrations set version = $1, name = $2
where version = (
    select min(version) from supabase_migrations.schema_migrations as old
    where version <> all ($4::text[]) and (version = $3 or exists (
        select from unnest(old.statements) as one
        where position('library_migrations (version) values (''' || $3 || ''')' in one) > 0)))
"""
_LACKING = """
select array(
    select 'role ' || wanted from unnest('{anon,authenticated,service_role}'::text[]) as wanted
    where to_regrole(wanted) is null
    union all select 'table auth.users' where to_regclass('auth.users') is null
    union all select 'function auth.uid()' where to_regprocedure('auth.uid()') is null)
"""


@dataclass(frozen=True, slots=True)
class Migration:
    """One migration file, such as `20261121000100_processing_schema.sql`: version, name and SQL."""

    version: str
    name: str
    sql: str

    @property
    def file(self) -> str:
        """Return the name of the file, without its folder."""
        return f"{self.version}_{self.name}.sql"

    @property
    def library_version(self) -> str | None:
        """Return the version that the library gave to the file; None for a file of a project."""
        found = _RECORDS_ITSELF.findall(self.sql)
        return found[-1] if found else None


def own_migrations() -> list[Migration]:
    """Return the library's migrations, from the installed package or from the source checkout."""
    package = Path(__file__).parents[1]
    packed = package / "_migrations"
    if packed.is_dir():
        return read_migrations(packed)
    return [
        migration
        for migration in read_migrations(package.parent / "supabase" / "migrations")
        if migration.name.startswith(_OURS)
    ]


def with_migrations_of(*sets: Sequence[Migration]) -> list[Migration]:
    """Return the library's migrations and those of these sets, ordered by version.

    A migration replaces the same migration of the library or of an earlier set. A migration of the
    library that has no copy among copies of later versions comes after them, because it needs them.
    """
    given = {one.library_version or one.version: one for each in sets for one in each}
    last_copy = max((one.version for one in given.values() if one.library_version), default="")
    lacking = [one for one in own_migrations() if one.version not in given]

    def place(one: Migration) -> tuple[str, bool, str]:
        if one in lacking:
            return max(one.version, last_copy), True, one.version
        return one.version, False, one.version

    return sorted((*given.values(), *lacking), key=place)


def copied_to(project: Path) -> list[Migration]:
    """Return the copies of the library's migrations in the folder of a project's migrations.

    The folder may hold anything else, also files that are no migrations.
    """
    found = [_migration(path, errors="replace") for path in sorted(project.glob("*.sql"))]
    return [one for one in found if one is not None and one.library_version is not None]


def read_migrations(folder: Path) -> list[Migration]:
    """Return the migrations in a folder, ordered by version. Like the CLI, ignore other files.

    Raises `SetupError` if there is no migration, if two have the same version, or if a file is not
    in UTF-8.
    """
    found = [one for path in sorted(folder.glob("*.sql")) if (one := _migration(path)) is not None]
    if not found:
        raise SetupError(
            f"there are no migrations in {folder}",
            cure="name their folder with --migrations; files are called <digits>_<name>.sql",
        )
    versions = [migration.version for migration in found]
    twice = sorted({version for version in versions if versions.count(version) > 1})
    if twice:
        raise SetupError(
            f"two migrations in {folder} have the version {', '.join(twice)}",
            cure="give one of them a later version",
        )
    return sorted(found, key=lambda migration: migration.version)


def _migration(path: Path, errors: str = "strict") -> Migration | None:
    """Read a file; None if its name is not that of a migration."""
    match = _FILE.fullmatch(path.name)
    if match is None:
        return None
    try:
        return Migration(match[1], match[2], path.read_text(encoding="utf-8", errors=errors))
    except UnicodeDecodeError as error:
        raise SetupError(f"{path} is not in UTF-8", cure="convert the file to UTF-8") from error


async def pending(connection: Connection, migrations: Sequence[Migration]) -> list[Migration]:
    """Return those of these migrations that are not recorded as applied. Changes nothing."""
    applied = await _versions(connection, _HAS_HISTORY, _APPLIED)
    of_library = await _versions(connection, _HAS_LIBRARY, _APPLIED_OF_LIBRARY)
    return [
        migration
        for migration in migrations
        if migration.version not in applied and migration.library_version not in of_library
    ]


async def rename(connection: Connection, copies: Sequence[Migration]) -> list[Migration]:
    """Record applied migrations of the library under the names of a project's copies.

    `supabase db push` refuses a recorded version for which the project has no file. Returns the
    copies whose record was changed.
    """
    kept = [one.version for one in copies]
    async with connection.transaction():
        await _lock(connection)
        applied = await _versions(connection, _HAS_HISTORY, _APPLIED)
        of_library = await _versions(connection, _HAS_LIBRARY, _APPLIED_OF_LIBRARY)
        renamed = [
            one
            for one in copies
            if one.version not in applied and one.library_version in of_library
        ]
        if renamed:
            await connection.execute(_HISTORY)
        for one in renamed:
            done = await connection.execute(
                _RENAME, one.version, one.name, one.library_version, kept
            )
            if done == "UPDATE 0":
                await _record(connection, one)
    return renamed


async def _versions(connection: Connection, is_there: str, query: str) -> set[str]:
    if not await connection.fetchval(is_there):
        return set()
    return {row["version"] for row in await connection.fetch(query)}


async def apply(
    connection: Connection,
    migrations: Sequence[Migration],
    on_applied: Callable[[Migration], None],
) -> None:
    """Apply each migration that is still pending, and record it, in one transaction per file.

    `on_applied` is called after each. If two `migrate` commands run at the same time, one waits for
    the other and then skips what the other applied. Raises `SetupError` if the database is no
    Supabase project, or with the file and the SQLSTATE of the first failure; the files before the
    failed file stay applied.
    """
    await check_is_supabase(connection)
    for migration in migrations:
        try:
            if await _apply_one(connection, migration):
                on_applied(migration)
        except asyncpg.PostgresError as error:
            raise _failed(migration, error) from error


async def check_is_supabase(connection: Connection) -> None:
    """Raise `SetupError` if the database lacks a role, table or function that Supabase has.

    These are anon, authenticated, service_role, auth.users and auth.uid().
    """
    lacking = await connection.fetchval(_LACKING)
    if lacking:
        raise SetupError(
            f"this database is no Supabase project: it lacks {', '.join(lacking)}",
            cure="name the database of a hosted project or of `supabase start`, or create "
            "these first",
            code="not_supabase",
        )


async def _apply_one(connection: Connection, migration: Migration) -> bool:
    """Apply and record one file; False if it is recorded already, by another `migrate` just now."""
    # Undo session settings that an earlier migration may have changed.
    await connection.execute("reset all")
    async with connection.transaction():
        await _lock(connection)
        await connection.execute(f"set local lock_timeout = '{_LOCK_WAIT}'")
        await connection.execute(_HISTORY)
        if not await pending(connection, [migration]):
            return False
        await connection.execute(migration.sql)
        await _record(connection, migration)
    return True


async def _lock(connection: Connection) -> None:
    # A lock of the transaction: a lock of the session does not work behind every pooler.
    await connection.execute(f"select pg_advisory_xact_lock({_LOCK_KEY})")


async def _record(connection: Connection, migration: Migration) -> None:
    await connection.execute(
        _RECORD, migration.version, migration.name, [migration.sql.rstrip().rstrip(";")]
    )


def _failed(migration: Migration, error: asyncpg.PostgresError) -> SetupError:
    return SetupError(
        f"{migration.file}: {error.args[0]} (SQLSTATE {error.sqlstate}{_line(migration, error)})",
        cure=error.hint
        or _CURES.get(error.sqlstate or "", "mend the file and run it again")
        + "; nothing of this file was applied",
        code="migration_failed",
    )


def _line(migration: Migration, error: Any) -> str:
    """Return `, line <number>` for the error in the file, or "" if the server gives no position.

    The position of an error inside a function does not count, because it is not one in the file.
    """
    position = getattr(error, "position", None)
    if not position or getattr(error, "internal_query", None):
        return ""
    return f", line {migration.sql.count(chr(10), 0, int(position)) + 1}"


_CURES = {
    "42501": "connect as postgres, the owner of the database",
    "55P03": "something holds a lock on a table; run it again when that has ended",
}
