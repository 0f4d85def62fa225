"""Builds the pages of examples/web and examples/react if their sources have changed, with the Node
from a Python wheel.

`python -m devstack.page` builds that of examples/web and prints its folder, with `react` the other.
"""

from __future__ import annotations

import fcntl
import hashlib
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from devstack.node import NodeMissing, find_node, is_installed, npm_ci
from devstack.project import ROOT

WEB = ROOT / "examples" / "web"
REACT = ROOT / "examples" / "react"
# The pages import `liverows` from here, as vite.config.ts says; nothing of it is installed.
LIVEROWS = ROOT / "packages" / "js" / "src"


class PageMissing(RuntimeError):
    """The page cannot be built here; the message says why."""


@dataclass(frozen=True, slots=True)
class Page:
    """A page that Vite builds. In `development`, React looks for mistakes."""

    folder: Path
    development: bool = False

    def build(self) -> Path:
        """The folder of the built page, built again if its sources changed; raises `PageMissing`.

        If several processes call this at the same time, only one of them builds.
        """
        wanted = self._digest()
        out = self.folder / "dist"
        # Not in the folder of the built files, because the gateway serves that folder.
        stamp = self.folder / "node_modules" / ".built"
        with (self.folder / "package.json").open("rb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            built = stamp.read_text() if stamp.exists() else None
            if not (out / "index.html").exists() or built != wanted:
                self.install()
                self.vite("build")
                stamp.write_text(wanted)
        return out

    def install(self) -> None:
        """Install the packages of the lock file, unless they are; raises `PageMissing`."""
        try:
            if not is_installed(self.folder):
                npm_ci(self.folder)
        except NodeMissing as missing:
            raise PageMissing(str(missing)) from missing

    def vite(self, *arguments: str) -> None:
        """Run Vite in the folder; raises `PageMissing` with what it says if it fails."""
        try:
            node = find_node()
        except NodeMissing as missing:
            raise PageMissing(str(missing)) from missing
        vite = self.folder / "node_modules" / "vite" / "bin" / "vite.js"
        mode = "development" if self.development else "production"
        built = subprocess.run(
            [str(node.program), str(vite), *arguments, "--mode", mode, "--logLevel", "warn"],
            cwd=self.folder,
            env={**node.environment, "NODE_ENV": mode},
            capture_output=True,
            text=True,
            check=False,
        )
        if built.returncode != 0:
            said = (built.stdout + built.stderr).strip()
            raise PageMissing(f"the page could not be built: {said}")

    def _digest(self) -> str:
        """A hash of all files that the build depends on. File times would not do, because they
        change with every checkout."""
        names = ("index.html", "vite.config.ts", "package-lock.json")
        files = [self.folder / name for name in names]
        for folder in (self.folder / "src", LIVEROWS):
            files += sorted(path for path in folder.rglob("*") if path.is_file())
        digest = hashlib.sha256()
        for file in files:
            digest.update(f"{file.relative_to(ROOT)}\0".encode())
            digest.update(hashlib.sha256(file.read_bytes()).digest())
        return digest.hexdigest()


WEB_PAGE = Page(WEB)
REACT_PAGE = Page(REACT, development=True)
"""Only tests use it, and they want React's warnings."""


def build() -> Path:
    """The folder of the built page of examples/web; raises `PageMissing`."""
    return WEB_PAGE.build()


if __name__ == "__main__":
    try:
        print((REACT_PAGE if "react" in sys.argv[1:] else WEB_PAGE).build())
    except PageMissing as missing:
        sys.exit(str(missing))
