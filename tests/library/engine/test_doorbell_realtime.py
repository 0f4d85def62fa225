"""The Realtime doorbell hears, notices when it hears nothing, and always reconnects."""

from __future__ import annotations

import asyncio
import json
import warnings
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace

import pytest
from pydantic import SecretStr

from liverows.doorbells.realtime import RealtimeDoorbell, RealtimeTimings
from tests.support.doorbells import Rings, ringing, until
from tests.support.phoenix import PhoenixServer
from tests.support.realtime_bells import (
    PATIENT,
    QUICK,
    TABLES,
    TOPIC,
    UNAUTHORIZED,
    bell,
    rings_on_request,
)

CLOSE_CODE_READ = "ignore:ConnectionClosed:DeprecationWarning"
"""realtime-py reads a deprecated attribute of `websockets` when a connection breaks."""
pytestmark = pytest.mark.filterwarnings(CLOSE_CODE_READ)


@pytest.fixture
async def server() -> AsyncIterator[PhoenixServer]:
    async with PhoenixServer.running() as server:
        yield server


async def test_a_ring_of_the_database_is_heard_and_names_its_source(server: PhoenixServer) -> None:
    doorbell = bell(server)
    async with ringing(doorbell) as rings:
        await until(doorbell.working)
        await rings_on_request(server, rings)
    assert set(rings.sources) == {"realtime"}


async def test_who_is_told_to_stop_is_named_and_nothing_rings(server: PhoenixServer) -> None:
    told: list[str] = []
    doorbell = bell(server, on_stop=told.append)
    async with ringing(doorbell) as rings:
        await until(doorbell.working)
        before = rings.count
        await server.broadcast(TOPIC, "stop", {"id": "1"})
        await server.broadcast(TOPIC, "stop", {"worker": "w", "id": "1"})
        await until(lambda: "w" in told)
        assert rings.count == before


async def test_it_joins_the_private_topic_with_the_secret_key(server: PhoenixServer) -> None:
    async with ringing(bell(server)) as rings:
        await rings.wait(1)
    [join] = server.events.of("phx_join")
    assert join["topic"] == TOPIC
    assert join["payload"]["access_token"] == server.key
    assert join["payload"]["config"]["private"] is True
    assert join["payload"]["config"]["postgres_changes"] == []


async def test_it_works_only_while_it_hears_its_own_pings(server: PhoenixServer) -> None:
    doorbell = bell(server, QUICK)
    assert not doorbell.working()
    async with ringing(doorbell):
        await until(doorbell.working)
        server.muted = True
        await until(lambda: not doorbell.working())
        server.muted = False
        await until(doorbell.working)
    assert not doorbell.working()


async def test_pings_of_other_workers_prove_nothing(server: PhoenixServer) -> None:
    async def send_for_another(_nonce: str) -> None:
        await server.broadcast(TOPIC, "ping", {"nonce": "of another worker"})

    key = SecretStr(server.key)
    doorbell = RealtimeDoorbell(server.supabase_url, key, send_for_another, timings=QUICK)
    async with ringing(doorbell):
        await server.events.wait("phx_join", 2)  # it heard nothing, so it was built again
        assert not doorbell.working()


async def test_a_ping_that_cannot_be_sent_keeps_the_connection(server: PhoenixServer) -> None:
    tried = asyncio.Event()

    async def fail(_nonce: str) -> None:
        if len(failures) >= 3:
            tried.set()
        failures.append(1)
        raise ConnectionError("the API is down")

    failures: list[int] = []
    doorbell = RealtimeDoorbell(server.supabase_url, SecretStr(server.key), fail, timings=QUICK)
    async with ringing(doorbell) as rings:
        await asyncio.wait_for(tried.wait(), 60)
        await rings_on_request(server, rings)
    assert len(server.events.of("phx_join")) == 1


Harm = Callable[[PhoenixServer], Awaitable[None]]


async def _oversized_frame(server: PhoenixServer) -> None:
    await server.broadcast(TOPIC, "ring", {"row": "x" * (2**20 + 1)})


HARMS: dict[str, Harm] = {
    "close 1000": lambda server: server.close_all(1000),
    "close 1001": lambda server: server.close_all(1001, "going away"),
    "close 1009": lambda server: server.close_all(1009),
    "close 1011": lambda server: server.close_all(1011, "internal error"),
    "phx_close": lambda server: server.phx_close(TOPIC),
    "oversized frame": _oversized_frame,
    "system error": lambda server: server.system(TOPIC, "error", "Too many messages", "system"),
}


