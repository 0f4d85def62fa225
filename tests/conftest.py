"""Fixtures for every test, and the lists of what was skipped or left out at the end of a run."""

from __future__ import annotations

import functools
import gc
import os
import ssl
from collections import Counter
from collections.abc import Generator, Iterator, Sequence
from pathlib import Path
from typing import Any

import certifi
import pytest
import structlog
from hypothesis import HealthCheck, settings

from liverows.testing.postgres import PostgresServer
from tests.support import left_out
from tests.support.capabilities import CAPABILITIES
from tests.support.databases import (
    Clock,
    Connections,
    Database,
    build_bare_template,
    build_project_template,
    fresh_database,
)
from tests.support.stack import Stack, left_as_found, named_stack, running_stack

# A property has a number of examples and no time: on a busy machine an example may take long. The
# examples are the same everywhere, so that a change is never refused for a counterexample that is
# older than it. `pytest --hypothesis-profile=search -m "" -k …` looks for such ones.
settings.register_profile(
    "unhurried",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    print_blob=True,
    derandomize=True,
)
settings.register_profile(
    "search", settings.get_profile("unhurried"), derandomize=False, max_examples=2000
)
settings.load_profile("unhurried")


def pytest_configure(config: pytest.Config) -> None:
    """Refuse several processes on a real stack: each would remove what another one still needs."""
    if named_stack() is not None and getattr(config.option, "tx", None):
        raise pytest.UsageError("TEST_SUPABASE_* name one stack for all tests: run them with -n 0")


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Collect tests without garbage collection: there is next to none, and looking for it among
    so many objects takes a sixth of the time."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()


def pytest_collection_finish() -> None:
    """Spare every later garbage collection the modules and tests, which stay to the end."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def log_left_as_found() -> Iterator[None]:
    """Fail a test that leaves the log set up anew: later tests would see lines missing."""
    before = structlog.get_config()
    yield
    after = structlog.get_config()
    structlog.configure(**before)
    changed = [name for name, value in before.items() if after[name] != value]
    assert not changed, f"this test left structlog's {', '.join(changed)} changed"


@pytest.fixture(scope="session", autouse=True)
def authorities_read_once() -> Iterator[None]:
    """Let all clients of httpx share the certificates of the world's authorities, which each of
    them would read for 20 ms of processor time."""
    new = ssl.create_default_context
    known = functools.cache(new)
    usual = {"cafile": os.environ.get("SSL_CERT_FILE") or certifi.where()}

    def create(*args: Any, **kwargs: Any) -> ssl.SSLContext:
        return known(**kwargs) if not args and kwargs == usual else new(*args, **kwargs)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ssl, "create_default_context", create)
        yield


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """One server per pytest process; a test may restart it, since tests run in turn."""
    with PostgresServer() as server:
        yield server


@pytest.fixture(scope="session")
def debian_server() -> Iterator[PostgresServer]:
    """Debian's Postgres 15, for which Debian has the extensions that the other one lacks."""
    with PostgresServer(kind="15") as server:
        yield server


@pytest.fixture(scope="session")
def bare_template(postgres_server: PostgresServer) -> str:
    """Name of the database to copy for a project without our migrations."""
    return build_bare_template(postgres_server)


@pytest.fixture(scope="session")
def project_template(postgres_server: PostgresServer) -> str:
    """Name of the database to copy for a project with our migrations."""
    return build_project_template(postgres_server)


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """A whole stack with our migrations and functions; its user says `needs("stack")`."""
    with running_stack() as stack:
        yield stack


@pytest.fixture(scope="session")
def mypy_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What mypy has found out about the library, for every test that checks a project's types."""
    return tmp_path_factory.mktemp("mypy")


@pytest.fixture(scope="module", autouse=True)
def real_stack_left_as_found() -> Iterator[None]:
    """If the tests run on a real stack, the tests of a module leave no row, user or file there."""
    real = named_stack()
    if real is None:
        yield
        return
    with left_as_found(real):
        yield


@pytest.fixture
def database(postgres_server: PostgresServer, project_template: str) -> Iterator[Database]:
    """A fresh database with all migrations, for one test."""
    with fresh_database(postgres_server, project_template) as database:
        yield database


@pytest.fixture(scope="module")
def module_database(postgres_server: PostgresServer, project_template: str) -> Iterator[Database]:
    """A database with all migrations that the tests of one module share."""
    with fresh_database(postgres_server, project_template) as database:
        yield database


@pytest.fixture
def bare_database(postgres_server: PostgresServer, bare_template: str) -> Iterator[Database]:
    """A fresh database as Supabase hands it over, without our migrations."""
    with fresh_database(postgres_server, bare_template) as database:
        yield database


@pytest.fixture
def connect() -> Iterator[Connections]:
    """`connect(database)` or `connect(database, "service_role")`, closed after the test."""
    connections = Connections()
    yield connections
    connections.close()


@pytest.fixture
def clock(database: Database) -> Clock:
    """`clock.advance(seconds)` moves the time of the test's `database`."""
    return Clock(database)


@pytest.fixture
def mid_month(clock: Clock) -> None:
    """No day and no month ends during the test, whenever it runs, unless it moves the clock."""
    clock.go_to_mid_month()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option that turns every skip into a failed run."""
    parser.addoption("--require-all", action="store_true", help="fail if any test is skipped")


@functools.cache
def _missing(capability: str) -> str | None:
    return CAPABILITIES[capability]()


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip a test whose needs this machine lacks, or fail it if they are required."""
    required = {name.strip() for name in os.environ.get("REQUIRED", "").split(",")}
    for marker in item.iter_markers("needs"):
        for capability in marker.args:
            reason = _missing(capability)
            if reason is None:
                continue
            if capability in required or item.config.getoption("--require-all"):
                pytest.fail(f"{capability} is required: {reason}", pytrace=False)
            pytest.skip(reason)


def _skips(config: pytest.Config) -> Counter[str]:
    """Why tests were skipped, and how many for each reason."""
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    reports = reporter.stats.get("skipped", []) if reporter else []
    return Counter(str(report.longrepr[2]).removeprefix("Skipped: ") for report in reports)


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """With `--require-all`, a run that skipped anything has failed.

    A worker process of xdist also tells the main process what it left out.
    """
    config = session.config
    left_out.send(config)
    if config.getoption("--require-all") and _skips(config) and session.exitstatus == 0:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_deselected(items: Sequence[pytest.Item]) -> None:
    """Count what a usual run leaves out."""
    left_out.count(items)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any, error: object) -> None:
    """Hear from a worker of xdist what it left out; one that crashed says nothing."""
    left_out.receive(node.config, getattr(node, "workeroutput", {}))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """End with the tables that tests made, and with what was skipped and why."""
    for report in terminalreporter.getreports("passed") + terminalreporter.getreports("failed"):
        for name, value in report.user_properties:
            if name == "table":
                terminalreporter.write_line(f"\n{value}\n")
    skips = _skips(terminalreporter.config)
    terminalreporter.write_line(f"skipped: {sum(skips.values())}")
    for reason, count in sorted(skips.items()):
        terminalreporter.write_line(f"  {count} x {reason}")
    for line in left_out.lines(terminalreporter.config):
        terminalreporter.write_line(line)
