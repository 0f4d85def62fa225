"""The command `migrate`: applies the migrations that a database lacks."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer
from pydantic import SecretStr

from liverows.base.errors import SetupError
from liverows.base.settings import load_settings
from liverows.cli.program import program
from liverows.database.migrations import (
    Migration,
    apply,
    check_is_supabase,
    copied_to,
    pending,
    read_migrations,
    rename,
    with_migrations_of,
)
from liverows.database.opening import connected

PROJECT_MIGRATIONS = Path("supabase", "migrations")


def migrate(
    database_url: Annotated[
        str | None, typer.Option(help="Instead of SUPABASE_DB_URL; it shows in `ps`.")
    ] = None,
    migrations: Annotated[
        Path | None,
        typer.Option(exists=True, file_okay=False, help="Another folder, instead."),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only list them.")] = False,
) -> None:
    """Apply the migrations that a database lacks, and record them as the Supabase CLI does.

    In a project to which `liverows init` copied the library's migrations, apply all migrations in
    `supabase/migrations`, as `supabase db push` does; elsewhere only those of the program.
    """
    url = SecretStr(database_url) if database_url else load_settings().supabase_db_url
    if url is None:
        raise SetupError(
            "migrations need a database connection, not an API key",
            cure="set SUPABASE_DB_URL or give --database-url",
            code="malformed_settings",
        )
    folder = migrations or PROJECT_MIGRATIONS
    copies = copied_to(folder)
    project = read_migrations(folder) if copies or migrations else []
    wanted = (
        project
        if migrations
        else with_migrations_of(*map(read_migrations, program().migrations), project)
    )
    asyncio.run(_migrate(url, wanted, copies, dry_run))


async def _migrate(
    url: SecretStr, migrations: list[Migration], copies: list[Migration], dry_run: bool
) -> None:
    async with connected(url) as connection:
        if not dry_run:
            for one in await rename(connection, copies):
                typer.echo(f"recorded as {one.file}")
        waiting = await pending(connection, migrations)
        if dry_run:
            await check_is_supabase(connection)
            _list(waiting)
        else:
            await apply(connection, waiting, lambda one: typer.echo(f"applied {one.file}"))
    if not waiting:
        typer.echo(f"up to date: all {len(migrations)} migrations are recorded")


def _list(waiting: list[Migration]) -> None:
    for migration in waiting:
        typer.echo(f"would apply {migration.file}")
