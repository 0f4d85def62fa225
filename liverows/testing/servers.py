"""The servers on which the test kit makes databases: a throw-away one, or one that is named."""

from __future__ import annotations

import itertools
import os
import secrets
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Protocol

from liverows.testing.databases import (
    MOVABLE_CLOCK,
    OWNER,
    create_database,
    create_supabase,
    drop_database,
    run_sql,
)
from liverows.testing.named_server import NamedServer
from liverows.testing.postgres import PostgresServer
from liverows.testing.project import Project
from liverows.testing.project_migrations import migrate_project

SETTING = "TEST_DATABASE_URL"
"""The environment variable with the URL of the server to use in place of a throw-away one."""


class DatabaseServer(Protocol):
    """A server on which databases may be made and dropped. The methods give the owner's URL.

    `place` is its host and port; `created_roles` are those that had to be created there.
    """

    place: str
    created_roles: list[str]

    def alone(self) -> AbstractContextManager[None]:
        """Wait for other processes that are in such a block on this server."""

    def create(self, name: str) -> str:
        """Create a database with what Supabase puts into one (a stand-in)."""

    def copy(self, template: str, name: str) -> str:
        """Create a database as a copy of another one, to which nobody is connected."""

    def drop(self, name: str) -> None:
        """Drop a database, and end the connections to it."""


class ThrowawayServer:
    """A Postgres of our own, which is gone at the end."""

    def __init__(self, server: PostgresServer) -> None:
        self._server = server
        self.place = f"127.0.0.1:{server.port}"
        self.created_roles: list[str] = []

    def alone(self) -> AbstractContextManager[None]:
        return nullcontext()

    def create(self, name: str) -> str:
        return create_supabase(self._server, name)

    def copy(self, template: str, name: str) -> str:
        create_database(self._server, name, template=template)
        return self._server.dsn(name, user=OWNER)

    def drop(self, name: str) -> None:
        drop_database(self._server, name)


@contextmanager
def chosen_server() -> Iterator[DatabaseServer]:
    """The server that `TEST_DATABASE_URL` names, or else a throw-away one.

    Raises `SetupError` if the named server cannot be used.
    """
    if url := os.environ.get(SETTING):
        server = NamedServer(url)
        server.check()
        yield server
        return
    with PostgresServer() as own:
        yield ThrowawayServer(own)


class ProjectDatabases:
    """Makes databases with the migrations of a project and a clock that can be moved.

    Other runs may use the same server, so the names have a random part.
    """

    def __init__(self, server: DatabaseServer, root: Path) -> None:
        self._server = server
        self._root = root
        self._prefix = f"liverows_test_{secrets.token_hex(4)}"
        self._numbers = itertools.count(1)
        self._template = f"{self._prefix}_template"

    def prepare(self) -> None:
        """Make the database of which all others are copies.

        Raises `SetupError` that names the first migration that fails.
        """
        # Migrations may create roles, which belong to the whole server.
        with self._server.alone():
            url = self._server.create(self._template)
            migrate_project(url, self._root)
            run_sql(url, MOVABLE_CLOCK, "clock")

    @contextmanager
    def new(self) -> Iterator[Project]:
        """A new database, which is dropped at the end of the block."""
        name = f"{self._prefix}_{next(self._numbers)}"
        url = self._server.copy(self._template, name)
        try:
            yield Project(url)
        finally:
            self._server.drop(name)

    def close(self) -> None:
        """Drop what `prepare` made."""
        self._server.drop(self._template)
