"""Fresh databases, connections to them, and a clock that tests can move."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg

from devstack.project import create_project
from liverows.testing.databases import MOVABLE_CLOCK, OWNER, create_database, drop_database
from liverows.testing.postgres import PostgresServer

BARE = "template_bare"
PROJECT = "template_project"

_numbers = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Database:
    """One database of the test server, owned by `postgres`, which is not a superuser here."""

    server: PostgresServer
    name: str

    @property
    def dsn(self) -> str:
        """The URL for `postgres`, with the rights that migrations have on Supabase."""
        return self.server.dsn(self.name, user=OWNER)

    @property
    def superuser_dsn(self) -> str:
        """The URL for the bootstrap superuser, for things that need more rights."""
        return self.server.dsn(self.name)

    def dsn_as(self, role: str, *, user_id: str | None = None) -> str:
        """The URL to log in as `postgres` and act as `role`, with a signed-in user's claims.

        `auth.uid()` then returns `user_id`. `reset role` returns to `role`.
        """
        claims = {"role": role} if user_id is None else {"role": role, "sub": user_id}
        text = json.dumps(claims, separators=(",", ":"))
        options = f"-c role={role} -c request.jwt.claims={text}"
        return self.server.dsn(self.name, user=OWNER, options=options)


@dataclass(frozen=True, slots=True)
class Clock:
    """Moves the time of `processing.clock()` in one database, for every session."""

    database: Database

    def advance(self, seconds: float) -> None:
        """Add seconds to the time that all sessions see from their next statement on."""
        with psycopg.connect(self.database.superuser_dsn, autocommit=True) as connection:
            connection.execute(
                "update test.clock set offset_by = offset_by + make_interval(secs => %s)",
                [seconds],
            )

    def go_to_mid_month(self) -> None:
        """Show noon (UTC) on the 15th of next month, so that no day and no month ends soon."""
        with psycopg.connect(self.database.superuser_dsn, autocommit=True) as connection:
            # In seconds, because a day of an interval has 23 hours where the clocks change.
            connection.execute(
                "update test.clock set offset_by = offset_by + make_interval(secs => extract(epoch"
                " from (date_trunc('month', processing.clock() at time zone 'UTC')"
                " + interval '1 month 14 days 12 hours') at time zone 'UTC'"
                " - processing.clock())::float8)"
            )


class Connections:
    """Opens autocommit connections and closes all of them at the end."""

    def __init__(self) -> None:
        self._open: list[psycopg.Connection[Any]] = []

    def __call__(
        self,
        database: Database,
        role: str | None = None,
        *,
        user_id: str | None = None,
        autocommit: bool = True,
    ) -> psycopg.Connection[Any]:
        """Connect as `postgres`, or acting as `role` and the signed-in `user_id`."""
        dsn = database.dsn if role is None else database.dsn_as(role, user_id=user_id)
        connection = psycopg.connect(dsn, autocommit=autocommit)
        self._open.append(connection)
        return connection

    def close(self) -> None:
        """Close every connection that is still open."""
        while self._open:
            self._open.pop().close()


def build_bare_template(server: PostgresServer) -> str:
    """Create the database as Supabase provides it; returns its name."""
    create_project(server, BARE, migrate=False)
    return BARE


def build_project_template(server: PostgresServer) -> str:
    """Create the database with all migrations and the movable clock; returns its name."""
    dsn = create_project(server, PROJECT)
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(MOVABLE_CLOCK)
    with psycopg.connect(server.dsn(PROJECT), autocommit=True) as connection:
        # The migrations leave dead rows in the catalogue. Without them a copy costs a fifth less.
        connection.execute("vacuum full")
    return PROJECT


@contextmanager
def fresh_database(server: PostgresServer, template: str) -> Iterator[Database]:
    """A copy of a template database; it is dropped at the end of the block."""
    database = Database(server, f"test_{next(_numbers)}")
    create_database(server, database.name, template=template)
    try:
        yield database
    finally:
        drop_database(server, database.name)
