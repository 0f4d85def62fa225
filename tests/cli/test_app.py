"""How the parts of a worker are told where the database and its tables are."""

from __future__ import annotations

import pytest
from pydantic import SecretStr

from tests.support.databases import Database
from worker.app.database import connected, has_sessions, unreachable_cure
from worker.app.running import schema_and_name
from worker.base.errors import SetupError
from worker.base.settings import Settings


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


async def test_the_port_of_the_transaction_pooler_needs_no_probe() -> None:
    assert not await has_sessions(SecretStr("postgresql://postgres:word@192.0.2.1:6543/postgres"))


async def test_what_the_database_refuses_has_a_cure(database: Database) -> None:
    with pytest.raises(SetupError) as caught:
        async with connected(SecretStr(database.dsn_as("authenticated"))) as connection:
            await connection.execute("select processing.contract_version()")
    assert "granted `worker`" in caught.value.cure
