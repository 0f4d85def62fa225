"""A small Supabase Realtime: a WebSocket server that speaks Phoenix 1.0.0.

It sends what the real server was recorded to send (`realtime_transcripts/`), waits as long as a
test says, and can fail in every way that was seen.
"""

from __future__ import annotations

import asyncio
import json
import logging
import socket
import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, TypeAlias
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response

Frame: TypeAlias = dict[str, Any]

# The request line contains the key, and no test reads this server's log.
_quiet = logging.getLogger("tests.phoenix")
_quiet.disabled = True


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoenixDelays:
    """Delays in seconds.

    The real server waits 5 s before a join error and up to 2.5 s when cold.
    """

    join_error: float = 0
    subscribed: float = 0


@dataclass(slots=True)
class Channel:
    """One topic that one client joined."""

    topic: str
    join_ref: str | None
    private: bool
    hear_self: bool
    acknowledge: bool
    bindings: list[Frame]


@dataclass(slots=True, eq=False)
class Client:
    """One open socket.

    If `frozen`, it is half-open: nothing is read or written, nor is it closed.
    """

    socket: ServerConnection
    channels: dict[str, Channel] = field(default_factory=dict)
    frozen: bool = False

    async def send(self, frame: Frame | str) -> None:
        """Send one message, unless the socket is frozen."""
        if not self.frozen:
            text = frame if isinstance(frame, str) else json.dumps(frame)
            with suppress(ConnectionClosed):
                await self.socket.send(text)


class Events:
    """What clients did, in order.

    Either `connected`, `refused`, `disconnected`, or the event of a frame that they sent
    (`phx_join`, `heartbeat`, …)."""

    def __init__(self) -> None:
        self._seen: list[tuple[str, Frame]] = []
        self._news = asyncio.Event()

    def add(self, name: str, frame: Frame | None = None) -> None:
        """Record one event."""
        self._seen.append((name, frame or {}))
        self._news.set()

    def of(self, name: str) -> list[Frame]:
        """The frames of all events with that name."""
        return [frame for seen, frame in self._seen if seen == name]

    async def wait(self, name: str, count: int = 1, *, deadline: float = 60) -> list[Frame]:
        """Wait until there were `count` such events; `TimeoutError` after the deadline."""
        async with asyncio.timeout(deadline):
            while len(self.of(name)) < count:
                self._news.clear()
                await self._news.wait()
        return self.of(name)


