"""Recorded conversations with a real Realtime server, played to our server and our client.

They prove that the tests' server says what the real one says, that our client sends what the
real one understood, and that our client understands each answer.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from websockets.asyncio.client import ClientConnection, connect

from liverows.doorbells.realtime import RealtimeDoorbell, RealtimeTimings, WatchedTable
from tests.support.doorbells import ringing, until
from tests.support.phoenix import Frame, PhoenixServer

FOLDER = Path(__file__).parents[2] / "support" / "realtime_transcripts"
TOPIC = "realtime:processing:doorbell"
ROWS = (WatchedTable("public", "rt_rows", "id"),)
QUICK = RealtimeTimings(
    ping_interval=0.05,
    ping_waits=(0.2, 0.2),
    backoff_floor=0.01,
    backoff_cap=0.05,
    close_deadline=0.1,
)
NOT_OURS = {
    "err_connect_bad_apikey": "refused before the first message; has a test of its own",
    "private_broadcast_replay": "asks for replay, which a doorbell does not need",
}


def lines(name: str) -> list[dict[str, Any]]:
    text = (FOLDER / f"{name}.jsonl").read_text()
    return [json.loads(line) for line in text.splitlines()]


SCENARIOS = sorted(
    path.stem
    for path in FOLDER.glob("*.jsonl")
    if path.stem not in NOT_OURS and not path.stem.endswith("_v2")
)
"""The scenarios in the client's protocol version: 1.0.0, or without a version."""


def of_doorbells(name: str) -> list[dict[str, Any]]:
    """A scenario without its messages about presence, because doorbells do not use presence."""
    presence = {
        line["m"]["ref"]
        for line in lines(name)
        if line.get("d") == ">" and line["m"]["event"] == "presence"
    }
    return [
        line
        for line in lines(name)
        if "m" in line
        and not line["m"]["event"].startswith("presence")
        and (line["m"]["ref"] is None or line["m"]["ref"] not in presence)
    ]


def shape(value: object) -> object:
    """The parts of a message that must be equal: names and types, but not values."""
    if isinstance(value, dict):
        return {key: shape(one) for key, one in value.items()}
    if isinstance(value, list):
        return [shape(one) for one in value]
    return type(value).__name__


def envelope(frame: Frame) -> object:
    """The shape of a message. For a changed row, its columns are left out."""
    if frame["event"] != "postgres_changes":
        return shape(frame)
    data = {
        key: "row" if key in ("record", "old_record", "columns") else shape(value)
        for key, value in frame["payload"]["data"].items()
        # The real server sends the old row of an UPDATE too, depending on the table.
        if not (key == "old_record" and "record" in frame["payload"]["data"])
    }
    return {**frame, "payload": {"data": data, "ids": shape(frame["payload"]["ids"])}}


@pytest.fixture
async def server() -> AsyncIterator[PhoenixServer]:
    async with PhoenixServer.running() as server:
        yield server


@pytest.mark.parametrize("name", SCENARIOS)
async def test_the_server_of_the_tests_says_what_the_real_one_said(
    name: str, server: PhoenixServer
) -> None:
    scenario = of_doorbells(name)
    fail_alike(server, scenario)
    async with connect(server.websocket_url) as client:
        for line in scenario:
            if line["d"] == ">":
                await client.send(json.dumps(line["m"]))
            else:
                await expect(client, server, line["m"])


def fail_alike(server: PhoenixServer, scenario: list[dict[str, Any]]) -> None:
    """Make the server refuse what the real one refused in this scenario."""
    for line in scenario:
        frame = line["m"]
        if line["d"] == ">" and frame["event"] == "phx_join":
            join = frame
        elif frame["event"] == "system" and frame["payload"]["status"] == "error":
            [binding] = join["payload"]["config"]["postgres_changes"]
            broken = binding.get("filter") or binding["table"]
            server.broken_bindings[broken] = frame["payload"]["message"]
        elif frame["event"] == "phx_reply" and frame["payload"]["status"] == "error":
            reason = frame["payload"]["response"]["reason"]
            if reason.startswith(("Unauthorized", "Jwt", "InvalidJWT")):
                server.refused_topics[frame["topic"]] = reason


