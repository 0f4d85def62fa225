"""Connections of Alice and of the tables' owner, in a database shared by a module's tests."""

from __future__ import annotations

import pytest

from tests.library.sql.questions import ALICE
from tests.support.databases import Connections, Database
from tests.support.queue import Connection


@pytest.fixture
def owner(module_database: Database, connect: Connections) -> Connection:
    owner = connect(module_database)
    owner.execute("insert into auth.users (id) values (%s) on conflict do nothing", [ALICE])
    return owner


@pytest.fixture
def alice(module_database: Database, connect: Connections, owner: Connection) -> Connection:
    return connect(module_database, "authenticated", user_id=ALICE)
