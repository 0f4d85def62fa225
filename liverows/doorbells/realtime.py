"""The doorbell for workers with a project's URL and a secret key: Supabase Realtime.

realtime-py can stop hearing without telling its caller: an exception in a callback ends its listen
task, it does not rejoin a closed channel or notice a half-open socket, and it drops messages that
it cannot parse. So each client runs without its reconnect, is watched by pings and replaced whole.
"""

from __future__ import annotations

import asyncio
import json
import logging
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urlsplit
from uuid import uuid4

from pydantic import SecretStr
from realtime import AsyncRealtimeChannel, AsyncRealtimeClient, RealtimeSubscribeStates
from realtime.message import SuccessSystemPayload
from realtime.types import (
    BroadcastPayload,
    RealtimeChannelOptions,
    RealtimePostgresChangesListenEvent,
)

from liverows.base.errors import Unreachable
from liverows.base.logger import get_logger
from liverows.doorbells.doorbell import (
    Backoff,
    DoorbellTimings,
    Echo,
    Heard,
    Ring,
    SendPing,
    Stop,
    Verdict,
    unheard,
)

log = get_logger(__name__)

_Message = TypeVar("_Message")

TOPIC = "processing:doorbell"
_PENDING = "processing_status=eq.pending"


@dataclass(frozen=True, slots=True, kw_only=True)
class RealtimeTimings(DoorbellTimings):
    """The timings of a doorbell, and those of one client; the times are in seconds."""

    ping_interval: float = 60
    backoff_floor: float = 0.5
    join_deadline: float = 30
    """The time until a new client must be ready. The server refuses a join only after 5 s."""
    rejoin_grace: float = 30
    """How long the library may try to rejoin over a socket that is still open."""
    lifetime: float = 8 * 3600
    """The longest life of a client. Supabase may end a connection after 24 h."""


@dataclass(frozen=True, slots=True)
class WatchedTable:
    """An attached table and its primary key column, as Postgres Changes need them."""

    schema: str
    name: str
    key: str


