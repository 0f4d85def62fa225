"""An outside service that is paid per call: it counts calls, can hold them, and records callers."""

from __future__ import annotations

import asyncio
import os
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

import httpx

from liverows.base.errors import Transient
from liverows.recipe.idempotency import HEADER, idempotency_headers
from liverows.recipe.resource import Resource
from tests.support.doorbells import until


@dataclass(frozen=True, slots=True)
class Call:
    """One call as it arrived.

    `process` is the caller's process id; `key` identifies the payment.
    """

    step: str
    thing: str
    process: int
    at: datetime
    key: str | None = None


class PaidService:
    """Answers every call, at once or after `release`.

    For each call, `on_arrival` is called before its answer is sent, and `on_answer` just after.
    """

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.url = ""
        self.on_arrival: Callable[[Call], None] = _ignore
        self.on_answer: Callable[[Call], None] = _ignore
        self._open = asyncio.Event()
        self._open.set()

    def hold(self) -> None:
        """Let calls arrive but do not answer them."""
        self._open.clear()

    def release(self) -> None:
        """Answer the waiting calls, and all later ones at once."""
        self._open.set()

    def count(self) -> Counter[tuple[str, str]]:
        """How often each step was called for each thing."""
        return Counter((call.thing, call.step) for call in self.calls)

    def payments(self) -> Counter[tuple[str, str]]:
        """How often each step was paid for each thing; calls with the same key are paid once."""
        keys = {(call.thing, call.step, call.key or str(n)) for n, call in enumerate(self.calls)}
        return Counter((thing, step) for thing, step, _ in keys)

    async def arrived(self, calls: int, *, deadline: float = 60) -> None:
        """Wait for so many calls in total."""
        await until(lambda: len(self.calls) >= calls, deadline=deadline)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one client's connection."""
        try:
            while True:
                await self._answer(await reader.readuntil(b"\r\n\r\n"), writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def _answer(self, head: bytes, writer: asyncio.StreamWriter) -> None:
        _, step, thing, process = head.split(b" ", 2)[1].decode().split("/")
        call = Call(step, thing, int(process), datetime.now(UTC), _key(head))
        self.calls.append(call)
        self.on_arrival(call)
        await self._open.wait()
        answer = f"{step} of {thing}".encode()
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n%s" % (len(answer), answer))
        await writer.drain()
        self.on_answer(call)


def _key(head: bytes) -> str | None:
    """The idempotency key of a request."""
    for line in head.decode().splitlines():
        name, _, value = line.partition(": ")
        if name.lower() == HEADER.lower():
            return value
    return None


def _ignore(_call: Call) -> None:
    return None


@asynccontextmanager
async def paid_service() -> AsyncIterator[PaidService]:
    """Run the service on a free loopback port."""
    service = PaidService()
    server = await asyncio.start_server(service.serve, "127.0.0.1", 0)
    service.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield service
    finally:
        # Release first, because a held call would keep the server from closing.
        service.release()
        server.close()


class PaidClient(Resource):
    """The provider that the test pipelines use."""

    def __init__(self, url: str) -> None:
        self._http = httpx.AsyncClient(base_url=url, timeout=120)

    async def close(self) -> None:
        await self._http.aclose()

    async def ask(self, step: str, thing: int) -> str:
        """One paid answer; `Transient` if none came."""
        try:
            path = f"/{step}/{thing}/{os.getpid()}"
            answer = await self._http.get(path, headers=idempotency_headers())
        except httpx.HTTPError as error:
            raise Transient(f"no answer: {type(error).__name__}") from error
        return answer.text