class PhoenixServer:
    """A test starts it with `async with PhoenixServer.running() as server`."""

    def __init__(self, key: str, delays: PhoenixDelays) -> None:
        self.key = key
        self.delays = delays
        self.events = Events()
        self.refused_topics: dict[str, str] = {}
        """From a channel's topic to the reason with which joining it is refused."""
        self.broken_bindings: dict[str, str] = {}
        """From a filter or table to the error with which its subscription fails."""
        self.deaf_to_joins = False
        self.muted = False
        """If true, broadcasts from the database are dropped, as above a rate limit."""
        self._clients: list[Client] = []
        self._server: Server | None = None
        self._port_holder = _bound_socket(0)
        self.port: int = self._port_holder.getsockname()[1]

    @classmethod
    @asynccontextmanager
    async def running(
        cls, key: str = "sb_secret_of_the_tests", delays: PhoenixDelays | None = None
    ) -> AsyncIterator[PhoenixServer]:
        """A server on a free port until the end of the block."""
        server = cls(key, delays or PhoenixDelays())
        await server.resume()
        try:
            yield server
        finally:
            await server.outage()
            server._port_holder.close()

    @property
    def supabase_url(self) -> str:
        """The value for a worker's SUPABASE_URL."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def websocket_url(self) -> str:
        """The URL for a plain WebSocket client."""
        return f"ws://127.0.0.1:{self.port}/realtime/v1/websocket?apikey={self.key}&vsn=1.0.0"

    async def resume(self) -> None:
        """Accept connections, for the first time or after an outage."""
        self._server = await serve(
            self._converse,
            sock=self._port_holder,
            process_request=self._admit,
            ping_interval=None,
            logger=_quiet,
        )

    async def outage(self) -> None:
        """Cut every connection and refuse new ones; the port stays reserved."""
        for client in self._clients:
            client.socket.transport.abort()
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()
            self._server = None
            self._port_holder = _bound_socket(self.port)

    # Messages from the database and the server

    async def broadcast(self, topic: str, event: str, payload: Frame) -> None:
        """Send what the server sends after `realtime.send` in the database."""
        if self.muted:
            return
        meta = {"id": str(uuid4())}
        body = {"event": event, "meta": meta, "payload": payload, "type": "broadcast"}
        for client, channel in self._joined(topic):
            await client.send(_message(channel.topic, "broadcast", body))

    async def change(self, table: str, kind: str, record: Frame) -> None:
        """Send a committed INSERT, UPDATE or DELETE to every binding that asked for it."""
        for client, channel in self._joined():
            wanted = [
                binding
                for binding in channel.bindings
                if binding["event"] in ("*", kind) and binding.get("table", table) == table
            ]
            if wanted:
                body = {"data": _change(table, kind, record), "ids": [one["id"] for one in wanted]}
                await client.send(_message(channel.topic, "postgres_changes", body))

    async def system(
        self, topic: str, status: str, message: str, extension: str = "postgres_changes"
    ) -> None:
        """Send the server's status of a channel."""
        for client, channel in self._joined(topic):
            await client.send(_system(channel.topic, status, message, extension))

    async def send_text(self, text: str) -> None:
        """Send any text to every client."""
        for client in list(self._clients):
            await client.send(text)

    async def phx_close(self, topic: str) -> None:
        """Close one channel but leave the socket open, as after an expired token."""
        for client, channel in self._joined(topic):
            del client.channels[topic]
            await client.send(_message(topic, "phx_close", {}, channel.join_ref))

    async def close_all(self, code: int, reason: str = "") -> None:
        """End every connection with this close code."""
        for client in list(self._clients):
            await client.socket.close(code, reason)

    def freeze(self) -> None:
        """Make the open connections half-open; new connections work."""
        for client in self._clients:
            client.frozen = True
            client.socket.transport.pause_reading()

    def topics(self) -> list[Channel]:
        """All channels that are joined now."""
        return [channel for _, channel in self._joined()]

    def connected(self) -> int:
        """How many sockets are open."""
        return len(self._clients)

    def _joined(self, topic: str | None = None) -> list[tuple[Client, Channel]]:
        return [
            (client, channel)
            for client in self._clients
            for channel in client.channels.values()
            if topic in (None, channel.topic)
        ]

    # Messages from clients

    def _admit(self, connection: ServerConnection, request: Request) -> Response | None:
        """Refuse a wrong key with HTTP 401, before any message."""
        query = parse_qs(urlsplit(request.path).query)
        if query.get("apikey") == [self.key]:
            return None
        self.events.add("refused", {"path": urlsplit(request.path).path})
        return connection.respond(HTTPStatus.UNAUTHORIZED, "")

    async def _converse(self, connection: ServerConnection) -> None:
        client = Client(connection)
        self._clients.append(client)
        self.events.add("connected")
        try:
            async for text in connection:
                frame = json.loads(text)
                await self._answer(client, frame)
                self.events.add(frame["event"], frame)
        except ConnectionClosed:
            pass
        finally:
            self._clients.remove(client)
            self.events.add("disconnected", {"code": connection.close_code})

    async def _answer(self, client: Client, frame: Frame) -> None:
        topic, event = frame["topic"], frame["event"]
        if topic == "phoenix":
            await client.send(_reply(frame, "ok", {}))
        elif event == "phx_join":
            await self._join(client, frame)
        elif topic not in client.channels:
            await client.send(_reply(frame, "error", {"reason": "unmatched topic"}))
        elif event == "phx_leave":
            left = client.channels.pop(topic)
            await client.send(_reply(frame, "ok", {}))
            await client.send(_message(topic, "phx_close", {}, left.join_ref))
        elif event == "broadcast":
            await self._pass_on(client, client.channels[topic], frame)

    async def _join(self, client: Client, frame: Frame) -> None:
        topic = frame["topic"]
        if self.deaf_to_joins:
            return
        if not topic.startswith("realtime:"):
            await client.send(_reply(frame, "error", {"reason": "unmatched topic"}))
            return
        reason = self.refused_topics.get(topic)
        if topic == "realtime:":
            reason = "TopicNameRequired: You must provide a topic name"
        if reason is not None:
            await asyncio.sleep(self.delays.join_error)
            await client.send(_reply(frame, "error", {"reason": reason}))
            return
        earlier = client.channels.get(topic)
        channel = client.channels[topic] = _channel(frame)
        await client.send(_reply(frame, "ok", {"postgres_changes": channel.bindings}))
        if earlier is not None:
            await client.send(_message(topic, "phx_close", {}, earlier.join_ref))
        if channel.bindings:
            await asyncio.sleep(self.delays.subscribed)
            await self._subscribe(client, channel)

    async def _subscribe(self, client: Client, channel: Channel) -> None:
        """Send the second answer to a join, the only one that tells that changes can be heard."""
        for binding in channel.bindings:
            for key in ("filter", "table"):
                error = self.broken_bindings.get(str(binding.get(key)))
                if error is not None:
                    await client.send(_system(channel.topic, "error", error))
                    return
        await client.send(_system(channel.topic, "ok", "Subscribed to PostgreSQL"))

    async def _pass_on(self, sender: Client, channel: Channel, frame: Frame) -> None:
        body = {key: frame["payload"][key] for key in ("event", "payload", "type")}
        for client, other in self._joined(channel.topic):
            if client is not sender or channel.hear_self:
                await client.send(_message(other.topic, "broadcast", body))
        if channel.acknowledge:
            await sender.send(_reply(frame, "ok", {}))


