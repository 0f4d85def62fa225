"""The hooks of the npm package do the same with React 18 as with React 19."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from devstack.browser_kit import KIT, REACT_18
from devstack.node import find_node
from devstack.page import REACT
from tests.support.deno import deno

pytestmark = [pytest.mark.needs("deno", "browser-kit"), pytest.mark.timeout(600)]


def test_the_hooks_keep_their_promises_with_react_18(tmp_path: Path) -> None:
    """With React 19 they are among the tests of the package's sources, whose types are checked."""
    kit = tmp_path / "kit"
    shutil.copytree(KIT, kit, ignore=shutil.ignore_patterns("node_modules", "dist"))
    (kit / "node_modules").symlink_to(REACT_18 / "node_modules")
    allowed = ("--allow-net", "--allow-env", "--allow-read")
    deno(kit, "test", "--no-check", *allowed, "tests/react.test.ts")


@pytest.mark.needs("react-page")
def test_the_page_for_react_fits_the_types_of_the_hooks() -> None:
    tsc = REACT / "node_modules" / "typescript" / "bin" / "tsc"
    checked = subprocess.run(
        [str(find_node().program), str(tsc), "--noEmit"],
        cwd=REACT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert checked.returncode == 0, checked.stdout


def test_deno_has_nothing_to_say_of_the_page_for_react() -> None:
    deno(REACT, "fmt", "--check", "src", "vite.config.ts")
    deno(REACT, "lint", "src")


@pytest.mark.parametrize("folder", [REACT, REACT_18], ids=lambda folder: folder.name)
def test_the_lock_names_no_host_to_download_from(folder: Path) -> None:
    assert '"resolved"' not in (folder / "package-lock.json").read_text()
