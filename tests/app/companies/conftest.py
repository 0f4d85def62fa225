"""Alice, Bob and the service, in a new database for each test."""

from __future__ import annotations

import pytest

from tests.library.sql.questions import ALICE, BOB
from tests.support.databases import Connections, Database
from tests.support.queue import Connection


@pytest.fixture
def owner(database: Database, connect: Connections) -> Connection:
    owner = connect(database)
    for user in (ALICE, BOB):
        owner.execute("insert into auth.users (id) values (%s)", [user])
    return owner


@pytest.fixture
def alice(database: Database, connect: Connections, owner: Connection) -> Connection:
    return connect(database, "authenticated", user_id=ALICE)


@pytest.fixture
def bob(database: Database, connect: Connections, owner: Connection) -> Connection:
    return connect(database, "authenticated", user_id=BOB)


@pytest.fixture
def service(database: Database, connect: Connections, owner: Connection) -> Connection:
    return connect(database, "service_role")
