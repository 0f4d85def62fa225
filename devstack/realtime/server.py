"""The server: it connects the clients' sockets with the database."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import asyncpg
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from devstack.realtime import presence
from devstack.realtime.broadcast import from_database, is_message, pass_on
from devstack.realtime.changes import deliveries
from devstack.realtime.channels import Channel, Client, Hub
from devstack.realtime.codec import Frame, MalformedFrame, UserBroadcast, codec_for
from devstack.realtime.joining import Joining
from devstack.realtime.limits import Limits, Rate
from devstack.realtime.pgoutput import Change
from devstack.realtime.replication import SESSION, Replication
from devstack.realtime.rls import Extension, Identity, may_read_topic, may_write_topic
from devstack.realtime.timing import Timing
from devstack.realtime.tokens import Claims, InvalidToken, Verify

if TYPE_CHECKING:
    Pool = asyncpg.Pool[asyncpg.Record]

log = logging.getLogger("devstack.realtime")

MOST_CONNECTIONS = 4

GOING_AWAY = 1001
INTERNAL_ERROR = 1011


class RealtimeServer:
    """A stand-in for Supabase Realtime over one database.

    `dsn` must log in as a superuser. `verify` returns the claims of a token or of an API key,
    or raises `InvalidToken`. The claims of an API key need a `role` but no `exp`.
    """

    def __init__(
        self,
        dsn: str,
        verify: Verify,
        timing: Timing | None = None,
        limits: Limits | None = None,
    ) -> None:
        self._dsn = dsn
        self._verify = verify
        self._timing = timing or Timing()
        self._limits = limits or Limits()
        # The real server counts the two kinds apart too.
        self._changes, self._broadcasts = (Rate(self._limits, self._timing.clock) for _ in range(2))
        self._hub = Hub()
        self._replication = Replication(dsn, self._timing, self._publish, self._resubscribe)
        self._pool: Pool | None = None
        self._joining: Joining | None = None

    async def start(self) -> None:
        """Connect to the database. Changes that are committed from now on are delivered."""
        self._pool = await asyncpg.create_pool(
            self._dsn, min_size=1, max_size=MOST_CONNECTIONS, server_settings=SESSION
        )
        self._joining = Joining(self._hub, self._pool, self._verify, self._timing, self._limits)
        await self._replication.start()

    async def stop(self) -> None:
        """Close every socket and the connections to the database."""
        await self._replication.stop()
        for client in list(self._hub.clients):
            with suppress(RuntimeError, WebSocketDisconnect):
                await client.socket.close(GOING_AWAY)
            self._leave_all(client)
        if self._pool is not None:
            await self._pool.close()

    def routes(self) -> list[BaseRoute]:
        """The routes that a gateway serves under `/realtime/v1`."""
        return [
            WebSocketRoute("/websocket", self.serve),
            Route("/api/broadcast", self.broadcast, methods=["POST"]),
            Route("/api/broadcast/{topic}/events/{event}", self.broadcast_one, methods=["POST"]),
        ]

    async def serve(self, websocket: WebSocket) -> None:
        """Serve one client until it disconnects. A bad `apikey` is refused with HTTP 401."""
        query = websocket.query_params
        try:
            claims = self._verify(query.get("apikey", ""))
        except InvalidToken as error:
            await websocket.send_denial_response(JSONResponse({"error": str(error)}, 401))
            return
        await websocket.accept()
        client = Client(websocket, codec_for(query.get("vsn")), claims)
        self._hub.clients.add(client)
        writing = asyncio.create_task(client.write())
        try:
            await self._converse(client)
        finally:
            writing.cancel()
            self._leave_all(client)
            self._hub.clients.discard(client)

    async def broadcast(self, request: Request) -> Response:
        """Send a batch of messages over HTTP: `{messages: [{topic, event, payload}]}`."""
        try:
            claims = self._claims_of(request)
            messages = (await request.json())["messages"]
            wanted = [
                (str(one["topic"]), bool(one.get("private")), str(one["event"]), one["payload"])
                for one in messages
            ]
        except InvalidToken as error:
            return JSONResponse({"error": str(error)}, 401)
        except (ValueError, KeyError, TypeError, AttributeError):
            return JSONResponse({"errors": {"messages": ["is invalid"]}}, 422)
        for topic, private, event, payload in wanted:
            if not private or await self._may_send(claims, topic):
                body = {"type": "broadcast", "event": event, "payload": payload}
                pass_on(self._hub, topic, body, private=private, sender=None)
        return Response(status_code=202)

    async def broadcast_one(self, request: Request) -> Response:
        """Send one message over HTTP; its body is the payload, JSON or bytes."""
        try:
            claims = self._claims_of(request)
        except InvalidToken as error:
            return JSONResponse({"error": str(error)}, 401)
        topic, event = request.path_params["topic"], request.path_params["event"]
        private = request.query_params.get("private") == "true"
        if private and not await self._may_send(claims, topic):
            return JSONResponse({"error": "Unauthorized"}, 403)
        is_json = request.headers.get("content-type", "").startswith("application/json")
        message = UserBroadcast(event, await request.body(), is_json)
        pass_on(self._hub, topic, message, private=private, sender=None)
        return Response(status_code=202)

    def _claims_of(self, request: Request) -> Claims:
        header = request.headers.get("authorization", "").removeprefix("Bearer ")
        return self._verify(header or request.headers.get("apikey", ""))

    async def _may_send(self, claims: Claims, topic: str) -> bool:
        async with self._connections().acquire() as connection:
            return await may_write_topic(connection, Identity.of(claims), topic, "broadcast")

    async def _converse(self, client: Client) -> None:
        while True:
            message = await client.socket.receive()
            if message["type"] == "websocket.disconnect":
                return
            text: str | None = message.get("text")
            try:
                frame = client.codec.decode(message["bytes"] if text is None else text)
            except MalformedFrame as error:
                log.warning("a client sent what is no message: %s", error)
                await client.socket.close(INTERNAL_ERROR)
                return
            await self._answer(client, frame)

    async def _answer(self, client: Client, frame: Frame) -> None:
        joining = self._joins()
        if frame.topic == "phoenix":
            client.reply(frame, "ok", {})
            return
        if frame.event == "phx_join":
            await joining.join(client, frame)
            return
        channel = client.channels.get(frame.topic)
        if frame.event == "phx_leave":
            client.reply(frame, "ok", {})
            if channel is not None and frame.join_ref in (None, channel.join_ref):
                joining.leave(channel)
                channel.close()
        elif channel is None:
            client.reply(frame, "error", {"reason": "unmatched topic"})
        elif frame.event == "access_token":
            token = frame.payload.get("access_token") if isinstance(frame.payload, dict) else None
            if isinstance(token, str):
                await joining.renew(channel, token)
        elif frame.event == "broadcast":
            await self._broadcast(channel, frame)
        elif frame.event == "presence":
            await self._presence(channel, frame)

    async def _broadcast(self, channel: Channel, frame: Frame) -> None:
        """Pass a broadcast on. If the client may not send, the message is silently dropped."""
        if not await self._may_write(channel, "broadcast"):
            return
        private = channel.config.private
        pass_on(self._hub, channel.name, frame.payload, private=private, sender=channel)
        if channel.config.acknowledge:
            channel.client.reply(frame, "ok", {})

    async def _presence(self, channel: Channel, frame: Frame) -> None:
        payload = frame.payload if isinstance(frame.payload, dict) else {}
        said = payload.get("payload", {})
        match str(payload.get("event")).lower():
            case "track" if not isinstance(said, dict):
                reason = {"reason": "Presence track payload must be a map"}
                channel.client.reply(frame, "error", reason)
            case "track":
                if not await self._may_be_present(channel):
                    channel.client.reply(frame, "error", {})
                    return
                channel.client.reply(frame, "ok", {})
                presence.track(self._hub, channel, said)
            case "untrack":
                channel.client.reply(frame, "ok", {})
                presence.untrack(self._hub, channel)
            case _:
                channel.client.reply(frame, "error", {})

    async def _may_be_present(self, channel: Channel) -> bool:
        """Whether the client may show its presence. Then it also sees the others, if the policies
        allow it."""
        if channel.rights is not None and not channel.config.presence:
            async with self._connections().acquire() as connection:
                channel.rights.read |= await may_read_topic(
                    connection, channel.identity, channel.name, ["presence"]
                )
        return await self._may_write(channel, "presence")

    async def _may_write(self, channel: Channel, extension: Extension) -> bool:
        if channel.rights is None:
            return True
        if extension not in channel.rights.write:
            async with self._connections().acquire() as connection:
                channel.rights.write[extension] = await may_write_topic(
                    connection, channel.identity, channel.name, extension
                )
        return channel.rights.write[extension]

    async def _publish(self, changes: list[Change]) -> None:
        """Deliver a batch of committed changes."""
        for change in changes:
            if is_message(change):
                from_database(self._hub, change, self._broadcasts)
        rows = [change for change in changes if not is_message(change)]
        subscriptions = self._hub.subscriptions()
        if not rows or not subscriptions:
            return
        async with self._connections().acquire() as connection:
            made = await deliveries(connection, rows, subscriptions)
        for one in made:
            # The subscriptions are empty if the client has left the channel meanwhile.
            if one.channel.subscriptions and self._changes.admits():
                one.channel.send("postgres_changes", {"data": one.data, "ids": one.ids})

    async def _resubscribe(self) -> None:
        for channel in list(self._hub.channels()):
            if channel.config.bindings:
                await self._joins().subscribe(channel)

    def _leave_all(self, client: Client) -> None:
        for channel in list(client.channels.values()):
            self._joins().leave(channel)

    def _joins(self) -> Joining:
        if self._joining is None:
            raise RuntimeError("the server was not started")
        return self._joining

    def _connections(self) -> Any:
        if self._pool is None:
            raise RuntimeError("the server was not started")
        return self._pool
