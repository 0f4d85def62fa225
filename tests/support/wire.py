"""A TCP line between a client and a server that a test can let go dead."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit


class Wire:
    """Passes bytes on until `freeze`: then open lines are half-open, new ones work."""

    def __init__(self, host: str, port: int) -> None:
        self._target = (host, port)
        self._lines: list[asyncio.Event] = []
        self.port = 0

    def freeze(self) -> None:
        """From now on nothing passes on the lines that are open; nothing closes."""
        for frozen in self._lines:
            frozen.set()

    async def connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One client."""
        frozen = asyncio.Event()
        self._lines.append(frozen)
        there, back = await asyncio.open_connection(*self._target)
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(_pass_on(reader, back, frozen))
                tasks.create_task(_pass_on(there, writer, frozen))
        finally:
            back.close()
            writer.close()


async def _pass_on(
    source: asyncio.StreamReader, target: asyncio.StreamWriter, frozen: asyncio.Event
) -> None:
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
