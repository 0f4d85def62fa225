"""A session of the worker keeps the memory that its statements need."""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import asyncpg
import pytest
from pydantic import SecretStr

from liverows.base.types import JsonObject
from liverows.database.postgres_transport import PostgresTransport
from tests.support.databases import Database
from tests.support.runners import PLAIN, plain_things
from tests.support.things import Things

ROWS = 130
CLAIM: JsonObject = {
    "worker": "00000000-0000-4000-8000-00000000000a",
    "pipelines": [PLAIN],
    "slots": ROWS,
    "sweep": False,
    "woken_by": "notify",
}


@pytest.fixture
def things(database: Database) -> Things:
    things = plain_things(database)
    things.add(8 * ROWS, wants="x" * 2000)
    return things


def faults(things: Things, application: str) -> int:
    """How many page faults the server process of this session has had so far."""
    [session] = things.run(
        "select pid from pg_stat_activity where application_name = %(name)s", {"name": application}
    )
    # The fields follow the last bracket; the process name before it may contain brackets too.
    fields = Path(f"/proc/{session['pid']}/stat").read_text().rpartition(")")[2].split()
    return int(fields[7])


async def faults_of_a_claim(
    things: Things, application: str, claim: Callable[[], Awaitable[object]]
) -> int:
    for _ in range(3):  # the first claims also plan their statements
        await claim()
    before = faults(things, application)
    await claim()
    return faults(things, application) - before


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells how memory was given")
async def test_large_claims_do_not_ask_the_system_for_memory_each_time(things: Things) -> None:
    transport = PostgresTransport(SecretStr(things.database.dsn))
    kept = await faults_of_a_claim(things, "liverows", lambda: transport.call("claim", CLAIM))
    await transport.close()
    usual = await asyncpg.connect(
        things.database.dsn, server_settings={"application_name": "usual"}
    )
    query = "select processing.claim($1::uuid, $2::text[], $3::integer, $4::boolean, $5)"
    given = await faults_of_a_claim(things, "usual", lambda: usual.fetchval(query, *CLAIM.values()))
    await usual.close()
    assert kept < given / 4
