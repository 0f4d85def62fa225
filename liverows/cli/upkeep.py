"""Commands for a pipeline or the whole queue: pause, resume, prune."""

from __future__ import annotations

from typing import Annotated

import typer

from liverows.cli.call import call
from liverows.cli.show import console
from liverows.database.answers import read_pruned
from liverows.running.pruning import is_more

PipelineArgument = Annotated[str, typer.Argument(help="Name of the pipeline.")]


def pause(pipeline: PipelineArgument) -> None:
    """Claim no more rows of a pipeline. Rows that run now go on."""
    call("pause", pipeline=pipeline, paused=True)
    console.print(f"{pipeline} is paused; `liverows resume {pipeline}` goes on")


def resume(pipeline: PipelineArgument) -> None:
    """Claim rows of a pipeline again after `pause`."""
    call("pause", pipeline=pipeline, paused=False)
    console.print(f"{pipeline} goes on")


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
    console.print(", ".join(f"{count} {kind}" for kind, count in answer.items()) + " deleted")
    if is_more(answer, max_rows):
        console.print("there is more; run it again")
