"""Simulates a far database: a TCP proxy in its own process that delays each direction."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass

from bench.conversation import hear, say


@dataclass(frozen=True, slots=True, kw_only=True)
class ProxyConfig:
    """The port to connect to on the loopback address, and the delay of each direction in
    seconds."""

    port: int
    delay: float


class _Side(asyncio.Protocol):
    """One end of a link. The data that it receives leaves by the other end after the delay.

    The order is kept, because all delays are equal and the event loop runs timers in the order
    of their times.
    """

    def __init__(self, delay: float) -> None:
        self._delay = delay
        self._loop = asyncio.get_running_loop()
        self.transport: asyncio.Transport | None = None
        self.peer: _Side | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self._loop.call_later(self._delay, self._pass_on, data)

    def connection_lost(self, exc: Exception | None) -> None:
        self._loop.call_later(self._delay, self._hang_up)

    def _pass_on(self, data: bytes) -> None:
        if self.peer is not None and self.peer.transport is not None:
            self.peer.transport.write(data)

    def _hang_up(self) -> None:
        if self.peer is not None and self.peer.transport is not None:
            self.peer.transport.close()


class _Entrance(_Side):
    """The client's end. It connects to the server, and reads only after that."""

    def __init__(self, config: ProxyConfig) -> None:
        super().__init__(config.delay)
        self._config = config
        self._opening: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        assert self.transport is not None
        self.transport.pause_reading()
        self._opening = self._loop.create_task(self._open(self.transport))

    async def _open(self, transport: asyncio.Transport) -> None:
        try:
            _, exit_side = await self._loop.create_connection(
                lambda: _Side(self._config.delay), "127.0.0.1", self._config.port
            )
        except OSError:
            transport.abort()
            return
        self.peer, exit_side.peer = exit_side, self
        transport.resume_reading()


async def main() -> None:
    """Serve until `stop` is read."""
    lines = await hear()
    config = ProxyConfig(**json.loads(await lines.readline()))
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: _Entrance(config), "127.0.0.1", 0)
    say("ready", port=server.sockets[0].getsockname()[1])
    await lines.readline()
    server.close()


if __name__ == "__main__":
    asyncio.run(main())
