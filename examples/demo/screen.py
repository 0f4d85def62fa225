"""Prints the demo: first the rows as they change, then their values and the sources.

On a terminal the rows are a live table. In a file or a pipe, each change is one line.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.text import Text

from examples.demo.details import Detail, details, headline
from examples.demo.rows import Wanted
from examples.demo.user import Row

COLOURS = {"pending": "blue", "processing": "cyan", "completed": "green", "failed": "red"}
PLAIN_WIDTH = 120


class Screen:
    """Prints to a terminal, or as plain lines into a file or a pipe."""

    def __init__(self, console: Console | None = None) -> None:
        self.console = console or _console()
        self._began = time.monotonic()

    @property
    def environment(self) -> dict[str, str]:
        """The environment that tells another program the width of the screen."""
        return {"COLUMNS": str(self.console.width)}

    def say(self, text: str, style: str = "") -> None:
        """Print one line, with the seconds since the start."""
        self.console.print(
            Text.assemble((f"{self._seconds():5.1f} s  ", "dim"), (text, style)), soft_wrap=True
        )

    def heading(self, text: str) -> None:
        self.console.print(Text(f"\n{text}", style="bold"))

    def lines(self, lines: Iterable[str]) -> None:
        """Print lines as they are; a terminal may wrap them."""
        for line in lines:
            self.console.print(line, soft_wrap=True)

    @contextmanager
    def following(self, wanted: Sequence[Wanted]) -> Iterator[Follower]:
        """Show these rows each time the block passes them on."""
        if not self.console.is_terminal:
            yield Follower(self, wanted, None)
            return
        with Live(console=self.console, auto_refresh=False) as live:
            yield Follower(self, wanted, live)

    def overview(self, wanted: Sequence[Wanted], rows: Sequence[Row]) -> None:
        """Print one line for each row, with its status."""
        self.console.print(_overview(wanted, rows))

    def results(self, wanted: Sequence[Wanted], rows: Sequence[Row]) -> None:
        """Print the interesting fields of each row, with their sources."""
        for one, row in zip(wanted, rows, strict=True):
            table = Table(
                title=one.label, title_justify="left", title_style="bold", show_header=False
            )
            for width in (10, 54, 48):
                table.add_column(overflow="fold", max_width=width)
            error = row["processing_error"]
            shown = (
                [Detail("error", error["message"], f"{error['code']}: {error['stage']}")]
                if error
                else details(one.table, row)
            )
            for detail in shown:
                table.add_row(detail.name, detail.value, detail.source)
            self.console.print(table)

    def _seconds(self) -> float:
        return time.monotonic() - self._began


class Follower:
    """Shows rows as they change."""

    def __init__(self, screen: Screen, wanted: Sequence[Wanted], live: Live | None) -> None:
        self._screen = screen
        self._wanted = wanted
        self._live = live
        self._shown: dict[str, tuple[str, ...]] = {}

    def show(self, rows: Sequence[Row]) -> None:
        """Show the rows, given in the order in which they were inserted."""
        if self._live is not None:
            self._live.update(_overview(self._wanted, rows), refresh=True)
            return
        for one, row in zip(self._wanted, rows, strict=True):
            cells = _cells(one, row)
            if self._shown.get(one.label) != cells:
                self._shown[one.label] = cells
                line = " | ".join(cell for cell in cells if cell)
                self._screen.say(f"{one.label:34} {line}")


def _console() -> Console:
    # The printed text comes from rows, so nothing in it must be read as markup.
    console = Console(highlight=False, markup=False, emoji=False)
    if console.is_terminal:
        return console
    return Console(highlight=False, markup=False, emoji=False, width=PLAIN_WIDTH, no_color=True)


def _overview(wanted: Sequence[Wanted], rows: Sequence[Row]) -> Table:
    table = Table("row", "status", "stage", "progress", "result")
    for one, row in zip(wanted, rows, strict=True):
        status, stage, progress, result = _cells(one, row)
        table.add_row(
            one.label,
            Text(status, style=COLOURS.get(status, "")),
            stage,
            Text(progress, justify="right"),
            result,
        )
    return table


def _cells(one: Wanted, row: Row) -> tuple[str, ...]:
    error = row["processing_error"]
    return (
        row["processing_status"],
        error["code"] if error else row["processing_stage"] or "",
        f"{row['processing_progress']} %",
        headline(one.table, row),
    )
