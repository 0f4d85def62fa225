"""Commands for a pipeline or the whole queue: pause, resume, limits, prune."""

from __future__ import annotations

from typing import Annotated, cast

import typer

from liverows.base.errors import SetupError
from liverows.base.types import Json, JsonObject
from liverows.cli.answers import LIMITS
from liverows.cli.bulk import OperatorOption, who
from liverows.cli.call import call
from liverows.cli.listing import JsonOption
from liverows.cli.show import console, plain_table, show_json
from liverows.database.answers import checked, read_pruned
from liverows.running.pruning import is_more

PipelineArgument = Annotated[str, typer.Argument(help="Name of the pipeline.")]


def pause(
    pipeline: PipelineArgument, operator: OperatorOption = None, as_json: JsonOption = False
) -> None:
    """Claim no more rows of a pipeline. Rows that run now go on."""
    _pause(pipeline, True, operator, as_json, "is paused; `liverows resume {0}` goes on")


def resume(
    pipeline: PipelineArgument, operator: OperatorOption = None, as_json: JsonOption = False
) -> None:
    """Claim rows of a pipeline again after `pause`."""
    _pause(pipeline, False, operator, as_json, "goes on")


def _pause(pipeline: str, paused: bool, operator: str | None, as_json: bool, said: str) -> None:
    answer = call("pause", pipeline=pipeline, paused=paused, operator=who(operator))
    if as_json:
        show_json(answer)
    else:
        console.print(f"{pipeline} {said.format(pipeline)}")


LimitOption = Annotated[
    str | None, typer.Option(metavar="NUMBER", help="A whole number, or none for no limit.")
]


def limits(
    pipeline: PipelineArgument,
    concurrency: LimitOption = None,
    concurrency_per_owner: LimitOption = None,
    max_open_per_owner: LimitOption = None,
    max_attempts: Annotated[
        int | None, typer.Option(min=1, max=100, help="Runs of a row before it fails for good.")
    ] = None,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show the limits of a pipeline, or change those that are given, at once.

    The next `processing.attach` of the pipeline sets them again as it says.
    """
    wanted: JsonObject = {
        name: None if text == "none" else _whole(text, name)
        for name, text in (
            ("concurrency", concurrency),
            ("concurrency_per_owner", concurrency_per_owner),
            ("max_open_per_owner", max_open_per_owner),
        )
        if text is not None
    }
    if max_attempts is not None:
        wanted["max_attempts"] = max_attempts
    answer = (
        call("set_limits", pipeline=pipeline, limits=wanted, operator=who(operator))
        if wanted
        else present_limits(pipeline)
    )
    found = checked(LIMITS, answer, "set_limits").model_dump()
    if as_json:
        show_json(found)
        return
    table = plain_table("limit", ">value")
    for name, value in found.items():
        table.add_row(name, "none" if value is None else str(value))
    console.print(table)


def _whole(text: str, name: str) -> int:
    if text.isascii() and text.isdigit() and int(text) > 0:
        return int(text)
    option = f"--{name.replace('_', '-')}"
    raise typer.BadParameter(f"{text} is neither a whole number nor none", param_hint=option)


def present_limits(pipeline: str) -> Json:
    """Return the limits of a pipeline. Raises `SetupError` if there is no such pipeline."""
    attached = cast("list[JsonObject]", call("list_pipelines"))
    settings = {row["pipeline"]: row["settings"] for row in attached}
    if pipeline not in settings:
        raise SetupError(
            f"there is no pipeline {pipeline}",
            cure="`liverows doctor` lists what is attached",
            code="refused",
        )
    return settings[pipeline]


def prune(
    events_days: Annotated[
        float, typer.Option(min=0, help="Delete history older than so many days.")
    ] = 30,
    workers_days: Annotated[
        float, typer.Option(min=0, help="Forget workers not heard of for so many days.")
    ] = 1,
    usage_days: Annotated[
        float, typer.Option(min=0, help="Add up usage older than so many days, by day.")
    ] = 90,
    answer_days: Annotated[
        float | None,
        typer.Option(min=0, help="Delete answers kept for later rounds after so many days."),
    ] = None,
    max_rows: Annotated[int, typer.Option(min=1, help="At most so many lines per kind.")] = 10000,
) -> None:
    """Delete old history, checkpoints that nobody needs, and entries of workers long gone.

    Old usage becomes sums by day. No row of a user's table is deleted.
    """
    told = call(
        "prune",
        events_older_than=f"{events_days} days",
        workers_older_than=f"{workers_days} days",
        usage_older_than=f"{usage_days} days",
        answers_older_than=None if answer_days is None else f"{answer_days} days",
        max_rows=max_rows,
    )
    answer = read_pruned(told)
    deleted = {kind: count for kind, count in answer.items() if kind != "looked_at"}
    console.print(", ".join(f"{count} {kind}" for kind, count in deleted.items()) + " deleted")
    if is_more(answer, max_rows):
        console.print("there is more; run it again")
