"""Tests move the database's clock, and every session follows."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import psycopg

from tests.support.databases import Clock, Connections, Database


def ahead(connection: psycopg.Connection[Any]) -> timedelta:
    row = connection.execute("select processing.clock(), clock_timestamp()").fetchone()
    assert row is not None
    ours, real = row
    assert isinstance(ours, datetime)
    return timedelta(seconds=round((ours - real).total_seconds()))


def test_every_session_sees_the_same_time(
    database: Database, connect: Connections, clock: Clock
) -> None:
    one, other = connect(database), connect(database)
    assert ahead(one) == ahead(other) == timedelta()
    clock.advance(3600)
    clock.advance(0.5 * 3600)
    assert ahead(one) == ahead(other) == timedelta(hours=1.5)


def test_another_database_keeps_its_own_time(
    database: Database, module_database: Database, connect: Connections, clock: Clock
) -> None:
    clock.advance(60)
    assert ahead(connect(module_database)) == timedelta()
