"""How commands print: tables for people, JSON for programs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import typer
from rich.console import Console
from rich.segment import Segment
from rich.table import Table
from rich.text import Text

from liverows.base.printable import escaped_json, on_one_line, visible


class _PlainConsole(Console):
    """Prints texts without codes that change the terminal.

    A key, a pipeline's answer or a message may be what a user wrote.
    """

    def render(self, *args: Any, **options: Any) -> Iterator[Segment]:
        # A `Text`, such as a line of a tree, does not come through `render_str`.
        for segment in super().render(*args, **options):
            yield segment if segment.control else segment._replace(text=visible(segment.text))

    def render_str(self, text: str, *args: Any, **options: Any) -> Text:
        lines = (on_one_line(line) for line in text.split("\n"))
        return super().render_str("\n".join(lines), *args, **options)


# The text may come from rows, so rich must not read markup or emoji codes in it.
console = _PlainConsole(highlight=False, markup=False, emoji=False)

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
    """Print an answer as indented JSON, for another program."""
    typer.echo(escaped_json(json.dumps(answer, indent=2, ensure_ascii=False, default=str)))


def coloured(word: str) -> Text:
    """Return the word of a status, an event or a finding in its colour, if it has a colour."""
    return Text(word, style=_COLOURS.get(word, ""))


def plain_table(*columns: str, title: str | None = None) -> Table:
    """Make an empty table without a frame. A `>` before a column's name aligns the column right."""
    table = Table(title=title, title_justify="left", box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for column in columns:
        is_number = column.startswith(">")
        table.add_column(
            column.removeprefix(">"), justify="right" if is_number else "left", overflow="fold"
        )
    return table


def in_utc(time: datetime | str) -> datetime:
    """Return a time in the contract's answer as a `datetime` in UTC."""
    read = time if isinstance(time, datetime) else datetime.fromisoformat(time)
    return read.astimezone(UTC)


def clock_time(time: datetime | str) -> str:
    """Return the time of day in UTC, to the millisecond."""
    return in_utc(time).strftime("%H:%M:%S.%f")[:-3]


def day_and_time(time: datetime) -> str:
    """Return the day and the time in UTC, to the minute."""
    return in_utc(time).strftime("%Y-%m-%d %H:%M")


def duration(seconds: float | None) -> str:
    """Return seconds as a person reads them: 3 ms, 1.2 s, 4 min, 3 h, 2 d; `-` for None."""
    if seconds is None:
        return "-"
    value = float(seconds)
    if value < 1:
        return f"{value * 1000:.0f} ms"
    for unit, size in (("d", 86400), ("h", 3600), ("min", 60)):
        if value >= 2 * size:
            return f"{value / size:.0f} {unit}"
    return f"{value:.1f} s"
