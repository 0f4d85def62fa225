"""The commands that show many rows: `list` and `failures`."""

from __future__ import annotations

from typing import Annotated, TypedDict, cast

import typer
from rich.text import Text

from liverows.base.printable import on_one_line
from liverows.base.types import Json
from liverows.cli.answers import FAILURES, ROWS, ListedRow
from liverows.cli.call import call
from liverows.cli.exits import nothing_matched
from liverows.cli.filters import Filter, filtered
from liverows.cli.show import (
    coloured,
    console,
    day_and_time,
    plain_table,
    show_json,
)
from liverows.database.answers import checked


class _Listed(TypedDict):
    """The answer of `list_rows`, with the rows as the database told them."""

    rows: list[Json]
    next: str | None
    unread: list[str]


JsonOption = Annotated[bool, typer.Option("--json", help="For another program.")]


@filtered
def list_rows(
    wanted: Filter,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="At most so many rows.")] = 50,
    after: Annotated[
        str | None, typer.Option(help="Go on after a page: what it gave as `next`.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """List rows of all pipelines, newest first.

    The time of a row is when it became due, started or ended. Completed rows are listed as far
    as their history is kept. Ends with exit code 3 if no row matches.
    """
    rows, answer = _page(wanted, limit, after)
    if as_json:
        show_json(answer)
    else:
        _print(rows, answer)
    if not rows and after is None:
        raise nothing_matched()


def _page(wanted: Filter, limit: int, after: str | None) -> tuple[list[ListedRow], _Listed]:
    """Return up to `limit` rows and the whole answer. One call of the contract may find fewer."""
    rows: list[ListedRow] = []
    listed: _Listed = {"rows": [], "next": after, "unread": []}
    while True:
        most = limit - len(rows)
        told = call("list_rows", filter=wanted, after=listed["next"], max_rows=most)
        page = checked(ROWS, told, "list_rows")
        rows += page.rows
        listed["rows"] += cast("_Listed", told)["rows"]
        listed["next"], listed["unread"] = page.next, page.unread
        if page.next is None or len(rows) >= limit:
            return rows, listed


def _print(rows: list[ListedRow], listed: _Listed) -> None:
    table = plain_table("time (UTC)", "table", "id", "pipeline", "status", "error")
    for row in rows:
        status = coloured(row.status)
        if row.set_aside:
            status.append(f" (set aside: {row.set_aside['sqlstate']})", style="yellow")
        table.add_row(
            "-" if row.at is None else day_and_time(row.at), row.table, on_one_line(row.id),
            row.pipeline or "-", status, Text(on_one_line(row.problem())),
        )  # fmt: skip
    if rows:
        console.print(table)
    for name in listed["unread"]:
        console.print(Text(f"{name} cannot be read now: it is locked or broken", style="yellow"))
    if listed["next"]:
        more = Text(f"there are more: --after {listed['next']}", style="dim")
        console.print(more, soft_wrap=True)


@filtered
def failures(
    wanted: Filter,
    limit: Annotated[int, typer.Option(min=1, help="At most so many groups.")] = 50,
    as_json: JsonOption = False,
) -> None:
    """Show rows that have failed, grouped by what happened, latest first.

    A group has one signature: the same code, step and text but for values such as numbers and
    URLs. `list`, `retry` and others take it as --signature. Ends with exit code 3 if no row has
    failed.
    """
    answer = call("failures", filter=wanted, max_groups=limit)
    groups = checked(FAILURES, answer, "failures")
    if as_json:
        show_json(answer)
    elif groups:
        table = plain_table(
            "signature", ">rows", "last (UTC)", "pipeline", "code", "step", "text", "example"
        )
        for group in groups:
            table.add_row(
                group.signature, str(group.rows), day_and_time(group.last_at), group.pipeline,
                on_one_line(group.code or "-"), on_one_line(group.step or "-"),
                Text(on_one_line(group.text)),
                on_one_line(f"{group.example['table']} {group.example['id']}"),
            )  # fmt: skip
        console.print(table)
    if not groups:
        raise nothing_matched()
