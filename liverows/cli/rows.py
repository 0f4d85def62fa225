"""Commands that change rows: retry, cancel, redrive, priority."""

from __future__ import annotations

from typing import Annotated

import typer

from liverows.base.types import Json, JsonObject
from liverows.cli.answers import ROW_STATE, RowState
from liverows.cli.bulk import Bulk, MaxRowsOption, OperatorOption, YesOption, carry_out, who
from liverows.cli.call import call, qualified
from liverows.cli.filters import Filter, filtered
from liverows.cli.listing import JsonOption
from liverows.cli.show import console, show_json
from liverows.database.answers import checked

TableArgument = Annotated[str, typer.Argument(help="Table; schema public unless named.")]
KeyArgument = Annotated[str, typer.Argument(metavar="ID", help="Primary key of the row.")]
OneTable = Annotated[
    str | None,
    typer.Argument(metavar="TABLE", help="Table of one row; leave it out to choose by options."),
]
OneKey = Annotated[str | None, typer.Argument(metavar="ID", help="Primary key of the row.")]
Fresh = Annotated[bool, typer.Option("--fresh", help="Forget the checkpoints: pay again.")]
FromStep = Annotated[
    str | None, typer.Option(help="Forget the checkpoints of this step and of later ones.")
]


@filtered
def retry(
    wanted: Filter,
    one_table: OneTable = None,
    row_id: OneKey = None,
    fresh: Fresh = False,
    from_step: FromStep = None,
    yes: YesOption = False,
    operator: OperatorOption = None,
    max_rows: MaxRowsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Run a row again, or all rows that match the options.

    A waiting row is due at once; a running row is left alone. A failed or cancelled row continues
    from its checkpoints. A completed row starts again, and reuses only results that its steps keep
    for later rounds. --fresh deletes the checkpoints of a failed, cancelled or completed row first.

    With options, failed and cancelled rows are meant unless --status names others. Their number is
    shown and a confirmation asked for. Ends with exit code 1 if rows refused, and 3 if none
    matches.
    """
    action, arguments = _retry_of(fresh, from_step)
    if one_table is not None and action != "retry_from":
        _one("retry", wanted, one_table, row_id, as_json, operator=who(operator), fresh=fresh)
        return
    chosen = _chosen(wanted, one_table, row_id, "failed", "cancelled")
    carry_out(
        Bulk(
            action=action, done="queued again", wanted=chosen, arguments=arguments,
            operator=operator, max_rows=max_rows, yes=yes or one_table is not None, as_json=as_json,
        )
    )  # fmt: skip


@filtered
def cancel(
    wanted: Filter,
    one_table: OneTable = None,
    row_id: OneKey = None,
    yes: YesOption = False,
    operator: OperatorOption = None,
    max_rows: MaxRowsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Stop a row that waits or runs, or all such rows that match the options.

    A finished row stays as it is. The number of rows is shown and a confirmation asked for. Ends
    with exit code 1 if rows refused, and 3 if none matches.
    """
    if one_table is not None:
        _one("cancel", wanted, one_table, row_id, as_json, operator=who(operator))
        return
    chosen = _chosen(wanted, None, None, "pending", "processing")
    carry_out(
        Bulk(
            action="cancel", done="cancelled", wanted=chosen,
            operator=operator, max_rows=max_rows, yes=yes, as_json=as_json,
        )
    )  # fmt: skip


@filtered
def redrive(
    wanted: Filter,
    of_pipeline: Annotated[
        str | None, typer.Argument(metavar="PIPELINE", help="Name of the pipeline.")
    ] = None,
    fresh: Fresh = False,
    from_step: FromStep = None,
    yes: YesOption = False,
    operator: OperatorOption = None,
    max_rows: MaxRowsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Run failed rows again, from their checkpoints unless --fresh is given.

    Their number is shown and a confirmation asked for. Rows whose owner is over a limit stay
    failed. Ends with exit code 1 if rows refused, and 3 if none matches.
    """
    if of_pipeline is not None and wanted.setdefault("pipeline", of_pipeline) != of_pipeline:
        raise typer.BadParameter("name one pipeline", param_hint="--pipeline")
    action, arguments = _retry_of(fresh, from_step)
    carry_out(
        Bulk(
            action=action, done="queued again", wanted=_chosen(wanted, None, None, "failed"),
            arguments=arguments, operator=operator, max_rows=max_rows, yes=yes, as_json=as_json,
        )
    )  # fmt: skip


@filtered
def priority(
    wanted: Filter,
    value: Annotated[
        int, typer.Argument(min=-32768, max=32767, help="The greater, the sooner; 0 is usual.")
    ],
    yes: YesOption = False,
    operator: OperatorOption = None,
    max_rows: MaxRowsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Give waiting rows that match the options another priority.

    Their number is shown and a confirmation asked for. Ends with exit code 3 if none matches.
    """
    chosen = _chosen(wanted, None, None, "pending")
    carry_out(
        Bulk(
            action="priority", done=f"have priority {value}", wanted=chosen,
            arguments={"priority": value}, operator=operator, max_rows=max_rows, yes=yes,
            as_json=as_json,
        )
    )  # fmt: skip


def _retry_of(fresh: bool, from_step: str | None) -> tuple[str, JsonObject]:
    if from_step is None:
        return ("retry_fresh" if fresh else "retry"), {}
    if fresh:
        raise typer.BadParameter("--fresh forgets every step already", param_hint="--from-step")
    return "retry_from", {"step": from_step}


def _chosen(wanted: Filter, table: str | None, row_id: str | None, *statuses: str) -> Filter:
    """Return the filter with these statuses, unless it has some. It must name anything else."""
    if table is not None:
        _check_one(wanted, row_id)
        return {
            "table": qualified(table),
            "id": row_id,
            "status": ["failed", "cancelled", "completed"],
        }
    if not wanted:
        raise typer.BadParameter("name a TABLE and an ID, or options such as --pipeline")
    return {"status": list(statuses), **wanted}


def _check_one(wanted: Filter, row_id: str | None) -> None:
    if row_id is None:
        raise typer.BadParameter("name the row's key too, or use --table", param_hint="ID")
    if wanted:
        raise typer.BadParameter("a TABLE and an ID go without options that choose rows")


def _one(
    function: str, wanted: Filter, table: str, row_id: str | None, as_json: bool, **more: Json
) -> None:
    _check_one(wanted, row_id)
    answer = call(function, table_name=qualified(table), row_id=row_id, **more)
    state: RowState = checked(ROW_STATE, answer, function)
    if as_json:
        show_json(answer)
    else:
        console.print(f"{qualified(table)} {row_id}: {state.status or 'no status'}")
