"""Live pages: they follow the queue, cost little while somebody looks, and nothing otherwise."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from liverows.base.errors import DatabaseTrouble
from liverows.base.settings import Settings
from liverows.base.types import Json, JsonObject
from liverows.console.access import Access
from liverows.console.app import console_app
from liverows.console.bulk import ROWS_A_CALL
from liverows.console.desk import Desk
from liverows.console.filters import Filter
from liverows.console.live import LiveTimings
from liverows.console.serving import doorbells_of
from liverows.console.sessions import MOST_SESSIONS
from liverows.database.client import ContractClient
from liverows.database.contract import Transport
from liverows.database.login import Login
from liverows.database.postgres_transport import PostgresTransport
from liverows.running.health import serving
from tests.library.console.one_day import Day
from tests.support.doorbells import until

COUNTED = re.compile(r"([\d,]+) changed")
OPEN = Access(hosts=None, secure=False, operator="Ada", ways=())
NEVER = 3600.0


@pytest.fixture(scope="module")
def day(quiet_day: Day) -> Day:
    """These tests need no rows beside their own."""
    return quiet_day


@dataclass
class Watched:
    """A transport to a real database that notes each call, and may refuse them."""

    inner: Transport
    kind: str = "postgres"
    calls: list[tuple[float, str]] = field(default_factory=list)
    error: Exception | None = None

    async def call(self, function: str, arguments: JsonObject) -> Json:
        self.calls.append((time.monotonic(), function))
        if self.error is not None:
            raise self.error
        return await self.inner.call(function, arguments)

    async def close(self) -> None:
        await self.inner.close()

    def named(self, function: str) -> int:
        """How often a function was called."""
        return sum(name == function for _, name in self.calls)


@dataclass
class Served:
    """A console at a port."""

    app: Any
    transport: Watched
    address: str

    @property
    def lookers(self) -> int:
        found: int = self.app.state.console.live.lookers
        return found

    @asynccontextmanager
    async def looking(self, path: str = "/live/overview") -> AsyncIterator[list[str]]:
        """Look at a live part; yields the events that came, as text."""
        seen: list[str] = []

        async def look(http: httpx.AsyncClient) -> None:
            async with http.stream("GET", path, timeout=None) as answer:
                assert answer.status_code == 200
                async for chunk in answer.aiter_text():
                    seen.append(chunk)

        async with httpx.AsyncClient(base_url=self.address, trust_env=False) as http:
            task = asyncio.create_task(look(http))
            try:
                await until(lambda: bool(seen) or task.done())
                yield seen
            finally:
                task.cancel()
                await asyncio.wait([task])


@asynccontextmanager
async def served(day: Day, timings: LiveTimings, *, pause: float = 0) -> AsyncIterator[Served]:
    """Serve a console over a real database and with its real doorbell."""
    login = Login(SecretStr(day.database.dsn))
    transport = Watched(PostgresTransport(login, prepared=False))
    client = ContractClient(transport)
    desk = Desk(client, pause=pause)
    settings = Settings(_env_file=None)
    bells = lambda: doorbells_of(settings, login, desk)  # noqa: E731 - as the server gives it
    app = console_app(settings, OPEN, desk, doorbells=bells, timings=timings)
    async with serving(app, "127.0.0.1", 0) as port:
        yield Served(app, transport, f"http://127.0.0.1:{port}")
    await client.close()


@pytest.mark.parametrize(
    ("path", "function"),
    [
        ("/live/overview", "overview"),
        ("/live/rows?status=pending", "list_rows"),
        ("/live/failures", "failures"),
    ],
)
async def test_nothing_is_asked_while_nobody_looks(day: Day, path: str, function: str) -> None:
    async with served(day, LiveTimings(busy=0.05, calm=0.05)) as console:
        async with console.looking(path):
            await until(lambda: console.transport.named(function) >= 3)
        await until(lambda: console.lookers == 0)
        await until(lambda: not listeners(day))
        asked = len(console.transport.calls)
        # Ten times the pause between two readings.
        await asyncio.sleep(0.5)
        assert len(console.transport.calls) == asked


async def test_all_who_look_share_one_reading(day: Day) -> None:
    async with (
        served(day, LiveTimings(busy=NEVER, calm=NEVER)) as console,
        console.looking(),
        console.looking(),
        console.looking() as third,
    ):
        await until(lambda: "event: part" in "".join(third))
        rings = console.transport.named("overview")
        # One reading at first, and one because listening began.
        assert rings <= 2


async def test_readings_keep_their_distance_however_often_it_rings(day: Day) -> None:
    pause = 0.25
    async with served(day, LiveTimings(busy=0, calm=0), pause=pause) as console:
        async with console.looking(), console.looking("/live/rows?status=pending"):
            for _ in range(20):
                day.add(1)
            await until(lambda: len(console.transport.calls) >= 8)
        times = [at for at, _ in console.transport.calls]
    gaps = [later - sooner for sooner, later in pairwise(times)]
    # A call is noted a moment after its turn began, so a gap may seem shorter than it is.
    assert min(gaps) > pause / 2
    assert sum(gaps) >= pause * (len(gaps) - 1)


async def test_a_new_row_shows_at_the_ring_of_the_doorbell(day: Day) -> None:
    async with (
        served(day, LiveTimings(busy=NEVER, calm=NEVER)) as console,
        console.looking() as seen,
    ):
        await until(lambda: bool(listeners(day)))
        await until(lambda: console.transport.named("ping_doorbell") > 0)
        seen.clear()
        day.connection.execute(
            "insert into public.letters (body) select 'x' from generate_series(1, 4321)"
        )
        await until(lambda: "4,321" in "".join(seen))


async def test_a_list_of_rows_follows_at_the_ring_of_the_doorbell(day: Day) -> None:
    async with (
        served(day, LiveTimings(busy=NEVER, calm=NEVER)) as console,
        console.looking("/live/rows?table=public.letters&status=pending") as seen,
    ):
        await until(lambda: bool(listeners(day)))
        await until(lambda: console.transport.named("ping_doorbell") > 0)
        seen.clear()
        found = day.connection.execute(
            "insert into public.letters (body) values ('x') returning id::text"
        ).fetchone()
        assert found is not None
        await until(lambda: f">{found[0]}</a>" in "".join(seen))


async def test_failures_and_failed_rows_follow_by_themselves(day: Day) -> None:
    keys = day.add(2)
    async with (
        served(day, LiveTimings(busy=NEVER, calm=0.05)) as console,
        console.looking("/live/failures?code=followed") as groups,
        console.looking("/live/rows?status=failed&code=followed") as rows,
    ):
        await until(lambda: "No row has failed" in "".join(groups))
        day.fail(keys, code="followed", message="It broke.")
        await until(lambda: 'data-state="2"' in "".join(groups))
        await until(lambda: all(f">{key}</a>" in "".join(rows) for key in keys))


async def test_a_retry_of_many_rows_tells_how_far_it_is_and_asks_nothing_for_that(
    day: Day,
) -> None:
    keys = day.add(5 * ROWS_A_CALL)
    day.fail(keys, code="counted", message="It broke.")
    async with served(day, LiveTimings(busy=0, calm=NEVER)) as console:
        bulks = console.app.state.console.bulks
        chosen = Filter(status=("failed",)).with_text(code="counted")
        bulk = await bulks.plan("retry", chosen, {}, "Ada")
        console.transport.calls.clear()
        bulks.start(bulk)
        async with console.looking(f"/live/bulk/{bulk.key}") as seen:
            await until(lambda: "event: final" in "".join(seen))
        shown = [int(number.replace(",", "")) for number in COUNTED.findall("".join(seen))]
        assert shown == sorted(shown) and shown[-1] == len(keys)
        assert len(set(shown)) >= 3
        asked = [function for _, function in console.transport.calls]
        assert set(asked) - {"ping_doorbell"} == {"change_rows"}


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (DatabaseTrouble("the database is away"), "the database is away"),
        (RuntimeError("a mistake"), "the console has made a mistake"),
    ],
)
async def test_trouble_is_told_and_passes(day: Day, error: Exception, told: str) -> None:
    async with (
        served(day, LiveTimings(busy=0.05, calm=0.05)) as console,
        console.looking() as seen,
    ):
        console.transport.error = error
        await until(lambda: told in "".join(seen))
        seen.clear()
        console.transport.error = None
        await until(lambda: "event: trouble\ndata:\n" in "".join(seen))


async def test_who_is_signed_out_reads_that_the_page_stands_still(day: Day) -> None:
    async with (
        served(day, LiveTimings(busy=NEVER, calm=NEVER)) as console,
        console.looking() as seen,
    ):
        await until(lambda: "event: part" in "".join(seen))
        sessions = console.app.state.console.sessions
        for _ in range(MOST_SESSIONS):
            sessions.open("Eve")
        day.add(1)
        await until(lambda: "you are signed out" in "".join(seen))


def listeners(day: Day) -> list[Any]:
    """The connections of a console's doorbell."""
    found = day.connection.execute(
        "select pid from pg_stat_activity where datname = current_database()"
        " and application_name = 'liverows console'"
    )
    return found.fetchall()