@pytest.mark.parametrize("harm", HARMS.values(), ids=HARMS)
async def test_it_comes_back_and_rings_after(harm: Harm, server: PhoenixServer) -> None:
    """The doorbell rings after it has recovered, because rings may have been lost meanwhile."""
    doorbell = bell(server, PATIENT)
    async with ringing(doorbell) as rings:
        await until(doorbell.working)
        before = rings.count
        await harm(server)
        await server.events.wait("phx_join", 2)
        await rings.wait(before + 1)
        await until(doorbell.working)
        await rings_on_request(server, rings)
        assert server.connected() == 1


async def test_a_listen_task_that_dies_in_silence_is_found_by_the_ping(
    server: PhoenixServer,
) -> None:
    """Here the task ends because of that warning. The library never reports why it ended."""
    doorbell = bell(server, QUICK)
    async with ringing(doorbell) as rings:
        await until(doorbell.working)
        before = rings.count
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            await server.close_all(1011)
            await until(lambda: not doorbell.working())
        await rings.wait(before + 1)
        await until(doorbell.working)
        await rings_on_request(server, rings)


@pytest.mark.parametrize("refused", [False, True], ids=["broadcast", "changes"])
async def test_a_half_open_socket_is_found_by_the_ping(
    refused: bool, server: PhoenixServer
) -> None:
    if refused:
        server.refused_topics[TOPIC] = UNAUTHORIZED
    doorbell = bell(server, QUICK, tables=TABLES)
    async with ringing(doorbell) as rings:
        await until(doorbell.working)
        before = rings.count
        joins = len(server.events.of("phx_join"))
        server.freeze()
        await server.events.wait("phx_join", joins + 1)
        await rings.wait(before + 1)
        await until(doorbell.working)


async def test_a_cut_line_and_an_outage_are_outlived(server: PhoenixServer) -> None:
    """The outage is longer than the library tries. With its retries alone, the doorbell would
    stay dead."""
    timings = replace(PATIENT, backoff_cap=0.05)
    refusals = 0
    doorbell = bell(server, timings)
    async with ringing(doorbell) as rings:
        await until(doorbell.working)
        before = rings.count
        await server.outage()
        while refusals < 20:
            refusals += await _refused(server)
        assert not doorbell.working()
        await server.resume()
        await rings.wait(before + 1)
        await until(doorbell.working)
        await rings_on_request(server, rings)


async def _refused(server: PhoenixServer) -> int:
    """Connect as a client does, about as often as the doorbell does."""
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.1", server.port)
    await asyncio.sleep(0.02)
    return 1


@pytest.mark.chaos
@pytest.mark.timeout(180)
async def test_an_outage_of_60_seconds_is_outlived_with_the_waits_of_production(
    server: PhoenixServer,
) -> None:
    doorbell = bell(server, RealtimeTimings())
    async with ringing(doorbell) as rings:
        await until(doorbell.working)
        before = rings.count
        await server.outage()
        await asyncio.sleep(60)
        await server.resume()
        await rings.wait(before + 1, deadline=60)
        await until(doorbell.working, deadline=60)
        await rings_on_request(server, rings)


@pytest.mark.chaos
@pytest.mark.timeout(180)
async def test_a_half_open_socket_is_found_with_the_waits_of_production(
    server: PhoenixServer,
) -> None:
    doorbell = bell(server, RealtimeTimings())
    async with ringing(doorbell) as rings:
        await until(doorbell.working)
        before = rings.count
        server.freeze()
        await rings.wait(before + 1, deadline=120)
        await until(doorbell.working, deadline=60)
        await rings_on_request(server, rings)


MALFORMED = {
    "no commit timestamp": {
        "topic": TOPIC,
        "ref": None,
        "event": "postgres_changes",
        "payload": {"ids": [1], "data": {"commit_timestamp": None, "record": {"cv": "private"}}},
    },
    "unknown event": {"topic": TOPIC, "ref": None, "event": "surprise", "payload": {}},
    "ring without a body": {"topic": TOPIC, "ref": None, "event": "broadcast", "payload": {}},
    "ping without a nonce": {
        "topic": TOPIC,
        "ref": None,
        "event": "broadcast",
        "payload": {"event": "ping", "payload": {}},
    },
}


