"""The NOTIFY doorbell hears, reconnects after every end of its connection, and finds poolers."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import asyncpg
import psycopg
import pytest
from pydantic import SecretStr
from structlog.testing import capture_logs

from liverows.database.sessions import Connection
from liverows.doorbells.notify import NotifyDoorbell, NotifyTimings
from liverows.testing.postgres import PostgresServer
from tests.support.databases import Connections, Database
from tests.support.doorbells import Rings, ringing, until
from tests.support.pgbouncer import pooled
from tests.support.wire import wire_to

QUICK = NotifyTimings(
    ping_interval=0.1,
    ping_deadline=0.3,
    ping_waits=(0.3, 0.3),
    backoff_floor=0.01,
    backoff_cap=0.1,
    close_deadline=0.1,
    connect_deadline=30,
)
PATIENT = replace(QUICK, ping_deadline=3600, ping_waits=(3600,), connect_deadline=60)
"""It never takes a connection for deaf, so what was noticed was noticed by other means."""
LOCK = 4711


class Borrower:
    """Uses the connection as the engine does: it keeps a session lock there."""

    def __init__(self) -> None:
        self.backends: list[int] = []
        self.lost = asyncio.Event()
        self.losses = 0

    async def connected(self, connection: Connection) -> None:
        self.backends.append(await connection.fetchval("select pg_backend_pid()"))
        await connection.fetchval("select pg_advisory_lock($1)", LOCK)

    async def on_lost(self) -> None:
        self.losses += 1
        self.lost.set()


def sender(database: Database) -> Callable[[str], Awaitable[None]]:
    async def send_ping(nonce: str) -> None:
        connection = await asyncpg.connect(database.dsn)
        try:
            await connection.execute("select pg_notify('processing', $1)", f"ping:{nonce}")
        finally:
            connection.terminate()

    return send_ping


def bell(
    database: Database,
    timings: NotifyTimings = PATIENT,
    *,
    url: str | None = None,
    borrower: Borrower | None = None,
) -> NotifyDoorbell:
    borrower = borrower or Borrower()
    return NotifyDoorbell(
        SecretStr(url or database.dsn),
        sender(database),
        on_connected=borrower.connected,
        on_lost=borrower.on_lost,
        timings=timings,
    )


async def rings_on_notify(admin: psycopg.Connection[Any], rings: Rings) -> None:
    before = rings.count
    admin.execute("notify processing")
    await rings.wait(before + 1)


async def test_a_notify_rings_and_names_its_source(
    bare_database: Database, connect: Connections
) -> None:
    doorbell = bell(bare_database)
    async with ringing(doorbell) as rings:
        await until(doorbell.working)
        await rings_on_notify(connect(bare_database), rings)
        heard = doorbell.heard()
        assert heard is not None
        assert heard.delay >= 0
    assert set(rings.sources) == {"notify"}
    assert doorbell.heard() is None
    assert not doorbell.working()


async def test_pings_are_answered_and_ring_nobody(bare_database: Database) -> None:
    doorbell = bell(bare_database)
    pinged = asyncio.Event()
    async with ringing(doorbell) as rings:
        await until(doorbell.working)
        watcher = await asyncpg.connect(bare_database.dsn)
        await watcher.add_listener("processing", lambda *_: pinged.set())
        await asyncio.wait_for(pinged.wait(), 60)
        await watcher.close()
        assert rings.count == 1  # each new connection rings once


async def test_a_terminated_backend_is_replaced_and_the_borrower_told(
    bare_database: Database, connect: Connections
) -> None:
    borrower = Borrower()
    doorbell = bell(bare_database, borrower=borrower)
    admin = connect(bare_database)
    async with ringing(doorbell) as rings:
        await until(doorbell.working)
        before = rings.count
        admin.execute("select pg_terminate_backend(%s)", [borrower.backends[0]])
        await asyncio.wait_for(borrower.lost.wait(), 60)
        await rings.wait(before + 1)
        await until(doorbell.working)
        await rings_on_notify(admin, rings)
    assert len(set(borrower.backends)) == 2
    assert borrower.losses == 1


async def test_a_server_that_crashes_is_outlived(
    bare_database: Database, postgres_server: PostgresServer
) -> None:
    borrower = Borrower()
    doorbell = bell(bare_database, borrower=borrower)
    async with ringing(doorbell) as rings:
        await until(doorbell.working)
        before = rings.count
        await asyncio.to_thread(postgres_server.restart, immediate=True)
        await asyncio.wait_for(borrower.lost.wait(), 60)
        await rings.wait(before + 1)
        await until(doorbell.working)


async def test_a_half_open_line_is_found_by_the_ping(
    bare_database: Database, connect: Connections
) -> None:
    borrower = Borrower()
    async with wire_to(bare_database.dsn) as (wire, url):
        doorbell = bell(bare_database, QUICK, url=url, borrower=borrower)
        async with ringing(doorbell) as rings:
            await until(doorbell.working)
            before = rings.count
            borrower.lost.clear()
            wire.freeze()
            frozen = borrower.backends[-1]
            admin = connect(bare_database)
            await asyncio.wait_for(borrower.lost.wait(), 60)
            # The dead session still holds its lock until its server notices.
            admin.execute("select pg_terminate_backend(%s)", [frozen])
            await rings.wait(before + 1)
            await until(doorbell.working)
            await rings_on_notify(admin, rings)


async def test_the_server_is_told_to_notice_a_vanished_worker(
    bare_database: Database, connect: Connections
) -> None:
    seen: list[str] = []

    async def look(connection: Connection) -> None:
        seen.append(await connection.fetchval("show tcp_keepalives_idle"))

    doorbell = NotifyDoorbell(
        SecretStr(bare_database.dsn), sender(bare_database), on_connected=look, timings=PATIENT
    )
    async with ringing(doorbell):
        await until(doorbell.working)
    assert seen == ["30"]


async def test_a_hook_that_fails_does_not_end_the_doorbell(bare_database: Database) -> None:
    calls: list[str] = []

    async def fail_once(_connection: Connection) -> None:
        calls.append("connected")
        if len(calls) == 1:
            raise RuntimeError("a bug of ours")

    doorbell = NotifyDoorbell(
        SecretStr(bare_database.dsn), sender(bare_database), on_connected=fail_once, timings=PATIENT
    )
    async with ringing(doorbell):
        await until(doorbell.working)
    assert len(calls) == 2


async def test_the_connection_ends_with_the_doorbell(
    bare_database: Database, connect: Connections
) -> None:
    doorbell = bell(bare_database)
    count = "select count(*) from pg_stat_activity where application_name = 'liverows doorbell'"
    admin = connect(bare_database)

    def sessions() -> int:
        row = admin.execute(count).fetchone()
        assert row is not None
        return int(row[0])

    async with ringing(doorbell):
        await until(doorbell.working)
        assert sessions() == 1
    await until(lambda: sessions() == 0)


async def test_a_wrong_password_is_tried_again_and_never_logged(bare_database: Database) -> None:
    url = bare_database.dsn.replace(bare_database.server.password, "a-wrong-password")
    with capture_logs() as events:
        async with ringing(bell(bare_database, url=url)) as rings:
            await until(lambda: len(events) >= 2)
    assert rings.count == 0
    assert {event["sqlstate"] for event in events} == {"28P01"}
    assert "a-wrong-password" not in str(events)


@pytest.mark.needs("pgbouncer")
@pytest.mark.parametrize("size", [1, 3])
async def test_transaction_pooling_is_recognised_and_given_up_with_one_line(
    size: int, bare_database: Database, tmp_path: Path
) -> None:
    pooler = pooled(bare_database.dsn, "transaction", tmp_path, size=size)
    with pooler as url, capture_logs() as events:
        borrower, rings = Borrower(), Rings()
        doorbell = bell(bare_database, url=url, borrower=borrower)
        await asyncio.wait_for(doorbell.run(rings), 60)
    assert not doorbell.available
    assert not doorbell.working()
    assert (rings.count, borrower.backends) == (0, [])
    [event] = events
    assert event["event"] == "doorbell_unavailable"
    assert event["reason"] == "transaction_pooling"
    assert "5432" in event["cure"]


@pytest.mark.needs("pgbouncer")
async def test_session_pooling_works(
    bare_database: Database, connect: Connections, tmp_path: Path
) -> None:
    with pooled(bare_database.dsn, "session", tmp_path) as url:
        doorbell = bell(bare_database, url=url)
        async with ringing(doorbell) as rings:
            await until(doorbell.working)
            await rings_on_notify(connect(bare_database), rings)
    assert doorbell.available
