"""The attacked Postgres: durable, restarted, and replaced by a promoted standby."""

from __future__ import annotations

import asyncio
import errno
import os
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

from liverows.testing.databases import OWNER
from liverows.testing.postgres import PostgresError, PostgresServer

DATABASE = "chaos"
SETTINGS = {
    "max_connections": "120",
    "max_wal_size": "256MB",
    "wal_sender_timeout": "5s",
    "checkpoint_timeout": "60s",
    "track_commit_timestamp": "on",
}
DESPITE_FAULTS = (
    "-c default_transaction_read_only=off -c statement_timeout=0 -c synchronous_commit=local"
)
"""Options of the sessions that begin and end faults, so that no other fault holds them up."""
CATCH_UP_SECONDS = 60.0
SMALL_DISK_MB = 900
_PIECE = bytes(1024**2)
_CLOSER = 'read -r _; umount -l "$0"; rmdir "$0"'


class Standby(PostgresServer):
    """A streaming copy of `primary`, with the same passwords and a port of its own."""

    def __init__(self, primary: PostgresServer) -> None:
        super().__init__(durable=True, settings=SETTINGS)
        self.password = primary.password
        self._source = primary

    def _initdb(self, password_file: Path) -> None:
        command = [str(self._binaries / "pg_basebackup"), "-D", str(self._cluster), "-R"]
        command += ["-c", "fast", "-X", "stream", "-h", "127.0.0.1", "-p", str(self._source.port)]
        command += ["-U", "supabase_admin", "--no-sync"]
        environment = {
            "PATH": os.environ.get("PATH", os.defpath),
            "LC_ALL": "C",
            "PGPASSWORD": self.password,
        }
        done = subprocess.run(
            command, capture_output=True, text=True, cwd="/", env=environment, check=False,
            **self._account,
        )  # fmt: skip
        if done.returncode != 0:
            raise PostgresError(f"pg_basebackup failed: {done.stderr.strip()}")

    def promote(self) -> None:
        """Make it a primary of its own; returns when it accepts writes."""
        with psycopg.connect(self.dsn(DATABASE), autocommit=True) as connection:
            connection.execute("select pg_promote(true, 60)")


class Cluster:
    """One primary at a time. Addresses of databases change with a failover: ask each time."""

    def __init__(self) -> None:
        self.primary = PostgresServer(durable=True, settings=SETTINGS)
        self.disk: Path | None = None
        self._old: list[PostgresServer] = []

    def dsn(self, *, user: str | None = None, options: str | None = None) -> str:
        """The URL of the database on the present primary; by default for the superuser."""
        named = {} if user is None else {"user": user}
        return self.primary.dsn(DATABASE, options=options, **named)

    def dsn_by_way_of(self, port: int, user: str = OWNER) -> str:
        """The URL of the database through a proxy."""
        return self.dsn(user=user).replace(f":{self.primary.port}/", f":{port}/")

    def ask(self, query: str, *, server: PostgresServer | None = None) -> list[Any]:
        """Run a statement as superuser on the primary, also if that only reads; blocks."""
        dsn = (server or self.primary).dsn(DATABASE, options=DESPITE_FAULTS)
        with psycopg.connect(dsn, autocommit=True, connect_timeout=5) as connection:
            found = connection.execute(query.encode())
            return found.fetchall() if found.description else []

    def configure(self, **settings: str | None) -> None:
        """Set server settings for all sessions at once; None resets one. Blocks."""
        dsn = self.primary.dsn(DATABASE, options=DESPITE_FAULTS)
        with psycopg.connect(dsn, autocommit=True, connect_timeout=5) as connection:
            for name, value in settings.items():
                change = f"reset {name}" if value is None else f"set {name} = '{value}'"
                connection.execute(f"alter system {change}".encode())
            connection.execute("select pg_reload_conf()")

    def revive(self) -> None:
        """Start the primary if it is down; blocks."""
        self.primary.start()

    def synchronous_standby(self) -> Standby:
        """A standby without which no commit is acknowledged any more; blocks until it is one."""
        standby = Standby(self.primary)
        try:
            standby.start()
            self.configure(synchronous_standby_names="*")
            self._until_synchronous()
        except BaseException:
            standby.stop()
            self.configure(synchronous_standby_names=None)
            raise
        return standby

    def hand_over(self, standby: Standby) -> PostgresServer:
        """Promote the standby; returns the old primary, which must not be used any more."""
        old = self.primary
        standby.promote()
        self.primary = standby
        self._old.append(old)
        return old

    def bury(self, old: PostgresServer) -> None:
        """End an old primary and remove its data."""
        old.stop()
        self._old.remove(old)

    def stop(self) -> None:
        """End everything."""
        for server in (*self._old, self.primary):
            server.stop()

    def _until_synchronous(self) -> None:
        limit = time.monotonic() + CATCH_UP_SECONDS
        query = "select 1 from pg_stat_replication where sync_state in ('sync', 'quorum')"
        while not self.ask(query):
            if time.monotonic() > limit:
                raise PostgresError("the standby did not become a synchronous one")
            time.sleep(0.05)


def lacks_small_disk() -> str | None:
    """Why no small file system can be made here; None if it can."""
    if os.geteuid() != 0:
        return "a small file system needs root"
    probe = tempfile.mkdtemp(prefix="chaos-disk-")
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", probe], capture_output=True, check=False
    )
    if done.returncode == 0:
        subprocess.run(["umount", probe], check=False)
    Path(probe).rmdir()
    return None if done.returncode == 0 else "this machine allows no mount of a tmpfs"


@contextmanager
def small_disk() -> Iterator[Path]:
    """A small file system in memory. It disappears even if this process is killed."""
    path = Path(tempfile.mkdtemp(prefix="chaos-disk-"))
    options = f"size={SMALL_DISK_MB}m,mode=755"
    subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(path)], check=True)
    closer = subprocess.Popen(
        ["sh", "-c", _CLOSER, str(path)], stdin=subprocess.PIPE, start_new_session=True
    )
    usual, tempfile.tempdir = tempfile.tempdir, str(path)
    try:
        yield path
    finally:
        tempfile.tempdir = usual
        closer.communicate(timeout=60)


def fill(disk: Path) -> Path:
    """Take all that is free on the disk; remove the file that is returned to give it back."""
    ballast = disk / "ballast"
    # Not in one piece: Postgres may take some of the room meanwhile.
    with ballast.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(_PIECE)
        except OSError as error:
            if error.errno != errno.ENOSPC:
                raise
    return ballast


async def in_thread(call: Any, *arguments: Any) -> Any:
    """Run a blocking call while the proxies go on."""
    return await asyncio.to_thread(call, *arguments)
