"""The doorbell for workers with a database connection: Postgres LISTEN / NOTIFY.

It keeps its own connection in autocommit, because a listener inside an open transaction blocks the
clean-up of the notification queue. If the network link breaks without a message, asyncpg raises
nothing; it has no keepalive settings and hides its socket. Such a link is noticed by the ping, or
by a heartbeat over the same connection. The server is told to probe the link from its side, so that
the session of a vanished machine, and the lock it holds, end soon.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TypeAlias

import asyncpg
from pydantic import SecretStr

from liverows.base.errors import DatabaseTrouble
from liverows.base.logger import get_logger
from liverows.database.login import POOLING_CURE, Login, settle
from liverows.database.sessions import Connection
from liverows.doorbells.doorbell import (
    Backoff,
    DoorbellTimings,
    Echo,
    Ring,
    SendPing,
    Stop,
    unheard,
)

log = get_logger(__name__)

OnConnected: TypeAlias = Callable[[Connection], Awaitable[None]]
OnLost: TypeAlias = Callable[[], Awaitable[None]]

CHANNEL = "processing"
PING_PREFIX = "ping:"
STOP_PREFIX = "stop:"

_STATEMENT_SECONDS = 4.5


@dataclass(frozen=True, slots=True, kw_only=True)
class NotifyTimings(DoorbellTimings):
    """Timings of every doorbell; `connect_deadline` limits connecting, LISTEN and each hook."""

    connect_deadline: float = 10


async def _nothing(*_: object) -> None:
    """Default hook for callers that keep no state on the connection."""


class NotifyDoorbell:
    """Listens on channel `processing`. An empty payload rings; `ping:<nonce>` is a ping's answer.

    `stop:<worker>` means that a row held by that worker was deleted or cancelled.

    The owner may use the connection for session state such as an advisory lock. `on_connected` is
    awaited after each LISTEN, once the session is known to be ours alone. `on_lost` is awaited when
    that session has ended or is about to be closed. It is not called when `run` is cancelled: the
    code that cancels it then does the clean-up.
    """

    name = "notify"

    def __init__(
        self,
        database: SecretStr | Login,
        send_ping: SendPing,
        *,
        on_connected: OnConnected = _nothing,
        on_lost: OnLost = _nothing,
        on_stop: Stop = unheard,
        timings: NotifyTimings | None = None,
        application_name: str = "liverows doorbell",
    ) -> None:
        self._login = Login.of(database)
        self._send_ping = send_ping
        self._on_connected = on_connected
        self._on_lost = on_lost
        self._on_stop = on_stop
        self._timings = timings or NotifyTimings()
        self._application_name = application_name
        self._log = log.bind(doorbell=self.name)
        self._echo: Echo | None = None
        self.available = True
        """False after a transaction pooler was found: LISTEN never hears anything behind one."""

    def working(self) -> bool:
        """Whether it heard its own ping recently."""
        return self._echo is not None and self._echo.working()

    async def run(self, ring: Ring) -> None:
        """Listen until cancelled; return when `available` has become False."""
        backoff = Backoff(self._timings)
        while True:
            try:
                await self._listen(ring, backoff)
            except DatabaseTrouble as trouble:
                self._log.warning(
                    "doorbell_unreachable", sqlstate=trouble.sqlstate, reason=trouble.message
                )
            except Exception as error:
                self._log.warning("doorbell_unreachable", error=type(error).__name__)
            if not self.available:
                return
            await asyncio.sleep(backoff.next())

    async def _listen(self, ring: Ring, backoff: Backoff) -> None:
        """Use one connection, from LISTEN until it ends."""
        async with asyncio.timeout(self._timings.connect_deadline):
            if not await self._login.has_sessions():
                self._give_up()
                return
        async with self._connection() as connection:
            echo = Echo(self.name, self._send_ping, self._timings)
            ended = asyncio.Event()
            connection.add_termination_listener(lambda _: ended.set())
            async with asyncio.timeout(self._timings.connect_deadline):
                await connection.add_listener(CHANNEL, _ears(ring, echo, self._on_stop))
                await settle(
                    connection,
                    statement_seconds=_STATEMENT_SECONDS,
                    timeout=self._timings.connect_deadline,
                )
            # Ring only now: a notification committed before LISTEN is never delivered.
            ring("notify")
            self._log.info("doorbell_ready")
            self._echo = echo
            try:
                await self._hold(connection, echo, ended)
            finally:
                self._echo = None
                if echo.ever_heard:
                    backoff.reset()

    async def _hold(self, connection: Connection, echo: Echo, ended: asyncio.Event) -> None:
        """Lend the connection to `on_connected` and watch it until it ends or hears nothing more.

        Then call `on_lost`, but not if this task is cancelled.
        """
        try:
            async with asyncio.timeout(self._timings.connect_deadline):
                await self._on_connected(connection)
            verdict = await echo.watch(ended)
            self._log.warning("doorbell_lost", reason=verdict.value)
        except Exception as error:
            reason = "ended" if ended.is_set() else "hook"
            self._log.warning("doorbell_lost", reason=reason, error=type(error).__name__)
        try:
            async with asyncio.timeout(self._timings.connect_deadline):
                await self._on_lost()
        except Exception as error:
            self._log.warning("doorbell_hook_failed", error=type(error).__name__)

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[Connection]:
        connection = await self._login.connect(
            self._application_name, timeout=self._timings.connect_deadline
        )
        try:
            yield connection
        finally:
            try:
                await connection.close(timeout=self._timings.close_deadline)
            except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
                connection.terminate()

    def _give_up(self) -> None:
        self.available = False
        self._log.warning("doorbell_unavailable", reason="transaction_pooling", cure=POOLING_CURE)


_Ears: TypeAlias = Callable[[object, int, str, object], None]


def _ears(ring: Ring, echo: Echo, stop: Stop) -> _Ears:
    def hear(_connection: object, _pid: int, _channel: str, payload: object) -> None:
        text = str(payload)
        if text.startswith(PING_PREFIX):
            echo.hear(text.removeprefix(PING_PREFIX))
        elif text.startswith(STOP_PREFIX):
            stop(text.removeprefix(STOP_PREFIX))
        else:
            ring("notify")

    return hear