class RealtimeDoorbell:
    """Listens on the private Broadcast topic `processing:doorbell`.

    If the key may not use the topic, Postgres Changes of `tables` are used, if any. With
    `over_socket`, its pings go to the topic by its own socket, and not through the database: to
    tell a Realtime that cannot be heard from a database whose messages do not arrive.
    """

    name = "realtime"

    def __init__(
        self,
        supabase_url: str,
        secret_key: SecretStr,
        send_ping: SendPing,
        *,
        tables: Sequence[WatchedTable] = (),
        on_stop: Stop = unheard,
        timings: RealtimeTimings | None = None,
        over_socket: bool = False,
    ) -> None:
        self._over_socket = over_socket
        self._url = _realtime_url(supabase_url)
        self._secret_key = secret_key
        self._send_ping = send_ping
        self._tables = tuple(tables)
        self._others_wanted = asyncio.Event()
        self._on_stop = on_stop
        self._timings = timings or RealtimeTimings()
        self._log = log.bind(doorbell=self.name)
        self._link: _Link | None = None
        _silence_libraries()

    def working(self) -> bool:
        """Whether this doorbell recently heard a ping of its own."""
        return self._link is not None and self._link.echo.working()

    def heard(self) -> Heard | None:
        """Return the last ping that this client heard; None if it heard none."""
        return None if self._link is None else self._link.echo.heard()

    def doubt(self) -> None:
        """Ping now, because a ring may have been lost."""
        if self._link is not None:
            self._link.echo.doubt()

    def watch(self, tables: Sequence[WatchedTable]) -> None:
        """Use these tables for Postgres Changes; a client that listens to others is replaced."""
        if frozenset(tables) != frozenset(self._tables):
            self._tables = tuple(tables)
            self._others_wanted.set()

    async def run(self, ring: Ring) -> None:
        """Listen until cancelled, with one client after another."""
        backoff = Backoff(self._timings)
        try:
            while True:
                patience = await self._renew(ring, backoff)
                if self._link is None:
                    await asyncio.sleep(patience)
                elif not await self._outlived(self._link, patience):
                    await self._drop(self._link, backoff)
        finally:
            if self._link is not None:
                await self._link.close()
                self._link = None

    async def _renew(self, ring: Ring, backoff: Backoff) -> float:
        """Connect a new client, and close the old one only when the new one is ready.

        Returns seconds: the new client's lifetime, or the wait before the next try.
        """
        self._others_wanted.clear()
        try:
            fresh = await self._open(ring)
        except Exception as error:
            self._log.warning("doorbell_unreachable", reason=self._why(error))
            return backoff.next()
        old, self._link = self._link, fresh
        self._log.info("doorbell_ready", mode=fresh.mode)
        if old is not None:
            await old.close()
        return self._timings.lifetime * random.uniform(0.75, 1)  # noqa: S311 - spreads load

    async def _outlived(self, link: _Link, limit: float) -> bool:
        """False if the client ends or is deaf; True after `limit` seconds or for other tables."""
        watching = asyncio.create_task(link.echo.watch(link.ended, limit))
        tasks: set[asyncio.Task[Any]] = {watching}
        if link.mode == "postgres_changes":
            tasks.add(asyncio.create_task(self._others_wanted.wait()))
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            if not watching.done():
                return True
            verdict = watching.result()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)
        if verdict is not Verdict.OLD:
            self._log.warning("doorbell_lost", reason=self._safe(link.trouble or verdict.value))
        return verdict is Verdict.OLD

    async def _drop(self, link: _Link, backoff: Backoff) -> None:
        self._link = None
        await link.close()
        if link.echo.ever_heard:
            backoff.reset()
        await asyncio.sleep(backoff.next())

    async def _open(self, ring: Ring) -> _Link:
        try:
            return await self._join(ring, ())
        except Unreachable as refusal:
            # `Unauthorized`: the key may not use the topic, so another try would not help.
            if not (refusal.message.startswith("Unauthorized") and self._tables):
                raise
            self._log.warning("doorbell_second_choice", reason=self._why(refusal))
            return await self._join(ring, self._tables)

    async def _join(self, ring: Ring, tables: tuple[WatchedTable, ...]) -> _Link:
        client = AsyncRealtimeClient(
            self._url, token=self._secret_key.get_secret_value(), auto_reconnect=False
        )
        send = None if self._over_socket else self._send_ping
        link = _Link(client, ring, send, tables, self._timings, self._on_stop)
        try:
            async with asyncio.timeout(self._timings.join_deadline):
                await link.join()
        except BaseException:
            await link.close()
            raise
        return link

    def _why(self, error: Exception) -> str:
        """Return what may be logged about an error: not the URL, which contains the key."""
        if isinstance(error, Unreachable):
            return self._safe(error.message)
        status = getattr(getattr(error, "response", None), "status_code", None)
        return f"http_{status}" if status else type(error).__name__

    def _safe(self, words: str) -> str:
        """Return at most 200 characters of the server's words, with our key replaced."""
        return words.replace(self._secret_key.get_secret_value(), "<key>")[:200]


