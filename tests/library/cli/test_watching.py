"""`status --watch` looks when a doorbell rings, when rows run, and otherwise seldom."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from pathlib import Path

import pytest
from pydantic import SecretStr

from liverows.base.errors import DatabaseTrouble, Transient
from liverows.base.settings import Settings
from liverows.base.types import Json
from liverows.cli.answers import Overview
from liverows.cli.watching import WatchTimings, doorbell_of, looks
from liverows.database.opening import Way, opened_client, way_of
from tests.support.pgbouncer import pooled
from tests.support.things import Things

NEVER = 3600.0
SECONDS = 30
"""Within so many seconds of a busy machine what is expected must happen."""
ONLY_RUNG = WatchTimings(interval=0.05, calm=NEVER)

Seen = AsyncGenerator[Overview | Transient]


def settings_of(dsn: str) -> Settings:
    return Settings(_env_file=None, supabase_db_url=SecretStr(dsn))


def waiting(seen: Overview | Transient) -> int | None:
    assert isinstance(seen, Overview)
    (line,) = (line for line in seen.pipelines if line.table == "public.things")
    return line.pending


async def following(seen: Seen) -> Overview | Transient:
    async with asyncio.timeout(SECONDS):
        return await anext(seen)


async def test_a_ring_brings_the_next_look_while_nothing_is_to_be_done(things: Things) -> None:
    settings = settings_of(things.database.dsn)
    way = way_of(settings)
    async with opened_client(settings, way=way) as client:
        bell = await doorbell_of(way, client)
        assert bell is not None
        async with aclosing(looks(client, bell, ONLY_RUNG)) as seen:
            assert waiting(await following(seen)) == 0
            next_look = asyncio.ensure_future(anext(seen))
            while not next_look.done():
                # The doorbell may have begun to listen only after a row was added.
                things.add(1)
                await asyncio.wait([next_look], timeout=1)
            assert waiting(await next_look)


async def test_rows_that_are_due_or_run_are_followed_without_a_ring(things: Things) -> None:
    things.add(1)
    settings = settings_of(things.database.dsn)
    way = way_of(settings)
    async with opened_client(settings, way=way) as client:
        bell = await doorbell_of(way, client)
        async with aclosing(looks(client, bell, ONLY_RUNG)) as seen:
            for _ in range(3):
                assert waiting(await following(seen)) == 1


@pytest.mark.needs("pgbouncer")
async def test_without_a_session_for_listen_each_look_comes_by_time(
    things: Things, tmp_path: Path
) -> None:
    with pooled(things.database.dsn, "transaction", tmp_path) as url:
        settings = settings_of(url)
        way = way_of(settings)
        async with opened_client(settings, way=way) as client:
            assert await doorbell_of(way, client) is None
            async with aclosing(looks(client, None, ONLY_RUNG)) as seen:
                for _ in range(3):
                    assert waiting(await following(seen)) == 0


async def test_a_passing_trouble_is_told_and_does_not_end_it(
    things: Things, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = settings_of(things.database.dsn)
    async with opened_client(settings) as client:
        call = client.call

        async def refuse(_function: str, _arguments: object) -> Json:
            raise DatabaseTrouble("the database does not answer")

        async with aclosing(looks(client, None, ONLY_RUNG)) as seen:
            monkeypatch.setattr(client, "call", refuse)
            assert isinstance(await following(seen), Transient)
            monkeypatch.setattr(client, "call", call)
            assert waiting(await following(seen)) == 0


def test_the_data_api_has_no_doorbell_here() -> None:
    way: Way = way_of(
        Settings(
            _env_file=None,
            supabase_url="http://127.0.0.1:1",
            supabase_secret_key=SecretStr("sb_secret_nothing"),
        )
    )
    assert asyncio.run(doorbell_of(way, None)) is None  # type: ignore[arg-type]  # it is not asked
