"""Realtime doorbells with the waits of tests, on a small Phoenix server."""

from __future__ import annotations

from dataclasses import replace

from pydantic import SecretStr

from liverows.doorbells.doorbell import Stop, unheard
from liverows.doorbells.realtime import RealtimeDoorbell, RealtimeTimings, WatchedTable
from tests.support.doorbells import Rings
from tests.support.phoenix import PhoenixServer

TOPIC = "realtime:processing:doorbell"
TABLES = (WatchedTable("public", "job_positions", "id"), WatchedTable("public", "tasks", "number"))
UNAUTHORIZED = "Unauthorized: You do not have permissions to read from this Channel topic: x"
QUICK = RealtimeTimings(
    ping_interval=0.1,
    ping_deadline=0.2,
    ping_waits=(0.2, 0.2),
    backoff_floor=0.01,
    backoff_cap=0.1,
    close_deadline=0.1,
    join_deadline=1,
    rejoin_grace=0.2,
)
STEADY = replace(QUICK, ping_deadline=3600, ping_waits=(3600,), join_deadline=60, rejoin_grace=60)
"""It pings often and takes no client for deaf, however long this process stands still."""
PATIENT = RealtimeTimings(
    ping_interval=3600,
    ping_deadline=3600,
    ping_waits=(3600,),
    backoff_floor=0.01,
    close_deadline=0.1,
    join_deadline=60,
    rejoin_grace=0.2,
)
"""Its pings come too late to help: what ends in a test was noticed by other means."""


def bell(
    server: PhoenixServer,
    timings: RealtimeTimings = STEADY,
    *,
    tables: tuple[WatchedTable, ...] = (),
    on_stop: Stop = unheard,
) -> RealtimeDoorbell:
    async def send_ping(nonce: str) -> None:
        await server.broadcast(TOPIC, "ping", {"nonce": nonce, "id": "1"})

    key = SecretStr(server.key)
    return RealtimeDoorbell(
        server.supabase_url, key, send_ping, tables=tables, on_stop=on_stop, timings=timings
    )


async def rings_on_request(server: PhoenixServer, rings: Rings) -> None:
    """A ring of the database arrives, whatever happened before."""
    before = rings.count
    await server.broadcast(TOPIC, "ring", {"id": "1"})
    await rings.wait(before + 1)
