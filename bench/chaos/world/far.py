"""What workers without a database login talk to: the Data API and a Realtime that can fail."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import asyncpg

from devstack.gateway.app import gateway
from devstack.gateway.rest import Rest
from devstack.keys import SECRET_KEY, Keys
from devstack.postgrest import PostgrestMissing, find_postgrest, running_postgrest
from devstack.serving import listener, served
from tests.support.phoenix import PhoenixServer

CHANNEL = "chaos_realtime"
KEY = SECRET_KEY


def lacks_postgrest() -> str | None:
    """Why there is no Data API on this machine; None if there is one."""
    try:
        find_postgrest()
    except PostgrestMissing as error:
        return str(error)
    return None


@contextmanager
def data_api(dsn: str, folder: Path, keys: Keys) -> Iterator[int]:
    """The Data API over this database, for tokens of these keys; yields its port."""
    with (
        listener() as bound,
        running_postgrest(dsn, keys.jwks(), folder) as socket,
        served(gateway([Rest(keys, socket)]), bound),
    ):
        yield bound.getsockname()[1]


class Feed:
    """Passes what the database sends on to the stand-in for Realtime, as the real one does."""

    def __init__(self, server: PhoenixServer, dsn: Callable[[], str]) -> None:
        self._server = server
        self._dsn = dsn
        self._tasks: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Listen until cancelled, with one connection after another."""
        while True:
            with suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError):
                await self._listen()
            await asyncio.sleep(0.1)

    async def _listen(self) -> None:
        connection = await asyncpg.connect(self._dsn(), timeout=5)
        ended = asyncio.Event()
        connection.add_termination_listener(lambda _: ended.set())
        try:
            await connection.add_listener(CHANNEL, self._pass_on)
            await ended.wait()
        finally:
            connection.terminate()

    def _pass_on(self, _connection: Any, _pid: int, _channel: str, text: object) -> None:
        message = json.loads(str(text))
        if "topic" in message:
            send = self._server.broadcast(
                f"realtime:{message['topic']}", message["event"], message["payload"]
            )
        else:
            send = self._server.change("things", message["kind"], message["record"])
        task = asyncio.create_task(send)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
