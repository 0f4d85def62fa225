"""The calls that an application makes of its own SQL functions, to a test's database."""

from __future__ import annotations

from pydantic import SecretStr

import liverows
from liverows.database.login import Login
from tests.support.databases import Database


def own_functions(database: Database) -> liverows.Database:
    """Over a database URL, as the worker's role; nothing stays open."""
    return liverows.Database(Login(SecretStr(database.dsn_as("service_role"))))
