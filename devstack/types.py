"""Writes the TypeScript types of the database, like `supabase gen types`.

Run `python -m devstack.types` after a change of the migrations; a test checks that the file
fits the migrations.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from pathlib import Path

from devstack.functions import find_deno
from devstack.postgrest import NODE_MODULES
from devstack.project import ROOT, create_project
from liverows.testing.postgres import PostgresServer

TYPES = ROOT / "supabase" / "functions" / "_shared" / "database.types.ts"
SCHEMAS = "public,processing"
HEADER = "// Written by `python -m devstack.types`; change the migrations instead.\n\n"
TIMEOUT_SECONDS = 240


class CliMissing(RuntimeError):
    """The supabase CLI is not installed; the message says how to get it."""


def types_of(dsn: str) -> str:
    """The types of a database that has our migrations; raises `CliMissing`."""
    program = next(NODE_MODULES.glob("@supabase/cli-*/bin/supabase"), None)
    if program is None:
        raise CliMissing("the supabase CLI is not installed: run make node (needs npm's registry)")
    with tempfile.TemporaryDirectory(prefix="types-") as name:
        # The CLI writes files into the project's folder and into the home.
        environment = {
            "PATH": os.environ.get("PATH", os.defpath),
            "HOME": name,
            "DO_NOT_TRACK": "1",
        }
        arguments = ["gen", "types", "--lang", "typescript", "--schema", SCHEMAS]
        arguments += [f"--remote={dsn}?sslmode=disable", "--workdir", name]
        generated = _output([str(program), *arguments], environment=environment)
    formatter = [str(find_deno()), "fmt", "--ext", "ts", "--line-width", "100", "-"]
    return _output(formatter, text=HEADER + generated)


def write() -> None:
    """Create a new database and write the file with its types."""
    with PostgresServer() as server:
        TYPES.write_text(types_of(create_project(server, "types")))


def _output(
    command: list[str], *, text: str = "", environment: dict[str, str] | None = None
) -> str:
    done = subprocess.run(
        command,
        input=text,
        env=environment,
        capture_output=True,
        text=True,
        timeout=TIMEOUT_SECONDS,
        check=False,
    )
    if done.returncode != 0:
        raise RuntimeError(f"{Path(command[0]).name} failed: {done.stderr[-2000:]}")
    return done.stdout


if __name__ == "__main__":
    write()
