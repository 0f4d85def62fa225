"""Every scenario of the benchmark runs with a few rows, and its numbers are plausible."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.console import Console

from bench.conversation import Child, ChildFailed
from bench.plan import Case, Scenario, Sizes, plan
from bench.proxy import ProxyConfig
from bench.report import medians, ratio, show, write
from bench.stage import durable_server
from liverows.testing.postgres import PostgresServer

TOY = Sizes(
    pickup=8,
    end_to_end=8,
    drain=60,
    sleeping=50,
    shared=40,
    steps=20,
    far=40,
    takeover=2,
    idle_seconds=0.5,
    settle_seconds=0.1,
    per_second=100.0,
    sleep_seconds=0.05,
)
SCENARIOS = plan(TOY)
ONCE = {
    "pickup: raw",
    "drain: raw, 10 slots",
    "processes: raw x 1",
    "conditions: raw, long transaction",
    "start: command, 20 pipelines",
    "post: /mock-interview/analyse",
}
"""Cases of which one is enough: the raw loop has the same code in every scenario, commands differ
in the number of their pipelines only, and the four posts only in their body."""
REPEATS = ("raw", "50 slots", "x 8", "command, 1 ", "command, 20 ")
NEEDS = {"conditions: worker, Data API": ["postgrest"]}


def _is_new(name: str) -> bool:
    repeats = any(part in name for part in REPEATS) or name.startswith(
        ("doorbells: notify", "post")
    )
    return name in ONCE or not repeats


def _needs(name: str) -> list[str]:
    return ["stack", "deno"] if name.startswith("post") else NEEDS.get(name, [])


SHORT = {
    "pickup: worker",
    "post: /mock-interview/analyse",
}
"""A worker and the server; `make test-all` runs all."""


def _marks(name: str) -> Iterator[pytest.MarkDecorator]:
    if needed := _needs(name):
        yield pytest.mark.needs(*needed)
    if name not in SHORT:
        yield pytest.mark.thorough


CASES = [
    pytest.param(scenario, case, id=name, marks=list(_marks(name)))
    for scenario in SCENARIOS
    for case in scenario.cases
    if _is_new(name := f"{scenario.name}: {case.label}")
]


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresServer]:
    with durable_server() as server:
        yield server


@pytest.mark.parametrize(("scenario", "case"), CASES)
def test_a_case_measures_its_leading_number(
    server: PostgresServer, scenario: Scenario, case: Case
) -> None:
    numbers = case.run(server)
    assert numbers[scenario.lead] >= 0
    assert all(isinstance(value, int | float) for value in numbers.values())


def test_each_case_of_the_short_run_is_one() -> None:
    labels = {f"{scenario.name}: {case.label}" for scenario in SCENARIOS for case in scenario.cases}
    assert labels >= SHORT


def test_every_yardstick_is_a_case_of_its_scenario() -> None:
    for scenario in SCENARIOS:
        labels = {case.label for case in scenario.cases}
        assert {case.yardstick for case in scenario.cases} - {None} <= labels


def drained() -> tuple[Scenario, dict[str, list[dict[str, float]]]]:
    [scenario] = [scenario for scenario in SCENARIOS if scenario.name == "far"]
    return scenario, {
        "raw": [{"rows/s": 100.0}, {"rows/s": 300.0}, {"rows/s": 200.0}],
        "worker": [{"rows/s": 500.0}, {"rows/s": 400.0}, {"rows/s": 9000.0}],
    }


def test_the_median_outvotes_a_run_that_was_disturbed() -> None:
    _, measured = drained()
    assert medians(measured["worker"]) == {"rows/s": 500.0}


def test_a_ratio_is_that_of_the_medians() -> None:
    scenario, measured = drained()
    assert ratio(scenario, measured, "worker") == 2.5
    assert ratio(scenario, measured, "raw") is None


def test_the_report_shows_the_ratio_and_keeps_every_repetition(tmp_path: Path) -> None:
    scenario, measured = drained()
    console = Console(width=120, file=io.StringIO(), record=True)
    show(scenario, measured, console)
    assert "2.50x" in console.export_text()
    path = tmp_path / "results" / "latest.json"
    write([scenario], {"far": measured}, {"quick": True}, path)
    worker = json.loads(path.read_text())["scenarios"]["far"]["cases"]["worker"]
    assert worker["to_raw"] == 2.5
    assert len(worker["repetitions"]) == 3


def test_the_table_names_what_its_ratio_is_compared_with() -> None:
    heads: dict[str, str] = {}
    for scenario in SCENARIOS:
        console = Console(record=True, width=120, file=io.StringIO())
        show(scenario, {case.label: [{scenario.lead: 1.0}] for case in scenario.cases}, console)
        heads[scenario.name] = console.export_text()
    assert "WAL kB/row / no step" in heads["steps"]
    for name in ("drain", "processes", "conditions", "far"):
        assert "rows/s / raw \u2503" in heads[name]


def test_a_process_that_fails_is_reported_with_its_last_words() -> None:
    with (
        Child("bench.worker", ProxyConfig(port=1, delay=0)) as child,
        pytest.raises(ChildFailed, match="unexpected keyword argument"),
    ):
        child.expect("ready")
