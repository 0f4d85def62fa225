"""A small public internet: one local server that serves every host name.

`LocalWeb` answers by host and path with prepared bytes. `client()` builds the real web client, with
DNS and TCP leading here. So the guard checks invented public addresses, while the bytes come from
loopback.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any, TypeAlias

import httpcore

from tests.support.fake_http import listening
from worker.services.web.client import WebClient, WebLimits
from worker.services.web.transport import dial

PUBLIC = "93.184.216.34"

Handler: TypeAlias = Callable[[asyncio.StreamWriter], Awaitable[None]]


def answer(
    body: bytes | str = b"", status: int = 200, content_type: str = "text/html", **headers: str
) -> bytes:
    """A whole HTTP answer; header names are written with underscores."""
    content = body.encode() if isinstance(body, str) else body
    lines = [f"HTTP/1.1 {status} Status", f"content-length: {len(content)}", "connection: close"]
    if content_type:
        lines.append(f"content-type: {content_type}")
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + content


def redirect(location: str, status: int = 302) -> bytes:
    return answer(status=status, location=location)


class PlainStream(httpcore.AsyncNetworkStream):
    """A connection that ignores the request for TLS, because tests look at what is inside TLS."""

    def __init__(self, stream: httpcore.AsyncNetworkStream) -> None:
        self._stream = stream

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return await self._stream.read(max_bytes, timeout)

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        await self._stream.write(buffer, timeout)

    async def aclose(self) -> None:
        await self._stream.aclose()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.AsyncNetworkStream:
        return self

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class LocalWeb:
    """Routes map `host/path` to bytes, or to a handler that writes the answer itself."""

    def __init__(self) -> None:
        self.routes: dict[str, bytes | Handler] = {}
        self.addresses: dict[str, Sequence[str]] = {}
        self.seen: list[str] = []
        self.dialled: list[tuple[str, int]] = []
        self.port = 0

    async def resolve(self, host: str, port: int) -> Sequence[str]:
        return self.addresses.get(host, [PUBLIC])

    async def dial(
        self, address: str, port: int, timeout: float | None
    ) -> httpcore.AsyncNetworkStream:
        self.dialled.append((address, port))
        stream = await dial("127.0.0.1", self.port, timeout)
        return PlainStream(stream) if port == 443 else stream

    @asynccontextmanager
    async def client(self, limits: WebLimits | None = None) -> AsyncIterator[WebClient]:
        client = WebClient(
            limits=limits,
            resolver=self.resolve,
            dialler=self.dial,
            ssl_context=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT),
        )
        try:
            yield client
        finally:
            await client.aclose()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            self.seen.append(head)
            path = head.split(" ", 2)[1].partition("?")[0]
            host = next(
                line.split(":", 1)[1].strip()
                for line in head.split("\r\n")
                if line.lower().startswith("host:")
            )
            route = self.routes.get(f"{host}{path}", answer("not here", 404))
            if isinstance(route, bytes):
                writer.write(route)
                await writer.drain()
            else:
                await route(writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()


@asynccontextmanager
async def local_web() -> AsyncIterator[LocalWeb]:
    """A `LocalWeb` listening on a free loopback port."""
    web = LocalWeb()
    async with listening(web.serve) as web.port:
        yield web
