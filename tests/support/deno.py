"""Runs Deno in a folder of TypeScript sources."""

from __future__ import annotations

import subprocess
from pathlib import Path

from devstack.functions import find_deno


def deno(folder: Path, *arguments: str) -> None:
    """Run Deno in `folder`; its output is shown if it fails."""
    home = folder / "node_modules"
    result = subprocess.run(
        [str(find_deno()), *arguments],
        cwd=folder,
        env={"NO_COLOR": "1", "PATH": "/usr/bin:/bin", "HOME": str(home)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stdout + result.stderr
