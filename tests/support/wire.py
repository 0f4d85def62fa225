"""A TCP connection between a client and Postgres that a test can freeze, refuse or redirect."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from urllib.parse import urlsplit

_SSL_REQUEST = 80877103


class Wire:
    """Passes bytes on until `freeze`; then open connections are half-open and new ones work.

    If `refusal` is set, new clients get this text as a FATAL error, as from a pooler. `refused`
    counts them.
    """

    def __init__(self, host: str, port: int) -> None:
        self._target = (host, port)
        self._lines: list[asyncio.Event] = []
        self._writers: set[asyncio.StreamWriter] = set()
        self.port = 0
        self.refusal: str | None = None
        self.refused = 0

    def cut(self) -> None:
        """Close every open connection at both ends."""
        for writer in list(self._writers):
            writer.close()

    def lead_to(self, host: str, port: int) -> None:
        """Lead new connections to another server; open ones stay as they are."""
        self._target = (host, port)

    def freeze(self) -> None:
        """Stop passing bytes on the open connections, without closing them."""
        for frozen in self._lines:
            frozen.set()

    async def connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one client."""
        if self.refusal is not None:
            await self._refuse(reader, writer, self.refusal)
            return
        frozen = asyncio.Event()
        self._lines.append(frozen)
        there, back = await asyncio.open_connection(*self._target)
        self._writers |= {back, writer}
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(_pass_on(reader, back, frozen))
                tasks.create_task(_pass_on(there, writer, frozen))
        finally:
            self._writers -= {back, writer}
            back.close()
            writer.close()

    async def _refuse(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, text: str
    ) -> None:
        self.refused += 1
        with suppress(OSError, asyncio.IncompleteReadError):
            if await _startup_code(reader) == _SSL_REQUEST:
                writer.write(b"N")
                await _startup_code(reader)
            fields = b"SFATAL\0VFATAL\0CXX000\0M" + text.encode() + b"\0\0"
            writer.write(b"E" + (len(fields) + 4).to_bytes(4, "big") + fields)
            await writer.drain()
        writer.close()


async def _startup_code(reader: asyncio.StreamReader) -> int:
    """The number after the length in a client's first packet.

    The rest of the packet is read too.
    """
    length = int.from_bytes(await reader.readexactly(4), "big")
    body = await reader.readexactly(length - 4)
    return int.from_bytes(body[:4], "big")


async def _pass_on(
    source: asyncio.StreamReader, target: asyncio.StreamWriter, frozen: asyncio.Event
) -> None:
    with suppress(ConnectionError):
        while data := await source.read(65536):
            if not frozen.is_set():
                target.write(data)
    if not frozen.is_set():
        target.close()


@asynccontextmanager
async def wire_to(dsn: str) -> AsyncIterator[tuple[Wire, str]]:
    """A wire to the server of `dsn`, and the URL that leads through it."""
    parts = urlsplit(dsn)
    assert parts.hostname is not None and parts.port is not None
    wire = Wire(parts.hostname, parts.port)
    server = await asyncio.start_server(wire.connect, "127.0.0.1", 0)
    wire.port = server.sockets[0].getsockname()[1]
    login = parts.netloc.rpartition("@")[0]
    async with server:
        yield wire, parts._replace(netloc=f"{login}@127.0.0.1:{wire.port}").geturl()
