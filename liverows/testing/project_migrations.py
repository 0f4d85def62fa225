"""Applies the migrations of a project, and says what is missing if one fails."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import psycopg

from liverows.base.errors import SetupError
from liverows.database.migrations import Migration, read_migrations, with_migrations_of
from liverows.testing.databases import connected, migrate

MIGRATIONS = Path("supabase", "migrations")

SKIPPED = "TEST_SKIP_EXTENSIONS"
"""The environment variable with extensions, separated by commas, that tests do without."""

_CREATE_EXTENSION = re.compile(
    r"""^[ \t]*create\s+extension\s+(?:if\s+not\s+exists\s+)?"?([\w-]+)"?[^;]*;""", re.I | re.M
)
_LACKS_ONE = (psycopg.errors.FeatureNotSupported, psycopg.errors.UndefinedFile)
_AVAILABLE = "select name from pg_available_extensions"


def project_migrations(root: Path) -> list[Migration]:
    """Return the project's migrations, and those of the library that the project has no copy of.

    Without the statements that create an extension named by `TEST_SKIP_EXTENSIONS`.
    """
    folder = root / MIGRATIONS
    own = read_migrations(folder) if any(folder.glob("[0-9]*.sql")) else []
    return [_without_skipped(migration) for migration in with_migrations_of(own)]


def migrate_project(url: str, root: Path) -> None:
    """Apply the migrations of the project; `SetupError` names the first one that fails."""
    migrations = project_migrations(root)
    try:
        migrate(url, migrations)
    except psycopg.Error as error:
        where = " ".join(getattr(error, "__notes__", ()))
        lacking = list(_lacking(url, migrations)) if isinstance(error, _LACKS_ONE) else []
        if not lacking:
            raise SetupError(
                f"a migration fails {where}: {error.diag.message_primary}",
                cure="mend the file and run it again",
                code="migration_failed",
            ) from error
        raise _lacks(lacking) from error


def _lacks(lacking: Iterable[tuple[str, str]]) -> SetupError:
    """The error for extensions that the server does not have, each with its migration."""
    names = ",".join(dict.fromkeys(name for name, _file in lacking))
    listed = "".join(f"\n  {name}, for {file}" for name, file in lacking)
    return SetupError(
        f"the test's Postgres does not have these extensions:{listed}",
        cure="set TEST_DATABASE_URL to a server that has them, such as that of `supabase start`; "
        f"or, if the tests do without what they bring, set {SKIPPED}={names}",
        code="extension_missing",
    )


def _lacking(url: str, migrations: Iterable[Migration]) -> Iterator[tuple[str, str]]:
    """Each extension that the server lacks, with the file of the migration that creates it."""
    with connected(url) as connection:
        available = {name for (name,) in connection.execute(_AVAILABLE)}
    for migration in migrations:
        for name in _CREATE_EXTENSION.findall(migration.sql):
            if name.lower() not in available:
                yield name.lower(), migration.file


def _without_skipped(migration: Migration) -> Migration:
    skipped = {name.strip().lower() for name in os.environ.get(SKIPPED, "").split(",")}

    def kept(found: re.Match[str]) -> str:
        return "" if found[1].lower() in skipped else found[0]

    return replace(migration, sql=_CREATE_EXTENSION.sub(kept, migration.sql))
