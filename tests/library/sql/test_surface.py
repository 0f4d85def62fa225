"""The migrations build the same database each time, and the one that is written down."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest

from devstack.project import apply_migrations, create_project
from liverows.testing.databases import drop_database
from liverows.testing.postgres import PostgresServer
from tests.library.sql.surface import SURFACE, surface

GENEROUS = """
alter default privileges for role postgres grant all on tables to anon, authenticated, public;
alter default privileges for role postgres grant all on sequences to anon, authenticated, public;
alter default privileges for role postgres grant execute on functions to anon, authenticated;
"""
"""As projects had them until autumn 2026."""

STINGY = "alter default privileges for role postgres revoke execute on functions from public"


@pytest.fixture
def names(postgres_server: PostgresServer) -> Iterator[list[str]]:
    names: list[str] = []
    yield names
    for name in names:
        drop_database(postgres_server, name)


def build(server: PostgresServer, name: str, *before: str) -> list[str]:
    """Apply every migration to an empty project; answers its surface."""
    dsn = create_project(server, name, migrate=False)
    with psycopg.connect(dsn, autocommit=True) as connection:
        for statement in before:
            connection.execute(statement)
        apply_migrations(dsn)
        return surface(connection)


def test_the_surface_is_the_one_that_is_written_down(
    postgres_server: PostgresServer, names: list[str]
) -> None:
    names += ["surface_a", "surface_b"]
    first, second = (build(postgres_server, name) for name in names)
    assert first == second
    assert first == SURFACE.read_text().splitlines(), "wanted? python -m tests.library.sql.surface"


@pytest.mark.any_version
@pytest.mark.parametrize("privileges", [GENEROUS, STINGY], ids=["generous", "stingy"])
def test_nothing_relies_on_default_privileges(
    postgres_server: PostgresServer, names: list[str], privileges: str
) -> None:
    names.append("surface_c")
    built = build(postgres_server, names[0], privileges)
    assert built == SURFACE.read_text().splitlines()
