"""The dashboard and the alert rules in deploy/ name metrics that exist, in the forms that are read.

promtool checks the rules themselves, on a machine that has it.
"""

from __future__ import annotations

import json
import re
import subprocess
from typing import Any

import pytest
import yaml

from liverows.base.usage import Usage
from liverows.recipe.environment import StepReport
from liverows.running.metrics import Metrics
from tests.docs.generated.metrics import names
from tests.docs.pages import DOCS, ROOT

RULES = ROOT / "deploy" / "prometheus" / "liverows.rules.yml"
BOARD = ROOT / "deploy" / "grafana" / "liverows.json"
SHAPES = {"timeseries", "stat", "row"}
WIDTH = 24
"""How many columns Grafana's grid has."""
BY_PROMETHEUS = {"instance", "le"}
"""Labels that Prometheus adds by itself."""


def rules() -> list[dict[str, Any]]:
    (group,) = yaml.safe_load(RULES.read_text())["groups"]
    return list(group["rules"])


def panels() -> list[dict[str, Any]]:
    return list(json.loads(BOARD.read_text())["panels"])


def expressions() -> list[str]:
    """All questions to Prometheus in both files."""
    board = json.loads(BOARD.read_text())
    asked = [target["expr"] for panel in panels() for target in panel.get("targets", [])]
    asked += [one["definition"] for one in board["templating"]["list"] if "definition" in one]
    return asked + [rule["expr"] for rule in rules()]


@pytest.mark.parametrize("expression", expressions())
def test_every_metric_that_is_asked_for_exists(expression: str) -> None:
    asked = set(re.findall(r"\bliverows_\w+", expression))
    assert asked
    assert asked <= names()


@pytest.mark.parametrize("expression", expressions())
def test_every_label_that_is_asked_for_exists(expression: str) -> None:
    labels = set(re.findall(r"[{,](\w+)=", expression))
    for group in re.findall(r"\b(?:by|on) ?\(([^)]*)\)", expression):
        labels |= {label.strip() for label in group.split(",")}
    table = (DOCS / "metrics.md").read_text()
    assert labels - BY_PROMETHEUS <= set(re.findall(r"`(\w+)`", table))


def test_every_rule_says_what_happened_and_what_to_do() -> None:
    for rule in rules():
        assert set(rule) <= {"alert", "expr", "for", "labels", "annotations"}, rule
        assert re.fullmatch(r"Liverows[A-Za-z]+", rule["alert"])
        assert re.fullmatch(r"\d+[smh]", rule.get("for", "0s"))
        assert rule["labels"]["severity"] in {"critical", "warning", "info"}
        assert set(rule["annotations"]) == {"summary", "description"}


def test_the_page_lists_the_alerts() -> None:
    table = re.findall(r"^\| (Liverows\w+) \|", (DOCS / "observability.md").read_text(), re.M)
    assert table == [rule["alert"] for rule in rules()]


def test_every_panel_has_a_place_of_its_own_and_a_data_source_that_is_chosen() -> None:
    taken: set[tuple[int, int]] = set()
    for panel in panels():
        place = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert panel["type"] in SHAPES
        assert panel["title"]
        assert place["x"] + place["w"] <= WIDTH
        assert not cells & taken, panel["title"]
        taken |= cells
        for target in panel.get("targets", []):
            assert target["datasource"]["uid"] == "${source}"
            assert target["legendFormat"]
    assert len({panel["id"] for panel in panels()}) == len(panels())


@pytest.mark.needs("promtool")
def test_promtool_takes_the_rules_and_the_metrics() -> None:
    subprocess.run(["promtool", "check", "rules", str(RULES)], check=True, capture_output=True)
    metrics = Metrics()
    usage = Usage("model", 1, 1, 1.0, 1.0)
    metrics.step_finished(StepReport("plain", "read", "ran", 1, 0.1, (usage,), 1, "calls"))
    metrics.row_finished("plain", "complete", 0.1)
    metrics.row_picked_up("notify", 0.01)
    done = subprocess.run(
        ["promtool", "check", "metrics"], input=metrics.render(), check=True, capture_output=True
    )
    assert not done.stdout + done.stderr
