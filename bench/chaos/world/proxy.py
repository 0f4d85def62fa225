"""TCP proxies in front of Postgres and of the Data API, which a fault can cut, freeze and turn."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress

Route = Callable[[bytes], int]
"""Gives the port of the loopback address for a connection, from the first bytes of the client."""

_CHUNK = 65536


class Link:
    """One connection through a proxy."""

    def __init__(self, client: asyncio.StreamWriter) -> None:
        self.passing = asyncio.Event()
        self.passing.set()
        self.loses_reply = False
        self.stray: bytes | None = None
        self._writers = [client]

    def joined(self, server: asyncio.StreamWriter) -> None:
        self._writers.append(server)

    def freeze(self) -> None:
        """Make it half-open: both ends stay connected, and nothing passes, not even an end."""
        self.passing.clear()

    def abort(self) -> None:
        """Reset both ends."""
        for writer in self._writers:
            writer.transport.abort()
        self.passing.set()


class Entrance:
    """A port that passes connections on. `stalled` holds up all data, `refusing` all callers."""

    def __init__(self, route: Route, *, peeks: bool = False) -> None:
        self.links: set[Link] = set()
        self.refusing = False
        self.port = 0
        self._route = route
        self._peeks = peeks
        self._flowing = asyncio.Event()
        self._flowing.set()
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def open(self) -> None:
        """Listen on a free port of the loopback address."""
        self._server = await asyncio.start_server(self._meet, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        """Reset all connections and stop listening."""
        if self._server is not None:
            self._server.close()
        self.cut()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def cut(self) -> None:
        """Reset all connections; new ones may be made."""
        for link in list(self.links):
            link.abort()

    def freeze(self) -> list[Link]:
        """Make the open connections half-open; new ones work. Returns the half-open ones."""
        frozen = list(self.links)
        for link in frozen:
            link.freeze()
        return frozen

    def stall(self) -> None:
        """Hold up the data of open and of new connections until `flow`."""
        self._flowing.clear()

    def flow(self) -> None:
        self._flowing.set()

    def lose_replies(self) -> None:
        """Reset each open connection in place of the next answer of the server."""
        for link in self.links:
            link.loses_reply = True

    def answer_instead(self, stray: bytes) -> None:
        """Send this in place of the next answer over HTTP on each open connection, and reset it."""
        for link in self.links:
            link.stray = stray

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        link = Link(writer)
        self.links.add(link)
        try:
            if not self.refusing:
                await self._join(link, reader, writer)
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass
        except asyncio.CancelledError:
            # The proxy closes. asyncio's own callback would log a cancelled connection as an error.
            pass
        finally:
            link.abort()
            self.links.discard(link)
            self._tasks.discard(task)

    async def _join(
        self, link: Link, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        head = await reader.readuntil(b"\r\n") if self._peeks else b""
        await self._flowing.wait()
        back, forth = await asyncio.open_connection("127.0.0.1", self._route(head))
        link.joined(forth)
        forth.write(head)
        pumps = {
            asyncio.create_task(self._pump(link, reader, forth, is_reply=False)),
            asyncio.create_task(self._pump(link, back, writer, is_reply=True)),
        }
        try:
            await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for pump in pumps:
                pump.cancel()
            await asyncio.gather(*pumps, return_exceptions=True)

    async def _pump(
        self,
        link: Link,
        source: asyncio.StreamReader,
        target: asyncio.StreamWriter,
        *,
        is_reply: bool,
    ) -> None:
        with suppress(OSError):
            while True:
                data = await source.read(_CHUNK)
                await link.passing.wait()
                await self._flowing.wait()
                if not data or (is_reply and link.loses_reply):
                    return
                if is_reply and link.stray is not None and data.startswith(b"HTTP/"):
                    target.write(link.stray)
                    await target.drain()
                    return
                target.write(data)
                await target.drain()
