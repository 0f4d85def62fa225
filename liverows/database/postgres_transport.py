"""The contract over database connections.

Two carry the work, opened when they are needed. Heartbeats have a way of their own: the
doorbell's session, or where that is gone whatever answers at once. A half-open link shows
as a call without an answer: each call has a deadline, after which its connection is
dropped and the next call opens another. They are kept by hand, since a pool's care for
what a caller may leave behind costs more than most of our calls.

An ERROR of the server belongs to its statement; every other end is the connection's
trouble. A server that became a reader (25006) is left for another one: the address may
lead elsewhere by now, while the open sockets still lead to it.
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
from liverows.database.contract import FUNCTIONS, SCHEMA, WORK, unfit
from liverows.database.driver_errors import (
    DRIVER_ERRORS,
    connection_trouble,
    is_answer,
    statement_refusal,
)
from liverows.database.login import Login, settle
from liverows.database.reachability import GrowingWait
from liverows.database.sessions import Connection, Sessions

log = get_logger(__name__)

_MOST_CONNECTIONS = 2
_CALL_SECONDS = 20.0
_BEAT_SECONDS = 5.0
_CONNECT_SECONDS = 10.0
_STATEMENT_SHARE = 0.9
"""Of a call's deadline: the server gives up first, so that nothing goes on unheard."""
_LONGEST_READ_ONLY_WAIT = 30.0
_READ_ONLY = "25006"
_STATEMENTS_LOST = frozenset({"26000", "42P05"})
"""The session no longer has the statements that the driver prepared in it, or has others under
their names, as after DISCARD ALL by a pooler or a trigger. It would say so for ever."""
_READS_ONLY = (
    "select pg_catalog.pg_is_in_recovery()"
    " or pg_catalog.current_setting('transaction_read_only')::boolean"
)
_TIMES = frozenset({"timestamp with time zone", "interval"})
# glibc hands memory above a threshold back to the system and faults it in again at the next
# statement, a sixth of the server's time over large loads. Its threshold follows the largest
# block ever freed (mallopt(3), M_MMAP_THRESHOLD), so a session frees one of this many bytes first.
_KEEPS_MEMORY = "select pg_catalog.length(pg_catalog.repeat(' ', 4000000))"


class PostgresTransport:
    """Calls functions as `select processing.f(argument => $1, …)`.

    `prepared` says that each connection keeps its backend, as it does not behind a
    transaction pooler. Then statements are prepared by name, and the sessions are told
    their limits and hold locks.
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
        """See `Transport.call`."""
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
            self._read_only_wait.reset()  # it writes, so this server is no reader
        return _decoded(answer)

    async def close(self) -> None:
        """Close the connections; a call under way is cut off after a moment."""
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
        """Over the doorbell's session; without it over a connection that is free at once.

        So neither a statement that waits for a lock nor a half-open link keeps a beat
        for longer than its own short deadline.
        """
        seconds = min(_BEAT_SECONDS, self._call_seconds)
        listening = self.sessions.listening
        try:
            if listening is not None and not listening.is_closed():
                async with self.sessions.using:
                    return await self._ask(listening, statement, values, seconds)
        except DatabaseTrouble as trouble:
            # The doorbell sees its connection end and builds another.
            log.warning("heartbeat_goes_another_way", reason=trouble.message)
            return await self._ask_once(statement, values, seconds)
        finally:
            self._open_a_second_session()
        if self._free.locked():
            return await self._ask_once(statement, values, seconds)
        async with self._free:
            return await self._fetch(statement, values, seconds)

    async def _ask_once(self, statement: str, values: list[Any], seconds: float) -> Any:
        """Over a connection of its own, which ends with the answer."""
        connection = await self._login.connect("liverows heartbeat", timeout=seconds)
        try:
            return await self._ask(connection, statement, values, seconds)
        finally:
            connection.terminate()

    async def _fetch(self, statement: str, values: list[Any], seconds: float) -> Any:
        """Over a connection that nobody else uses; broken off in the middle it is unusable."""
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
        """A connection that waits for work, taken from the others; those that ended are dropped."""
        while self._idle:
            connection = self._idle.pop()
            if not connection.is_closed():
                return connection
            self._connections.pop(connection, None)
        return None

    async def _ask(
        self, connection: Connection, statement: str, values: list[Any], seconds: float
    ) -> Any:
        """The answer; `PostgresError` for the statement's trouble, else `DatabaseTrouble`."""
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
            raise  # the server's answer, after which it goes on
        except BaseException:
            connection.terminate()
            raise

    def _noted(self, trouble: DatabaseTrouble) -> DatabaseTrouble:
        self.reachability.failed(trouble)
        return trouble

    def _leave_reader(self) -> DatabaseTrouble:
        """Every connection leads to a server that only reads: dial anew, but not too often."""
        if self._read_only_wait.is_over:
            self._read_only_wait.failed(_LONGEST_READ_ONLY_WAIT)
            log.warning("connections_dropped", reason="the database only reads")
            self._epoch += 1  # those in use end with their statement
            while self._idle:
                connection = self._idle.pop()
                connection.terminate()
                self._connections.pop(connection, None)
            if self.sessions.listening is not None:
                self.sessions.listening.terminate()
        return DatabaseTrouble(
            "the database only reads for now",
            sqlstate=_READ_ONLY,
            cure="a full disk or a failover does this; see the project's database settings",
        )

    def _open_a_second_session(self) -> None:
        """A worker that only beats needs a second lock too, or its death is seen late."""
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
    """Is it the server's state, and not the word of a row's own trigger?"""
    try:
        return bool(await connection.fetchval(_READS_ONLY, timeout=_BEAT_SECONDS))
    except DRIVER_ERRORS:
        connection.terminate()
        return True


def _sent_as(sql_type: str) -> str:
    # Times travel as text, as they do in the Data API's JSON; the server reads them.
    return f"text::{sql_type}" if sql_type in _TIMES else sql_type


def _encoded(value: Json, sql_type: str) -> Any:
    return encoded(value) if sql_type == "jsonb" and value is not None else value


def _decoded(answer: Any) -> Json:
    # jsonb arrives as text; the few functions that answer a word or a number do not.
    is_json = isinstance(answer, str) and answer[:1] in "{["
    return decoded(answer) if is_json else cast(Json, answer)
