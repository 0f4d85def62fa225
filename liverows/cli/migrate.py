"""The command `migrate`: creates or updates the schema in a database."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer
from pydantic import SecretStr

from liverows.base.errors import SetupError
from liverows.base.settings import load_settings
from liverows.cli.migrations import (
    Migration,
    apply,
    check_is_supabase,
    pending,
    read_migrations,
    with_migrations_of,
)
from liverows.cli.program import program
from liverows.database.opening import connected


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
    """Apply the migrations that a database lacks, recorded as the Supabase CLI does."""
    url = SecretStr(database_url) if database_url else load_settings().supabase_db_url
    if url is None:
        raise SetupError(
            "migrations need a database connection, not an API key",
            cure="set SUPABASE_DB_URL or give --database-url",
            code="malformed_settings",
        )
    wanted = read_migrations(migrations) if migrations else with_migrations_of(program().migrations)
    asyncio.run(_migrate(url, wanted, dry_run))


async def _migrate(url: SecretStr, migrations: list[Migration], dry_run: bool) -> None:
    async with connected(url) as connection:
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
