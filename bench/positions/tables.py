"""Prints the counts of a tier."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

from bench.positions.score import Tier


def print_tier(console: Console, tier: Tier, shown: int, seconds: float | None = None) -> None:
    """Print the counts by column, the means, and the first `shown` mistakes."""
    took = f" in {seconds:.1f} s" if seconds is not None else ""
    name = f"tier {tier.name}, {tier.about}" if tier.about else tier.name
    table = Table(title=f"{name}: {tier.asked} pages{took}", title_justify="left")
    for heading in ("column", "correct", "wrong", "missing", "invented", "exact"):
        table.add_column(heading, justify="left" if heading == "column" else "right")
    for column, counts in tier.counts.items():
        numbers = [str(counts[each]) for each in ("correct", "wrong", "missing", "invented")]
        table.add_row(column, *numbers, f"{tier.exact(column):.3f}")
    for rate, values in tier.rates.items():
        table.add_row(rate, f"{len(values)} pages", "", "", "", f"{tier.mean(rate):.3f}")
    console.print(table)
    for line in tier.wrong[:shown]:
        console.print(f"  {line}", markup=False, highlight=False, soft_wrap=True)
