"""The paid service: it counts each call, keeps idempotency keys, and fails as it is told to."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal, TypeAlias

Failure: TypeAlias = Literal["429", "500", "503", "hang", "truncated", "garbage", "reset", "slow"]
HANG_SECONDS = 30.0


@dataclass(slots=True)
class Call:
    """One call as it arrived. `paid`: an answer was made. `answered`: all of it was sent."""

    step: str
    thing: int
    prompt: str
    run: int
    process: int
    key: str
    at: float
    failure: Failure | None = None
    paid: bool = False
    answered: bool = False


class PaidService:
    """Answers `step(prompt)`. Calls with a key that was paid get the same answer for nothing.

    `on_answer` is called with the call just after its answer was sent.
    """

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.failures: deque[tuple[Failure, Callable[[Call], None]]] = deque()
        self.on_answer: list[Callable[[Call], None]] = []
        self.latency: Callable[[], float] = lambda: 0.05
        self.url = ""
        self._server: asyncio.Server | None = None
        self._talks: set[asyncio.Task[None]] = set()

    async def open(self) -> None:
        self._server = await asyncio.start_server(self._meet, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def close(self) -> None:
        if self._server is not None:
            self._server.close()
        for talk in list(self._talks):
            talk.cancel()
        await asyncio.gather(*self._talks, return_exceptions=True)

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._talks.add(task)
        try:
            while True:
                call = _read(*await _request(reader))
                self.calls.append(call)
                if not await self._answer(call, writer):
                    return
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            writer.transport.abort()
            self._talks.discard(task)

    async def _answer(self, call: Call, writer: asyncio.StreamWriter) -> bool:
        """Send the answer or the failure; false if the connection is of no more use."""
        if self.failures:
            call.failure, told = self.failures.popleft()
            told(call)
            if not await _fail(call, writer):
                return False
            if call.failure not in ("slow", "truncated"):
                return True
        await asyncio.sleep(self.latency())
        call.paid = True
        text = f"{call.step}({call.prompt})".encode()
        sent = text[: len(text) // 2] if call.failure == "truncated" else text
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n%s" % (len(text), sent))
        await writer.drain()
        if call.failure == "truncated":
            return False
        call.answered = True
        for told_of in list(self.on_answer):
            told_of(call)
        return True


async def _fail(call: Call, writer: asyncio.StreamWriter) -> bool:
    match call.failure:
        case "429":
            writer.write(b"HTTP/1.1 429 X\r\nretry-after: 1\r\ncontent-length: 0\r\n\r\n")
        case "500" | "503":
            writer.write(b"HTTP/1.1 %s X\r\ncontent-length: 0\r\n\r\n" % call.failure.encode())
        case "garbage":
            writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\n<html>")
        case "hang":
            await asyncio.sleep(HANG_SECONDS)
            return False
        case "slow":
            await asyncio.sleep(2)
        case "reset":
            writer.transport.abort()
            return False
    with suppress(OSError):
        await writer.drain()
    return True


async def _request(reader: asyncio.StreamReader) -> tuple[str, dict[str, str], str]:
    head, *lines = (await reader.readuntil(b"\r\n\r\n")).decode().splitlines()
    headers = dict(line.lower().split(": ", 1) for line in lines if line)
    body = await reader.readexactly(int(headers["content-length"]))
    return head, headers, body.decode()


def _read(head: str, headers: dict[str, str], prompt: str) -> Call:
    _, step, thing = head.split(" ")[1].split("/")
    return Call(
        step=step,
        thing=int(thing),
        prompt=prompt,
        run=int(headers["x-run"]),
        process=int(headers["x-process"]),
        key=headers.get("idempotency-key", ""),
        at=time.time(),
    )
