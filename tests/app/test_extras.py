"""Who installs one kind of row needs the packages of that kind only, and hears of the others."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions

import pytest

import worker.__main__
from devstack.project import ROOT
from worker import PACKAGES
from worker.__main__ import NEEDED, program

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]

WITHOUT = """
import asyncio, sys

class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {blocked!r}:
            raise ModuleNotFoundError(name)

sys.meta_path.insert(0, Missing())
from liverows.recipe.registry import find_packages, opened_services

async def start():
    async with opened_services(find_packages({package!r})) as services:
        assert services

asyncio.run(start())
"""


def extra_of(package: str) -> str:
    return package.rpartition(".")[2]


def plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def installed_by(extra: str) -> set[str]:
    """The modules of the distributions that an extra names."""
    wanted = {
        plain(re.split(r"[<>=\[ ]", line)[0]) for line in PROJECT["optional-dependencies"][extra]
    }
    return {
        module
        for module, distributions in packages_distributions().items()
        if not module.startswith("_") and wanted & {plain(one) for one in distributions}
    }


@pytest.mark.parametrize("package", PACKAGES)
def test_what_a_package_needs_is_what_its_extra_installs(package: str) -> None:
    assert set(NEEDED[package]) == installed_by(extra_of(package))


@pytest.mark.parametrize("package", PACKAGES)
def test_a_package_is_served_without_the_extras_of_the_others(package: str) -> None:
    every = {module for other in PACKAGES for module in NEEDED[other]}
    blocked = every - set(NEEDED[package])
    started = subprocess.run(
        [sys.executable, "-c", WITHOUT.format(blocked=blocked, package=package)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert started.returncode == 0, started.stderr


def test_no_command_shows_a_key_of_the_application(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BRAVE_SEARCH_API_KEY", "a-key-without-a-pattern")
    assert "a-key-without-a-pattern" in program().secrets()
    monkeypatch.setenv("CRAWL_SPACING_SECONDS", "often")
    assert program().secrets() == []  # `worker doctor` tells of the malformed setting


def test_a_package_whose_extra_is_missing_is_left_out_and_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(worker.__main__, "find_spec", lambda name: None if name == "av" else name)
    assert program().packages == ("worker.positions", "worker.companies")
    assert list(program().missing) == ["worker.interviews"]
    assert "[interviews]" in program().missing["worker.interviews"]
