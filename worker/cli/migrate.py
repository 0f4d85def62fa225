"""The command that brings the schema into a database."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer
from pydantic import SecretStr

from worker.app.database import connected
from worker.base.errors import SetupError
from worker.base.settings import load_settings
from worker.cli.migrations import (
    Migration,
    apply,
    check_is_supabase,
    own_migrations,
    pending,
    read_migrations,
)


def migrate(
    database_url: Annotated[
        str | None, typer.Option(help="Instead of SUPABASE_DB_URL; it shows in `ps`.")
    ] = None,
    migrations: Annotated[
        Path | None,
        typer.Option(exists=True, file_okay=False, help="A folder of your own migrations."),
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
    asyncio.run(_migrate(url, read_migrations(migrations or own_migrations()), dry_run))


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
