"""Commands that change rows: retry, cancel, redrive."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from liverows.cli.answers import REDRIVEN, ROW_STATE, RowState
from liverows.cli.call import call, qualified
from liverows.cli.show import console
from liverows.database.answers import checked

TableArgument = Annotated[str, typer.Argument(help="Table; schema public unless named.")]
KeyArgument = Annotated[str, typer.Argument(metavar="ID", help="Primary key of the row.")]
Fresh = Annotated[bool, typer.Option("--fresh", help="Forget the checkpoints: pay again.")]


def retry(table: TableArgument, row_id: KeyArgument, fresh: Fresh = False) -> None:
    """Run a row again. A waiting row is due at once; a running row is left alone.

    A failed or cancelled row continues from its checkpoints. A completed row starts again, and
    reuses only results that its steps keep for later rounds. --fresh deletes the checkpoints of a
    failed, cancelled or completed row first.
    """
    answer = call("retry", table_name=qualified(table), row_id=row_id, fresh=fresh)
    _show(table, row_id, checked(ROW_STATE, answer, "retry"))


def cancel(table: TableArgument, row_id: KeyArgument) -> None:
    """Stop a row that waits or runs; a finished one stays as it is."""
    answer = call("cancel", table_name=qualified(table), row_id=row_id)
    _show(table, row_id, checked(ROW_STATE, answer, "cancel"))


def redrive(
    pipeline: Annotated[str, typer.Argument(help="Name of the pipeline.")],
    code: Annotated[str | None, typer.Option(help="Only rows that failed with this code.")] = None,
    since: Annotated[
        str | None, typer.Option(help="Only rows that failed since then, as 2026-11-30T14:00.")
    ] = None,
    fresh: Fresh = False,
    max_rows: Annotated[int, typer.Option(min=1, help="At most so many rows.")] = 1000,
) -> None:
    """Run failed rows of a pipeline again, from their checkpoints unless --fresh is given.

    Rows whose owner is over a limit are left failed.
    """
    told = call(
        "redrive",
        pipeline=pipeline,
        error_code=code,
        failed_since=_moment(since),
        fresh=fresh,
        max_rows=max_rows,
    )
    answer = checked(REDRIVEN, told, "redrive")
    console.print(f"{pipeline}: {answer.queued} queued again")
    if answer.refused:
        console.print(
            f"{answer.refused} not, as their owners are over a limit (open rows, or use of today)"
        )


def _moment(text: str | None) -> str | None:
    """Return the time as ISO 8601 with a zone, by default this machine's zone."""
    if text is None:
        return None
    try:
        return datetime.fromisoformat(text).astimezone().isoformat()
    except ValueError:
        raise typer.BadParameter(
            f"{text} is no time such as 2026-11-30 or 2026-11-30T14:00+01:00",
            param_hint="--since",
        ) from None


def _show(table: str, row_id: str, state: RowState) -> None:
    console.print(f"{qualified(table)} {row_id}: {state.status or 'no status'}")
