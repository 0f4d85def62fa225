"""The command `log`: what operators did, by the command line, the console or SQL."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import typer
from rich.text import Text

from liverows.base.printable import on_one_line
from liverows.base.types import JsonObject
from liverows.cli.answers import LOG, LogLine
from liverows.cli.call import call
from liverows.cli.choices import Action
from liverows.cli.exits import nothing_matched
from liverows.cli.filters import moment
from liverows.cli.listing import JsonOption
from liverows.cli.show import console, day_and_time, plain_table, show_json
from liverows.database.answers import checked


def log(
    operator: Annotated[str | None, typer.Option(help="Only what this operator did.")] = None,
    action: Annotated[Action | None, typer.Option(help="Only this action.")] = None,
    pipeline: Annotated[str | None, typer.Option(help="Only actions on this pipeline.")] = None,
    since: Annotated[
        str | None,
        typer.Option(help="Only since this time, as 2026-11-30T14:00, or 2h for two hours ago."),
    ] = None,
    until: Annotated[str | None, typer.Option(help="Only until this time, as for --since.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="At most so many lines.")] = 50,
    after: Annotated[
        int | None, typer.Option(min=1, help="Go on after a page: the `id` of its last line.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Show what operators did to many rows, to pipelines, budgets and alerts, latest first.

    What was done to one row alone is in its history; see `explain`. Ends with exit code 3 if no
    line matches.
    """
    wanted: JsonObject = {"operator": operator, "pipeline": pipeline, "before": after}
    wanted["action"] = action.value if action else None
    wanted["since"] = moment(since, "--since") if since else None
    wanted["until"] = moment(until, "--until") if until else None
    answer = call("operator_log", max_rows=limit, **wanted)
    lines = checked(LOG, answer, "operator_log")
    if as_json:
        show_json(answer)
    elif lines:
        _print(lines, limit)
    if not lines and after is None:
        raise nothing_matched("line")


def _print(lines: list[LogLine], limit: int) -> None:
    table = plain_table("time (UTC)", "operator", "action", "pipeline", ">rows", "with")
    for line in lines:
        table.add_row(
            day_and_time(line.at), on_one_line(line.operator), line.action.replace("_", " "),
            on_one_line(line.pipeline or "-"), "-" if line.rows is None else f"{line.rows:,}",
            Text(on_one_line(_words(line.arguments))),
        )  # fmt: skip
    console.print(table)
    if len(lines) == limit:
        console.print(Text(f"there may be more: --after {lines[-1].id}", style="dim"))


def _words(arguments: Mapping[str, Any]) -> str:
    """Return what an action was given, and each part of a filter, as names and values."""
    given = dict(arguments)
    chosen = given.pop("filter", None)
    parts = {**(chosen if isinstance(chosen, Mapping) else {}), **given}
    return ", ".join(f"{name} {_word(value)}" for name, value in parts.items()) or "-"


def _word(value: object) -> str:
    return " or ".join(map(str, value)) if isinstance(value, list) else str(value)
