"""How commands print: tables for people, JSON for programs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

# The printed text comes from rows, so nothing in it may be read as markup.
console = Console(highlight=False, markup=False, emoji=False)

_COLOURS: Mapping[str, str] = {
    "ok": "green",
    "completed": "green",
    "warning": "yellow",
    "retry": "yellow",
    "waiting": "yellow",
    "taken_back": "yellow",
    "problem": "red",
    "failed": "red",
    "processing": "cyan",
    "pending": "blue",
}


def show_json(answer: object) -> None:
    """Print an answer as JSON, for another program."""
    typer.echo(json.dumps(answer, indent=2, ensure_ascii=False, default=str))


def coloured(word: str) -> Text:
    """A status or an event word in its colour."""
    return Text(word, style=_COLOURS.get(word, ""))


def plain_table(*columns: str, title: str | None = None) -> Table:
    """A table without a frame. A column name that starts with `>` is aligned right, for numbers."""
    table = Table(title=title, title_justify="left", box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for column in columns:
        is_number = column.startswith(">")
        table.add_column(
            column.removeprefix(">"), justify="right" if is_number else "left", overflow="fold"
        )
    return table


def moment(text: Any) -> datetime:
    """A time from the contract's answer, in UTC."""
    return datetime.fromisoformat(str(text)).astimezone(UTC)


def clock_time(text: Any) -> str:
    """The time of day in UTC, to the millisecond."""
    return moment(text).strftime("%H:%M:%S.%f")[:-3]


def duration(seconds: Any) -> str:
    """Seconds as a person reads them: 3 ms, 1.2 s, 4 min, 3 h, 2 d."""
    if seconds is None:
        return "-"
    value = float(seconds)
    if value < 1:
        return f"{value * 1000:.0f} ms"
    for unit, size in (("d", 86400), ("h", 3600), ("min", 60)):
        if value >= 2 * size:
            return f"{value / size:.0f} {unit}"
    return f"{value:.1f} s"
