"""Applies migrations and records them in the same way as the Supabase CLI.

Both use `supabase_migrations.schema_migrations (version, statements, name)`; the version is the
digits at the start of the file's name. So each skips what the other has applied. The CLI also
requires a file for every recorded version: in a project that uses the CLI, copy these files into
its `supabase/migrations`.

The CLI stores each statement of a file separately. Only `supabase migration fetch` reads them, and
joins them with semicolons. Here the whole file is stored as one statement. `fetch` returns it
unchanged, and no SQL parser is needed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg

import liverows
from liverows.base.errors import SetupError
from liverows.database.sessions import Connection

_OURS = "processing_"
_FILE = re.compile(r"\A(\d++)_(.*)\.sql")
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
_LACKING = """
select array(
    select 'role ' || wanted from unnest('{anon,authenticated,service_role}'::text[]) as wanted
    where to_regrole(wanted) is null
    union all select 'table auth.users' where to_regclass('auth.users') is null
    union all select 'function auth.uid()' where to_regprocedure('auth.uid()') is null)
"""


@dataclass(frozen=True, slots=True)
class Migration:
    """One file: `20261121000100_processing_schema.sql` gives version, name and SQL."""

    version: str
    name: str
    sql: str

    @property
    def file(self) -> str:
        """The name of the file."""
        return f"{self.version}_{self.name}.sql"


def own_migrations() -> list[Migration]:
    """The library's migrations, from the installed wheel or from the source checkout."""
    package = Path(liverows.__file__).parent
    packed = package / "_migrations"
    if packed.is_dir():
        return read_migrations(packed)
    return [
        migration
        for migration in read_migrations(package.parent / "supabase" / "migrations")
        if migration.name.startswith(_OURS)
    ]


def with_migrations_of(folders: Sequence[Path]) -> list[Migration]:
    """The migrations of the library and of an application, ordered by version."""
    found = {migration.version: migration for migration in own_migrations()}
    for folder in folders:
        found.update({migration.version: migration for migration in read_migrations(folder)})
    return [found[version] for version in sorted(found)]


def read_migrations(folder: Path) -> list[Migration]:
    """The migrations in a folder, ordered by version; other files are ignored, as the CLI does.

    Raises `SetupError` if there is no migration, or if two have the same version.
    """
    found = [
        Migration(match[1], match[2], path.read_text(encoding="utf-8"))
        for path in sorted(folder.glob("*.sql"))
        if (match := _FILE.fullmatch(path.name))
    ]
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


async def pending(connection: Connection, migrations: Sequence[Migration]) -> list[Migration]:
    """The migrations that are not recorded as applied. Changes nothing."""
    if not await connection.fetchval(_HAS_HISTORY):
        return list(migrations)
    applied = {row["version"] for row in await connection.fetch(_APPLIED)}
    return [migration for migration in migrations if migration.version not in applied]


async def apply(
    connection: Connection,
    migrations: Sequence[Migration],
    on_applied: Callable[[Migration], None],
) -> None:
    """Apply each pending file together with its record, in one transaction per file.

    If two programs do this at the same time, one waits and then skips what the other applied.
    Raises `SetupError` with the file and the SQLSTATE of the first failure; earlier files stay
    applied.
    """
    await check_is_supabase(connection)
    for migration in migrations:
        try:
            if await _apply_one(connection, migration):
                on_applied(migration)
        except asyncpg.PostgresError as error:
            raise _failed(migration, error) from error


async def check_is_supabase(connection: Connection) -> None:
    """Raise `SetupError` if the database lacks the roles or the `auth` schema that we need."""
    lacking = await connection.fetchval(_LACKING)
    if lacking:
        raise SetupError(
            f"this database is no Supabase project: it lacks {', '.join(lacking)}",
            cure="name the database of a hosted project or of `supabase start`, or create "
            "these first",
            code="not_supabase",
        )


async def _apply_one(connection: Connection, migration: Migration) -> bool:
    """Apply one file; False if another program applied it while this one waited."""
    # An earlier migration may have changed session settings.
    await connection.execute("reset all")
    async with connection.transaction():
        # A transaction-level lock, because a session-level one does not work behind every pooler.
        await connection.execute(f"select pg_advisory_xact_lock({_LOCK_KEY})")
        await connection.execute(f"set local lock_timeout = '{_LOCK_WAIT}'")
        await connection.execute(_HISTORY)
        if not await pending(connection, [migration]):
            return False
        await connection.execute(migration.sql)
        await connection.execute(
            _RECORD, migration.version, migration.name, [migration.sql.rstrip().rstrip(";")]
        )
    return True


def _failed(migration: Migration, error: asyncpg.PostgresError) -> SetupError:
    return SetupError(
        f"{migration.file}: {error.args[0]} (SQLSTATE {error.sqlstate}{_line(migration, error)})",
        cure=error.hint
        or _CURES.get(error.sqlstate or "", "mend the file and run it again")
        + "; nothing of this file was applied",
        code="migration_failed",
    )


def _line(migration: Migration, error: Any) -> str:
    """The line number of the error in the file, if the server gives a position."""
    position = getattr(error, "position", None)
    if not position or getattr(error, "internal_query", None):
        return ""
    return f", line {migration.sql.count(chr(10), 0, int(position)) + 1}"


_CURES = {
    "42501": "connect as postgres, the owner of the database",
    "55P03": "something holds a lock on a table; run it again when that has ended",
}
