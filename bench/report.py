"""The numbers as tables for people and as JSON for programs."""

from __future__ import annotations

import json
import os
import platform
import statistics
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeAlias

from rich.console import Console
from rich.table import Table

from bench.plan import Scenario
from bench.scenarios import Numbers

Repetitions: TypeAlias = "dict[str, list[Numbers]]"
"""The numbers of each repetition, by the label of the case."""

RESULTS = Path(__file__).parent / "results" / "latest.json"


def medians(repetitions: Sequence[Numbers]) -> Numbers:
    """The median of each number."""
    return {
        name: statistics.median(numbers[name] for numbers in repetitions) for name in repetitions[0]
    }


def ratio(scenario: Scenario, measured: Repetitions, label: str) -> float | None:
    """The case's number divided by the number of its yardstick; None without a yardstick."""
    [case] = [case for case in scenario.cases if case.label == label]
    if case.yardstick is None or case.yardstick not in measured:
        return None
    yardstick = medians(measured[case.yardstick])[scenario.lead]
    return medians(measured[label])[scenario.lead] / yardstick if yardstick else None


def show(scenario: Scenario, measured: Repetitions, console: Console) -> None:
    """Print one table."""
    lines = {label: medians(repetitions) for label, repetitions in measured.items()}
    names = list(dict.fromkeys(name for numbers in lines.values() for name in numbers))
    yardsticks = [case.yardstick for case in scenario.cases if case.yardstick]
    console.print(f"\n[bold]{scenario.title}[/bold]")
    table = Table()
    table.add_column("")
    if yardsticks:
        # "raw, 10 slots" and "raw x 4" are shown as "raw".
        name = yardsticks[0].partition(",")[0].partition(" x ")[0]
        table.add_column(f"{scenario.lead} / {name}", justify="right", style="bold")
    for name in names:
        table.add_column(name, justify="right")
    for label, numbers in lines.items():
        times = ratio(scenario, measured, label)
        compared = [f"{times:.2f}x" if times is not None else ""] if yardsticks else []
        cells = [_figure(numbers[name]) if name in numbers else "" for name in names]
        table.add_row(label, *compared, *cells)
    console.print(table)


def write(
    scenarios: Sequence[Scenario],
    measured: dict[str, Repetitions],
    conditions: dict[str, object],
    path: Path = RESULTS,
) -> None:
    """Write all repetitions, medians and ratios, and the conditions of the run, as JSON."""
    document = {
        "conditions": {**_machine(), **conditions},
        "scenarios": {
            scenario.name: {
                "title": scenario.title,
                "lead": scenario.lead,
                "cases": {
                    label: {
                        "median": medians(repetitions),
                        "to_raw": ratio(scenario, measured[scenario.name], label),
                        "repetitions": repetitions,
                    }
                    for label, repetitions in measured[scenario.name].items()
                },
            }
            for scenario in scenarios
            if scenario.name in measured
        },
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document, indent=2) + "\n")


def _machine() -> dict[str, object]:
    return {
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "processors": os.cpu_count(),
        "platform": platform.platform(),
        "python": platform.python_version(),
    }


def _figure(value: float) -> str:
    """A number with three significant digits, and without a fraction if that adds nothing."""
    if value >= 100 or value == int(value):
        return f"{value:,.0f}"
    return f"{value:.3g}" if value >= 1 else f"{value:.3f}"
