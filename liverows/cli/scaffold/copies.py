"""Copies the library's migrations into a project, behind the migrations that it has."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from liverows.database.migrations import Migration, own_migrations, read_migrations

FOLDER = Path("supabase", "migrations")
_STAMP = "%Y%m%d%H%M%S"
_STAMP_LENGTH = 14


def migrations_in(root: Path) -> list[Migration]:
    """Return the migrations of the project in `root`; none if it has no such folder yet."""
    folder = root / FOLDER
    return read_migrations(folder) if any(folder.glob("[0-9]*.sql")) else []


def lacking_copies(there: Sequence[Migration]) -> list[Migration]:
    """Return the library's migrations that the project lacks, under the names to give to them.

    The name is the library's own if it comes after the project's last migration. Otherwise the
    copies get the next versions after that, because `supabase db push` refuses a migration that
    comes before one that is applied already.
    """
    known = {migration.library_version for migration in there}
    lacking = [one for one in own_migrations() if one.library_version not in known]
    last = max((migration.version for migration in there), default="")
    if not lacking or lacking[0].version > last:
        return lacking
    return [
        replace(migration, version=version)
        for migration, version in zip(lacking, versions_after(last), strict=False)
    ]


def next_version(there: Iterable[Migration], now: datetime) -> str:
    """Return the version of a new migration of the project: this second, or a later one if needed.

    `now` is in UTC, as the Supabase CLI has it.
    """
    last = max((migration.version for migration in there), default="")
    stamp = now.strftime(_STAMP)
    return stamp if stamp > last else next(versions_after(last))


def versions_after(last: str) -> Iterator[str]:
    """Yield versions after this one: the next seconds, or the next numbers if it is no time."""
    try:
        if len(last) != _STAMP_LENGTH:
            raise ValueError(last)
        moment = datetime.strptime(last, _STAMP)
    except ValueError:
        number = int(last or 0)
        while True:
            number += 1
            yield str(number).zfill(len(last))
    while True:
        moment += timedelta(seconds=1)
        yield moment.strftime(_STAMP)
