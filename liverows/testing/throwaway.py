"""A database with a project's migrations, which is gone at the end."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from liverows.testing.project_migrations import migrate_project
from liverows.testing.servers import chosen_server


@contextmanager
def throwaway_database(root: Path) -> Iterator[str]:
    """Make one database that has the migrations of the project; gives its URL.

    Raises `SetupError` that names the first migration that fails.
    """
    with chosen_server() as server:
        name = f"liverows_{secrets.token_hex(4)}"
        try:
            # Migrations may create roles, which belong to the whole server.
            with server.alone():
                url = server.create(name)
                migrate_project(url, root)
            yield url
        finally:
            server.drop(name)
