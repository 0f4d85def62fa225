"""No log line of any level contains the secret key or a row, whatever goes wrong."""

from __future__ import annotations

import json
import logging

import pytest
from pydantic import SecretStr
from structlog.testing import capture_logs

from liverows.doorbells.realtime import RealtimeDoorbell, RealtimeTimings
from tests.support.doorbells import ringing, until
from tests.support.phoenix import PhoenixServer

pytestmark = pytest.mark.filterwarnings("ignore:ConnectionClosed:DeprecationWarning")

KEY = "sb_secret_never_to_be_read"
ROW = "the curriculum of a person"
TOPIC = "realtime:processing:doorbell"
QUICK = RealtimeTimings(
    ping_interval=0.1,
    ping_waits=(0.1, 0.1),
    backoff_floor=0.01,
    backoff_cap=0.05,
    close_deadline=0.1,
)


def bell(server: PhoenixServer, key: str = KEY) -> RealtimeDoorbell:
    async def send_ping(nonce: str) -> None:
        await server.broadcast(TOPIC, "ping", {"nonce": nonce})

    return RealtimeDoorbell(server.supabase_url, SecretStr(key), send_ping, timings=QUICK)


async def test_a_life_full_of_trouble_leaves_no_key_and_no_row_in_the_logs(
    caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    async with PhoenixServer.running(KEY) as server:
        doorbell = bell(server)
        with capture_logs() as events:
            async with ringing(doorbell) as rings:
                await until(doorbell.working)
                await server.broadcast(TOPIC, "ring", {"row": ROW})
                await server.send_text(json.dumps({"event": "postgres_changes", "payload": ROW}))
                await server.phx_close(TOPIC)
                await server.events.wait("phx_join", 2)
                await server.system(TOPIC, "error", f"refused {KEY}", "system")
                await until(doorbell.working)
                server.refused_topics[TOPIC] = f"JwtSignatureError: {KEY}"
                await server.close_all(1011, "internal error")
                await server.events.wait("phx_join", 4)
                await server.outage()
                await until(lambda: "ConnectionRefusedError" in str(events))
                server.refused_topics.clear()
                await server.resume()
                await rings.wait(rings.count + 1)
    out = capfd.readouterr()
    logged = "\n".join([caplog.text, str(events), out.out, out.err])
    assert "JwtSignatureError: <key>" in logged
    assert KEY not in logged
    assert ROW not in logged


async def test_a_wrong_key_is_named_as_http_401_and_not_quoted(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    async with PhoenixServer.running("another key") as server:
        with capture_logs() as events:
            async with ringing(bell(server)) as rings:
                await server.events.wait("refused", 2)
    assert rings.count == 0
    assert {"http_401"} == {
        event["reason"] for event in events if event["event"] == "doorbell_unreachable"
    }
    assert KEY not in caplog.text + str(events)