async def expect(client: ClientConnection, server: PhoenixServer, recorded: Frame) -> None:
    """Make the change or the broadcast that caused the recorded message, if one did. Then check
    that the next message has the recorded shape."""
    body = recorded["payload"]
    if recorded["event"] == "postgres_changes":
        data = body["data"]
        row = data["old_record"] if data["type"] == "DELETE" else data["record"]
        await server.change(data["table"], data["type"], row)
    elif recorded["event"] == "broadcast" and "meta" in body:
        await server.broadcast(recorded["topic"], body["event"], body["payload"])
    said = json.loads(await client.recv())
    if recorded["event"] == "postgres_changes":
        # Which filters match is decided by the database, so it is not compared.
        said["payload"]["ids"] = said["payload"]["ids"][: len(body["ids"])]
        assert said["payload"]["ids"]
        recorded["payload"]["ids"] = body["ids"][: len(said["payload"]["ids"])]
    assert names(envelope(said)) == names(envelope(recorded))


def names(value: object) -> str:
    return json.dumps(value, sort_keys=True)


def bell(
    server: PhoenixServer, tables: tuple[WatchedTable, ...] = (), timings: RealtimeTimings = QUICK
) -> RealtimeDoorbell:
    async def send_ping(nonce: str) -> None:
        await server.broadcast(TOPIC, "ping", {"nonce": nonce})

    key = SecretStr(server.key)
    return RealtimeDoorbell(server.supabase_url, key, send_ping, tables=tables, timings=timings)


def assert_sent_alike(sent: Frame, recorded: Frame) -> None:
    """Check that each recorded name was sent, with a value of the same type."""
    for key, value in recorded.items():
        if isinstance(value, dict):
            assert_sent_alike(sent[key], value)
        else:
            assert shape(sent[key]) == shape(value)


async def test_the_join_of_the_topic_has_the_recorded_shape(server: PhoenixServer) -> None:
    async with ringing(bell(server)) as rings:
        await rings.wait(1)
    [join] = server.events.of("phx_join")
    recorded = lines("private_broadcast_db_v1")[0]["m"]
    assert_sent_alike(join, recorded)
    assert join["payload"]["config"]["private"] == recorded["payload"]["config"]["private"]


async def test_the_join_of_changes_has_the_recorded_shape(server: PhoenixServer) -> None:
    server.refused_topics[TOPIC] = "Unauthorized: no"
    async with ringing(bell(server, ROWS)) as rings:
        await rings.wait(1)
    join = server.events.of("phx_join")[-1]
    recorded = lines("pgchanges_select_filter")[0]["m"]
    [binding] = recorded["payload"]["config"]["postgres_changes"]
    sent = join["payload"]["config"]["postgres_changes"]
    assert [{**one, "event": "*"} for one in sent] == [binding, binding]
    recorded["payload"]["config"]["postgres_changes"] = sent
    assert_sent_alike(join, recorded)


async def test_a_recorded_broadcast_rings(server: PhoenixServer) -> None:
    [recorded] = [
        line["m"]
        for line in lines("private_broadcast_db_v1")
        if line.get("d") == "<" and line["m"]["event"] == "broadcast"
    ]
    recorded["topic"] = TOPIC
    recorded["payload"]["event"] = "ring"
    doorbell = bell(server)
    async with ringing(doorbell) as rings:
        await until(doorbell.working)
        before = rings.count
        await server.send_text(json.dumps(recorded))
        await rings.wait(before + 1)


async def test_a_recorded_change_rings(server: PhoenixServer) -> None:
    server.refused_topics[TOPIC] = "Unauthorized: no"
    [recorded] = [
        line["m"]
        for line in lines("pgchanges_select_filter")
        if line.get("d") == "<" and line["m"]["event"] == "postgres_changes"
    ]
    doorbell = bell(server, ROWS)
    async with ringing(doorbell) as rings:
        await until(doorbell.working)
        [channel] = server.topics()
        before = rings.count
        recorded["topic"] = channel.topic
        recorded["payload"]["ids"] = [one["id"] for one in channel.bindings]
        await server.send_text(json.dumps(recorded))
        await rings.wait(before + 1)


@pytest.mark.parametrize("name", SCENARIOS)
async def test_whatever_the_real_server_said_the_doorbell_goes_on(
    name: str, server: PhoenixServer
) -> None:
    """It still rings after each message, even after an error, a close or an unknown message."""
    said = [line["m"] for line in lines(name) if line.get("d") == "<"]
    doorbell = bell(server)
    async with ringing(doorbell) as rings:
        for frame in said:
            await until(doorbell.working)
            topic = TOPIC if frame["topic"].startswith("realtime:") else frame["topic"]
            await server.send_text(json.dumps({**frame, "topic": topic}))
        before = rings.count
        await until(doorbell.working)
        await server.broadcast(TOPIC, "ring", {})
        await rings.wait(before + 1)
