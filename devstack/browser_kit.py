"""Installs and builds the npm package of packages/js, with the Node from a Python wheel.

`python -m devstack.browser_kit` installs what the tests of the package need. The page of
examples/web does not need this: it imports the sources.
"""

from __future__ import annotations

import fcntl
import json
import shutil
import subprocess
import sys
from pathlib import Path

from devstack.node import NodeMissing, find_node, is_installed, npm, npm_ci
from devstack.project import ROOT

KIT = ROOT / "packages" / "js"
# The tests run with React 19, which is among the packages of KIT, and with React 18.
REACT_18 = KIT / "tests" / "react-18"


def install() -> Path:
    """The folder of the package, with what its tests need; raises `NodeMissing`.

    If several processes call this at the same time, only one of them installs.
    """
    with (KIT / "package.json").open("rb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for folder in (KIT, REACT_18):
            if not is_installed(folder):
                npm_ci(folder)
    return KIT


def build(out: Path) -> None:
    """Compile the sources to JavaScript and declarations in `out`; raises `NodeMissing`."""
    install()
    node = find_node()
    tsc = KIT / "node_modules" / "typescript" / "bin" / "tsc"
    command = [str(node.program), str(tsc), "-p", "tsconfig.build.json", "--outDir", str(out)]
    built = subprocess.run(
        command, cwd=KIT, env=node.environment, capture_output=True, text=True, check=False
    )
    if built.returncode != 0:
        raise NodeMissing(
            f"the package could not be built: {(built.stdout + built.stderr).strip()}"
        )


def pack(folder: Path) -> Path:
    """Make in `folder` the file that npm would publish; raises `NodeMissing`.

    If several processes call this at the same time, one waits for the other: both write `dist/`.
    """
    with (KIT / "tsconfig.build.json").open("rb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        shutil.rmtree(KIT / "dist", ignore_errors=True)
        build(KIT / "dist")
        # Without scripts: `prepack` would only build once more.
        said = npm(KIT, "pack", "--json", "--ignore-scripts", "--pack-destination", str(folder))
    return folder / str(json.loads(said)[0]["filename"])


if __name__ == "__main__":
    try:
        print(install())
    except NodeMissing as missing:
        sys.exit(str(missing))
