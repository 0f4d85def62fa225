"""Calls the contract over database connections.

At most two connections do the work. There is no pool, because a pool's reset after each use takes
another round trip.
"""

from __future__ import annotations

import asyncio
from typing import Any, cast

import asyncpg
from pydantic import SecretStr

from liverows.base.errors import DatabaseTrouble, WorkerError
from liverows.base.json_values import decoded, encoded
from liverows.base.logger import get_logger
from liverows.base.types import Json, JsonObject
from liverows.database.contract import SCHEMA, unfit
from liverows.database.driver_errors import (
    DRIVER_ERRORS,
    connection_trouble,
    is_answer,
    statement_refusal,
)
from liverows.database.functions import FUNCTIONS, WORK
from liverows.database.login import Login, settle
from liverows.database.reachability import GrowingWait
from liverows.database.sessions import Connection, Sessions

log = get_logger(__name__)

_MOST_CONNECTIONS = 2
_CALL_SECONDS = 20.0
_BEAT_SECONDS = 5.0
_CONNECT_SECONDS = 10.0
_STATEMENT_SHARE = 0.9
"""The server's time limit as a share of our deadline, so that the server stops before we do."""
_LONGEST_READ_ONLY_WAIT = 30.0
_READ_ONLY = "25006"
_STATEMENTS_LOST = frozenset({"26000", "42P05"})
"""SQLSTATEs of a session that lost the statements which the driver prepared, or has others."""
_READS_ONLY = (
    "select pg_catalog.pg_is_in_recovery()"
    " or pg_catalog.current_setting('transaction_read_only')::boolean"
)
_TIMES = frozenset({"timestamp with time zone", "interval"})
# After a large block was freed, glibc keeps more freed memory for later statements (mallopt(3),
# M_MMAP_THRESHOLD). To repeat single characters, or to count characters, takes several times as
# long.
_KEEPS_MEMORY = (
    "select pg_catalog.octet_length(pg_catalog.repeat(pg_catalog.repeat(' ', 4000), 1000))"
)


