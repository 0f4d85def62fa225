"""After trouble with a pooler, a failover or a new password a worker waits and connects again."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from urllib.parse import urlsplit

import psycopg
import pytest
from pydantic import SecretStr

from devstack.project import create_project
from liverows.base.errors import DatabaseTrouble, Unreachable
from liverows.database import postgres_transport
from liverows.database.client import ContractClient
from liverows.database.login import Login
from liverows.database.postgres_transport import PostgresTransport
from liverows.database.reachability import GrowingWait
from liverows.running.wake import SweepTimings
from liverows.testing.passwords import verifier
from liverows.testing.postgres import PostgresServer
from tests.support.databases import Database
from tests.support.doorbells import until
from tests.support.links import claim_one
from tests.support.runners import NEVER, QUICK, Gate, LiveRunner, plain_things, working
from tests.support.samples import Samples
from tests.support.things import Things
from tests.support.waits import answered, most_tries
from tests.support.wire import wire_to

FULL = "(EMAXCONNSESSION) max clients reached in session mode - max clients are limited to: 15"
ALERT = replace(QUICK, sweep=SweepTimings(calm=NEVER, deaf=0.2))


@pytest.fixture
def things(database: Database) -> Things:
    return plain_things(database)


@pytest.fixture
def samples(database: Database) -> Samples:
    table = Samples(database)
    table.create()
    return table


# A pooler refuses with FATAL XX000, whatever the reason is


async def test_a_pooler_that_refuses_for_a_while_is_waited_out(things: Things) -> None:
    gate = Gate()
    things.add(2)
    async with (
        wire_to(things.database.dsn) as (wire, url),
        working(things, gate, timings=ALERT, database_url=url) as desk,
    ):
        await until(lambda: len(gate.inside) == 2)
        wire.refusal = FULL
        wire.cut()
        await until(lambda: wire.refused >= 3)
        await until(lambda: "database_unreachable" in desk.problems())
        await until(lambda: sqlstate_of_trouble(desk) == "XX000")
        trouble = desk.runner.health.reachability.trouble
        assert trouble is not None
        assert FULL in trouble.message
        key = things.add_one()
        wire.refusal = None
        gate.opened.set()
        await things.reach(key, "completed", deadline=60)
        await until(lambda: not desk.problems(), deadline=60)
    assert things.statuses() == {"completed": 3}
    assert [event["run"] for event in things.events("completed")] == [1, 1, 1]


async def test_a_worker_waits_for_a_pooler_that_refuses_its_start(things: Things) -> None:
    key = things.add_one()
    async with wire_to(things.database.dsn) as (wire, url):
        wire.refusal = FULL
        async with working(things, timings=ALERT, database_url=url) as desk:
            await until(lambda: wire.refused >= 2)
            assert not desk.task.done()
            wire.refusal = None
            await things.reach(key, "completed", deadline=60)


async def test_a_stop_does_not_wait_for_a_database_that_never_came(things: Things) -> None:
    async with wire_to(things.database.dsn) as (wire, url):
        wire.refusal = FULL
        async with working(things, database_url=url) as desk:
            await until(lambda: wire.refused >= 1)
            desk.runner.stop()
            async with asyncio.timeout(60):
                await desk.task


async def test_a_start_with_a_wrong_password_ends_with_its_cure(things: Things) -> None:
    url = things.database.dsn.replace(things.database.server.password, "a-wrong-password")
    with pytest.raises(Unreachable, match="password authentication failed") as caught:
        async with working(things, database_url=url) as desk:
            await asyncio.wait({desk.task}, timeout=60)
    assert "SUPABASE_DB_URL" in caught.value.cure


async def test_logins_that_are_refused_come_ever_more_rarely(things: Things) -> None:
    """This matters because Supavisor blocks an address that tries too often."""
    async with wire_to(things.database.dsn) as (wire, url):
        wire.refusal = FULL
        login, began = Login(SecretStr(url)), time.monotonic()
        for _ in range(300):
            with pytest.raises(DatabaseTrouble, match="EMAXCONNSESSION"):
                await login.connect("worker")
            await asyncio.sleep(0.002)  # a worker that tries far too often
        assert 1 <= wire.refused <= most_tries(time.monotonic() - began)


def test_waits_grow_up_to_their_cap_and_begin_anew() -> None:
    wait = GrowingWait(floor=1000.0)
    assert 500 <= wait.failed(cap=5000) <= 1000
    # The wait is not over yet, so it does not grow.
    assert wait.failed(cap=5000) <= 1000
    wait.reset()
    assert wait.failed(cap=200) <= 200


async def test_a_wait_is_over_after_its_time() -> None:
    wait = GrowingWait(floor=0.05)
    wait.failed(cap=1)
    await until(lambda: wait.is_over)
    assert 0.05 <= wait.failed(cap=1) <= 0.1


# A failover after which the old sockets stay open


@pytest.fixture
def second_server(database: Database) -> Iterator[Database]:
    """Another server with the same project, users and passwords."""
    with PostgresServer() as server:
        create_project(server, database.name)
        with psycopg.connect(server.dsn(), autocommit=True) as connection:
            connection.execute(
                f"alter role postgres password '{verifier(database.server.password)}'"
            )
        server.password = database.server.password
        yield Database(server, database.name)


async def test_a_worker_leaves_a_server_that_became_a_reader(
    things: Things, second_server: Database
) -> None:
    there = plain_things(second_server)
    async with (
        wire_to(things.database.dsn) as (wire, url),
        working(things, timings=ALERT, database_url=url) as desk,
    ):
        await desk.hears()
        parts = urlsplit(second_server.dsn)
        assert parts.hostname is not None and parts.port is not None
        wire.lead_to(parts.hostname, parts.port)
        with read_only(things.database):
            key = there.add_one()
            await there.reach(key, "completed", deadline=60)
            await until(lambda: len(there.workers()) == 1)
            await until(lambda: there.workers()[0]["lock_key"] is not None)
            await desk.hears()
            # No session of the worker is left on the server that only reads.
            await until(lambda: sessions(things) == 0)


async def test_a_database_that_only_reads_everywhere_is_waited_for(things: Things) -> None:
    gate = Gate()
    things.add(2)
    async with working(things, gate, timings=ALERT) as desk:
        await until(lambda: len(gate.inside) == 2)
        with read_only(things.database):
            # Every backend learns a moment later that writes are refused.
            await until(lambda: sqlstate_of_trouble(desk) == "25006")
            gate.opened.set()
            await until(lambda: "database_unreachable" in desk.problems())
        await things.settled(deadline=60)
        await until(lambda: not desk.problems(), deadline=60)
    assert things.statuses() == {"completed": 2}


async def test_a_trigger_that_says_read_only_costs_nobody_a_connection(samples: Samples) -> None:
    samples.add()
    async with opened(samples.database) as store:
        job = await claim_one(store)
        before = working_backends(samples)
        samples.run(
            "create function public.refuse() returns trigger language plpgsql as"
            " $$ begin raise exception 'no' using errcode = '25006'; end $$"
        )
        samples.run(
            "create trigger refuse before update on public.samples"
            " for each row execute function public.refuse()"
        )
        with pytest.raises(DatabaseTrouble) as caught:
            await store.progress(job.key, stage="x", percent=1, outputs=None)
        assert caught.value.code == "database_busy"
        assert working_backends(samples) == before


@pytest.mark.parametrize("code", ["57P01", "53300", "08006", "XX000", "ZZ999"])
async def test_what_a_trigger_raises_is_the_statements_trouble_whatever_the_code(
    samples: Samples, code: str
) -> None:
    samples.add()
    async with opened(samples.database) as store:
        job = await claim_one(store)
        before = working_backends(samples)
        samples.run(
            "create function public.refuse() returns trigger language plpgsql as"
            f" $$ begin raise exception 'no' using errcode = '{code}'; end $$"
        )
        samples.run(
            "create trigger refuse before update on public.samples"
            " for each row execute function public.refuse()"
        )
        with pytest.raises(DatabaseTrouble) as caught:
            await store.progress(job.key, stage="x", percent=1, outputs=None)
        assert caught.value.code in {"database_busy", "database_refused"}
        assert caught.value.sqlstate == code
        assert working_backends(samples) == before


# A password is changed


async def test_a_password_that_was_changed_is_read_again(things: Things) -> None:
    written = _with_role(things, "old")
    urls = [written]
    login = Login(SecretStr(written), read_again=lambda: SecretStr(urls[-1]))
    store = ContractClient(PostgresTransport(login))
    try:
        await store.check_contract()
        things.run("alter role app_worker password 'new'")
        _ended(things)
        urls.append(written.replace("old", "new"))
        await answered(store.take_back)
    finally:
        await store.close()


async def test_a_wrong_password_while_running_is_waited_out(things: Things) -> None:
    """The pooler may still use the old password, or a person is just changing it back."""
    url = _with_role(things, "old")
    async with working(things, timings=ALERT, database_url=url) as desk:
        await desk.hears()
        things.run("alter role app_worker password 'new'")
        # A connection that is just being opened is not found at the first try.
        await until(lambda: _ended(things) and sqlstate_of_trouble(desk) == "28P01")
        await until(lambda: "database_unreachable" in desk.problems())
        key = things.add_one()
        things.run("alter role app_worker password 'old'")
        await things.reach(key, "completed", deadline=60)


def sqlstate_of_trouble(desk: LiveRunner) -> str | None:
    trouble = desk.runner.health.reachability.trouble
    return trouble.sqlstate if trouble else None


def _with_role(things: Things, password: str) -> str:
    """Create a login role that may call the contract; returns its URL."""
    with psycopg.connect(things.database.superuser_dsn, autocommit=True) as connection:
        connection.execute("drop role if exists app_worker")
        connection.execute(
            f"create role app_worker login password '{password}' in role liverows_worker"
        )
        connection.execute("grant app_worker to postgres with admin option")
    parts = urlsplit(things.database.dsn)
    return parts._replace(netloc=f"app_worker:{password}@{parts.hostname}:{parts.port}").geturl()


def _ended(things: Things) -> bool:
    """End the role's sessions. Returns whether there were none left."""
    with psycopg.connect(things.database.superuser_dsn, autocommit=True) as connection:
        ended = connection.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'app_worker'"
        )
        return ended.rowcount == 0


