"""One action on all rows that match a filter: count, confirm, change page by page, tell."""

from __future__ import annotations

import asyncio
import getpass
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn

from liverows.base.printable import on_one_line
from liverows.base.types import JsonObject
from liverows.cli.answers import CHANGED, COUNT, Count
from liverows.cli.call import asked, quiet_settings
from liverows.cli.exits import nothing_matched, problem
from liverows.cli.filters import Filter
from liverows.cli.show import console, show_json
from liverows.database.answers import checked
from liverows.database.client import ContractClient
from liverows.database.opening import opened_client

_PAGE = 500

YesOption = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask for a confirmation.")]
OperatorOption = Annotated[
    str | None, typer.Option(help="Name in the history of the rows; by default that of the login.")
]
MaxRowsOption = Annotated[int | None, typer.Option(min=1, help="Change at most so many rows.")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bulk:
    """An action on all rows of a filter. `done` is what is said of a changed row."""

    action: str
    done: str
    wanted: Filter
    arguments: JsonObject = field(default_factory=dict)
    operator: str | None = None
    max_rows: int | None = None
    yes: bool = False
    as_json: bool = False


@dataclass(slots=True)
class _Sums:
    changed: int = 0
    refused: int = 0
    left: int = 0
    examples: list[dict[str, str]] = field(default_factory=list)


def carry_out(bulk: Bulk) -> None:
    """Carry out the action; end the command with 1 if rows refused, with 3 if none matches."""
    _check_asked(bulk.yes)
    count, sums = asyncio.run(_carry_out(bulk))
    if bulk.as_json:
        show_json(
            {
                "action": bulk.action,
                "matched": count.rows,
                "more": count.more,
                "changed": sums.changed,
                "refused": sums.refused,
                "left": sums.left,
                "examples": sums.examples,
            }
        )
    if not count.rows and not count.more:
        raise nothing_matched()
    if not bulk.as_json:
        _tell(bulk, sums)
    if sums.refused:
        raise problem()


def confirm(question: str, *, yes: bool) -> None:
    """Ask for a confirmation unless it was given with --yes; end the command if it is declined."""
    _check_asked(yes)
    if not yes:
        typer.confirm(question, abort=True, err=True)


def _check_asked(yes: bool) -> None:
    if not yes and not is_asked():
        raise typer.BadParameter("say --yes, as nobody can be asked here", param_hint="--yes")


def is_asked() -> bool:
    """Whether somebody sits at the terminal who can be asked."""
    return sys.stdin.isatty()


def who(operator: str | None) -> str:
    """Return the operator's name: the given one, or that of the login on this machine."""
    if operator:
        return operator
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "command line"


async def _carry_out(bulk: Bulk) -> tuple[Count, _Sums]:
    async with opened_client(quiet_settings()) as client:
        await client.check_contract()
        count = checked(
            COUNT, await asked(client, "count_rows", {"filter": bulk.wanted}), "count_rows"
        )
        sums = _Sums()
        if count.rows or count.more:
            if not bulk.yes:
                rows = f"{'at least ' if count.more else ''}{count.rows:,}"
                typer.confirm(f"{rows} rows match. {bulk.action}?", abort=True, err=True)
            with _progress(bulk, count) as (progress, task):
                await _change(client, bulk, sums, progress, task)
        return count, sums


async def _change(
    client: ContractClient, bulk: Bulk, sums: _Sums, progress: Progress, task: TaskID
) -> None:
    after: str | None = None
    most = bulk.max_rows
    while most is None or sums.changed < most:
        page = _PAGE if most is None else min(_PAGE, most - sums.changed)
        told = await asked(
            client,
            "change_rows",
            {
                "action": bulk.action, "filter": bulk.wanted, "operator": who(bulk.operator),
                "arguments": bulk.arguments, "after": after, "max_rows": page,
            },
        )  # fmt: skip
        answer = checked(CHANGED, told, "change_rows")
        sums.changed += answer.changed
        sums.refused += answer.refused
        sums.left += answer.left
        sums.examples = (sums.examples + answer.examples)[:5]
        progress.advance(task, answer.changed + answer.refused + answer.left)
        after = answer.next
        if after is None:
            return


@contextmanager
def _progress(bulk: Bulk, count: Count) -> Iterator[tuple[Progress, TaskID]]:
    bar = Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(),
        console=Console(stderr=True), transient=True,
        disable=bulk.as_json or not sys.stderr.isatty(),
    )  # fmt: skip
    with bar as progress:
        yield progress, progress.add_task(bulk.action, total=None if count.more else count.rows)


def _tell(bulk: Bulk, sums: _Sums) -> None:
    console.print(f"{sums.changed:,} {bulk.done}")
    if sums.refused:
        console.print(f"{sums.refused:,} refused", style="red")
    if sums.left:
        console.print(f"{sums.left:,} left alone: locked, or not to be changed so")
    for example in sums.examples:
        console.print(f"  {on_one_line(example['id'])}: {on_one_line(example['message'])}")
