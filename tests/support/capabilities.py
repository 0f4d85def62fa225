"""What a test may need that a machine may lack, and what to do about it.

A test says `@pytest.mark.needs("postgrest")`. Where that is missing, the test is
skipped with the reason, unless `REQUIRED=postgrest` (a comma-separated list) or
`--require-all` says that it must not be: then the test fails.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable

from devstack.postgrest import PostgrestMissing, find_postgrest
from tests.support.pgbouncer import pgbouncer_program


def missing_postgrest() -> str | None:
    """The real PostgREST from npm, and that it runs on this machine."""
    try:
        subprocess.run([str(find_postgrest()), "--version"], check=True, capture_output=True)
    except PostgrestMissing as error:
        return str(error)
    except (OSError, subprocess.SubprocessError) as error:
        return f"postgrest does not run here: {error}"
    return None


def missing_deno() -> str | None:
    """The Deno of the wheel, or one on the path."""
    return None if shutil.which("deno") else "deno is not on the path: run make venv"


def missing_pgbouncer() -> str | None:
    """A pooler to put between the worker and its database."""
    return None if pgbouncer_program() else "pgbouncer is not installed: apt-get install pgbouncer"


CAPABILITIES: dict[str, Callable[[], str | None]] = {
    "postgrest": missing_postgrest,
    "deno": missing_deno,
    "pgbouncer": missing_pgbouncer,
}
"""For each capability a function that answers why it is missing, or `None`."""
