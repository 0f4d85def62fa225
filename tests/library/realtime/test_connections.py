"""Connections that come, go, send nonsense, and lose what is behind them."""

from __future__ import annotations

import asyncio
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
from realtime import AsyncRealtimeClient, RealtimePostgresChangesListenEvent

from devstack.realtime.codec import ArrayCodec, Frame, MalformedFrame, ObjectCodec, UserBroadcast
from devstack.realtime.pgoutput import Decoder
from tests.library.realtime.running import PUBLISHABLE_KEY, Running, running
from tests.library.realtime.talking import talking
from tests.support.databases import Database

TODOS = [{"event": "*", "schema": "public", "table": "todos"}]
SUBSCRIBED = "Subscribed to PostgreSQL"
INSERT = RealtimePostgresChangesListenEvent.Insert


@pytest.mark.parametrize("text", ["nonsense", "[]", "{}", '{"topic": 1, "event": "x"}', "[1,2,3]"])
async def test_nonsense_ends_the_connection_and_hurts_nobody_else(
    realtime: Running, text: str
) -> None:
    async with talking(realtime.socket_url()) as calm, talking(realtime.socket_url()) as wild:
        await wild.socket.send(text)
        await asyncio.wait_for(wild.socket.wait_closed(), 60)
        assert wild.socket.close_code == 1011
        assert await calm.all_heard() == []


async def test_a_late_leave_of_an_earlier_join_does_not_end_the_later(realtime: Running) -> None:
    async with talking(realtime.socket_url()) as talk:
        await talk.join("realtime:room")
        leave = {"topic": "realtime:room", "event": "phx_leave", "payload": {}, "ref": "9"}
        await talk.send({**leave, "join_ref": "an earlier one"})
        assert (await talk.hear())["payload"]["status"] == "ok"
        await talk.push("realtime:room", "presence", {"event": "untrack"})
        assert (await talk.hear())["payload"]["status"] == "ok"


async def test_after_the_database_was_away_every_channel_is_subscribed_anew(
    realtime: Running, db: psycopg.Connection[Any], bare_database: Database
) -> None:
    async with talking(realtime.socket_url()) as talk:
        await talk.join("realtime:r", postgres_changes=TODOS)
        assert (await talk.hear())["payload"]["message"] == SUBSCRIBED
        await asyncio.to_thread(bare_database.server.restart, immediate=True)
        while (await talk.hear_until("system", deadline=60))["payload"]["message"] != SUBSCRIBED:
            pass
        with psycopg.connect(bare_database.dsn, autocommit=True) as connection:
            connection.execute("insert into todos (task) values ('after')")
        heard = (await talk.hear_until("postgres_changes"))["payload"]["data"]
    assert heard["record"]["task"] == "after"


@pytest.mark.filterwarnings("ignore:ConnectionClosed.* is deprecated:DeprecationWarning")
async def test_the_python_client_comes_back_after_the_server_was_away(
    db: psycopg.Connection[Any], bare_database: Database
) -> None:
    heard: asyncio.Queue[Any] = asyncio.Queue()
    ready: asyncio.Queue[Any] = asyncio.Queue()
    with running(bare_database.superuser_dsn) as first:
        port = urlsplit(first.url).port or 0
        address = f"ws://127.0.0.1:{port}/realtime/v1"
        client = AsyncRealtimeClient(
            address, token=PUBLISHABLE_KEY, initial_backoff=0.1, max_retries=10
        )
        channel = client.channel("rows")
        channel.on_postgres_changes(INSERT, heard.put_nowait, table="todos", schema="public")
        channel.on_system(ready.put_nowait)
        await channel.subscribe()
        await asyncio.wait_for(ready.get(), 60)
    with running(bare_database.superuser_dsn, port=port) as second:
        assert second.url == first.url
        await asyncio.wait_for(ready.get(), 60)
        db.execute("insert into todos (task) values ('again')")
        payload = await asyncio.wait_for(heard.get(), 60)
        await client.close()
    assert payload["data"]["record"]["task"] == "again"


def test_what_is_no_frame_is_refused() -> None:
    for message in (b"", b"\x03", b"\x09" * 20, b"\x03\x00\x00\x00\x01\x00\x01\xffx"):
        with pytest.raises(MalformedFrame):
            ArrayCodec().decode(message)
    with pytest.raises(MalformedFrame):
        ArrayCodec().decode(bytes([3, 0, 0, 1, 1, 0, 1]) + b"te" + b"no json")


def test_a_broadcast_that_a_protocol_cannot_express_is_not_sent() -> None:
    raw = Frame(topic="t", event="broadcast", payload=UserBroadcast("e", b"\0", is_json=False))
    long = Frame(topic="t" * 256, event="broadcast", payload=UserBroadcast("e", b"{}"))
    assert ObjectCodec().encode(raw) is None
    assert ArrayCodec().encode(long) is None


def test_messages_of_no_interest_are_passed_over() -> None:
    decoder = Decoder()
    assert [decoder.feed(message) for message in (b"C" + bytes(25), b"T", b"Y", b"O")] == [None] * 4
