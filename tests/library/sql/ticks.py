"""Schedules that note their due moments in a small table, for the tests of schedules."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from psycopg.rows import dict_row

from tests.library.sql.questions import one
from tests.support.databases import Clock
from tests.support.queue import Connection, Queue

TICK = "insert into public.ticks (due) values ($1)"
FAIL = (
    "insert into public.ticks (due) select $1 from generate_series(1, 1) as n where 1 / (n - n) = 1"
)
"""Divides by zero when it runs, and not already when it is planned."""
TABLE = """
create table public.ticks (
    due timestamptz,
    seen text[] default array[
        current_user, current_setting('timezone'), coalesce(auth.uid()::text, 'nobody')]
)
"""


def schedule(
    owner: Connection, name: str = "tick", cron: str = "0 3 * * *", **more: Any
) -> datetime:
    """Set a schedule that notes its due moments; returns when it is due next."""
    arguments = {"name": name, "cron": cron, "statement": TICK} | more
    due: datetime = Queue(owner).call("schedule", **arguments)
    return due.astimezone(UTC)


def run(connection: Connection, **more: Any) -> list[dict[str, Any]]:
    """What `run_schedules` has run."""
    ran: list[dict[str, Any]] = Queue(connection).call("run_schedules", **more)["ran"]
    return ran


def noted(owner: Connection) -> list[datetime]:
    """The due moments that were noted, in order."""
    found = owner.execute("select due from public.ticks order by due")
    return [due.astimezone(UTC) for (due,) in found]


def stored(owner: Connection, name: str = "tick") -> dict[str, Any]:
    """The schedule as it is stored."""
    query = "select * from processing.schedules where name = %s"
    with owner.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute(query, [name]).fetchone()
    assert row is not None
    return row


def go_to(owner: Connection, clock: Clock, moment: datetime) -> None:
    """Let the clock show this moment, or a little more."""
    clock.advance((moment - one(owner, "select processing.clock()")).total_seconds())
