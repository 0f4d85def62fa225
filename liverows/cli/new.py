"""The command `new pipeline`: writes the files of a pipeline for a table that exists."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from pydantic import SecretStr

from liverows.base.settings import load_settings
from liverows.cli.call import qualified
from liverows.cli.init import DryRunOption, carry_out, checked_package
from liverows.cli.project_database import project_database
from liverows.cli.scaffold.columns import Column, chosen, columns_of

new = typer.Typer(help="Write the files of something new.", no_args_is_help=True)


@new.callback()
def _new() -> None:
    """Keep `pipeline` a command of its own, although it is the only one so far."""


@new.command()
def pipeline(
    name: Annotated[str, typer.Argument(help="Name of the pipeline, such as summarise-cv.")],
    table: Annotated[str, typer.Option(help="Table; schema public unless named.")],
    inputs: Annotated[list[str], typer.Option("--input", help="Columns to read; with commas.")],
    outputs: Annotated[list[str], typer.Option("--output", help="Columns to write; with commas.")],
    owner: Annotated[
        str | None, typer.Option(help="Column of the row's user; found by itself if there is one.")
    ] = None,
    package: Annotated[
        str | None, typer.Option(help="Package; by default the first in LIVEROWS_PACKAGES.")
    ] = None,
    database_url: Annotated[
        str | None, typer.Option(help="Where to read the table, instead of SUPABASE_DB_URL.")
    ] = None,
    dry_run: DryRunOption = False,
) -> None:
    """Write the migration that attaches a table, the pipeline with its models, and its test.

    The table is read from the database, or, if no database is set, from a throw-away one with this
    project's migrations.
    """
    from liverows.cli.scaffold.pipeline_files import NewPipeline, plan_of_pipeline

    settings = load_settings()
    package = package or next(iter(settings.packages), "pipelines")
    checked_package(package)
    url = SecretStr(database_url) if database_url else settings.supabase_db_url
    columns = asyncio.run(_columns(url, qualified(table)))
    read = chosen(columns, _split(inputs), "--input")
    written = chosen(columns, _split(outputs), "--output")
    user = _owner(columns, owner)
    wanted = NewPipeline(
        name, qualified(table), package, list(columns.values()), read, written, user
    )
    plan = plan_of_pipeline(Path(), wanted, datetime.now(UTC))
    carry_out(plan, dry_run)
    if not dry_run:
        typer.echo(_next(package, settings.packages, wanted.module))


async def _columns(url: SecretStr | None, table: str) -> dict[str, Column]:
    async with project_database(url) as connection:
        return await columns_of(connection, table)


def _split(names: list[str]) -> list[str]:
    return [name.strip() for text in names for name in text.split(",") if name.strip()]


def _owner(columns: dict[str, Column], named: str | None) -> str | None:
    """Return the column named, or else the only column that refers to a user, or else None."""
    if named is not None:
        return chosen(columns, [named], "--owner")[0].name
    users = [column.name for column in columns.values() if column.is_user]
    return users[0] if len(users) == 1 else None


def _next(package: str, served: tuple[str, ...], module: str) -> str:
    lines = [f"next:\n  write the step in {package.replace('.', '/')}/{module}.py, then: pytest"]
    if package not in served:
        lines.append(f"  LIVEROWS_PACKAGES={','.join((*served, package))}   # in .env")
    lines.append(
        "  apply the migration (supabase migration up, or liverows migrate), then: liverows run"
    )
    return "\n".join(lines)
