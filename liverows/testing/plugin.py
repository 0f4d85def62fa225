"""The plugin of pytest: the fixture `liverows_project`."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from liverows.testing.postgres import PostgresServer
    from liverows.testing.project import Project

_TEMPLATE = "liverows_template"
_numbers = itertools.count(1)


def pytest_configure(config: pytest.Config) -> None:
    """Let tests import the project's packages, as a worker that is started in its folder does."""
    root = str(_project_of(config))
    if root not in sys.path:
        sys.path.append(root)


def _project_of(config: pytest.Config) -> Path:
    """Return the folder with the migrations: where pytest was started, or else its root."""
    started = config.invocation_params.dir
    return started if (started / "supabase" / "migrations").is_dir() else config.rootpath


@pytest.fixture(scope="session")
def liverows_server() -> Iterator[PostgresServer]:
    """A Postgres server for this pytest process."""
    # Imported here, because pytest loads the plugin in every run, also in those without this.
    from liverows.testing.postgres import PostgresServer

    with PostgresServer() as server:
        yield server


@pytest.fixture(scope="session")
def liverows_template(liverows_server: PostgresServer, pytestconfig: pytest.Config) -> str:
    """Name of a database with the migrations of the project and a clock that can be moved."""
    from liverows.testing.databases import MOVABLE_CLOCK, create_supabase, run_sql
    from liverows.testing.throwaway import migrate_project

    dsn = create_supabase(liverows_server, _TEMPLATE)
    migrate_project(dsn, _project_of(pytestconfig))
    run_sql(dsn, MOVABLE_CLOCK, "clock")
    return _TEMPLATE


@pytest.fixture
def liverows_project(liverows_server: PostgresServer, liverows_template: str) -> Iterator[Project]:
    """A new database with all migrations of the project, for one test."""
    from liverows.testing.databases import OWNER, create_database, drop_database
    from liverows.testing.project import Project

    name = f"liverows_test_{next(_numbers)}"
    create_database(liverows_server, name, template=liverows_template)
    try:
        yield Project(liverows_server.dsn(name, user=OWNER))
    finally:
        drop_database(liverows_server, name)
