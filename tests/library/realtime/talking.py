"""A bare WebSocket client: it sends what it is told and keeps what it hears."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

SUBSCRIBED = "Subscribed to PostgreSQL"

Message = Any
"""An object or an array, as the protocol has it; a binary frame is `{"binary_hex": …}`."""


class Talk:
    """One connection."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self._heard: asyncio.Queue[Message] = asyncio.Queue()

    async def send(self, message: Message) -> None:
        """Send one message as text."""
        await self.socket.send(json.dumps(message))

    async def hear(self, *, deadline: float = 60) -> Message:
        """The next message; `TimeoutError` if none comes."""
        return await asyncio.wait_for(self._heard.get(), deadline)

    async def hear_until(self, event: str, *, deadline: float = 60) -> Message:
        """The next message of that kind; what comes before it is passed over."""
        async with asyncio.timeout(deadline):
            while True:
                message = await self._heard.get()
                if isinstance(message, dict) and message.get("event") == event:
                    return message

    async def hear_listening(self) -> None:
        """Return when the server has said that it tells of changes from now on."""
        async with asyncio.timeout(60):
            while (await self.hear_until("system"))["payload"]["message"] != SUBSCRIBED:
                pass

    async def join(self, topic: str, *, token: str | None = None, **config: Any) -> Message:
        """Join a channel in protocol 1.0.0; answers the payload of the reply."""
        payload: dict[str, Any] = {"config": config}
        if token is not None:
            payload["access_token"] = token
        await self.send(
            {"topic": topic, "event": "phx_join", "payload": payload, "ref": "j", "join_ref": "j"}
        )
        return (await self.hear_until("phx_reply"))["payload"]

    async def push(self, topic: str, event: str, payload: Any, ref: str = "p") -> None:
        """Send something on a joined channel in protocol 1.0.0."""
        await self.send(
            {"topic": topic, "event": event, "payload": payload, "ref": ref, "join_ref": "j"}
        )

    async def all_heard(self) -> list[Message]:
        """What the server had sent when it answered a last heartbeat, and nobody has read."""
        heartbeat: Message = {"topic": "phoenix", "event": "heartbeat", "payload": {}, "ref": "h"}
        if self.socket.request is not None and "vsn=2.0.0" in self.socket.request.path:
            heartbeat = [None, "h", "phoenix", "heartbeat", {}]
        await self.send(heartbeat)
        heard: list[Message] = []
        while True:
            message = await self.hear()
            ref = message.get("ref") if isinstance(message, dict) else message[1]
            if ref == "h":
                return heard
            heard.append(message)

    async def listen(self) -> None:
        """Keep what is heard until the connection ends."""
        try:
            async for message in self.socket:
                if isinstance(message, bytes):
                    self._heard.put_nowait({"binary_hex": message.hex()})
                else:
                    self._heard.put_nowait(json.loads(message))
        except ConnectionClosed:
            return


@asynccontextmanager
async def talking(url: str) -> AsyncIterator[Talk]:
    """A connection until the end of the block."""
    async with connect(url, max_size=None) as socket:
        talk = Talk(socket)
        listening = asyncio.create_task(talk.listen())
        try:
            yield talk
        finally:
            listening.cancel()


async def changes_told(url: str, execute: Any) -> None:
    """Return when every change committed so far has been told to whom it concerns.

    `execute` runs SQL. Messages overtake the changes that are read together with them, so
    only the second one proves that what was read with the first has been told.
    """
    async with talking(url) as talk:
        await talk.join("realtime:barrier")
        for _ in range(2):
            execute("select realtime.send('{}', 'here', 'barrier', false)")
            await talk.hear_until("broadcast")