@pytest.mark.parametrize("frame", MALFORMED.values(), ids=MALFORMED)
async def test_a_malformed_message_harms_nothing(
    frame: dict[str, object], server: PhoenixServer
) -> None:
    doorbell = bell(server)
    async with ringing(doorbell) as rings:
        await until(doorbell.working)
        await server.send_text(json.dumps(frame))
        await server.send_text("not JSON at all")
        await rings_on_request(server, rings)
        await until(doorbell.working)
    assert len(server.events.of("phx_join")) == 1


async def test_a_ring_that_raises_does_not_end_the_listening(server: PhoenixServer) -> None:
    """An error in it would end realtime-py's listen task, and nothing would report that."""
    calls = Rings()

    def broken(source: object) -> None:
        calls("realtime")
        raise RuntimeError("a bug of ours")

    doorbell = bell(server)
    running = asyncio.create_task(doorbell.run(broken))
    try:
        await until(doorbell.working)
        for _ in range(3):
            await rings_on_request(server, calls)
    finally:
        running.cancel()
    assert len(server.events.of("phx_join")) == 1


async def test_unanswered_joins_are_tried_again(server: PhoenixServer) -> None:
    server.deaf_to_joins = True
    timings = RealtimeTimings(join_deadline=0.1, backoff_floor=0.01, close_deadline=0.1)
    async with ringing(bell(server, timings)) as rings:
        await server.events.wait("phx_join", 2)
        assert rings.count == 0
        server.deaf_to_joins = False
        await rings.wait(1)


async def test_a_trouble_that_passes_within_the_grace_costs_no_new_client(
    server: PhoenixServer,
) -> None:
    timings = RealtimeTimings(rejoin_grace=10)
    doorbell = bell(server, timings)
    async with ringing(doorbell) as rings:
        await until(doorbell.working)
        before = rings.count
        await server.system(TOPIC, "error", "something passing")
        await server.events.wait("phx_join", 2)  # the library joins again a second later
        await rings.wait(before + 1)
    assert len(server.events.of("connected")) == 1


async def test_an_old_client_listens_until_its_successor_is_ready(server: PhoenixServer) -> None:
    """The client is replaced before Supabase's 24 hours are over, and no ring is missed."""
    timings = RealtimeTimings(
        lifetime=0.3, join_deadline=2, ping_interval=0.1, backoff_floor=0.05, close_deadline=0.1
    )
    doorbell = bell(server, timings)
    async with ringing(doorbell) as rings:
        await until(doorbell.working)
        server.deaf_to_joins = True
        await server.events.wait("phx_join", 2)
        assert server.events.of("disconnected") == []
        await rings_on_request(server, rings)
        await until(doorbell.working)
        server.deaf_to_joins = False
        await server.events.wait("disconnected", 2)
        await rings_on_request(server, rings)


async def test_changes_are_the_second_choice_where_the_topic_is_refused(
    server: PhoenixServer,
) -> None:
    server.refused_topics[TOPIC] = UNAUTHORIZED
    doorbell = bell(server, tables=TABLES)
    async with ringing(doorbell) as rings:
        await until(doorbell.working)
        for kind in ("INSERT", "UPDATE"):
            before = rings.count
            await server.change("tasks", kind, {"number": 7})
            await rings.wait(before + 1)
    bindings = server.events.of("phx_join")[-1]["payload"]["config"]["postgres_changes"]
    assert [(one["event"], one["table"], one["filter"], one["select"]) for one in bindings] == [
        (event, table.name, "processing_status=eq.pending", [table.key])
        for table in TABLES
        for event in ("INSERT", "UPDATE")
    ]


async def test_changes_are_ready_only_when_the_server_says_so(server: PhoenixServer) -> None:
    """The answer to the join comes before the server sends any change."""
    server.refused_topics[TOPIC] = UNAUTHORIZED
    server.broken_bindings["tasks"] = "Unable to subscribe to changes with given parameters."
    async with ringing(bell(server, QUICK, tables=TABLES)) as rings:
        await server.events.wait("phx_join", 4)
        assert rings.count == 0
        server.broken_bindings.clear()
        await rings.wait(1)


async def test_the_topic_is_chosen_again_once_it_is_allowed(server: PhoenixServer) -> None:
    server.refused_topics[TOPIC] = UNAUTHORIZED
    doorbell = bell(server, tables=TABLES)
    async with ringing(doorbell) as rings:
        await until(doorbell.working)
        server.refused_topics.clear()
        await server.close_all(1011)
        await server.events.wait("phx_join", 3)
        await until(doorbell.working)
        await rings_on_request(server, rings)
