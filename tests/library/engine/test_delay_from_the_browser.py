"""A row that a signed-in user delays through the Data API runs at its moment, without a sweep."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import httpx
import pytest

from tests.support.data_api import DataApi
from tests.support.databases import Database
from tests.support.doorbells import until
from tests.support.runners import PLAIN, Gate, plain_things, working
from tests.support.things import Things

ALICE = "a11ce000-0000-4000-8000-000000000001"

pytestmark = pytest.mark.needs("postgrest")


@pytest.fixture
def things(database: Database) -> Things:
    """Open to every signed-in user, before PostgREST reads the schema."""
    things = plain_things(database)
    things.attach(PLAIN, delay=True)
    things.run("grant select, insert, update on public.things to authenticated")
    return things


class Browser:
    """A signed-in user of the Data API."""

    def __init__(self, api: DataApi, client: httpx.AsyncClient) -> None:
        self._client = client
        self._url = f"{api.url}/rest/v1/things"
        self._headers = {
            "apikey": api.publishable_key,
            "authorization": f"Bearer {api.token_of(ALICE)}",
            "prefer": "return=representation,resolution=merge-duplicates",
        }

    async def upsert(self, **row: Any) -> httpx.Response:
        return await self._client.post(self._url, headers=self._headers, json=row)


async def test_a_debounced_row_runs_once_with_the_last_edit(
    things: Things, data_api: DataApi
) -> None:
    gate = Gate()
    async with httpx.AsyncClient() as client, working(things, gate) as desk:
        browser = Browser(data_api, client)
        await desk.hears()
        for number in range(3):
            moment = things.now() + timedelta(seconds=1)
            answer = await browser.upsert(
                id=1, wants=f"draft {number}", processing_not_before=moment.isoformat()
            )
            assert answer.status_code in {200, 201}, answer.text
            assert answer.json()[0]["processing_status"] == "pending"
        await until(lambda: bool(gate.inside))
        assert things.now() >= moment
        gate.opened.set()
        assert (await things.reach("1", "completed"))["wants"] == "draft 2"
    assert gate.entered == 1


async def test_a_moment_too_far_ahead_and_other_columns_are_refused(
    things: Things, data_api: DataApi
) -> None:
    async with httpx.AsyncClient() as client:
        browser = Browser(data_api, client)
        far = (things.now() + timedelta(days=400)).isoformat()
        refused = await browser.upsert(id=1, processing_not_before=far)
        assert (refused.status_code, refused.json()["code"]) == (400, "RJ005")
        forged = await browser.upsert(id=1, processing_priority=9)
        assert (forged.status_code, forged.json()["code"]) == (403, "42501")
    assert things.statuses() == {}
