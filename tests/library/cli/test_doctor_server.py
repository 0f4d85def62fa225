"""`liverows doctor` names what of the server and of the role's settings hinders workers."""

from __future__ import annotations

import psycopg
import pytest
from pydantic import SecretStr

from liverows.base.finding import Finding
from liverows.cli import check_server
from liverows.cli.check_database import check_database
from liverows.database.login import Login
from liverows.testing.postgres import PostgresServer
from tests.support.databases import Database

SETTINGS = {
    "default_transaction_read_only = on": "no row can be claimed",
    "statement_timeout = '60ms'": "statement_timeout is 60 ms",
    "session_replication_role = 'replica'": "triggers of the queue are off",
}


async def told(database: Database) -> list[Finding]:
    findings = await check_database(Login(SecretStr(database.dsn)))
    return [finding for finding in findings if finding.check == "server"]


async def test_each_setting_of_the_role_that_hinders_is_named(module_database: Database) -> None:
    assert await told(module_database) == []
    role = f"alter role postgres in database {module_database.name}"
    with psycopg.connect(module_database.superuser_dsn, autocommit=True) as superuser:
        for setting, said in SETTINGS.items():
            superuser.execute(f"{role} set {setting}")
            (finding,) = await told(module_database)
            assert (finding.state, said in finding.detail) == ("warning", True)
            superuser.execute(f"{role} reset {setting.partition(' ')[0]}")


async def test_old_transactions_and_unused_slots_are_named(
    module_database: Database, postgres_server: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(check_server, "_MOST_AGE", 0)
    (finding,) = await told(module_database)
    assert "transactions old" in finding.detail
    monkeypatch.undo()
    monkeypatch.setattr(check_server, "_MOST_KEPT_BYTES", -1)
    with psycopg.connect(postgres_server.dsn(), autocommit=True) as superuser:
        superuser.execute("select pg_create_physical_replication_slot('forgotten', true)")
        try:
            (finding,) = await told(module_database)
        finally:
            superuser.execute("select pg_drop_replication_slot('forgotten')")
    assert "forgotten" in finding.detail


async def test_a_full_queue_of_notifications_is_named(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(check_server, "_MOST_QUEUE_PERCENT", 0.001)
    with (
        psycopg.connect(database.dsn) as listener,
        psycopg.connect(database.dsn, autocommit=True) as sender,
    ):
        listener.execute("listen something")
        listener.commit()
        listener.execute("select 1")  # in an open transaction nothing is taken from the queue
        assert await told(database) == []
        for n in range(40):  # a page each
            sender.execute("select pg_notify('something', %s)", [f"{n}{'x' * 7000}"])
        (finding,) = await told(database)
    assert "the queue of NOTIFY is" in finding.detail
    assert "pg_stat_activity" in (finding.cure or "")
