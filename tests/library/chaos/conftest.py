"""Many worker processes on one table, with a service that counts what it is paid for."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.databases import Database
from tests.support.paid_service import PaidService, paid_service
from tests.support.things import Things
from tests.support.workers import Fleet, WorkerOptions


@pytest.fixture
def things(database: Database) -> Things:
    """The table, not attached yet."""
    things = Things(database)
    things.create()
    return things


@pytest.fixture
async def service() -> AsyncIterator[PaidService]:
    async with paid_service() as service:
        yield service


@pytest.fixture
def fleet_of(
    things: Things, service: PaidService, tmp_path: Path
) -> Iterator[Callable[..., Fleet]]:
    """`fleet_of("three-steps", concurrency=5)`: no worker yet, all killed after the test."""
    fleets: list[Fleet] = []

    def build(pipeline: str, **options: Any) -> Fleet:
        told = WorkerOptions(
            database_url=things.database.dsn,
            service_url=service.url,
            pipelines=(pipeline,),
            log_file=tmp_path / "workers.log",
            **options,
        )
        fleets.append(Fleet(things, told))
        return fleets[-1]

    yield build
    for fleet in fleets:
        fleet.end()


@pytest.fixture
def figure(record_property: Callable[[str, object], None]) -> Callable[[str, float], None]:
    """`figure("takeover seconds", 1.1)`: shown at the end of the run."""

    def note(name: str, value: float) -> None:
        record_property(name, round(value, 3))

    return note


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """End with what the tests measured."""
    for report in terminalreporter.stats.get("passed", []):
        for name, value in report.user_properties:
            terminalreporter.write_line(f"{name}: {value}  ({report.nodeid.rpartition('::')[2]})")
