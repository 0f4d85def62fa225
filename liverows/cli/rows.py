"""Commands that change rows: retry, cancel, redrive."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import typer

from liverows.cli.call import call, qualified
from liverows.cli.show import console

TableArgument = Annotated[str, typer.Argument(help="Table; schema public unless named.")]
KeyArgument = Annotated[str, typer.Argument(metavar="ID", help="Primary key of the row.")]
Fresh = Annotated[bool, typer.Option("--fresh", help="Forget the checkpoints: pay again.")]


def retry(table: TableArgument, row_id: KeyArgument, fresh: Fresh = False) -> None:
    """Run a row again; it goes on from its checkpoints unless --fresh is given."""
    _show(table, row_id, call("retry", table_name=qualified(table), row_id=row_id, fresh=fresh))


def cancel(table: TableArgument, row_id: KeyArgument) -> None:
    """Stop a row that waits or runs; a finished one stays as it is."""
    _show(table, row_id, call("cancel", table_name=qualified(table), row_id=row_id))


def redrive(
    pipeline: Annotated[str, typer.Argument(help="Name of the pipeline.")],
    code: Annotated[str | None, typer.Option(help="Only rows that failed with this code.")] = None,
    since: Annotated[
        str | None, typer.Option(help="Only rows that failed since then, as 2026-11-30T14:00.")
    ] = None,
    fresh: Fresh = False,
    max_rows: Annotated[int, typer.Option(min=1, help="At most so many rows.")] = 1000,
) -> None:
    """Run the failed rows of a pipeline again."""
    answer = call(
        "redrive",
        pipeline=pipeline,
        error_code=code,
        failed_since=_moment(since),
        fresh=fresh,
        max_rows=max_rows,
    )
    console.print(f"{pipeline}: {answer['queued']} queued again")
    if answer.get("refused"):
        console.print(f"{answer['refused']} not, as their owners have too many open rows")


def _moment(text: str | None) -> str | None:
    """The time as ISO 8601; a time without a zone is in this machine's zone."""
    if text is None:
        return None
    try:
        return datetime.fromisoformat(text).astimezone().isoformat()
    except ValueError:
        raise typer.BadParameter(
            f"{text} is no time such as 2026-11-30 or 2026-11-30T14:00+01:00",
            param_hint="--since",
        ) from None


def _show(table: str, row_id: str, state: Any) -> None:
    console.print(f"{qualified(table)} {row_id}: {state['status']}")
