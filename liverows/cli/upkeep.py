"""Commands for the whole queue: pause, resume, prune."""

from __future__ import annotations

from typing import Annotated

import typer

from liverows.cli.call import call
from liverows.cli.show import console

PipelineArgument = Annotated[str, typer.Argument(help="Name of the pipeline.")]


def pause(pipeline: PipelineArgument) -> None:
    """Stop claiming rows of a pipeline. Running rows go on."""
    call("pause", pipeline=pipeline, paused=True)
    console.print(f"{pipeline} is paused; `liverows resume {pipeline}` goes on")


def resume(pipeline: PipelineArgument) -> None:
    """Claim rows of a paused pipeline again."""
    call("pause", pipeline=pipeline, paused=False)
    console.print(f"{pipeline} goes on")


def prune(
    events_days: Annotated[
        float, typer.Option(min=0, help="Delete history older than so many days.")
    ] = 30,
    workers_days: Annotated[
        float, typer.Option(min=0, help="Forget workers not heard of for so many days.")
    ] = 1,
    max_rows: Annotated[int, typer.Option(min=1, help="At most so many lines per kind.")] = 10000,
) -> None:
    """Delete old history, expired checkpoints and workers long gone; never a user's row."""
    answer = call(
        "prune",
        events_older_than=f"{events_days} days",
        workers_older_than=f"{workers_days} days",
        max_rows=max_rows,
    )
    console.print(", ".join(f"{count} {kind}" for kind, count in answer.items()) + " deleted")
    if max_rows in answer.values():
        console.print("there is more; run it again")
