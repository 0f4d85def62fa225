"""A worker loses no row when the server has ended sessions without its notice."""

from __future__ import annotations

from collections import Counter

import psycopg
import pytest

from tests.support.databases import Database
from tests.support.doorbells import until
from tests.support.runners import Gate, LiveRunner, plain_things, working
from tests.support.things import Things
from tests.support.wire import wire_to

ROWS = 5
LOOKS = 8
BETWEEN_LOOKS = 0.1
TIMES = 2
"""Once, and once more when the worker has a new listener, which takes it five seconds."""


@pytest.fixture
def things(database: Database) -> Things:
    return plain_things(database)


@pytest.mark.parametrize("heartbeat", [0.2, 5.0])
async def test_a_listener_that_is_half_open_costs_no_row(things: Things, heartbeat: float) -> None:
    gate = Gate()
    things.add(ROWS)
    async with (
        wire_to(things.database.dsn) as (wire, url),
        working(things, gate, bell_url=url, heartbeat=heartbeat) as busy,
    ):
        await until(lambda: len(gate.inside) == ROWS)
        await until(lambda: names_two_locks(things))
        async with working(things, gate, heartbeat=heartbeat, take_over=BETWEEN_LOOKS) as peer:
            for _ in range(TIMES):
                await until(lambda: listeners_through(things, busy) == 1)
                wire.freeze()
                end_listener(things, busy)
                await looks_of(peer.calls, LOOKS)
                assert things.take_backs() == []
            gate.opened.set()
            await things.settled()
    assert things.statuses() == {"completed": ROWS}
    assert [event["run"] for event in things.events("completed")] == [1] * ROWS


def names_two_locks(things: Things) -> bool:
    return any(row["lock_key"] and row["work_lock_keys"] for row in things.workers())


def listener_of(things: Things, desk: LiveRunner) -> list[int]:
    """The backend that holds the lock which this worker named for its doorbell."""
    found = things.run(
        "select l.pid from pg_locks as l join processing.workers as w"
        " on (l.classid::bigint << 32) | l.objid::bigint = w.lock_key"
        " where l.locktype = 'advisory' and w.worker = %(worker)s",
        {"worker": desk.worker},
    )
    return [row["pid"] for row in found]


def listeners_through(things: Things, desk: LiveRunner) -> int:
    return len(listener_of(things, desk))


def end_listener(things: Things, desk: LiveRunner) -> None:
    (pid,) = listener_of(things, desk)
    with psycopg.connect(things.database.superuser_dsn, autocommit=True) as connection:
        connection.execute("select pg_terminate_backend(%s)", [pid])


async def looks_of(calls: Counter[str], count: int) -> None:
    before = calls["take_back"]
    await until(lambda: calls["take_back"] >= before + count)