# The server ends work for a client that does not listen any more


async def test_the_server_gives_up_a_statement_before_its_client_does(
    samples: Samples, monkeypatch: pytest.MonkeyPatch
) -> None:
    samples.add()
    assert postgres_transport._STATEMENT_SHARE < 1
    # So much earlier that a machine that stands still for a moment changes nothing.
    monkeypatch.setattr(postgres_transport, "_STATEMENT_SHARE", 0.05)
    async with opened(samples.database, call_seconds=30) as store:
        job = await claim_one(store)
        dawdle(samples)
        with pytest.raises(DatabaseTrouble) as caught:
            await store.progress(job.key, stage="x", percent=1, outputs=None)
        assert (caught.value.code, caught.value.sqlstate) == ("database_busy", "57014")


async def test_a_backend_ends_in_mid_statement_when_its_client_is_gone(samples: Samples) -> None:
    samples.add()
    async with opened(samples.database, call_seconds=3600) as store:
        job = await claim_one(store)
        dawdle(samples)
        hung = asyncio.create_task(store.progress(job.key, stage="x", percent=1, outputs=None))
        await until(lambda: waiting(samples) == 1)
        hung.cancel()
        await until(lambda: working_backends(samples) == [])


# Support


def dawdle(samples: Samples) -> None:
    """Make each change of a row take longer than any deadline of these tests."""
    samples.run(
        "create function public.dawdle() returns trigger language plpgsql as"
        " $$ begin perform pg_sleep(3600); return new; end $$"
    )
    samples.run(
        "create trigger dawdle before update on public.samples"
        " for each row execute function public.dawdle()"
    )


