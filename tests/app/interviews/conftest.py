"""The database of interviews, and two of its users."""

from __future__ import annotations

import pytest

from tests.app.interviews.rows import ALICE, BOB
from tests.support.databases import Connections, Database
from tests.support.queue import Connection


@pytest.fixture
def owner(database: Database, connect: Connections) -> Connection:
    connection = connect(database)
    connection.execute("insert into auth.users (id) values (%s), (%s)", [ALICE, BOB])
    return connection


@pytest.fixture
def alice(owner: Connection, database: Database, connect: Connections) -> Connection:
    return connect(database, "authenticated", user_id=ALICE)


@pytest.fixture
def bob(owner: Connection, database: Database, connect: Connections) -> Connection:
    return connect(database, "authenticated", user_id=BOB)
