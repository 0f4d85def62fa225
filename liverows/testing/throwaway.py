"""A database with a project's migrations, which is gone at the end."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from liverows.base.errors import SetupError
from liverows.database.migrations import Migration, read_migrations, with_migrations_of
from liverows.testing.databases import create_supabase, migrate
from liverows.testing.postgres import PostgresServer

_NO_EXTENSION = (
    "the throw-away Postgres has only the extensions of Postgres itself; let the migration create "
    "others only `if exists (select from pg_available_extensions where name = …)`, or let commands "
    "look at a database of Supabase with --database-url"
)

MIGRATIONS = Path("supabase", "migrations")


def project_migrations(root: Path) -> list[Migration]:
    """Return the project's migrations, and those of the library that the project has no copy of."""
    folder = root / MIGRATIONS
    own = read_migrations(folder) if any(folder.glob("[0-9]*.sql")) else []
    return with_migrations_of(own)


@contextmanager
def throwaway_database(root: Path) -> Iterator[str]:
    """Start a server with one database that has the migrations of the project; gives its URL.

    Raises `SetupError` that names the first migration that fails.
    """
    with PostgresServer() as server:
        dsn = create_supabase(server, "project")
        migrate_project(dsn, root)
        yield dsn


def migrate_project(dsn: str, root: Path) -> None:
    """Apply the migrations of the project; `SetupError` names the first one that fails."""
    try:
        migrate(dsn, project_migrations(root))
    except psycopg.Error as error:
        where = " ".join(getattr(error, "__notes__", ()))
        raise SetupError(
            f"a migration fails {where}: {error.diag.message_primary}",
            cure=_NO_EXTENSION
            if isinstance(error, psycopg.errors.FeatureNotSupported | psycopg.errors.UndefinedFile)
            else "mend the file and run it again",
            code="migration_failed",
        ) from error
