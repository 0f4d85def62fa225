"""The contract over a database connection.

At most two connections, opened when they are needed; the doorbell's is a third. A
half-open link shows as a call without an answer: each call has a deadline, after which
its connection is dropped and the next call opens another. They are kept by hand, since
a pool's care for what a caller may leave behind costs more than most of our calls.
"""

from __future__ import annotations

import asyncio
from typing import Any, TypeAlias, cast

import asyncpg
from pydantic import SecretStr

from worker.base.errors import Permanent, SetupError, Transient, Unreachable, WorkerError
from worker.base.types import Json, JsonObject
from worker.engine.contract import FUNCTIONS, SCHEMA, refusal
from worker.engine.json_values import decoded, encoded

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"

_MOST_CONNECTIONS = 2
_CALL_SECONDS = 20.0
_CONNECT_SECONDS = 10.0
_TIMES = frozenset({"timestamp with time zone", "interval"})
# glibc hands memory above a threshold back to the system and faults it in again at the next
# statement, a sixth of the server's time over large loads. Its threshold follows the largest
# block ever freed (mallopt(3), M_MMAP_THRESHOLD), so a session frees one of this many bytes first.
_KEEPS_MEMORY = "select pg_catalog.length(pg_catalog.repeat(' ', 4000000))"
_CURE = "check SUPABASE_DB_URL: host, port, user, password and database"


class PostgresTransport:
    """Calls functions as `select processing.f(argument => $1, …)`.

    Statements are prepared by name except where a transaction pooler is in between,
    which mixes the names up; `prepared=False` is for that.
    """

    kind = "postgres"

    def __init__(
        self, database_url: SecretStr, *, prepared: bool = True, call_seconds: float = _CALL_SECONDS
    ) -> None:
        self._database_url = database_url
        self._prepared = prepared
        self._call_seconds = call_seconds
        self._connections: set[Connection] = set()
        self._idle: list[Connection] = []
        self._free = asyncio.Semaphore(_MOST_CONNECTIONS)
        self._statements: dict[tuple[str, ...], str] = {}

    async def call(self, function: str, arguments: JsonObject) -> Json:
        """See `Transport.call`."""
        statement = self._statement(function, tuple(arguments))
        types = FUNCTIONS[function]
        values = [_encoded(value, types[name]) for name, value in arguments.items()]
        try:
            async with self._free:
                answer = await self._fetch(statement, values)
        except asyncpg.PostgresError as error:
            raise _refused(error) from None
        except (
            OSError,
            TimeoutError,
            asyncpg.InterfaceError,
            asyncpg.InternalClientError,
        ) as error:
            raise Transient(
                f"the database did not answer: {type(error).__name__}", code="database_unreachable"
            ) from error
        return _decoded(answer)

    async def close(self) -> None:
        """Close the connections; a call under way is cut off after a moment."""
        taken = 0
        try:
            async with asyncio.timeout(2):
                for _ in range(_MOST_CONNECTIONS):
                    await self._free.acquire()
                    taken += 1
                for connection in self._idle:
                    await connection.close()
        except (TimeoutError, OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
            for connection in self._connections:
                connection.terminate()
        finally:
            self._connections.clear()
            self._idle.clear()
            for _ in range(taken):
                self._free.release()

    async def _fetch(self, statement: str, values: list[Any]) -> Any:
        """Over a connection that nobody else uses; broken off in the middle it is unusable."""
        connection = self._idle.pop() if self._idle else None
        if connection is None or connection.is_closed():
            self._connections.discard(connection)
            connection = await self._connect()
            self._connections.add(connection)
        try:
            return await connection.fetchval(statement, *values, timeout=self._call_seconds)
        except asyncpg.PostgresError:
            raise  # the server's answer, after which it goes on
        except BaseException:
            connection.terminate()
            raise
        finally:
            if connection.is_closed():
                self._connections.discard(connection)
            else:
                self._idle.append(connection)

    async def _connect(self) -> Connection:
        connection = await self._login()
        try:
            await connection.execute(_KEEPS_MEMORY, timeout=_CONNECT_SECONDS)
        except BaseException:
            connection.terminate()
            raise
        return connection

    async def _login(self) -> Connection:
        try:
            return await asyncpg.connect(
                self._database_url.get_secret_value(),
                timeout=_CONNECT_SECONDS,
                statement_cache_size=100 if self._prepared else 0,
                max_cached_statement_lifetime=0,
                server_settings={"application_name": "worker"},
            )
        except asyncpg.InvalidAuthorizationSpecificationError as error:
            raise Unreachable(f"the database refused the login: {error}", cure=_CURE) from error
        except asyncpg.InvalidCatalogNameError as error:
            raise Unreachable(f"no such database: {error}", cure=_CURE) from error
        except (ValueError, asyncpg.ClientConfigurationError):
            # Without the cause, because the driver's message may quote the password.
            raise SetupError(
                "SUPABASE_DB_URL is not a database URL",
                cure="write it as postgresql://user:password@host:5432/postgres",
                code="malformed_settings",
            ) from None

    def _statement(self, function: str, names: tuple[str, ...]) -> str:
        known = self._statements.get((function, *names))
        if known is None:
            types = FUNCTIONS[function]
            arguments = ", ".join(
                f"{name} => ${number}::{_sent_as(types[name])}"
                for number, name in enumerate(names, 1)
            )
            known = self._statements[function, *names] = f"select {SCHEMA}.{function}({arguments})"
        return known


def _refused(error: asyncpg.PostgresError) -> WorkerError:
    if isinstance(error, asyncpg.DataError) and error.severity is None:
        # Not the server's but asyncpg's own, and it quotes the value.
        return Permanent("a value cannot be sent to the database", code="bad_output")
    # Not `str(error)`, which adds the detail, and that quotes the row.
    return refusal(error.sqlstate or "XX000", str(error.args[0]), error.hint)


def _sent_as(sql_type: str) -> str:
    # Times travel as text, as they do in the Data API's JSON; the server reads them.
    return f"text::{sql_type}" if sql_type in _TIMES else sql_type


def _encoded(value: Json, sql_type: str) -> Any:
    return encoded(value) if sql_type == "jsonb" and value is not None else value


def _decoded(answer: Any) -> Json:
    # jsonb arrives as text; the few functions that answer a word or a number do not.
    is_json = isinstance(answer, str) and answer[:1] in "{["
    return decoded(answer) if is_json else cast(Json, answer)