class PostgresTransport:
    """Calls functions as `select processing.<function>(argument => $1, …)`.

    `prepared` must be true only if each connection keeps its backend.
    """

    kind = "postgres"

    def __init__(
        self,
        database: SecretStr | Login,
        *,
        prepared: bool = True,
        call_seconds: float = _CALL_SECONDS,
    ) -> None:
        self._login = Login.of(database)
        self.reachability = self._login.reachability
        self.sessions = Sessions()
        self._prepared = prepared
        self._call_seconds = call_seconds
        self._connections: dict[Connection, int] = {}
        self._idle: list[Connection] = []
        self._epoch = 0
        self._free = asyncio.Semaphore(_MOST_CONNECTIONS)
        self._statements: dict[tuple[str, ...], str] = {}
        self._read_only_wait = GrowingWait(floor=1.0)
        self._opening: asyncio.Task[None] | None = None

    async def call(self, function: str, arguments: JsonObject) -> Json:
        """Call one function of the contract. Raises like `Transport.call`."""
        statement = self._statement(function, tuple(arguments))
        types = FUNCTIONS[function]
        values = [_encoded(value, types[name]) for name, value in arguments.items()]
        try:
            if function == "heartbeat":
                answer = await self._beat(statement, values)
            else:
                async with self._free:
                    answer = await self._fetch(statement, values, self._call_seconds)
        except asyncpg.PostgresError as error:
            self.reachability.answered()
            raise statement_refusal(error, function) from None
        except DatabaseTrouble as trouble:
            if trouble.unfit and function not in WORK:
                raise unfit(trouble) from None
            raise
        self.reachability.answered()
        if function == "heartbeat":
            self._read_only_wait.reset()  # the heartbeat wrote, so this server accepts writes
        return _decoded(answer)

    def renew(self) -> bool:
        """Let the next calls go over new sessions. Returns true.

        A session keeps what it has compiled, for instance the type of a trigger's variable that was
        declared with `%type`.
        """
        self._drop_sessions()
        return True

    async def close(self) -> None:
        """Close the work connections; a call that still runs after two seconds is cut off."""
        if self._opening is not None:
            self._opening.cancel()
        taken = 0
        try:
            async with asyncio.timeout(2):
                for _ in range(_MOST_CONNECTIONS):
                    await self._free.acquire()
                    taken += 1
                for connection in self._idle:
                    await connection.close()
        except DRIVER_ERRORS:
            for connection in list(self._connections):
                connection.terminate()
        finally:
            self._connections.clear()
            self._idle.clear()
            for _ in range(taken):
                self._free.release()

    async def _beat(self, statement: str, values: list[Any]) -> Any:
        """Send a heartbeat over the doorbell's session, or else over a connection that is free at
        once.
        """
        seconds = min(_BEAT_SECONDS, self._call_seconds)
        listening = self.sessions.listening
        try:
            if listening is not None and not listening.is_closed():
                async with self.sessions.using:
                    return await self._ask(listening, statement, values, seconds)
        except DatabaseTrouble as trouble:
            # The doorbell itself notices that its connection has ended, and opens a new one.
            log.warning("heartbeat_goes_another_way", reason=trouble.message)
            return await self._ask_once(statement, values, seconds)
        finally:
            self._open_a_second_session()
        if self._free.locked():
            return await self._ask_once(statement, values, seconds)
        async with self._free:
            return await self._fetch(statement, values, seconds)

    async def _ask_once(self, statement: str, values: list[Any], seconds: float) -> Any:
        """Send the statement over a new connection, which is closed afterwards, also after an
        error.
        """
        connection = await self._login.connect("liverows heartbeat", timeout=seconds)
        try:
            return await self._ask(connection, statement, values, seconds)
        finally:
            connection.terminate()

    async def _fetch(self, statement: str, values: list[Any], seconds: float) -> Any:
        """Send the statement over a work connection, which is usually kept for the next call."""
        connection = self._open_idle() or await self._connect()
        try:
            return await self._ask(connection, statement, values, seconds)
        finally:
            if self._connections.get(connection) != self._epoch:
                connection.terminate()
            if connection.is_closed():
                self._connections.pop(connection, None)
            else:
                self._idle.append(connection)

    def _open_idle(self) -> Connection | None:
        """Take an open idle connection, or None. Connections closed meanwhile are forgotten."""
        while self._idle:
            connection = self._idle.pop()
            if not connection.is_closed():
                return connection
            self._connections.pop(connection, None)
        return None

    async def _ask(
        self, connection: Connection, statement: str, values: list[Any], seconds: float
    ) -> Any:
        """Send the statement over this connection and return the answer.

        Raises `PostgresError` if only the statement failed, otherwise `DatabaseTrouble`.
        """
        try:
            return await connection.fetchval(statement, *values, timeout=seconds)
        except DRIVER_ERRORS as error:
            if not is_answer(error, connection):
                connection.terminate()
                raise self._noted(connection_trouble(error)) from None
            sqlstate = getattr(error, "sqlstate", None)
            if sqlstate in _STATEMENTS_LOST:
                connection.terminate()
            elif sqlstate == _READ_ONLY and await _reads_only(connection):
                raise self._noted(self._leave_reader()) from None
            raise  # only the statement failed
        except BaseException:
            connection.terminate()
            raise

    def _noted(self, trouble: DatabaseTrouble) -> DatabaseTrouble:
        self.reachability.failed(trouble)
        return trouble

    def _leave_reader(self) -> DatabaseTrouble:
        """Drop all connections to a server that accepts no writes; return the trouble to raise.

        Between two drops there is a wait, which grows.
        """
        if self._read_only_wait.is_over:
            self._read_only_wait.failed(_LONGEST_READ_ONLY_WAIT)
            log.warning("connections_dropped", reason="the database only reads")
            self._drop_sessions()
            if self.sessions.listening is not None:
                self.sessions.listening.terminate()
        return DatabaseTrouble(
            "the database only reads for now",
            sqlstate=_READ_ONLY,
            cure="a full disk or a failover does this; see the project's database settings",
        )

    def _drop_sessions(self) -> None:
        self._epoch += 1  # so a connection that is in use is dropped after its statement
        while self._idle:
            connection = self._idle.pop()
            connection.terminate()
            self._connections.pop(connection, None)

    def _open_a_second_session(self) -> None:
        """Begin to open a work session if none holds a lock yet, also for an idle worker.

        Free locks show a death only if the heartbeat named a lock of each of two sessions.
        """
        wanted = self._prepared and self.sessions.listening and not self.sessions.has_working
        if wanted and (self._opening is None or self._opening.done()):
            self._opening = asyncio.create_task(self._open_session(), name="second-session")

    async def _open_session(self) -> None:
        try:
            async with self._free:
                self._idle.append(self._open_idle() or await self._connect())
        except WorkerError as error:
            log.info("second_session_missing", code=error.code, reason=error.message)

    async def _connect(self) -> Connection:
        epoch = self._epoch
        connection = await self._login.connect("liverows", prepared=self._prepared)
        try:
            if self._prepared:
                await self._make_ours(connection)
            await connection.execute(_KEEPS_MEMORY, timeout=_CONNECT_SECONDS)
        except DRIVER_ERRORS as error:
            connection.terminate()
            raise self._noted(connection_trouble(error)) from None
        except BaseException:
            connection.terminate()
            raise
        self._connections[connection] = epoch
        return connection

    async def _make_ours(self, connection: Connection) -> None:
        seconds = self._call_seconds * _STATEMENT_SHARE
        await settle(connection, statement_seconds=seconds, timeout=_CONNECT_SECONDS)
        await self.sessions.lock_working(connection, _CONNECT_SECONDS)

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


async def _reads_only(connection: Connection) -> bool:
    """Whether the server accepts no writes; also true if it does not answer this question.

    The server is asked, because a trigger may raise the same SQLSTATE.
    """
    try:
        return bool(await connection.fetchval(_READS_ONLY, timeout=_BEAT_SECONDS))
    except DRIVER_ERRORS:
        connection.terminate()
        return True


def _sent_as(sql_type: str) -> str:
    # Times are sent as text, as in the JSON of the Data API, and the server casts them.
    if sql_type in _TIMES:
        return f"text::{sql_type}"
    # To send this type, the driver would first ask the server about it, in each session.
    return f"text[]::{sql_type}" if sql_type == "uuid[]" else sql_type


def _encoded(value: Json, sql_type: str) -> Any:
    return encoded(value) if sql_type == "jsonb" and value is not None else value


def _decoded(answer: Any) -> Json:
    # JSON objects and lists arrive as text. Some functions answer a word or a number.
    is_json = isinstance(answer, str) and answer[:1] in "{["
    return decoded(answer) if is_json else cast(Json, answer)
