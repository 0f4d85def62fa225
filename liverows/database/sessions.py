"""The lasting database sessions of this process, and the locks that show that it lives.

Each session holds an advisory lock, which Postgres frees when the session ends. Another worker
takes us for dead only when every lock that we named in a heartbeat is free. So one session may
end, or become half-open, and our rows are not taken away.
"""

from __future__ import annotations

import asyncio
import secrets
from typing import Any, TypeAlias

import asyncpg

from liverows.base.types import JsonObject

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"

_LOCK = """
select backend_start::text from pg_catalog.pg_stat_activity
where pid = pg_catalog.pg_backend_pid() and pg_catalog.pg_try_advisory_lock($1)
"""


class Sessions:
    """The sessions that exist now; `changed` is set when one is added or ends.

    `listening` is the doorbell's session. Heartbeats use it too, because no statement that
    could wait for a lock runs there. `using` is held while a statement runs on it.
    """

    def __init__(self) -> None:
        self.listening: Connection | None = None
        self.using = asyncio.Lock()
        self.changed = asyncio.Event()
        self._listening_lock: tuple[int, str] | None = None
        self._working: dict[Connection, int] = {}

    @property
    def has_working(self) -> bool:
        """Whether a work session holds a lock."""
        return bool(self._working)

    async def lend(self, connection: Connection) -> None:
        """Lock the doorbell's session and use it for heartbeats from now on."""
        # A new key each time: if the old session is half-open, it still holds the old key.
        key = secrets.randbits(63)
        async with self.using:
            started = await connection.fetchval(_LOCK, key)
        self._listening_lock = (key, started) if started else None
        self.listening = connection

    def end_loan(self) -> None:
        """The doorbell's session has ended or is about to end: stop using it."""
        self.listening = None
        self._listening_lock = None

    async def lock_working(self, connection: Connection, timeout: float) -> None:
        """Take a lock in a work session; it is held until the session ends."""
        key = secrets.randbits(63)
        if await connection.fetchval(_LOCK, key, timeout=timeout):
            self._working[connection] = key
            connection.add_termination_listener(self._ended)
            self.changed.set()

    def told(self) -> JsonObject:
        """The locks as a heartbeat names them: see SQL `processing.beat`."""
        key, started = self._listening_lock or (None, None)
        return {
            "lock_key": key,
            "lock_backend_start": started,
            "work_lock_keys": list(self._working.values()),
        }

    def _ended(self, connection: Any) -> None:
        if self._working.pop(connection, None) is not None:
            self.changed.set()


def sessions_of(transport: object) -> Sessions:
    """The transport's `sessions`, or an empty object if the transport has none."""
    found = getattr(transport, "sessions", None)
    return found if isinstance(found, Sessions) else Sessions()
