"""`python -m bench`: measure, print tables, write `bench/results/latest.json`."""

from __future__ import annotations

from statistics import median
from typing import Annotated

import psycopg
import typer
from rich.console import Console

from bench.observe import machine_busy
from bench.plan import QUICK, Scenario, Sizes, plan
from bench.report import RESULTS, Repetitions, show, write
from bench.stage import durable_server
from liverows.testing.postgres import PostgresServer

_WIDTH = 120
_NAMES = [scenario.name for scenario in plan(Sizes())]


def main(
    quick: Annotated[
        bool, typer.Option("--quick", help="Fewer rows, once: a minute or two.")
    ] = False,
    repeat: Annotated[
        int | None, typer.Option(min=1, help="Repetitions, 3 or with --quick 1; medians are shown.")
    ] = None,
    only: Annotated[
        list[str] | None, typer.Option(help=f"One of {', '.join(_NAMES)}; may be repeated.")
    ] = None,
) -> None:
    """Measure the worker beside a raw loop on a Postgres of its own."""
    unknown = sorted(set(only or ()) - set(_NAMES))
    if unknown:
        raise typer.BadParameter(f"{', '.join(unknown)}: choose from {', '.join(_NAMES)}")
    repeat = repeat or (1 if quick else 3)
    chosen = [s for s in plan(QUICK if quick else Sizes()) if not only or s.name in only]
    console = Console()
    if not console.is_terminal:
        console = Console(width=_WIDTH)
    measured: dict[str, Repetitions] = {}
    busy: list[float] = []
    with durable_server() as server:
        conditions = _conditions(server, quick, repeat)
        for scenario in chosen:
            measured[scenario.name] = _measure(scenario, server, repeat, busy, console)
            show(scenario, measured[scenario.name], console)
            conditions["machine_busy_before_cases"] = busy
            write(chosen, measured, conditions)
    console.print(
        f"\nOthers kept {median(busy):.0%} of the machine busy before a case (median; "
        f"at most {max(busy):.0%}). Above a tenth, compare nothing."
    )
    console.print(f"Every repetition: {RESULTS}")


def _measure(
    scenario: Scenario, server: PostgresServer, repeat: int, busy: list[float], console: Console
) -> Repetitions:
    """Measure every case `repeat` times. Each repetition begins with another case."""
    measured: Repetitions = {case.label: [] for case in scenario.cases}
    for repetition in range(repeat):
        turn = repetition % len(scenario.cases)
        for case in (*scenario.cases[turn:], *scenario.cases[:turn]):
            with console.status(f"{scenario.name}: {case.label} ({repetition + 1}/{repeat})"):
                busy.append(round(machine_busy(), 2))
                measured[case.label].append(case.run(server))
    return measured


def _conditions(server: PostgresServer, quick: bool, repeat: int) -> dict[str, object]:
    names = ("server_version", "fsync", "synchronous_commit", "wal_level", "shared_buffers")
    with psycopg.connect(server.dsn(), autocommit=True) as connection:
        rows = connection.execute(
            "select name, setting from pg_settings where name = any (%s)", (list(names),)
        )
        return {"postgres": dict(rows.fetchall()), "quick": quick, "repeat": repeat}


if __name__ == "__main__":
    typer.run(main)
