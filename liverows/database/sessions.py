"""The lasting database sessions of this process, and the locks that show that the process lives.

Postgres frees an advisory lock when its session ends.
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
    """The NOTIFY doorbell's session, and the work sessions that hold a lock.

    `using` is held while a heartbeat runs in the doorbell's session.
    """

    def __init__(self) -> None:
        self.listening: Connection | None = None
        self.using = asyncio.Lock()
        self.changed = asyncio.Event()
        self._listening_lock: tuple[int, str] | None = None
        self._working: dict[Connection, int] = {}

    @property
    def has_working(self) -> bool:
        """Whether at least one work session holds a lock."""
        return bool(self._working)

    async def lend(self, connection: Connection) -> None:
        """Try to take an advisory lock in the doorbell's session, which heartbeats may then use."""
        # A new key each time: an old, half-open session may still hold the old lock.
        key = secrets.randbits(63)
        async with self.using:
            started = await connection.fetchval(_LOCK, key)
        self._listening_lock = (key, started) if started else None
        self.listening = connection

    def end_loan(self) -> None:
        """Stop using the doorbell's session, because it has ended or is about to end."""
        self.listening = None
        self._listening_lock = None

    async def lock_working(self, connection: Connection, timeout: float) -> None:
        """Try to take an advisory lock in a work session; wait at most `timeout` seconds for the
        answer.
        """
        key = secrets.randbits(63)
        if await connection.fetchval(_LOCK, key, timeout=timeout):
            self._working[connection] = key
            connection.add_termination_listener(self._ended)
            self.changed.set()

    def told(self) -> JsonObject:
        """Return the fields with which a heartbeat names the locks; see SQL `processing.beat`."""
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
    """Return the transport's `sessions`, or a new empty `Sessions` if the transport has none."""
    found = getattr(transport, "sessions", None)
    return found if isinstance(found, Sessions) else Sessions()
