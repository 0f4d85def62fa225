"""The doorbell for workers with a database connection: Postgres LISTEN / NOTIFY.

The doorbell keeps a connection of its own without an open transaction, because a listener in an
open transaction would block the clean-up of the notification queue.

If the network link breaks silently, asyncpg raises no error. A missed ping, or a failed heartbeat
over the same connection, shows it. The server probes the link too, so that the session of a
vanished machine ends soon and frees its lock.
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
    Changed,
    DoorbellTimings,
    Echo,
    Heard,
    Ring,
    SendPing,
    Stop,
    unheard,
    unscheduled,
)

log = get_logger(__name__)

OnConnected: TypeAlias = Callable[[Connection], Awaitable[None]]
OnLost: TypeAlias = Callable[[], Awaitable[None]]
_Ears: TypeAlias = Callable[[object, int, str, object], None]

CHANNEL = "processing"
PING_PREFIX = "ping:"
STOP_PREFIX = "stop:"
SCHEDULES = "schedules"

_STATEMENT_SECONDS = 4.5


@dataclass(frozen=True, slots=True, kw_only=True)
class NotifyTimings(DoorbellTimings):
    """The timings of a doorbell, and `connect_deadline`."""

    connect_deadline: float = 10
    """The limit in seconds for each part of connecting, and for each call of a hook."""


async def _nothing(*_: object) -> None:
    """Do nothing; the hook of a caller that keeps no state in the session."""


class NotifyDoorbell:
    """Listens for notifications on the channel `processing`.

    The payload `ping:<nonce>` is a ping. `stop:<worker>` means that this worker has runs to stop,
    `schedules` that a schedule has changed. Every other payload is a ring.

    `on_connected` is awaited after each LISTEN, and `on_lost` when that connection is given up, but
    not when `run` is cancelled.
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
        self.on_schedules: Changed = unscheduled
        """Called when a schedule has changed, and each time when listening begins."""
        self.available = True
        """False after a transaction pooler was found, because LISTEN hears nothing behind it."""

    def working(self) -> bool:
        """Whether this doorbell recently heard a ping of its own."""
        return self._echo is not None and self._echo.working()

    def heard(self) -> Heard | None:
        """Return the last ping that this connection heard; None if it heard none."""
        return None if self._echo is None else self._echo.heard()

    def doubt(self) -> None:
        """Ping now, because a ring may have been lost."""
        if self._echo is not None:
            self._echo.doubt()

    async def run(self, ring: Ring) -> None:
        """Listen until cancelled, with one connection after another.

        Returns only when `available` has become False.
        """
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
        """Open one connection and listen on it until it ends or hears nothing more."""
        async with asyncio.timeout(self._timings.connect_deadline):
            if not await self._login.has_sessions():
                self._give_up()
                return
        async with self._connection() as connection:
            echo = Echo(self.name, self._send_ping, self._timings)
            ended = asyncio.Event()
            connection.add_termination_listener(lambda _: ended.set())
            async with asyncio.timeout(self._timings.connect_deadline):
                await connection.add_listener(CHANNEL, self._ears(ring, echo))
                await settle(
                    connection,
                    statement_seconds=_STATEMENT_SECONDS,
                    timeout=self._timings.connect_deadline,
                )
            # Ring once: a notification from before LISTEN is never delivered.
            ring("notify")
            self.on_schedules()
            self._log.info("doorbell_ready")
            self._echo = echo
            try:
                await self._hold(connection, echo, ended)
            finally:
                self._echo = None
                if echo.ever_heard:
                    backoff.reset()

    async def _hold(self, connection: Connection, echo: Echo, ended: asyncio.Event) -> None:
        """Call `on_connected`, watch until the connection ends or is deaf, call `on_lost`."""
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

    def _ears(self, ring: Ring, echo: Echo) -> _Ears:
        def hear(_connection: object, _pid: int, _channel: str, payload: object) -> None:
            text = str(payload)
            if text.startswith(PING_PREFIX):
                echo.hear(text.removeprefix(PING_PREFIX))
            elif text.startswith(STOP_PREFIX):
                self._on_stop(text.removeprefix(STOP_PREFIX))
            elif text == SCHEDULES:
                self.on_schedules()
            else:
                ring("notify")

        return hear

    def _give_up(self) -> None:
        self.available = False
        self._log.warning("doorbell_unavailable", reason="transaction_pooling", cure=POOLING_CURE)
