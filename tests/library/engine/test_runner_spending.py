"""A worker reports soon and exactly what it has paid, and which taken-away runs have stopped."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from pydantic import SecretStr

from liverows import ONCE, Context, Retry, Step
from liverows.base.errors import Permanent, Transient
from liverows.base.types import Json, JsonObject
from liverows.base.usage import record_usage
from liverows.database.contract import Transport, refusal
from liverows.database.data_api import DataApi as DataApiClient
from liverows.database.data_api_transport import DataApiTransport
from liverows.database.postgres_transport import PostgresTransport
from tests.support.data_api import DataApi
from tests.support.databases import Database
from tests.support.doorbells import until
from tests.support.runners import NEVER, PLAIN, LiveRunner, Said, Thing, plain_things, working
from tests.support.things import Things

OWNER = "plain"
PRICE = 0.01


class Service:
    """A paid service. Each call costs the same, even if it fails."""

    def __init__(self) -> None:
        self.calls = 0
        self.stopped = 0
        self.answers: dict[int, Callable[[], Any]] = {}
        self.open = asyncio.Event()
        self.open.set()

    async def asked(self, calls: int) -> None:
        """Wait until there have been so many calls."""
        await until(lambda: self.calls == calls)

    async def ask(self, thing: int) -> str:
        self.calls += 1
        record_usage("small", input_tokens=7, cost_usd=PRICE)
        if failing := self.answers.get(self.calls):
            failing()
        try:
            await self.open.wait()
        except asyncio.CancelledError:
            self.stopped += 1
            raise
        return f"about {thing}"


@pytest.fixture
def service() -> Service:
    return Service()


@pytest.fixture
def things(database: Database) -> Things:
    return plain_things(database, owner="kind", concurrency_per_owner=1, retry_base="1 ms")


async def guess(thing: int) -> str:
    return f"a guess about {thing}"


@asynccontextmanager
async def paying(
    things: Things, service: Service, *, retry: Retry = ONCE, fallback: Any = None, **more: Any
) -> AsyncIterator[LiveRunner]:
    """A worker whose only step asks the service. It sends a heartbeat only when told to."""
    step = Step("ask", service.ask, retry=retry, fallback=fallback)

    async def recipe(context: Context[Any], thing: Thing) -> Said:
        return Said(said=await context.run(step, thing.id))

    settings: dict[str, Any] = {"steps": [step], "heartbeat": NEVER} | more
    async with working(things, recipe, **settings) as desk:
        if settings.get("listens", True):
            await desk.hears()
        yield desk


def spent(things: Things) -> tuple[int, float]:
    """How many calls of the owner the database knows, and what they have cost."""
    lines = things.call("spending", owner=OWNER)
    return sum(line["calls"] for line in lines), round(sum(line["cost_usd"] for line in lines), 9)


def stopping(things: Things) -> int:
    (row,) = things.run("select count(*) from processing.stopping_leases")
    count: int = row["count"]
    return count


def fails(error: Exception) -> Callable[[], None]:
    def fail() -> None:
        raise error

    return fail


def delete(things: Things, key: str) -> None:
    things.run("delete from public.things where id = %(key)s", {"key": key})


def cancel(things: Things, key: str) -> None:
    things.set_status(key, "cancelled")


@pytest.mark.parametrize("way", [delete, cancel])
async def test_a_row_that_goes_while_it_runs_is_stopped_counted_and_let_go_within_a_second(
    things: Things, service: Service, way: Callable[[Things, str], None]
) -> None:
    service.open.clear()
    first, second = things.add(2)
    async with paying(things, service):
        await until(lambda: service.calls == 1)
        way(things, first)
        assert stopping(things) == 1
        # The next heartbeat is an hour away, so the doorbell must have told the worker.
        await until(lambda: service.stopped == 1, deadline=60)
        # Only now is the owner's single place free again, and nothing else rings.
        await until(lambda: service.calls == 2, deadline=60)
        assert stopping(things) == 0
        await until(lambda: spent(things) == (2, 2 * PRICE), deadline=60)
        service.open.set()
        await things.reach(second, "completed")
    assert spent(things) == (2, 2 * PRICE)


async def test_no_owner_runs_more_rows_than_the_cap_by_deleting_them(
    things: Things, service: Service
) -> None:
    most = 0
    service.open.clear()
    async with paying(things, service, concurrency=20):
        for number in range(1, 11):
            (key,) = things.add(1)
            await service.asked(number)
            most = max(most, service.calls - service.stopped)
            delete(things, key)
    assert most == 1
    assert spent(things) == (10, 10 * PRICE)


async def test_failed_tries_and_fall_backs_are_counted_whole(
    things: Things, service: Service
) -> None:
    service.answers = {1: fails(Transient("x")), 2: fails(Transient("y"))}
    twice = Retry(attempts=2, first_wait=0.001)
    key = things.add_one()
    async with paying(things, service, retry=twice, fallback=guess):
        await things.reach(key, "completed")
        assert things.look(key)["said"] == f"a guess about {key}"
        service.answers = {3: fails(Permanent("z"))}
    assert spent(things) == (2, 2 * PRICE)
    key = things.add_one()
    async with paying(things, service):
        await things.reach(key, "failed")
    assert spent(things) == (3, 3 * PRICE)


async def test_what_travels_with_a_checkpoint_costs_no_call_of_its_own(
    things: Things, service: Service
) -> None:
    keys = things.add(5)
    async with paying(things, service) as desk:
        for key in keys:
            await things.reach(key, "completed")
        assert spent(things) == (5, 5 * PRICE)
    assert desk.calls["checkpoint"] == 5
    assert desk.calls["spend"] == 0


async def test_a_worker_that_leaves_has_told_all(things: Things, service: Service) -> None:
    service.open.clear()
    things.add_one()
    async with paying(things, service):
        await until(lambda: service.calls == 1)
    assert spent(things) == (1, PRICE)


class Refusing:
    """The real transport, but it refuses `spend` with these SQLSTATEs, one after another."""

    def __init__(self, inner: Transport, *sqlstates: str) -> None:
        self.kind = inner.kind
        self.refused = 0
        self._inner = inner
        self._sqlstates = list(sqlstates)

    async def call(self, function: str, arguments: JsonObject) -> Json:
        if function == "spend" and self._sqlstates:
            self.refused += 1
            raise refusal(self._sqlstates.pop(0), "no", function=function)
        return await self._inner.call(function, arguments)

    async def close(self) -> None:
        await self._inner.close()


async def test_what_could_not_be_written_is_written_later_and_once(
    things: Things, service: Service
) -> None:
    service.answers = {1: fails(Permanent("x"))}
    transport = Refusing(
        PostgresTransport(SecretStr(things.database.dsn)), "40001", "55P03", "42501"
    )
    key = things.add_one()
    async with paying(things, service, transport=transport):
        await things.reach(key, "failed")
        await until(lambda: spent(things) == (1, PRICE), deadline=60)
    assert transport.refused == 3
    assert spent(things) == (1, PRICE)


async def test_an_answer_that_claims_nonsense_is_counted_all_the_same(
    things: Things, service: Service
) -> None:
    def boast() -> None:
        record_usage("a\x00b\ud800", input_tokens=10**40, output_tokens=-3)
        record_usage("small", audio_seconds=float("nan"), cost_usd=float("inf"))
        raise Permanent("x")

    service.answers = {1: boast}
    key = things.add_one()
    async with paying(things, service):
        await things.reach(key, "failed")
        await until(lambda: spent(things)[0] == 3, deadline=60)


@pytest.mark.needs("postgrest")
async def test_over_the_data_api_it_is_the_same(
    things: Things, service: Service, data_api: DataApi
) -> None:
    service.open.clear()
    key = things.add_one()
    transport = DataApiTransport(DataApiClient(data_api.url, SecretStr(data_api.secret_key)))
    async with paying(things, service, transport=transport):
        await until(lambda: service.calls == 1)
        delete(things, key)
        await until(lambda: service.stopped == 1, deadline=60)
        await until(lambda: stopping(things) == 0, deadline=60)
        await until(lambda: spent(things) == (1, PRICE), deadline=60)


async def test_a_run_of_many_calls_stops_at_the_daily_limit_and_waits_for_the_next_day(
    database: Database, service: Service
) -> None:
    things = plain_things(database, owner="kind", daily_limits={"calls": 3})
    step = Step("ask", service.ask, retry=ONCE, fallback=guess, paid=True)

    async def recipe(context: Context[Any], thing: Thing) -> Said:
        for number in range(2500):
            await context.run(step, number)
        return Said(said=str(thing.id))

    key = things.add_one()
    async with working(things, recipe, steps=[step]) as desk:
        await until(lambda: things.look(key)["error"] is not None, deadline=60)
        row = things.look(key)
        assert (row["status"], row["error"]["code"]) == ("pending", "budget_reached")
        assert row["attempts"] == 0
        assert 0 < (row["not_before"] - things.now()).total_seconds() <= 86400 * 1.2
        assert service.calls == 3
        labels = {"pipeline": PLAIN, "measure": "calls"}
        assert desk.value("liverows_budget_refusals_total", **labels) == 1
    story = things.call("explain", table_name="public.things", row_id=key)
    assert any(reason.startswith("budget") for reason in story["blocked_by"])
    assert spent(things) == (3, 3 * PRICE)
