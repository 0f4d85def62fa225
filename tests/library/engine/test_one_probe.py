"""A login asks only once whether connections keep their sessions, for all who need to know."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Literal

import pytest
from pydantic import SecretStr

from liverows.base.errors import DatabaseTrouble
from liverows.database.login import Login
from tests.support.databases import Database
from tests.support.pgbouncer import pooled
from tests.support.waits import answered


async def test_a_direct_connection_has_sessions_and_is_asked_once(bare_database: Database) -> None:
    login = Login(SecretStr(bare_database.dsn))
    assert await login.has_sessions()
    login.database_url = SecretStr("postgresql://nobody@127.0.0.1:1/postgres")
    assert all(await asyncio.gather(login.has_sessions(), login.has_sessions()))


async def test_another_url_in_the_settings_is_probed_anew(database: Database) -> None:
    """It may lead through a transaction pooler, where no session can be kept."""
    refused = database.dsn.replace(database.server.password, "an-old-password")
    login = Login(SecretStr(database.dsn), read_again=lambda: SecretStr(database.dsn))
    assert await login.has_sessions()
    login.database_url = SecretStr(refused)
    connection = await login.connect("test")
    await connection.close()
    login.database_url = SecretStr("postgresql://postgres:word@192.0.2.1:6543/postgres")
    assert not await login.has_sessions()


async def test_the_port_of_the_transaction_pooler_needs_no_probe() -> None:
    login = Login(SecretStr("postgresql://postgres:word@192.0.2.1:6543/postgres"))
    assert not await login.has_sessions()


async def test_a_probe_that_found_nobody_is_made_again(bare_database: Database) -> None:
    login = Login(SecretStr("postgresql://nobody@127.0.0.1:1/postgres"))
    with pytest.raises(DatabaseTrouble):
        await login.has_sessions()
    login.database_url = SecretStr(bare_database.dsn)
    assert await answered(login.has_sessions)


@pytest.mark.needs("pgbouncer")
@pytest.mark.parametrize(
    ("mode", "size", "kept"),
    [("session", 3, True), ("transaction", 1, False), ("transaction", 3, False)],
)
async def test_a_pooler_is_told_by_what_it_does(
    mode: Literal["session", "transaction"],
    size: int,
    kept: bool,
    bare_database: Database,
    tmp_path: Path,
) -> None:
    with pooled(bare_database.dsn, mode, tmp_path, size=size) as url:
        assert await Login(SecretStr(url)).has_sessions() is kept
