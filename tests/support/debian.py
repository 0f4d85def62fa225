"""Tools from Debian and npm that check the SQL: pgTAP, plpgsql_check, the Supabase CLI."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from devstack.postgrest import NODE_MODULES

EXTENSIONS = Path("/usr/share/postgresql/15/extension")
"""The folder of Debian's Postgres 15, the version for which Debian has these extensions."""


def missing_pgtap() -> str | None:
    """pgTAP for Postgres 15, and the program that reads the results of its tests."""
    if not (EXTENSIONS / "pgtap.control").exists():
        return "pgTAP is not installed: apt-get install postgresql-15 postgresql-15-pgtap"
    if shutil.which("pg_prove") is None:
        return "pg_prove is missing: apt-get install libtap-parser-sourcehandler-pgtap-perl"
    return None


def missing_plpgsql_check() -> str | None:
    """The extension with which `supabase db lint` checks functions."""
    if (EXTENSIONS / "plpgsql_check.control").exists():
        return None
    return "plpgsql_check is not installed: apt-get install postgresql-15-plpgsql-check"


def supabase_program() -> Path | None:
    """The Supabase CLI from npm; None if there is no build for this kind of machine."""
    return next(NODE_MODULES.glob("@supabase/cli-*/bin/supabase"), None)


def missing_supabase_cli() -> str | None:
    """The Supabase CLI, and whether it runs on this machine."""
    program = supabase_program()
    if program is None:
        return "the CLI of Supabase is not installed: run make node (needs npm's registry)"
    try:
        subprocess.run([str(program), "--version"], check=True, capture_output=True)
    except (OSError, subprocess.SubprocessError) as error:
        return f"the CLI of Supabase does not run here: {error}"
    return None


def run_supabase(
    *arguments: str, home: Path, workdir: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """Run the CLI without telemetry; `home` is the folder for its own files."""
    environment = {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": str(home),
        "DO_NOT_TRACK": "1",
        "NO_COLOR": "1",
    }
    command = [str(supabase_program()), *arguments, "--workdir", str(workdir or home)]
    return subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=240, check=False
    )
