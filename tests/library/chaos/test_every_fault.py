"""Faults of every kind at once, with seeds, against workers in processes of their own.

`make chaos` does much more of it; `python -m bench.chaos --help` says how to repeat one round.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from bench.chaos.faults import FAULTS
from bench.chaos.world.plants import PLANTS

ROOT = Path(__file__).resolve().parents[3]

SET_BACK = "running row set back to pending"
INSERTED_AGAIN = "running row deleted and inserted again"
AGAIN = "completed row queued again"
FROZEN = "SIGSTOP 5-12 s"
LATE = "provider 2 s late"
SPENDS = "cheater passes the daily limit"
FORGES = "cheater sets the worker's columns"

FINDS = {
    "fence off": ((SET_BACK, INSERTED_AGAIN, FROZEN), "stale result"),
    "lease check off": ((SET_BACK, FROZEN, LATE), "stale checkpoint"),
    "checkpoint of another round": ((AGAIN,), "checkpoint of another round"),
    "prune by age": (("prune", "SIGKILL", LATE), "paid twice"),
    "budget off": ((SPENDS,), "paid call beyond the limit"),
    "protection off": ((FORGES,), "column written by a user"),
}
"""For each planted bug, faults that bring it out and what must be found."""


def chaos(*options: str) -> subprocess.CompletedProcess[str]:
    """Run the harness as a person does."""
    return subprocess.run(
        [sys.executable, "-m", "bench.chaos", *options],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=False,
    )


@pytest.mark.needs("postgrest")
@pytest.mark.timeout(900)
def test_a_minute_of_chaos_loses_doubles_and_spoils_nothing(
    record_property: Callable[[str, object], None],
) -> None:
    done = chaos("--seed", "1", "--round", "1", "--faults", "150", "--seconds", "60", "--brief")
    record_property("table", done.stdout)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "skipped: postgrest" not in done.stdout


@pytest.mark.chaos
@pytest.mark.timeout(900)
@pytest.mark.parametrize("bug", PLANTS)
def test_a_planted_bug_is_found(bug: str) -> None:
    kinds, finding = FINDS[bug]
    options = [option for kind in kinds for option in ("--kind", kind)]
    done = chaos(
        "--seed", "2", "--round", "1", "--faults", "200", "--seconds", "120",
        "--planted", bug, *options,
    )  # fmt: skip
    assert done.returncode == 1, done.stdout + done.stderr
    assert f"FOUND {finding}: " in done.stdout


def test_each_kind_of_fault_has_a_name_of_its_own() -> None:
    kinds = [fault.kind for fault in FAULTS]
    assert len(kinds) == len(set(kinds)) == 77
    assert {kind for kinds, _ in FINDS.values() for kind in kinds} <= set(kinds)
