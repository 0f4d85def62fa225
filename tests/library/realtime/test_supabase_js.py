"""The stand-in as the real supabase-js sees it, which speaks protocol 2.0.0."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest

from devstack import node
from tests.library.realtime.running import (
    HOUR,
    OWNER,
    PUBLISHABLE_KEY,
    STRANGER,
    Running,
    token_of,
)
from tests.support.realtime_clock import TokenClock

PROGRAM = Path(__file__).with_name("supabase_client.mjs")

pytestmark = pytest.mark.needs("supabase-js")

OWN_ROWS = [{"event": "*", "schema": "public", "table": "rt_rows"}]
WAIT = {"postgres_changes_options": {"wait": True}}


class Browser:
    """A Node process with one client."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._said: list[dict[str, Any]] = []

    async def do(self, action: str, **options: Any) -> None:
        """Tell the client to do something."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"do": action, **options}).encode() + b"\n")
        await self._process.stdin.drain()

    async def hear(self, key: str, *, deadline: float = 60) -> dict[str, Any]:
        """The first thing it said or says that has this key and was not asked for yet."""
        async with asyncio.timeout(deadline):
            while not (found := [one for one in self._said if key in one]):
                assert self._process.stdout is not None
                line = await self._process.stdout.readline()
                assert line, f"the client ended before it said {key}"
                self._said.append(json.loads(line))
        self._said.remove(found[0])
        return found[0]

    async def subscribe(self, topic: str, **options: Any) -> None:
        """Subscribe and wait until it is."""
        await self.do("subscribe", topic=topic, **options)
        assert (await self.hear("status"))["status"] == "SUBSCRIBED"


@asynccontextmanager
async def browser(realtime: Running, token: str = "") -> AsyncIterator[Browser]:
    """A client with the publishable key, signed in with `token`."""
    found = node.find_node()
    process = await asyncio.create_subprocess_exec(
        str(found.program),
        str(PROGRAM),
        str(node.HERE / "package.json"),
        realtime.url,
        PUBLISHABLE_KEY,
        token,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=2**24,
    )
    try:
        yield Browser(process)
        assert process.stdin is not None
        process.stdin.close()
        await asyncio.wait_for(process.wait(), 60)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def test_the_owner_follows_a_row_and_a_stranger_sees_only_its_end(
    realtime: Running, db: psycopg.Connection[Any]
) -> None:
    async with (
        browser(realtime, token_of(OWNER)) as owner,
        browser(realtime, token_of(STRANGER)) as stranger,
    ):
        for one in (owner, stranger):
            await one.subscribe("rows", changes=OWN_ROWS, config=WAIT)
        db.execute("insert into rt_rows (account_id) values (%s)", [OWNER])
        inserted = (await owner.hear("change"))["change"]
        db.execute("update rt_rows set processing_status = 'processing'")
        updated = (await owner.hear("change"))["change"]
        db.execute("delete from rt_rows")
        deleted = (await owner.hear("change"))["change"]
        heard_by_stranger = (await stranger.hear("change"))["change"]

    assert (inserted["eventType"], inserted["new"]["account_id"]) == ("INSERT", OWNER)
    assert updated["new"]["processing_status"] == "processing"
    assert (deleted["eventType"], deleted["new"]) == ("DELETE", {})
    assert heard_by_stranger["eventType"] == "DELETE"
    assert heard_by_stranger["old"] == deleted["old"] == {"id": inserted["new"]["id"]}


async def test_broadcasts_reach_other_clients_as_json_and_as_bytes(realtime: Running) -> None:
    config = {"broadcast": {"ack": True, "self": False}}
    async with browser(realtime) as sender, browser(realtime) as listener:
        for one in (sender, listener):
            await one.subscribe("room", config=config, broadcasts=["note é"])
        await sender.do("send", topic="room", event="note é", payload={"text": "grüß"})
        heard = await listener.hear("broadcast")
        acknowledged = await sender.hear("sent")
        await sender.do("send", topic="room", event="note é", bytes=[0, 255, 7])
        raw = await listener.hear("broadcast")

    assert (heard["broadcast"], heard["type"]) == ({"text": "grüß"}, "broadcast")
    assert acknowledged["sent"] == "ok"
    assert raw["broadcast"] == [0, 255, 7]


async def test_a_message_over_http_reaches_the_topic(realtime: Running) -> None:
    async with browser(realtime) as client:
        await client.subscribe("room", broadcasts=["note"])
        await client.do("http", topic="room", event="note", payload={"n": 1})
        assert (await client.hear("broadcast"))["broadcast"] == {"n": 1}
        assert (await client.hear("sent"))["sent"] == {"success": True}


async def test_a_private_topic_carries_messages_of_the_database_to_its_owner_alone(
    realtime: Running, db: psycopg.Connection[Any]
) -> None:
    topic = f"user:{OWNER}"
    async with (
        browser(realtime, token_of(OWNER)) as owner,
        browser(realtime, token_of(STRANGER)) as stranger,
    ):
        await owner.subscribe(topic, config={"private": True}, broadcasts=["row"])
        await stranger.do("subscribe", topic=topic, config={"private": True})
        refused = await stranger.hear("status")
        db.execute("select realtime.send('{\"status\": \"completed\"}', 'row', %s)", [topic])
        heard = await owner.hear("broadcast")

    assert refused["status"] == "CHANNEL_ERROR"
    assert "You do not have permissions to read from this Channel topic" in refused["error"]
    assert heard["broadcast"]["status"] == "completed"
    assert heard["broadcast"]["id"] == heard["meta"]["id"]


async def test_presence_is_shared_and_ends_with_the_client(realtime: Running) -> None:
    async with browser(realtime) as watcher:
        await watcher.subscribe("room", presence=True)
        assert (await watcher.hear("presence"))["presence"] == {}
        async with browser(realtime) as guest:
            await guest.subscribe("room", config={"presence": {"key": "guest"}}, presence=True)
            await guest.do("track", topic="room", payload={"on": 1})
            assert (await guest.hear("tracked"))["tracked"] == "ok"
            (meta,) = (await watcher.hear("presence"))["presence"]["guest"]
            assert meta["on"] == 1
        assert (await watcher.hear("presence"))["presence"] == {}


async def test_a_new_token_keeps_the_channel_and_an_expired_one_ends_it(
    aging: Running, clock: TokenClock, db: psycopg.Connection[Any]
) -> None:
    async with browser(aging, token_of(OWNER, expires_in=HOUR)) as client:
        await client.subscribe("rows", changes=OWN_ROWS, config=WAIT)
        await client.do("token", token=token_of(OWNER, expires_in=3 * HOUR))
        await client.hear("renewed")
        assert "Subscribed" in (await client.hear("system"))["system"]["message"]
        # The channel is subscribed anew with the new token.
        assert "Subscribed" in (await client.hear("system"))["system"]["message"]
        db.execute("insert into rt_rows (account_id) values (%s)", [OWNER])
        assert (await client.hear("change"))["change"]["eventType"] == "INSERT"
        clock.advance(3 * HOUR)
        while (said := (await client.hear("system"))["system"])["status"] == "ok":
            pass
        assert said["extension"] == "system"
        assert said["message"].startswith("Token has expired")
        assert (await client.hear("status"))["status"] == "CLOSED"
