"""Builds the page of examples/web if its sources have changed, with the Node from a Python wheel.

`python -m devstack.page` builds it and prints the folder.
"""

from __future__ import annotations

import fcntl
import hashlib
import subprocess
import sys
from pathlib import Path

from devstack.node import NodeMissing, find_node, is_installed, npm_ci
from devstack.project import ROOT

WEB = ROOT / "examples" / "web"
# The page imports `liverows` from here, as vite.config.ts says; nothing of it is installed.
LIVEROWS = ROOT / "packages" / "js" / "src"
DIST = WEB / "dist"
# Not in the folder of the built files, because the gateway serves that folder.
STAMP = WEB / "node_modules" / ".built"


class PageMissing(RuntimeError):
    """The page cannot be built here; the message says why."""


def build() -> Path:
    """The folder of the built page, built again if its sources changed; raises `PageMissing`.

    If several processes call this at the same time, only one of them builds.
    """
    wanted = _digest()
    with (WEB / "package.json").open("rb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (DIST / "index.html").exists() or _built() != wanted:
            _build()
            STAMP.write_text(wanted)
    return DIST


def _build() -> None:
    try:
        node = find_node()
        if not is_installed(WEB):
            npm_ci(WEB)
    except NodeMissing as missing:
        raise PageMissing(str(missing)) from missing
    vite = WEB / "node_modules" / "vite" / "bin" / "vite.js"
    command = [str(node.program), str(vite), "build", "--logLevel", "warn"]
    built = subprocess.run(
        command, cwd=WEB, env=node.environment, capture_output=True, text=True, check=False
    )
    if built.returncode != 0:
        raise PageMissing(f"the page could not be built: {(built.stdout + built.stderr).strip()}")


def _digest() -> str:
    """A hash of all files that the build depends on. File times would not do, because they change
    with every checkout."""
    files = [WEB / name for name in ("index.html", "vite.config.ts", "package-lock.json")]
    for folder in (WEB / "src", LIVEROWS):
        files += sorted(path for path in folder.rglob("*") if path.is_file())
    digest = hashlib.sha256()
    for file in files:
        digest.update(f"{file.relative_to(ROOT)}\0".encode())
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def _built() -> str | None:
    return STAMP.read_text() if STAMP.exists() else None


if __name__ == "__main__":
    try:
        print(build())
    except PageMissing as missing:
        sys.exit(str(missing))
