"""Measures from the outside what happened: from Postgres and from `/proc`."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any, TypeAlias

import psycopg

Connection: TypeAlias = "psycopg.Connection[tuple[Any, ...]]"

OWN_NAME = "bench"
"""The application names of all the benchmark's own connections begin with this."""

_WAIT_SECONDS = 60.0
_MEBIBYTE = 1024 * 1024


class Observer:
    """Watches one database over a connection to another one, so that its own transactions are
    not counted."""

    def __init__(self, superuser_dsn: str, database: str) -> None:
        self._connection = psycopg.connect(
            superuser_dsn, autocommit=True, application_name=f"{OWN_NAME} observer"
        )
        self._database = database

    def __enter__(self) -> Observer:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def backends(self) -> list[int]:
        """The process ids of the server processes that serve the worker's connections."""
        rows = self._connection.execute(
            "select pid from pg_stat_activity where datname = %s"
            " and backend_type = 'client backend' and application_name not like %s",
            (self._database, f"{OWN_NAME}%"),
        )
        return [pid for (pid,) in rows]

    def backend_cpu(self) -> dict[int, float]:
        """The seconds of CPU that each of these server processes has used."""
        return {pid: cpu_seconds(pid) for pid in self.backends()}

    def wal_bytes(self) -> float:
        """How many bytes of WAL the server has written so far."""
        row = self._connection.execute("select pg_current_wal_insert_lsn() - '0/0'").fetchone()
        assert row is not None
        return float(row[0])

    def transactions(self) -> int:
        """The number of committed transactions that the sessions have reported so far."""
        row = self._connection.execute(
            "select xact_commit from pg_stat_database where datname = %s", (self._database,)
        ).fetchone()
        assert row is not None
        count: int = row[0]
        return count

    def transactions_when_quiet(self) -> int:
        """The number of committed transactions after every session has ended. A session reports its
        last transactions only when it ends."""
        deadline = time.monotonic() + _WAIT_SECONDS
        while time.monotonic() < deadline:
            row = self._connection.execute(
                "select count(*) from pg_stat_activity where datname = %s", (self._database,)
            ).fetchone()
            if row == (0,):
                break
            time.sleep(0.02)
        return self.transactions()


def commit_times(connection: Connection, transactions: list[str]) -> dict[str, float]:
    """When each transaction committed, by the server's clock, from its commit record."""
    rows = connection.execute(
        "select t, extract(epoch from pg_xact_commit_timestamp(t::xid))::float8"
        " from unnest(%s::text[]) as t",
        (transactions,),
    )
    return dict(rows.fetchall())


def finish_times(connection: Connection, finished: str) -> dict[str, float]:
    """When the last change of each finished row was committed, by row."""
    rows = connection.execute(
        "select id, extract(epoch from pg_xact_commit_timestamp(xmin))::float8"
        f" from ({finished}) as done"
    )
    return dict(rows.fetchall())


def growth(before: dict[int, float], after: dict[int, float]) -> float:
    """The CPU time that all processes together used in between; a new process began at zero."""
    return sum(seconds - before.get(pid, 0.0) for pid, seconds in after.items())


def cpu_seconds(pid: int) -> float:
    """The CPU time that the threads of a process have used, as the scheduler counts it."""
    threads = Path(f"/proc/{pid}/task").glob("*/schedstat")
    return sum(int(thread.read_text().split()[0]) for thread in threads) / 1e9


def resident_mib(pid: int) -> float:
    """The memory of a process in RAM, in MiB."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / _MEBIBYTE


def machine_busy(seconds: float = 0.25) -> float:
    """The share of the machine's CPU that is busy, from 0 to 1, measured for so many seconds."""
    busy, total = _ticks()
    time.sleep(seconds)
    busy_later, total_later = _ticks()
    return (busy_later - busy) / max(1, total_later - total)


def _ticks() -> tuple[int, int]:
    fields = [int(field) for field in Path("/proc/stat").read_text().split("\n")[0].split()[1:9]]
    idle = fields[3] + fields[4]
    return sum(fields) - idle, sum(fields)
