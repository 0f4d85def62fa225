"""The Realtime doorbell watches tables that are attached while it runs."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

import pytest

from tests.support.doorbells import ringing, until
from tests.support.phoenix import PhoenixServer
from tests.support.realtime_bells import (
    PATIENT,
    TABLES,
    TOPIC,
    UNAUTHORIZED,
    bell,
    rings_on_request,
)

pytestmark = pytest.mark.filterwarnings("ignore:ConnectionClosed:DeprecationWarning")


@pytest.fixture
async def server() -> AsyncIterator[PhoenixServer]:
    async with PhoenixServer.running() as server:
        yield server


async def test_a_table_that_is_attached_later_is_watched_too(server: PhoenixServer) -> None:
    server.refused_topics[TOPIC] = UNAUTHORIZED
    doorbell = bell(server, PATIENT, tables=TABLES[:1])
    async with ringing(doorbell):
        await until(doorbell.working)
        before = len(server.events.of("phx_join"))
        doorbell.watch(TABLES)
        # The topic is joined first, and the server refuses it.
        await server.events.wait("phx_join", before + 2)
        await until(doorbell.working)
        bound = server.events.of("phx_join")[-1]
        doorbell.watch(TABLES)
    assert "tasks" in json.dumps(bound, default=str)


async def test_the_databases_own_rings_need_no_new_client_for_another_table(
    server: PhoenixServer,
) -> None:
    doorbell = bell(server, tables=TABLES[:1])
    async with ringing(doorbell) as rings:
        await until(doorbell.working)
        doorbell.watch(TABLES)
        await rings_on_request(server, rings)
        assert len(server.events.of("phx_join")) == 1
