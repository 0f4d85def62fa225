"""Open sockets, the channels that are joined on them, and the audience of each topic."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid1

from starlette.websockets import WebSocket, WebSocketDisconnect

from devstack.realtime.changes import Subscription
from devstack.realtime.codec import Codec, Frame, Payload, UserBroadcast
from devstack.realtime.rls import Extension, Identity
from devstack.realtime.tokens import Claims

PREFIX = "realtime:"


class Client:
    """One open socket. Sending puts messages into a queue, so it never waits for the socket."""

    def __init__(self, socket: WebSocket, codec: Codec, claims: Claims) -> None:
        self.socket = socket
        self.codec = codec
        self.claims = claims
        """The claims of the API key with which the client connected."""
        self.channels: dict[str, Channel] = {}
        self._outgoing: asyncio.Queue[str | bytes] = asyncio.Queue()

    def send(self, frame: Frame) -> None:
        """Send a message, unless the client's protocol cannot express it."""
        encoded = self.codec.encode(frame)
        if encoded is not None:
            self._outgoing.put_nowait(encoded)

    def reply(self, to: Frame, status: str, response: Payload) -> None:
        """Answer a message of the client."""
        self.send(
            Frame(
                topic=to.topic,
                event="phx_reply",
                payload={"status": status, "response": response},
                ref=to.ref,
                join_ref=to.join_ref,
            )
        )

    async def write(self) -> None:
        """Write the queued messages until the socket is closed."""
        with suppress(WebSocketDisconnect, RuntimeError):
            while True:
                message = await self._outgoing.get()
                if isinstance(message, str):
                    await self.socket.send_text(message)
                else:
                    await self.socket.send_bytes(message)


@dataclass(frozen=True, slots=True)
class Config:
    """The options that a client gave when it joined."""

    acknowledge: bool
    hear_self: bool
    private: bool
    presence: bool
    presence_key: str
    replay: Payload | None
    replication_ready: bool
    bindings: list[Payload]
    wait: bool

    @classmethod
    def of(cls, join: Payload) -> Config:
        """Read the payload of `phx_join`; a missing or malformed option gets its default."""
        config = _dict(join.get("config"))
        broadcast, presence = _dict(config.get("broadcast")), _dict(config.get("presence"))
        bindings = config.get("postgres_changes")
        replay = broadcast.get("replay")
        return cls(
            acknowledge=_true(broadcast.get("ack")),
            hear_self=_true(broadcast.get("self")),
            private=_true(config.get("private")),
            presence=_true(presence.get("enabled")),
            presence_key=str(presence.get("key") or uuid1()),
            replay=replay if isinstance(replay, dict) else None,
            replication_ready=_true(broadcast.get("replication_ready")),
            bindings=[one for one in bindings or [] if isinstance(one, dict)]
            if isinstance(bindings, list | None)
            else [],
            wait=_true(_dict(config.get("postgres_changes_options")).get("wait")),
        )


@dataclass(slots=True)
class Rights:
    """What the policies of a private topic allow. Whether writing is allowed is checked at the
    first write."""

    read: set[Extension]
    write: dict[Extension, bool] = field(default_factory=dict)


@dataclass(slots=True, eq=False, kw_only=True)
class Channel:
    """A topic that a client joined."""

    client: Client
    topic: str
    join_ref: str | None
    config: Config
    token: str | None
    """The user's token. Without one, the API key of the connection counts."""
    claims: Claims
    rights: Rights | None = None
    """None on a public topic, where everything is allowed."""
    subscriptions: list[Subscription[Channel]] = field(default_factory=list)
    tracked: Payload | None = None
    replayed: set[str] = field(default_factory=set)
    tasks: dict[str, asyncio.Task[None]] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The topic's name without Realtime's prefix."""
        return self.topic.removeprefix(PREFIX)

    @property
    def identity(self) -> Identity:
        """The identity that the database checks."""
        return Identity.of(self.claims)

    def may_read(self, extension: Extension) -> bool:
        """Whether the channel may get messages of that kind."""
        return self.rights is None or extension in self.rights.read

    def send(self, event: str, payload: Payload | UserBroadcast) -> None:
        """Send a message that all channels of the topic get."""
        self.client.send(Frame(topic=self.topic, event=event, payload=payload))

    def push(self, event: str, payload: Payload, ref: str | None = None) -> None:
        """Send a message for this channel only; it therefore names the join."""
        self.client.send(
            Frame(topic=self.topic, event=event, payload=payload, ref=ref, join_ref=self.join_ref)
        )

    def system(self, status: str, message: str, extension: str = "postgres_changes") -> None:
        """Send a message of the server about the channel."""
        self.push(
            "system",
            {"message": message, "status": status, "extension": extension, "channel": self.name},
        )

    def close(self) -> None:
        """Tell the client that the channel is closed."""
        self.push("phx_close", {}, ref=self.join_ref)


class Hub:
    """All channels of all clients."""

    def __init__(self) -> None:
        self.clients: set[Client] = set()

    def channels(self) -> Iterable[Channel]:
        """Every channel that is joined now."""
        return [channel for client in self.clients for channel in client.channels.values()]

    def audience(self, name: str, *, private: bool) -> Iterable[Channel]:
        """The channels of a topic. A private and a public topic of the same name are two topics."""
        return [
            channel
            for client in self.clients
            if (channel := client.channels.get(PREFIX + name)) and channel.config.private is private
        ]

    def subscriptions(self) -> list[Subscription[Channel]]:
        """All subscriptions to changes of the database."""
        return [one for channel in self.channels() for one in channel.subscriptions]


def _dict(value: Any) -> Payload:
    return value if isinstance(value, dict) else {}


def _true(value: Any) -> bool:
    """Whether an option is true. Like the real server, this accepts the text "true" too."""
    return value is True or (isinstance(value, str) and value.lower() == "true")
