"""How the parts of a worker are told where the database and its tables are."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import SecretStr

from liverows.base.errors import DatabaseTrouble, SetupError
from liverows.base.settings import Settings, load_settings
from liverows.database.opening import connected, login_of, unreachable_cure
from liverows.running.process import schema_and_name
from tests.support.databases import Database
from tests.support.waits import answered


@pytest.mark.parametrize(
    ("table", "parts"),
    [
        ("public.job_positions", ("public", "job_positions")),
        ('public."Job Positions"', ("public", "Job Positions")),
        ('"my.schema"."say ""hi"""', ("my.schema", 'say "hi"')),
    ],
)
def test_a_table_is_split_as_postgres_quotes_it(table: str, parts: tuple[str, str]) -> None:
    assert schema_and_name(table) == parts


@pytest.mark.parametrize(
    ("host", "hinted"),
    [("db.abcdefghijklmnopqrst.supabase.co", True), ("aws-0-eu.pooler.supabase.com", False)],
)
def test_the_direct_host_of_a_project_comes_with_a_hint_at_ipv6(host: str, hinted: bool) -> None:
    url = SecretStr(f"postgresql://postgres:word@{host}:5432/postgres")
    cure = unreachable_cure(Settings(_env_file=None, supabase_db_url=url))
    assert ("IPv6" in cure) is hinted


async def test_what_the_database_refuses_has_a_cure(database: Database) -> None:
    with pytest.raises(SetupError) as caught:
        async with connected(SecretStr(database.dsn_as("authenticated"))) as connection:
            await connection.execute("select processing.contract_version()")
    assert "granted `liverows_worker`" in caught.value.cure


async def test_a_password_that_is_changed_in_the_env_file_is_found(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SUPABASE_DB_URL", raising=False)
    file = tmp_path / ".env"
    file.write_text(f"SUPABASE_DB_URL={with_password(database, 'of-yesterday')}\n")
    login = login_of(load_settings())
    assert login is not None
    with pytest.raises(DatabaseTrouble, match="password authentication failed") as caught:
        await login.connect("liverows")
    assert caught.value.unfit
    file.write_text(f"SUPABASE_DB_URL={database.dsn}\n")
    connection = await answered(lambda: login.connect("liverows"))
    connection.terminate()


async def test_settings_from_elsewhere_are_not_replaced_by_an_env_file(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SUPABASE_DB_URL", raising=False)
    (tmp_path / ".env").write_text(f"SUPABASE_DB_URL={database.dsn}\n")
    wrong = SecretStr(with_password(database, "of-yesterday"))
    login = login_of(Settings(_env_file=None, supabase_db_url=wrong))
    assert login is not None
    with pytest.raises(DatabaseTrouble, match="password authentication failed"):
        await login.connect("liverows")


def with_password(database: Database, password: str) -> str:
    return database.dsn.replace(database.server.password, password)
