"""`python -m bench.chaos`: inject faults round after round, judge each round, print a table."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from itertools import count
from pathlib import Path
from random import Random
from typing import Annotated

import typer

from bench.chaos.faults import FAULTS
from bench.chaos.round import Order, Outcome, run_round
from bench.chaos.table import Table
from bench.chaos.world.cluster import lacks_small_disk
from bench.chaos.world.far import lacks_postgrest
from bench.chaos.world.fleet import FAKETIME
from bench.chaos.world.plants import PLANTS

ROUND_FAULTS = 400
ROUND_SECONDS = 240.0
SHOWN = 20


def main(  # noqa: PLR0913, PLR0917 - an option of the command is an argument of its function
    seed: Annotated[int | None, typer.Option(help="The order of faults; else a new one.")] = None,
    faults: Annotated[int, typer.Option(min=1, help="How many faults, over all rounds.")] = 3000,
    seconds: Annotated[float, typer.Option(help="The length of a round's faults.")] = ROUND_SECONDS,
    only_round: Annotated[int, typer.Option("--round", help="Only this round of the seed.")] = 0,
    rounds: Annotated[int, typer.Option(help="At most so many rounds; 0 is no limit.")] = 0,
    rows: Annotated[float, typer.Option(help="Rows per second that users insert.")] = 6.0,
    planted: Annotated[str | None, typer.Option(help=f"Plant a bug: {', '.join(PLANTS)}.")] = None,
    kind: Annotated[list[str] | None, typer.Option(help="Only this kind; may be repeated.")] = None,
    brief: Annotated[bool, typer.Option(help="Leave out the faults that last long.")] = False,
    keep: Annotated[Path | None, typer.Option(help="A folder for the workers' logs.")] = None,
    markdown: Annotated[Path | None, typer.Option(help="A file for the table.")] = None,
) -> None:
    """Attack real workers and a real Postgres, and judge what is left."""
    _say_what_is_missing()
    table, began = Table(), time.monotonic()
    pattern = Order(
        seed=Random().randrange(10_000) if seed is None else seed,
        number=only_round or 1,
        faults=faults,
        seconds=seconds,
        rows_per_second=rows,
        planted=planted,
        kinds=tuple(kind or ()),
        keep=keep,
        brief=brief,
    )
    with suppress(KeyboardInterrupt):  # the rounds until then are shown
        for order in _orders(pattern, table, 1 if only_round else rounds):
            outcome = asyncio.run(run_round(order))
            table.add(order.number, outcome.injections, outcome.verdict)
            _say_round(order, outcome)
            if markdown is not None:
                markdown.write_text(table.markdown() + "\n")
    _say_all(pattern, table, time.monotonic() - began)
    raise typer.Exit(1 if table.findings else 0)


def _orders(pattern: Order, table: Table, rounds: int) -> Iterator[Order]:
    """One round after the other, until the table has all faults."""
    for number in count(pattern.number):
        before = table.injected
        left = pattern.faults - before
        if left <= 0 or (rounds and number >= pattern.number + rounds):
            return
        yield replace(pattern, number=number, faults=min(left, ROUND_FAULTS))
        if table.injected == before:
            return  # no kind of fault can be injected here


def _say_all(pattern: Order, table: Table, seconds: float) -> None:
    print(
        f"\nseed {pattern.seed}, {table.rounds} rounds from {pattern.number}, {seconds:.0f} s, "
        f"Postgres {os.environ.get('TEST_POSTGRES') or '18'}, {table.rows:,} rows, "
        f"{table.completed:,} results, {table.missed} not injected (nothing to hit)"
    )
    print(table.text())
    for what, number in table.others.items():
        print(f"FOUND {what}: {number}")


def _say_what_is_missing() -> None:
    for reason in (
        lacks_small_disk(),
        lacks_postgrest(),
        None if FAKETIME is not None else "libfaketime is not installed: clocks stay right",
    ):
        if reason is not None:
            print(f"skipped: {reason}")


def _say_round(order: Order, outcome: Outcome) -> None:
    verdict = outcome.verdict
    disk = ", small disk" if order.on_small_disk else ""
    print(
        f"round {order.number}{disk}: {len(outcome.injections)} faults, {verdict.rows} rows, "
        f"{verdict.completed} results, {len(verdict.refused)} stale writes refused, "
        f"{len(verdict.repeated)} calls repeated, {verdict.limits} limits reached, "
        f"{len(verdict.findings)} findings, "
        f"{outcome.seconds:.0f} s",
        flush=True,
    )
    for finding in verdict.findings[:SHOWN]:
        print(f"  {finding.what}: row {finding.thing}: {finding.details}")
        for note in outcome.injections:
            if finding.thing in note.rows:
                print(f"    {note.at:.2f}-{note.until:.2f} {note.kind} {note.failed}")
    codes = [code for _, code in outcome.exits if code not in (0, -9)]
    if codes:
        print(f"  processes ended with {codes}")
    for note in outcome.injections:
        if note.failed and not note.failed.startswith(("no ", "every ")):
            print(f"  {note.kind}: {note.failed}")


if __name__ == "__main__":
    assert FAULTS
    typer.run(main)
