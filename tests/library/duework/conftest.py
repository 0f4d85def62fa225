"""The site for due-work-harness: one database for all cases, emptied before each."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from due_work_harness import Host, configure

from liverows.testing.postgres import PostgresServer
from tests.library.duework.selection import TableScans
from tests.library.duework.site import Site, running_site
from tests.support.databases import fresh_database

AT_EACH_COMMIT = "process-three paid steps, a service that honours Idempotency-Key-"
"""The processes that die, or lose the reply, at nineteen points. The short run has them at the four
points of the service without such keys, and the kit kills each pipeline's runs."""

configure(Host(production_packages=frozenset({"liverows"}), selection_inspectors=(TableScans(),)))


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave the longest case, which the harness makes, to the thorough run."""
    for item in items:
        if f"[{AT_EACH_COMMIT}" in item.name:
            item.add_marker("thorough")


@pytest.fixture(scope="session")
def one_site(postgres_server: PostgresServer, project_template: str) -> Iterator[Site]:
    with (
        fresh_database(postgres_server, project_template) as database,
        running_site(database) as site,
    ):
        yield site


@pytest.fixture
def new_site(one_site: Site) -> Site:
    """The site, as if nothing had happened."""
    one_site.begin()
    return one_site
