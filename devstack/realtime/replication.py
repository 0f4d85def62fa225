"""Reads committed changes from a temporary replication slot, at short intervals.

If the slot is lost, because the connection or Postgres ended, a new slot starts with the changes
from now on. The changes in between are lost, as on the real server.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from uuid import uuid4

import asyncpg

from devstack.realtime.pgoutput import Change, Decoder
from devstack.realtime.tables import PUBLICATION, Connection
from devstack.realtime.timing import Timing

log = logging.getLogger("devstack.realtime")

MESSAGES_PUBLICATION = "supabase_realtime_messages_publication"
"""For broadcasts from the database. The real server creates this publication too."""

MAKE_PUBLICATION = f"""
do $$
begin
  create publication {MESSAGES_PUBLICATION} for table realtime.messages;
exception when duplicate_object then null;
end
$$
"""

CHANGES = """
select data from pg_logical_slot_get_binary_changes(
  $1, null, null, 'proto_version', '1', 'publication_names', $2
)
"""

SESSION = {
    "application_name": "realtime stand-in",
    "timezone": "UTC",
    "datestyle": "ISO",
    "intervalstyle": "postgres",
    "extra_float_digits": "1",
    "bytea_output": "hex",
}
"""Fixed, because the text form of values must not depend on the database's settings."""

STOP_SECONDS = 5.0

LOST = (asyncpg.PostgresError, asyncpg.InterfaceError, OSError)

Handle = Callable[[list[Change]], Awaitable[None]]


class Replication:
    """Calls `handle` with every batch of changes, from `start` to `stop`.

    The connection is used for nothing else, because Postgres drops a temporary slot after any
    error.
    """

    def __init__(
        self, dsn: str, timing: Timing, handle: Handle, reconnected: Callable[[], Awaitable[None]]
    ) -> None:
        self._dsn = dsn
        self._timing = timing
        self._handle = handle
        self._reconnected = reconnected
        self._slot = ""
        self._seen = ""
        self._connection: Connection | None = None
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Create the slot. Changes that are committed from now on are read."""
        self._connection = await self._open()
        self._task = asyncio.create_task(self._run(self._connection))

    async def stop(self) -> None:
        """Stop reading and drop the slot."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        if self._connection is not None:
            # Otherwise the slot could stay for a moment after the connection has closed, and the
            # database could not be dropped meanwhile.
            with suppress(*LOST):
                await self._connection.execute("select pg_drop_replication_slot($1)", self._slot)
            with suppress(*LOST):
                await self._connection.close(timeout=STOP_SECONDS)

    async def _open(self) -> Connection:
        connection = await asyncpg.connect(self._dsn, server_settings=SESSION)
        try:
            await connection.execute(MAKE_PUBLICATION)
            self._slot = f"realtime_{uuid4().hex}"
            await connection.execute(
                "select pg_create_logical_replication_slot($1, 'pgoutput', true)", self._slot
            )
        except BaseException:
            connection.terminate()
            raise
        return connection

    async def _run(self, connection: Connection) -> None:
        while True:
            try:
                await self._read(connection)
            except LOST as error:
                log.warning("lost the database: %s", error)
            except Exception:
                log.exception("changes are lost")
            connection.terminate()
            connection = self._connection = await self._reopen()
            await self._reconnected()

    async def _reopen(self) -> Connection:
        while True:
            await asyncio.sleep(self._timing.reconnect)
            try:
                return await self._open()
            except LOST as error:
                log.warning("the database is not back: %s", error)

    async def _read(self, connection: Connection) -> None:
        while True:
            changes = await self._poll(connection)
            if changes:
                await self._handle(changes)
            await asyncio.sleep(self._timing.poll if changes else self._timing.idle_poll)

    async def _poll(self, connection: Connection) -> list[Change]:
        """The new changes. If nothing was written to the log, the slot is not read."""
        written = await connection.fetchval("select pg_current_wal_flush_lsn()::text")
        if written == self._seen:
            return []
        publications = f"{PUBLICATION},{MESSAGES_PUBLICATION}"
        decoder = Decoder()
        records = await connection.fetch(CHANGES, self._slot, publications)
        self._seen = written
        changes = [decoder.feed(record["data"]) for record in records]
        return [change for change in changes if change is not None]
