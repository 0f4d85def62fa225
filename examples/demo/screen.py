"""What the demo shows: rows that change, then what they hold and where it comes from.

On a terminal the rows are a live table; elsewhere each change is one line.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.text import Text

from examples.demo.postings import Posting
from examples.demo.user import Row

COLOURS = {"pending": "blue", "processing": "cyan", "completed": "green", "failed": "red"}
FIELDS = (
    ("title", "job_title"),
    ("company", "company_name"),
    ("salary", "salary_range"),
    ("location", "location"),
    ("logo", "company_logo"),
)
PLAIN_WIDTH = 120
LONGEST_EVIDENCE = 44


class Screen:
    """Prints for a reader on a terminal, or as plain lines into a file or a pipe."""

    def __init__(self, console: Console | None = None) -> None:
        self.console = console or _console()
        self._began = time.monotonic()

    @property
    def environment(self) -> dict[str, str]:
        """Tells another program how wide to print."""
        return {"COLUMNS": str(self.console.width)}

    def say(self, text: str, style: str = "") -> None:
        """One line, with the seconds since the start."""
        self.console.print(
            Text.assemble((f"{self._seconds():5.1f} s  ", "dim"), (text, style)), soft_wrap=True
        )

    def heading(self, text: str) -> None:
        self.console.print(Text(f"\n{text}", style="bold"))

    @contextmanager
    def following(self, postings: Sequence[Posting]) -> Iterator[Follower]:
        """Show the rows of these postings each time the block hands them over."""
        if not self.console.is_terminal:
            yield Follower(self, postings, None)
            return
        with Live(console=self.console, auto_refresh=False) as live:
            yield Follower(self, postings, live)

    def overview(self, postings: Sequence[Posting], rows: Sequence[Row]) -> None:
        """One line for each row: how far it is."""
        self.console.print(_overview(postings, rows))

    def results(self, postings: Sequence[Posting], rows: Sequence[Row]) -> None:
        """Every field that matters to a reader, and its source."""
        for posting, row in zip(postings, rows, strict=True):
            table = Table(
                title=posting.label, title_justify="left", title_style="bold", show_header=False
            )
            for width in (10, 54, 48):
                table.add_column(overflow="fold", max_width=width)
            if row["processing_error"]:
                error = row["processing_error"]
                table.add_row("error", error["message"], f"{error['code']}: {error['stage']}")
            else:
                for label, name in FIELDS:
                    table.add_row(label, row[name] or "unknown", _source(row, name))
                for warning in row["extraction"]["warnings"]:
                    table.add_row("warning", warning, "")
            self.console.print(table)

    def _seconds(self) -> float:
        return time.monotonic() - self._began


class Follower:
    """Shows rows as they change."""

    def __init__(self, screen: Screen, postings: Sequence[Posting], live: Live | None) -> None:
        self._screen = screen
        self._postings = postings
        self._live = live
        self._shown: dict[str, tuple[str, ...]] = {}

    def show(self, rows: Sequence[Row]) -> None:
        """The rows of the postings, in their order."""
        if self._live is not None:
            self._live.update(_overview(self._postings, rows), refresh=True)
            return
        for posting, row in zip(self._postings, rows, strict=True):
            cells = _cells(row)
            if self._shown.get(posting.label) != cells:
                self._shown[posting.label] = cells
                line = " | ".join(cell for cell in cells if cell)
                self._screen.say(f"{posting.label:26} {line}")


def _console() -> Console:
    # What is printed comes from rows; nothing in it is markup.
    console = Console(highlight=False, markup=False, emoji=False)
    if console.is_terminal:
        return console
    return Console(highlight=False, markup=False, emoji=False, width=PLAIN_WIDTH, no_color=True)


def _overview(postings: Sequence[Posting], rows: Sequence[Row]) -> Table:
    table = Table("row", "status", "stage", "progress", "title", "company", title="job_positions")
    for posting, row in zip(postings, rows, strict=True):
        status, stage, progress, title, company = _cells(row)
        table.add_row(
            posting.label,
            Text(status, style=COLOURS.get(status, "")),
            stage,
            Text(progress, justify="right"),
            title,
            company,
        )
    return table


def _cells(row: Row) -> tuple[str, ...]:
    error = row["processing_error"]
    return (
        row["processing_status"],
        error["code"] if error else row["processing_stage"] or "",
        f"{row['processing_progress']} %",
        row["job_title"] or "",
        row["company_name"] or "",
    )


def _source(row: Row, name: str) -> str:
    field: dict[str, Any] | None = row["extraction"]["fields"].get(name)
    if field is None:
        return ""
    evidence = " ".join((field["evidence"] or "").split())
    if len(evidence) > LONGEST_EVIDENCE:
        evidence = f"{evidence[:LONGEST_EVIDENCE]}..."
    return f"{field['method']}: {evidence}" if evidence else field["method"]
