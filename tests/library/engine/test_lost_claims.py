"""Rows of a claim whose answer never came are run soon, and no row is run twice for that."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from pydantic import SecretStr

from liverows import Context
from liverows.base.errors import DatabaseTrouble
from liverows.base.types import Json, JsonObject
from liverows.database.postgres_transport import PostgresTransport
from tests.support.databases import Database
from tests.support.doorbells import until
from tests.support.runners import Gate, Said, Thing, plain_things, working
from tests.support.things import Things

TIMINGS: dict[str, Any] = {"heartbeat": 5, "claim_timeout": 3600}
"""No heartbeat of these tests gives back a row only because it does not know it."""


@pytest.fixture
def things(database: Database) -> Things:
    return plain_things(database)


class LosesAnswers:
    """The real transport, which loses the answers of the next `losses` claims that bring rows.

    With `late`, the first claim fails at once and reaches the database later: after the worker has
    looked for its rows once, and after a call of `late`. Meanwhile all other calls wait.
    """

    def __init__(
        self, database: Database, losses: int = 1, late: Callable[[], object] | None = None
    ) -> None:
        self.losses = losses
        self._late = late
        self._inner = PostgresTransport(SecretStr(database.dsn))
        self.kind = self._inner.kind
        self._looked = asyncio.Event()
        self._task: asyncio.Task[Json] | None = None

    async def call(self, function: str, arguments: JsonObject) -> Json:
        if self._task and self._looked.is_set():
            await asyncio.wait({self._task})
        is_claim = function in ("claim", "finish_and_claim") and arguments.get("slots")
        if is_claim and self.losses and self._late is not None:
            self.losses -= 1
            self._task = asyncio.create_task(self._call_later(self._late, function, arguments))
            raise DatabaseTrouble("the connection broke")
        answer: Any = await self._inner.call(function, arguments)
        if is_claim and self.losses and answer["batches"]:
            self.losses -= 1
            raise DatabaseTrouble("the connection broke")
        if self._task and arguments.get("claim_timeout_seconds") == 0:
            self._looked.set()
        return answer  # type: ignore[no-any-return]  # it was narrowed to look inside

    async def _call_later(
        self, late: Callable[[], object], function: str, arguments: JsonObject
    ) -> Json:
        await self._looked.wait()
        late()
        return await self._inner.call(function, arguments)

    async def close(self) -> None:
        if self._task:
            await self._task
        await self._inner.close()


async def test_rows_of_a_lost_claim_are_run_soon_and_once(things: Things) -> None:
    keys = things.add(12)
    begun: list[int] = []

    async def count(_context: Context[Any], thing: Thing) -> Said:
        begun.append(thing.id)
        return Said(said="done")

    transport = LosesAnswers(things.database, losses=3)
    async with working(things, count, transport=transport, **TIMINGS):
        await until(lambda: things.statuses() == {"completed": 12})
    assert transport.losses == 0
    assert sorted(begun) == sorted(int(key) for key in keys)
    assert set(things.take_backs()) == {"claim_unanswered"}


async def test_a_claim_that_commits_after_its_connection_broke_is_given_back_too(
    things: Things,
) -> None:
    keys: list[str] = []
    transport = LosesAnswers(things.database, late=lambda: keys.append(things.add_one()))
    async with working(things, transport=transport, **TIMINGS):
        await until(lambda: bool(keys))
        await things.reach(keys[0], "completed")
    assert things.take_backs() == ["claim_unanswered"]


async def test_rows_that_run_meanwhile_are_not_given_back(things: Things) -> None:
    gate = Gate()
    things.add(3)
    transport = LosesAnswers(things.database, losses=0)
    async with working(things, gate, transport=transport, **TIMINGS):
        # The status changes before the answer arrives; only the next answer may be lost.
        await until(lambda: gate.entered == 3)
        transport.losses = 1
        things.add(2)
        await until(lambda: things.take_backs() == ["claim_unanswered"] * 2)
        await until(lambda: gate.entered == 5)
        gate.opened.set()
        await until(lambda: things.statuses() == {"completed": 5})
    assert things.take_backs() == ["claim_unanswered"] * 2
