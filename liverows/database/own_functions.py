"""Calls an application's own SQL functions over the connection that its process has."""

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

    Over a database URL each call opens its own connection, so that a slow function does not
    delay the worker's writes. Over the Data API a few connections are kept open.
    """

    def __init__(self, way: Way) -> None:
        self._way = way
        self._line: Line | None = None

    async def call(
        self, function: str, /, *, schema: str = "public", **arguments: Argument
    ) -> Json:
        """Call a SQL function with named arguments; its answer, or None if it returns nothing.

        Raises `Transient` with code `database_unreachable` when the database is too busy or does
        not answer within ten seconds; the function may have run even so. Raises `Permanent` with
        code `internal` when the database refuses. No message quotes an argument or a secret.
        """
        try:
            if isinstance(self._way, Login):
                return await _over_postgres(self._way, schema, function, arguments)
            return await self._over_the_data_api(schema, function, arguments)
        except WorkerError as error:
            raise _told(error, f"{schema}.{function}") from None

    async def close(self) -> None:
        """Close the connections that were kept open."""
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
    """The database that the settings name; without settings, those of the environment.

    Inside a worker it shares the worker's login, or its client of the Data API. Nothing is
    contacted before the first call. `SetupError` if no database is configured.
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
    """Let `open_database` use this way until the end of the block."""
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
    """An error whose text the row's owner may read. The reason goes to the log only."""
    shut_out = isinstance(error, DatabaseTrouble) and error.unfit
    log.warning("database_call_failed", function=function, code=error.code, sqlstate=error.sqlstate)
    if isinstance(error, DatabaseTrouble) and error.code in _PASSING and not shut_out:
        return Transient("The database did not answer.", code="database_unreachable")
    reason = error.sqlstate or ("not let in" if shut_out else error.code)
    return Permanent(f"The database refused the call of {function} ({reason}).", code="internal")
