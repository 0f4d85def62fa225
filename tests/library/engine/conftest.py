"""Fixtures for the tests that go through a transport to a real database."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest
from pydantic import SecretStr

from liverows.database.client import ContractClient
from liverows.database.data_api import DataApi as DataApiClient
from liverows.database.data_api_transport import DataApiTransport
from liverows.database.postgres_transport import PostgresTransport
from tests.support.data_api import DataApi, data_api_of
from tests.support.databases import Database
from tests.support.links import Link
from tests.support.samples import Samples


@pytest.fixture
def samples(database: Database) -> Samples:
    """The table `public.samples` in the test's database, attached."""
    table = Samples(database)
    table.create()
    return table


@pytest.fixture
def data_api(database: Database) -> Iterator[DataApi]:
    """The Data API of the test's database. A test that uses it is marked `needs("postgrest")`."""
    with data_api_of(database) as api:
        yield api


@pytest.fixture(params=["postgres", pytest.param("supabase", marks=pytest.mark.needs("postgrest"))])
async def link(
    request: pytest.FixtureRequest, database: Database, samples: Samples
) -> AsyncIterator[Link]:
    """Both transports, one after the other. The table of `samples` exists before PostgREST reads
    the schema."""
    api: DataApi | None = None
    if request.param == "supabase":
        api = request.getfixturevalue("data_api")
        url, key = api.url, SecretStr(api.secret_key)
        link = Link(database, lambda: DataApiTransport(DataApiClient(url, key)), api)
    else:
        dsn = SecretStr(database.dsn_as("service_role"))
        link = Link(database, lambda: PostgresTransport(dsn), None)
    yield link
    for store in link.stores:
        await store.close()


@pytest.fixture
def store(link: Link) -> ContractClient:
    """The client of one worker over the link."""
    return link.store()
