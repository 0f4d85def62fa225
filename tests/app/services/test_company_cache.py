"""The companies' SQL functions, called over a database URL and over the Data API."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest
from pydantic import SecretStr

from liverows.base.errors import Permanent, Transient
from tests.support.data_api import data_api_of
from tests.support.databases import Connections, Database
from tests.support.fake_http import Reply, fake_http
from worker.services.company_cache import CompanyCache, DatabaseCompanies, Leave
from worker.services.database_calls import DataApiCalls, PostgresCalls

ALICE = "a11ce000-0000-4000-8000-000000000001"
SHARED = """
select public.store_company_research(gen_random_uuid(), jsonb_build_object(
    'company', jsonb_build_object('id', gen_random_uuid(), 'key', 'acme.example',
        'domain', 'acme.example', 'known_names', '["acme"]'::jsonb),
    'profile', '{"model": "m"}'::jsonb))
"""


def at_work(database: Database, connect: Connections) -> UUID:
    """A row that a worker holds."""
    owner = connect(database)
    owner.execute("insert into auth.users (id) values (%s)", [ALICE])
    owner.execute(SHARED)
    row = owner.execute(
        "insert into public.company_research (account_id, company_name) values (%s, 'Acme')"
        " returning id",
        [ALICE],
    ).fetchone()
    assert row is not None
    worker = str(uuid4())
    connect(database, "service_role").execute(
        "select processing.claim(worker => %s, pipelines => %s, slots => 5)",
        [worker, ["company-research"]],
    )
    return UUID(str(row[0]))


async def check(companies: CompanyCache, row_id: UUID) -> None:
    known = await companies.take("acme.example", row_id, deep=False, with_model=True)
    assert known == Leave("known", {"model": "m"})
    assert await companies.take("b.example", row_id, deep=True, with_model=False) == Leave("yours")
    assert await companies.domain_of("acme") == "acme.example"
    assert await companies.domain_of("nobody") is None


async def test_over_a_database_url(database: Database, connect: Connections) -> None:
    row_id = at_work(database, connect)
    calls = PostgresCalls(SecretStr(database.dsn_as("service_role")))
    await check(DatabaseCompanies(calls), row_id)


@pytest.mark.needs("postgrest")
async def test_over_the_data_api(database: Database, connect: Connections) -> None:
    row_id = at_work(database, connect)
    with data_api_of(database) as api:
        calls = DataApiCalls(api.url, SecretStr(api.secret_key))
        await check(DatabaseCompanies(calls), row_id)
        await calls.aclose()


async def test_a_database_that_does_not_answer_may_answer_later() -> None:
    companies = DatabaseCompanies(
        PostgresCalls(SecretStr("postgresql://nobody@127.0.0.1:1/postgres"))
    )
    with pytest.raises(Transient) as unanswered:
        await companies.domain_of("acme")
    assert unanswered.value.code == "database_unreachable"


@pytest.mark.parametrize("state", ["57P03", "40P01", "53300", "57014"])
async def test_a_database_that_is_busy_or_restarting_may_answer_later(
    database: Database, connect: Connections, state: str
) -> None:
    connect(database).execute(
        "create or replace function public.domain_of_company(known_name text) returns text"
        f" language plpgsql as $$ begin raise exception 'no' using errcode = '{state}'; end $$"
    )
    companies = DatabaseCompanies(PostgresCalls(SecretStr(database.dsn_as("service_role"))))
    with pytest.raises(Transient):
        await companies.domain_of("acme")


@pytest.mark.parametrize(
    ("reply", "error"),
    [(Reply({}, 503), Transient), (Reply(b"<html>"), Transient), (Reply({}, 401), Permanent)],
)
async def test_answers_of_a_gateway_are_translated(reply: Reply, error: type[Exception]) -> None:
    async with fake_http() as fake:
        fake.script(reply)
        calls = DataApiCalls(fake.url, SecretStr("sb_secret_made_up"))
        with pytest.raises(error) as refused:
            await DatabaseCompanies(calls).domain_of("acme")
        await calls.aclose()
    assert "sb_secret" not in str(refused.value)
