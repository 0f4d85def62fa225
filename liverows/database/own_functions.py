"""Calls an application's own SQL functions, over a database login or the Data API."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, TypeAlias

from liverows.base.errors import DatabaseTrouble, Permanent, Transient, WorkerError
from liverows.base.logger import get_logger
from liverows.base.settings import load_settings
from liverows.base.types import Json
from liverows.database.login import Login
from liverows.database.opening import DatabaseSettings, Way, same_database, way_of

if TYPE_CHECKING:
    from liverows.database.data_api import Line

log = get_logger(__name__)

Argument: TypeAlias = str | bool | int | float | None

_CALL_SECONDS = 10.0
_PASSING = frozenset({"database_unreachable", "database_busy"})
_way_of_this_process: ContextVar[tuple[DatabaseSettings, Way] | None] = ContextVar(
    "way_of_this_process", default=None
)


class Database:
    """The project's database, for an application that calls its own SQL functions there.

    Over a database URL each call opens a connection of its own.
    """

    def __init__(self, way: Way) -> None:
        self._way = way
        self._line: Line | None = None

    async def call(
        self, function: str, /, *, schema: str = "public", **arguments: Argument
    ) -> Json:
        """Call a SQL function with named arguments; return its answer, or None if it has none.

        Raises `Transient` if the database is too busy or does not answer; the function may have run
        even so. Also if the password, the key or the certificate is refused, with code
        `database_refused`: that says nothing about the row. Raises `Permanent` if the call is
        refused.
        """
        try:
            if isinstance(self._way, Login):
                return await _over_postgres(self._way, schema, function, arguments)
            return await self._over_the_data_api(schema, function, arguments)
        except WorkerError as error:
            raise _told(error, f"{schema}.{function}") from None

    async def close(self) -> None:
        """Close the connections to the Data API that were kept open, if there are any."""
        if self._line is not None:
            await self._line.close()

    async def _over_the_data_api(
        self, schema: str, function: str, arguments: Mapping[str, Argument]
    ) -> Json:
        from liverows.database.data_api import DataApi, Line

        assert isinstance(self._way, DataApi)
        self._line = self._line or Line(_CALL_SECONDS, may_be_empty=True)
        return await self._way.call(self._line, schema, function, {**arguments}, waits=False)


@asynccontextmanager
async def open_database(settings: DatabaseSettings | None = None) -> AsyncIterator[Database]:
    """Give the database that the settings name; without `settings`, `load_settings` is used.

    If a worker in this process uses the same database, its login or Data API client is shared.
    Raises `SetupError` if the settings are malformed or name no database.
    """
    wanted = settings or load_settings()
    ours = _way_of_this_process.get()
    way = ours[1] if ours is not None and same_database(ours[0], wanted) else way_of(wanted)
    database = Database(way)
    try:
        yield database
    finally:
        await database.close()


@contextmanager
def shared_way(settings: DatabaseSettings, way: Way) -> Iterator[None]:
    """Let `open_database` share this way in the block, for settings of the same database."""
    token = _way_of_this_process.set((settings, way))
    try:
        yield
    finally:
        _way_of_this_process.reset(token)


async def _over_postgres(
    login: Login, schema: str, function: str, arguments: Mapping[str, Argument]
) -> Json:
    named = ", ".join(f"{_quoted(name)} => ${place}" for place, name in enumerate(arguments, 1))
    statement = f"select pg_catalog.to_json({_quoted(schema)}.{_quoted(function)}({named}))::text"
    async with login.connected("liverows application", timeout=_CALL_SECONDS) as connection:
        answer = await connection.fetchval(statement, *arguments.values(), timeout=_CALL_SECONDS)
    found: Json = None if answer is None else json.loads(answer)
    return found


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _told(error: WorkerError, function: str) -> Transient | Permanent:
    """Log the error's code, and return an error whose message the row's owner may read."""
    log.warning("database_call_failed", function=function, code=error.code, sqlstate=error.sqlstate)
    if isinstance(error, DatabaseTrouble) and error.unfit:
        # Not `database_unreachable`, with which the row would wait for ever without an attempt.
        return Transient("The database did not let us in.", code="database_refused")
    if isinstance(error, DatabaseTrouble) and error.code in _PASSING:
        return Transient("The database did not answer.", code="database_unreachable")
    reason = error.sqlstate or error.code
    return Permanent(f"The database refused the call of {function} ({reason}).", code="internal")
