"""The stand-in as the real supabase-py sees it, which speaks protocol 1.0.0."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import psycopg
from realtime import (
    AsyncRealtimeChannel,
    AsyncRealtimeClient,
    RealtimePostgresChangesListenEvent,
)
from realtime.types import RealtimeSubscribeStates

from tests.library.realtime.running import OWNER, STRANGER, Running, token_of
from tests.library.realtime.talking import changes_told, talking

ANY = RealtimePostgresChangesListenEvent.All


@asynccontextmanager
async def client_of(realtime: Running, user_id: str) -> AsyncIterator[AsyncRealtimeClient]:
    """A signed-in user's client."""
    address = f"{realtime.url}/realtime/v1".replace("http", "ws", 1)
    client = AsyncRealtimeClient(address, token="sb_publishable_of_the_tests")
    await client.connect()
    await client.set_auth(token_of(user_id))
    try:
        yield client
    finally:
        await client.close()


async def subscribed(channel: AsyncRealtimeChannel) -> str:
    """Subscribe, and answer the status or the error that came first."""
    first: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    def note(state: RealtimeSubscribeStates, error: Exception | None) -> None:
        if not first.done():
            first.set_result(str(error) if error else state.value)

    await channel.subscribe(note)
    return await asyncio.wait_for(first, 60)


async def test_rows_are_heard_of_by_their_owner_alone(
    realtime: Running, db: psycopg.Connection[Any]
) -> None:
    heard: dict[str, list[Any]] = {OWNER: [], STRANGER: []}
    ready = asyncio.Semaphore(0)
    async with client_of(realtime, OWNER) as owner, client_of(realtime, STRANGER) as stranger:
        for user_id, client in ((OWNER, owner), (STRANGER, stranger)):
            channel = client.channel("rows")
            channel.on_postgres_changes(
                ANY, heard[user_id].append, table="rt_rows", schema="public", select=["id"]
            )
            channel.on_system(lambda _: ready.release())
            assert await subscribed(channel) == "SUBSCRIBED"
            await asyncio.wait_for(ready.acquire(), 60)
        db.execute("insert into rt_rows (account_id) values (%s)", [OWNER])
        async with asyncio.timeout(60):
            while not heard[OWNER]:
                await changes_told(realtime.socket_url(), db.execute)
    (payload,) = heard[OWNER]
    assert payload["data"]["type"] == "INSERT"
    assert list(payload["data"]["record"]) == ["id"]
    assert heard[STRANGER] == []


async def test_a_private_topic_is_its_owners(
    realtime: Running, db: psycopg.Connection[Any]
) -> None:
    topic = f"user:{OWNER}"
    heard: asyncio.Queue[Any] = asyncio.Queue()
    private: Any = {"config": {"private": True, "broadcast": {}, "presence": {"key": ""}}}
    async with client_of(realtime, OWNER) as owner, client_of(realtime, STRANGER) as stranger:
        channel = owner.channel(topic, private)
        channel.on_broadcast("row", heard.put_nowait)
        assert await subscribed(channel) == "SUBSCRIBED"
        refused = await subscribed(stranger.channel(topic, private))
        db.execute("select realtime.send('{\"n\": 1}', 'row', %s)", [topic])
        message = await asyncio.wait_for(heard.get(), 60)
    assert message["payload"]["n"] == 1
    assert "You do not have permissions to read from this Channel topic" in refused


async def test_clients_of_both_protocols_hear_each_other(realtime: Running) -> None:
    heard: asyncio.Queue[Any] = asyncio.Queue()
    async with (
        client_of(realtime, OWNER) as client,
        talking(realtime.socket_url(vsn="2.0.0")) as talk,
    ):
        channel = client.channel("room")
        channel.on_broadcast("note", heard.put_nowait)
        assert await subscribed(channel) == "SUBSCRIBED"
        await talk.send(["1", "1", "realtime:room", "phx_join", {"config": {}}])
        assert (await talk.hear())[4]["status"] == "ok"
        header = bytes([3, 1, 1, 13, 4, 0, 1])
        await talk.socket.send(header + b"12realtime:roomnote" + b'{"from": 2}')
        assert (await asyncio.wait_for(heard.get(), 60))["payload"] == {"from": 2}
        await channel.send_broadcast("note", {"from": 1})
        message = await talk.hear()
    assert message[2:4] == ["realtime:room", "broadcast"]
    assert message[4]["payload"] == {"from": 1}
