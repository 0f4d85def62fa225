"""A doorbell whose pings are dropped, after a restart of Realtime or over its limit."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from pydantic import SecretStr

from liverows.doorbells.doorbell import DoorbellTimings, Echo
from liverows.doorbells.realtime import RealtimeDoorbell
from tests.support.doorbells import ringing, until
from tests.support.phoenix import PhoenixServer
from tests.support.realtime_bells import QUICK, TOPIC, bell, rings_on_request

NEVER = 3600
"""Seconds; the waits that must not be awaited."""


@pytest.fixture
async def server() -> AsyncIterator[PhoenixServer]:
    async with PhoenixServer.running() as server:
        yield server


async def test_a_first_ping_that_is_lost_is_followed_by_another_at_once(
    server: PhoenixServer,
) -> None:
    sent: list[str] = []

    async def lose_the_first(nonce: str) -> None:
        sent.append(nonce)
        if len(sent) > 1:
            await server.broadcast(TOPIC, "ping", {"nonce": nonce})

    key, waits = SecretStr(server.key), (0.05, NEVER)
    timings = replace(QUICK, ping_interval=NEVER, ping_deadline=NEVER, ping_waits=waits)
    doorbell = RealtimeDoorbell(server.supabase_url, key, lose_the_first, timings=timings)
    async with ringing(doorbell):
        await until(doorbell.working)
    assert len(sent) == 2
    assert len(server.events.of("phx_join")) == 1


async def test_a_storm_is_noticed_at_once_in_doubt_and_outlived_by_the_same_client(
    server: PhoenixServer,
) -> None:
    timings = replace(QUICK, ping_interval=NEVER, ping_deadline=NEVER, ping_waits=100 * (0.05,))
    doorbell = bell(server, timings)
    async with ringing(doorbell) as rings:
        await until(doorbell.working)
        server.muted = True
        doorbell.doubt()
        await until(lambda: not doorbell.working())
        server.muted = False
        await until(doorbell.working)
        await rings_on_request(server, rings)
    assert len(server.events.of("phx_join")) == 1


async def test_a_ping_that_comes_after_its_wait_counts_too() -> None:
    sent: list[str] = []

    async def send(nonce: str) -> None:
        sent.append(nonce)

    timings = DoorbellTimings(ping_interval=NEVER, ping_waits=(0.01, NEVER))
    echo, ended = Echo("realtime", send, timings), asyncio.Event()
    watching = asyncio.create_task(echo.watch(ended))
    await until(lambda: len(sent) == 2)
    assert not echo.working()
    assert echo.hear(sent[0])
    await until(echo.working)
    assert not echo.hear(sent[1])
    ended.set()
    await watching


async def test_a_doubt_right_after_a_ping_was_heard_brings_another_ping() -> None:
    sent: list[str] = []

    async def send(nonce: str) -> None:
        sent.append(nonce)
        if len(sent) == 1:
            # Before the pause begins, which must not forget the doubt.
            echo.hear(nonce)
            echo.doubt()

    echo, ended = Echo("realtime", send, DoorbellTimings(ping_interval=NEVER)), asyncio.Event()
    watching = asyncio.create_task(echo.watch(ended))
    await until(lambda: len(sent) == 2)
    ended.set()
    await watching