@asynccontextmanager
async def opened(database: Database, call_seconds: float = 20) -> AsyncIterator[ContractClient]:
    store = ContractClient(PostgresTransport(SecretStr(database.dsn), call_seconds=call_seconds))
    try:
        yield store
    finally:
        await store.close()


class read_only:
    """The server refuses writes inside the block, on open connections too."""

    def __init__(self, database: Database) -> None:
        self._server = database.server
        self._name = database.name

    def __enter__(self) -> None:
        self._set("alter system set default_transaction_read_only = on")

    def __exit__(self, *_: object) -> None:
        self._set("alter system reset default_transaction_read_only")

    def _set(self, statement: str) -> None:
        with psycopg.connect(self._server.dsn(), autocommit=True) as connection:
            connection.execute("set default_transaction_read_only = off")
            connection.execute(statement)
            connection.execute("select pg_reload_conf()")


def sessions(things: Things) -> int:
    (row,) = things.run(
        "select count(*)::int as number from pg_stat_activity"
        " where application_name like 'liverows%' and datname = current_database()"
    )
    return int(row["number"])


def working_backends(samples: Samples) -> list[int]:
    found = samples.run(
        "select pid from pg_stat_activity"
        " where application_name = 'liverows' and datname = current_database() order by pid"
    )
    return [row["pid"] for row in found]


def waiting(samples: Samples) -> int:
    (row,) = samples.run(
        "select count(*)::int as number from pg_stat_activity"
        " where wait_event = 'PgSleep' and datname = current_database()"
    )
    return int(row["number"])