def _bound_socket(port: int) -> socket.socket:
    """A socket that reserves its port; until it listens, connections are refused."""
    holder = socket.socket()
    holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    holder.bind(("127.0.0.1", port))
    return holder


def _channel(frame: Frame) -> Channel:
    config = frame["payload"]["config"]
    broadcast = config.get("broadcast") or {}
    return Channel(
        topic=frame["topic"],
        join_ref=frame["join_ref"],
        private=config["private"],
        hear_self=broadcast.get("self", False),
        acknowledge=broadcast.get("ack", False),
        bindings=[{"id": _binding_id(one), **one} for one in config["postgres_changes"]],
    )


def _binding_id(binding: Frame) -> int:
    """Equal bindings have equal ids, as with the real server's `phash2`."""
    return zlib.crc32(json.dumps(binding, sort_keys=True).encode()) >> 5


def _message(topic: str, event: str, payload: Frame, ref: str | None = None) -> Frame:
    return {"ref": ref, "event": event, "payload": payload, "topic": topic}


def _reply(frame: Frame, status: str, response: Frame) -> Frame:
    body = {"status": status, "response": response}
    return _message(frame["topic"], "phx_reply", body, frame["ref"])


def _system(topic: str, status: str, message: str, extension: str = "postgres_changes") -> Frame:
    body = {
        "message": message,
        "status": status,
        "extension": extension,
        "channel": topic.removeprefix("realtime:"),
    }
    return _message(topic, "system", body)


def _change(table: str, kind: str, record: Frame) -> Frame:
    row = "old_record" if kind == "DELETE" else "record"
    return {
        "table": table,
        "type": kind,
        row: record,
        "columns": [{"name": name, "type": "text"} for name in record],
        "errors": None,
        "schema": "public",
        "commit_timestamp": "2026-11-21T22:51:54.446Z",
    }
