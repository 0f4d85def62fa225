"""The companies' SQL functions, called over a database URL and over the Data API."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest
from pydantic import SecretStr

import liverows
from liverows.base.settings import Settings
from tests.support.data_api import data_api_of
from tests.support.databases import Connections, Database
from tests.support.own_functions import own_functions
from worker.services.company_cache import CompanyCache, DatabaseCompanies, Leave

ALICE = "a11ce000-0000-4000-8000-000000000001"
SHARED = """
select public.store_company_research(gen_random_uuid(), jsonb_build_object(
    'company', jsonb_build_object('id', gen_random_uuid(), 'key', 'acme.example',
        'domain', 'acme.example', 'known_names', '["acme"]'::jsonb),
    'profile', '{"model": "m", "version": 2}'::jsonb))
"""


def at_work(database: Database, connect: Connections) -> UUID:
    """The id of a row that a worker holds."""
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
    known = await companies.take("acme.example", row_id, deep=False, with_model=True, version=2)
    assert known == Leave("known", {"model": "m", "version": 2})
    newer = await companies.take("acme.example", row_id, deep=False, with_model=True, version=3)
    assert newer == Leave("yours")
    other = await companies.take("b.example", row_id, deep=True, with_model=False, version=2)
    assert other == Leave("yours")
    assert await companies.domain_of("acme") == "acme.example"
    assert await companies.domain_of("nobody") is None


async def test_over_a_database_url(database: Database, connect: Connections) -> None:
    row_id = at_work(database, connect)
    await check(DatabaseCompanies(own_functions(database)), row_id)


@pytest.mark.needs("postgrest")
async def test_over_the_data_api(database: Database, connect: Connections) -> None:
    row_id = at_work(database, connect)
    with data_api_of(database) as api:
        settings = Settings(
            _env_file=None, supabase_url=api.url, supabase_secret_key=SecretStr(api.secret_key)
        )
        async with liverows.open_database(settings) as calls:
            await check(DatabaseCompanies(calls), row_id)
