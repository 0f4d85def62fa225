"""A database with exactly the migrations of a released version, and rows in every state."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from pydantic import SecretStr

from devstack.project import MIGRATIONS
from liverows.database.migrations import apply, read_migrations
from liverows.database.opening import connected
from liverows.testing.databases import create_database, drop_database
from liverows.testing.postgres import PostgresServer
from tests.library.sql.frozen import LIST, files_of, read
from tests.library.upgrade.states import Filled, fill
from tests.support.databases import Connections, Database, fresh_database
from tests.support.paid_service import PaidService, paid_service
from tests.support.queue import Connection, Queue
from tests.support.things import Things
from tests.support.workers import Fleet, WorkerOptions

RELEASES = read(LIST.read_text())


@pytest.fixture(params=[one.version for one in RELEASES])
def release(request: pytest.FixtureRequest) -> str:
    """A released version, from which a database is upgraded."""
    version: str = request.param
    return version


@pytest.fixture
async def database(
    postgres_server: PostgresServer, bare_template: str, release: str
) -> AsyncIterator[Database]:
    """A project to which `liverows migrate` of the release was applied, and nothing later."""
    template = await _template(postgres_server, bare_template, release)
    with fresh_database(postgres_server, template) as database:
        yield database


async def _template(server: PostgresServer, bare: str, release: str) -> str:
    """Build the database of a release once for all tests."""
    name = f"released_{release}"
    with psycopg.connect(server.dsn(), autocommit=True) as connection:
        found = connection.execute("select from pg_database where datname = %s", [name])
        if found.fetchone() is not None:
            return name
    create_database(server, name, template=bare)
    files = files_of(release, RELEASES)
    migrations = [one for one in read_migrations(MIGRATIONS) if one.file in files]
    assert [one.file for one in migrations] == files
    try:
        async with connected(SecretStr(Database(server, name).dsn)) as connection:
            await apply(connection, migrations, lambda _one: None)
    except BaseException:
        drop_database(server, name)
        raise
    return name


@pytest.fixture
def owner(database: Database, connect: Connections) -> Connection:
    return connect(database)


@pytest.fixture
def superuser(database: Database) -> Iterator[Connection]:
    with psycopg.connect(database.superuser_dsn, autocommit=True) as connection:
        yield connection


@pytest.fixture
def filled(database: Database, owner: Connection, connect: Connections) -> Filled:
    """Rows in every state. Their worker is the one of the test, with the rights of a worker."""
    return fill(owner, Queue(connect(database, "service_role")))


@pytest.fixture
async def service() -> AsyncIterator[PaidService]:
    async with paid_service() as service:
        yield service


@pytest.fixture
def fleet(
    database: Database, service: PaidService, tmp_path: Path
) -> Iterator[Callable[..., Fleet]]:
    """`fleet(**options)`: no worker process yet; all are killed after the test."""
    things = Things(database)
    things.create()
    built: list[Fleet] = []

    def build(**options: Any) -> Fleet:
        told = WorkerOptions(
            database_url=database.dsn, service_url=service.url, pipelines=("three-steps",),
            log_file=tmp_path / "workers.log", **options,
        )  # fmt: skip
        built.append(Fleet(things, told))
        return built[-1]

    yield build
    for one in built:
        one.end()
