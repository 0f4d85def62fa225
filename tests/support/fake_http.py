"""A local HTTP server with prepared JSON answers; it records the requests."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Reply:
    """One answer. Header names are written with underscores; bytes are sent unchanged."""

    body: Any = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Heard:
    """One recorded request."""

    target: str
    headers: Mapping[str, str]
    body: Any
    raw: bytes = b""


class FakeHttp:
    """Answers are used in order; the last one is repeated."""

    def __init__(self) -> None:
        self.replies: list[Reply] = [Reply({})]
        self.heard: list[Heard] = []
        self.port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def script(self, *replies: Reply) -> None:
        """Set the answers to the next requests; the last one is repeated."""
        self.replies = list(replies)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            self.heard.append(await hear(reader))
            reply = self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]
            writer.write(in_bytes(reply))
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()


async def hear(reader: asyncio.StreamReader) -> Heard:
    """Read one request: header names in lower case, and the body parsed as JSON."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode()
    first, *lines = head.strip().split("\r\n")
    headers = {
        name.strip().lower(): value.strip()
        for name, _, value in (line.partition(":") for line in lines)
    }
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    return Heard(first.split(" ", 2)[1], headers, json.loads(body) if body else None, body)


def in_bytes(reply: Reply) -> bytes:
    """An answer as it is sent."""
    body = reply.body if isinstance(reply.body, bytes) else json.dumps(reply.body).encode()
    lines = [
        f"HTTP/1.1 {reply.status} Status",
        f"content-length: {len(body)}",
        "content-type: application/json; charset=utf-8",
        "connection: close",
        *(f"{name.replace('_', '-')}: {value}" for name, value in reply.headers.items()),
    ]
    return "\r\n".join([*lines, "", ""]).encode() + body


@asynccontextmanager
async def listening(
    serve: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]],
) -> AsyncIterator[int]:
    """The loopback port on which connections are served while the block runs."""
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        port: int = server.sockets[0].getsockname()[1]
        yield port
    finally:
        server.close()


@asynccontextmanager
async def fake_http() -> AsyncIterator[FakeHttp]:
    """Run the server on a free loopback port."""
    fake = FakeHttp()
    async with listening(fake.serve) as fake.port:
        yield fake
