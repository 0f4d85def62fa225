"""A run says how many tests it left out because of their markers, and how to run them."""

from __future__ import annotations

import re
import tomllib
from types import SimpleNamespace
from typing import Any

import pytest

from devstack.project import ROOT
from tests.support import left_out


def config_of(**more: Any) -> Any:
    return SimpleNamespace(stash=pytest.Stash(), **more)


def item(config: Any, *markers: str) -> Any:
    return SimpleNamespace(
        config=config, get_closest_marker=lambda name: name if name in markers else None
    )


def test_a_worker_tells_the_main_process_what_it_left_out() -> None:
    worker, main = config_of(workeroutput={}), config_of()
    left_out.count([item(worker, "thorough"), item(worker, "hostile"), item(worker, "thorough")])
    left_out.send(worker)
    crashed: dict[str, Any] = {}
    for output in (crashed, worker.workeroutput, worker.workeroutput, crashed):
        left_out.receive(main, output)
    assert list(left_out.lines(main)) == [
        "left out: 2 thorough tests, which `make test-all` runs",
        "left out: 1 hostile tests, which `make hostile` runs",
    ]


def test_what_the_user_deselected_is_not_counted() -> None:
    config = config_of()
    left_out.count([item(config, "thorough"), item(config)])
    assert list(left_out.lines(config)) == []


def test_each_marker_that_a_usual_run_leaves_out_has_a_target() -> None:
    options = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["pytest"]["ini_options"]
    makefile = (ROOT / "Makefile").read_text()
    usual = options["addopts"][options["addopts"].index("-m") + 1]
    (oldest,) = re.findall(r'TEST_POSTGRES=15 .* -m "(.+)"', makefile)
    (newest,) = re.findall(r'^usual="(.+)"$', (ROOT / ".ci" / "run").read_text(), re.MULTILINE)
    names, of_oldest, of_newest = (
        {name.removeprefix("not ") for name in expression.split(" and ")}
        for expression in (usual, oldest, newest)
    )
    assert of_oldest == names | {"any_version"}
    assert of_newest == names | {"on_oldest"}
    assert of_oldest | of_newest == left_out.TARGETS.keys()
    for target in left_out.TARGETS.values():
        assert f"\n{target.removeprefix('make ')}: " in makefile
