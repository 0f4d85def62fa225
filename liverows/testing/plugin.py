"""The plugin of pytest: the fixture `liverows_project`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from liverows.testing.project import Project
    from liverows.testing.servers import ProjectDatabases

_CREATED_ROLES = pytest.StashKey[dict[str, list[str]]]()


def pytest_configure(config: pytest.Config) -> None:
    """Let tests import the project's packages, as a worker that is started in its folder does."""
    root = str(_project_of(config))
    if root not in sys.path:
        sys.path.append(root)


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Name the roles that were created on the server of `TEST_DATABASE_URL`."""
    for place, roles in config.stash.get(_CREATED_ROLES, {}).items():
        names = ", ".join(roles)
        terminalreporter.write_line(f"roles created on {place}, where they stay: {names}")


def _project_of(config: pytest.Config) -> Path:
    """Return the folder with the migrations: where pytest was started, or else its root."""
    started = config.invocation_params.dir
    return started if (started / "supabase" / "migrations").is_dir() else config.rootpath


@pytest.fixture(scope="session")
def liverows_databases(pytestconfig: pytest.Config) -> Iterator[ProjectDatabases]:
    """What makes the databases of this pytest process."""
    # Imported here, because pytest loads the plugin in every run, also in those without this.
    from liverows.base.errors import SetupError
    from liverows.testing.servers import ProjectDatabases, chosen_server

    said = None
    try:
        with chosen_server() as server:
            if server.created_roles:
                pytestconfig.stash[_CREATED_ROLES] = {server.place: server.created_roles}
            databases = ProjectDatabases(server, _project_of(pytestconfig))
            try:
                databases.prepare()
                yield databases
            finally:
                databases.close()
    except SetupError as error:
        said = f"{error.message}\n{error.cure}"
    if said:
        pytest.fail(said, pytrace=False)


@pytest.fixture
def liverows_project(liverows_databases: ProjectDatabases) -> Iterator[Project]:
    """A new database with all migrations of the project, for one test."""
    with liverows_databases.new() as project:
        yield project