class _Link:
    """One client with one channel, and whether it still works.

    Without `send_ping` it sends its pings itself. An exception in a callback would silently end the
    library's listen task.
    """

    def __init__(
        self,
        client: AsyncRealtimeClient,
        ring: Ring,
        send_ping: SendPing | None,
        tables: tuple[WatchedTable, ...],
        timings: RealtimeTimings,
        stop: Stop,
    ) -> None:
        self._stop = stop
        self._client = client
        self._ring = ring
        self._timings = timings
        self._tables = tables
        self._ready = False
        self._proven = False
        self._settled = asyncio.Event()
        self._grace: asyncio.TimerHandle | None = None
        own = send_ping is None
        self._channel = self._changes_channel() if tables else self._doorbell_channel(own)
        self._channel.on_broadcast("ping", self._guarded(self._on_ping))
        self.mode = "postgres_changes" if tables else "broadcast"
        ping = self._ping_self if tables or send_ping is None else send_ping
        self.echo = Echo("realtime", ping, timings)
        self.ended = asyncio.Event()
        self.trouble: str | None = None

    async def join(self) -> None:
        """Connect and join. `Unreachable` if joining fails, or the error of the connection."""
        await self._client.connect()
        await self._channel.subscribe(self._on_state)
        await self._settled.wait()
        if not self._ready:
            raise Unreachable(
                self.trouble or "closed",
                cure="check SUPABASE_URL, the secret key and that Realtime runs",
            )

    async def close(self) -> None:
        """Close the client, and wait at most `close_deadline` for the server's answer."""
        self._end("closed by us")
        self._forgive()
        self._channel.rejoin_timer.reset()
        self._channel.join_push.destroy()
        try:
            async with asyncio.timeout(self._timings.close_deadline):
                await self._client.close()
        except TimeoutError:
            # A second call of `close` ends the library's own tasks.
            await self._client.close()
        except Exception as error:
            log.warning("doorbell_close_failed", doorbell="realtime", error=type(error).__name__)

    def _doorbell_channel(self, hear_self: bool) -> AsyncRealtimeChannel:
        channel = self._client.channel(TOPIC, _options(private=True, hear_self=hear_self))
        channel.on_broadcast("stop", self._guarded(self._on_stop))
        return channel.on_broadcast("ring", self._guarded(lambda _: self._ring("realtime")))

    def _changes_channel(self) -> AsyncRealtimeChannel:
        # With a name of its own, a client does not hear the pings of other clients.
        name = f"processing:changes:{uuid4().hex}"
        channel = self._client.channel(name, _options(private=False, hear_self=True))
        for table in self._tables:
            for event in (
                RealtimePostgresChangesListenEvent.Insert,
                RealtimePostgresChangesListenEvent.Update,
            ):
                channel.on_postgres_changes(
                    event,
                    self._guarded(lambda _: self._ring("realtime")),
                    schema=table.schema,
                    table=table.name,
                    filter=_PENDING,
                    select=[table.key],
                )
        return channel.on_system(self._guarded(self._on_system))

    async def _ping_self(self, nonce: str) -> None:
        await self._channel.send_broadcast("ping", {"nonce": nonce})

    def _on_stop(self, message: BroadcastPayload) -> None:
        self._stop(str(message["payload"].get("worker")))

    def _on_ping(self, message: BroadcastPayload) -> None:
        # Rings before the first heard ping may be lost, so ring once.
        if self.echo.hear(message["payload"].get("nonce")) and not self._proven:
            self._proven = True
            self._ring("realtime")

    def _on_system(self, payload: SuccessSystemPayload) -> None:
        if payload.extension == "postgres_changes":
            self._be_ready()

    def _on_state(self, state: RealtimeSubscribeStates, error: Exception | None) -> None:
        if state is RealtimeSubscribeStates.SUBSCRIBED:
            # With Postgres Changes, changes can be heard only after `_on_system` was called.
            if not self._tables:
                self._guarded(lambda _: self._be_ready())(None)
            return
        self.trouble = _reason(error) or state.value.lower()
        hopeless = state is RealtimeSubscribeStates.CLOSED or not self._client.is_connected
        if hopeless or not self._ready:
            self._end(self.trouble)
        elif self._grace is None:
            loop = asyncio.get_running_loop()
            self._grace = loop.call_later(self._timings.rejoin_grace, self._end, self.trouble)

    def _be_ready(self) -> None:
        self._forgive()
        self._ready = True
        self._proven = False
        self.trouble = None
        self._settled.set()
        self._ring("realtime")

    def _end(self, reason: str) -> None:
        self.trouble = self.trouble or reason
        self.ended.set()
        self._settled.set()

    def _forgive(self) -> None:
        if self._grace is not None:
            self._grace.cancel()
            self._grace = None

    def _guarded(self, callback: Callable[[_Message], None]) -> Callable[[_Message], None]:
        def call(message: _Message) -> None:
            try:
                callback(message)
            except Exception as error:
                log.error(
                    "doorbell_callback_failed", doorbell="realtime", error=type(error).__name__
                )

        return call


def _realtime_url(supabase_url: str) -> str:
    """Return the Realtime URL as supabase-py does; the client adds `/websocket` and the key."""
    parts = urlsplit(supabase_url)
    scheme = "wss" if parts.scheme == "https" else "ws"
    return f"{scheme}://{parts.netloc}{parts.path.rstrip('/')}/realtime/v1"


def _options(*, private: bool, hear_self: bool) -> RealtimeChannelOptions:
    return {
        "config": {
            "broadcast": {"ack": hear_self, "self": hear_self},
            "presence": {"key": "", "enabled": False},
            "private": private,
        }
    }


def _reason(error: Exception | None) -> str | None:
    """Return the server's message from the error, or the error's text; None for None."""
    if error is None:
        return None
    try:
        answer = json.loads(str(error))
    except (ValueError, RecursionError):
        return str(error)
    if isinstance(answer, dict):
        return str(answer.get("reason") or answer.get("message") or answer)
    return str(answer)


def _silence_libraries() -> None:
    """Keep keys and rows out of the logs, also with LOG_LEVEL=debug.

    realtime-py logs whole messages, and `websockets` logs the request line, which contains the key.
    """
    logging.getLogger("realtime").setLevel(logging.CRITICAL)
    logging.getLogger("websockets.client").setLevel(logging.WARNING)
