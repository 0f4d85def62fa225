"""Builds what a release consists of, and tries it as its users would: `make release`.

Wheels and source distributions of the library and of the application go to `dist/`, and the npm
package for browsers. Then a new virtual environment installs the library's wheel, and with that the
pages of the documentation are carried out that lead from an empty folder to a finished row; another
environment installs the application's, and an empty folder the npm package. Nothing is uploaded.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from zipfile import ZipFile

from devstack.browser_kit import pack
from devstack.node import find_node, npm
from devstack.project import ROOT
from liverows.base.version import VERSION

DIST = ROOT / "dist"


def main() -> None:
    """Build and try everything; ends with the files, or with the first command that fails."""
    shutil.rmtree(DIST, ignore_errors=True)
    for source in (ROOT / "liverows", ROOT):
        _run(sys.executable, "-m", "hatchling", "build", "-d", DIST, folder=source)
    files = sorted(DIST.iterdir())
    package = pack(DIST)
    with tempfile.TemporaryDirectory(prefix="release-") as folder:
        _check(Path(folder), files)
        _look_for_console()
        _try_library(Path(folder))
        _try_application(Path(folder))
        _try_package(Path(folder) / "package", package)
    print()
    for file in [*files, package]:
        digest = hashlib.sha256(file.read_bytes()).hexdigest()
        print(f"{digest}  {file.name}  {file.stat().st_size / 1024:.0f} kB")


def _check(folder: Path, files: Sequence[Path]) -> None:
    """Have twine check the metadata. It is installed for this only."""
    programs = _installed(folder / "check", "twine")
    _run(programs / "twine", "check", "--strict", *files)


def _look_for_console() -> None:
    """Fail unless the wheel has each template, style, script and notice of the console."""
    console = ROOT / "liverows" / "console"
    wanted = {
        file.relative_to(ROOT).as_posix()
        for folder in ("templates", "static")
        for file in (console / folder).rglob("*")
        if file.is_file()
    }
    with ZipFile(_wheel("liverows")) as wheel:
        missing = wanted - set(wheel.namelist())
    if missing:
        sys.exit(f"the wheel lacks {', '.join(sorted(missing))}")


def _try_library(folder: Path) -> None:
    """Install the library alone, and make projects with it as a stranger does."""
    programs = _installed(folder / "library", f"{_wheel('liverows')}[testing]", "httpx")
    pages = [f"tests/docs/{name}.py" for name in ("test_first_project", "test_moved_job")]
    _run(sys.executable, "-m", "pytest", "-q", "-s", *pages, TEST_PROGRAMS=str(programs))


def _try_application(folder: Path) -> None:
    """Install the application with all kinds of rows, and let it name its version and commands."""
    wanted = f"{_wheel('liverows_interview_prep')}[positions,interviews,companies]"
    programs = _installed(folder / "application", _wheel("liverows"), wanted)
    _run(programs / "worker", "version", folder=folder)
    _run(programs / "worker", "--help", folder=folder)
    _run(programs / "python", "-c", "import liverows.console.serving", folder=folder)


def _try_package(project: Path, package: Path) -> None:
    """Install the npm package in an empty folder, beside what it needs, and import it."""
    project.mkdir()
    print(f"$ npm install {package.name} @supabase/supabase-js react", flush=True)
    npm(project, "install", "--ignore-scripts", str(package), "@supabase/supabase-js", "react")
    script = "await import('liverows'); await import('liverows/react')"
    _run(find_node().program, "--input-type=module", "-e", script, folder=project)


def _wheel(name: str) -> str:
    """The file in `dist/`. By its name alone, pip might take another package of an index."""
    return str(DIST / f"{name}-{VERSION}-py3-none-any.whl")


def _installed(environment: Path, *packages: str) -> Path:
    """Make a virtual environment with these packages; returns the folder of programs."""
    _run(sys.executable, "-m", "venv", environment)
    programs = environment / "bin"
    _run(programs / "python", "-m", "pip", "install", "-q", *packages)
    return programs


def _run(*command: str | Path, folder: Path = ROOT, **variables: str) -> None:
    shown = " ".join(Path(part).name if Path(part).is_absolute() else str(part) for part in command)
    print(f"$ {shown}", flush=True)
    # Without the settings and the search path of this repository: only what was installed counts.
    hidden = ("PYTHONPATH", "LIVEROWS_", "SUPABASE_")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(hidden)}
    words = [str(part) for part in command]
    subprocess.run(words, cwd=folder, env=environment | variables, check=True)


if __name__ == "__main__":
    main()
