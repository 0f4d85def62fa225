"""Postgres servers of both versions, and a new database for every case."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache

import pytest

from liverows.testing.postgres import PostgresError, PostgresServer
from tests.library.hostile.cover import Version
from tests.support.databases import Database, build_project_template, fresh_database

KINDS = {"18": "embedded", "15": "15"}


@pytest.fixture(scope="session")
def server_of() -> Iterator[Callable[[Version], tuple[PostgresServer, str]]]:
    """`server_of("15")`: the server of that version, and the name of its template. The test is
    skipped if that version is not installed."""
    with ExitStack() as running:

        @cache
        def started(version: Version) -> tuple[PostgresServer, str]:
            server = running.enter_context(PostgresServer(kind=KINDS[version]))
            return server, build_project_template(server)

        def start(version: Version) -> tuple[PostgresServer, str]:
            try:
                return started(version)
            except PostgresError as error:
                pytest.skip(str(error))

        yield start


@pytest.fixture
def database_of(
    server_of: Callable[[Version], tuple[PostgresServer, str]],
) -> Iterator[Callable[[Version], Database]]:
    """`database_of("15")`: a new database on that version."""
    with ExitStack() as fresh:
        yield lambda version: fresh.enter_context(fresh_database(*server_of(version)))
