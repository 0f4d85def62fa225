"""A recipe that waits for other rows gives its slot back, and goes on when they have ended."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest
from pydantic import SecretStr

from liverows import AwaitedRow, Context, Permanent, Step
from liverows.base.errors import DatabaseTrouble, LeaseLost
from liverows.base.types import Json, JsonObject
from liverows.database.client import ContractClient
from liverows.database.contract import Transport
from liverows.database.messages import Result
from liverows.database.postgres_transport import PostgresTransport
from liverows.recipe.waiting import RowWaits
from tests.support.databases import Clock, Database
from tests.support.doorbells import until
from tests.support.links import Link, claim_one, completed
from tests.support.runners import PLAIN, LiveRunner, Recipe, Said, Thing, answer, working
from tests.support.runs import Bench
from tests.support.samples import PIPELINE, TABLE_NAME, Samples
from tests.support.things import Things

PARENT = "parent"
TABLE = "public.things"


@pytest.fixture
def things(database: Database) -> Things:
    """Rows of kind `parent` run one pipeline, all others another one."""
    things = Things(database)
    things.create()
    things.attach(PLAIN, when="kind <> 'parent'")
    things.attach(PARENT, when="kind = 'parent'", max_attempts=2)
    return things


def parent_of(things: Things, *ids: str) -> str:
    return things.add_one(kind="parent", wants=",".join(ids))


def ids_in(thing: Thing) -> list[str]:
    return (thing.wants or "").split(",")


def told(rows: dict[str, AwaitedRow]) -> Said:
    return Said(said=" ".join(row.status for row in rows.values()))


async def gather(context: Context[Any], thing: Thing) -> Said:
    """The parents' recipe."""
    return told(await context.wait_for(TABLE, ids_in(thing)))


@asynccontextmanager
async def at_work(
    things: Things, parents: Recipe = gather, children: Recipe = answer, **settings: Any
) -> AsyncIterator[LiveRunner]:
    async def recipe(context: Context[Any], thing: Thing) -> Any:
        if context.job.pipeline == PARENT:
            return await parents(context, thing)
        return await children(context, thing)

    async with working(things, recipe, slugs=(PLAIN, PARENT), **settings) as live:
        yield live


async def until_waiting(things: Things, key: str) -> None:
    await until(lambda: "waiting" in things.kinds(key))


class TestWorker:
    async def test_one_slot_is_enough_for_a_parent_and_its_children(self, things: Things) -> None:
        children = things.add(5)
        things.run("select processing.pause('plain')")
        parent = parent_of(things, *children)
        async with at_work(things, concurrency=1) as live:
            await until_waiting(things, parent)
            things.run("select processing.pause('plain', false)")
            row = await things.reach(parent, "completed")
            waited = live.value("liverows_finished_rows_total", pipeline=PARENT, outcome="waiting")
            assert waited == 1
            assert live.value("liverows_stale_writes_refused_total") == 0
        assert row["said"] == " ".join(["completed"] * 5)
        assert (row["attempts"], row["run"]) == (1, 2)

    async def test_parents_of_parents_need_one_slot_too(self, things: Things) -> None:
        leaves = things.add(2)
        middle = [parent_of(things, leaf) for leaf in leaves]
        top = parent_of(things, *middle)
        things.run("update public.things set processing_priority = id")
        async with at_work(things, concurrency=1):
            row = await things.reach(top, "completed")
        assert row["said"] == "completed completed"

    async def test_steps_before_the_wait_run_once_and_it_may_wait_twice(
        self, things: Things
    ) -> None:
        calls: list[int] = []

        async def plan(thing: int) -> list[str]:
            calls.append(thing)
            return things.add(2)

        async def sum_up(thing: int, said: list[str]) -> str:
            return "+".join(said)

        split, add = Step("plan", plan), Step("sum-up", sum_up)

        async def twice(context: Context[Any], thing: Thing) -> Said:
            first = await context.run(split, thing.id)
            early = await context.wait_for(TABLE, first)
            second = await context.run(split_later, thing.id)
            late = await context.wait_for(TABLE, second)
            said: list[str] = [row.status for row in (*early.values(), *late.values())]
            return Said(said=await context.run(add, thing.id, said))

        split_later = Step("plan-again", plan)
        parent = parent_of(things)
        async with at_work(things, twice, steps=(split, add, split_later), concurrency=1):
            row = await things.reach(parent, "completed")
        assert row["said"] == "+".join(["completed"] * 4)
        assert calls == [int(parent)] * 2
        assert things.kinds(parent).count("waiting") == 2

    async def test_it_is_told_of_failed_cancelled_and_deleted_children(
        self, things: Things
    ) -> None:
        async def fails(_context: Context[Any], _thing: Thing) -> Said:
            raise Permanent("It is not possible.", code="hopeless")

        failing, cancelled, deleted = things.add(3)
        things.set_status(cancelled, "cancelled")
        parent = parent_of(things, failing, cancelled, deleted)
        things.run("delete from public.things where id = %(id)s", {"id": deleted})
        codes: list[str | None] = []

        async def look(context: Context[Any], thing: Thing) -> Said:
            rows = await context.wait_for(TABLE, ids_in(thing))
            codes.extend(row.error_code for row in rows.values())
            return told(rows)

        async with at_work(things, look, fails):
            row = await things.reach(parent, "completed")
        assert row["said"] == "failed cancelled deleted"
        assert codes == ["hopeless", None, None]

    async def test_a_timeout_tells_which_have_not_ended(
        self, things: Things, database: Database
    ) -> None:
        child = things.add_one()
        parent = parent_of(things, child)

        async def hurry(context: Context[Any], thing: Thing) -> Said:
            rows = await context.wait_for(TABLE, ids_in(thing), timeout=timedelta(hours=2))
            assert [row.ended for row in rows.values()] == [False]
            return told(rows)

        things.run("select processing.pause('plain')")
        async with at_work(things, hurry) as live:
            await until_waiting(things, parent)
            Clock(database).advance(timedelta(hours=2, seconds=1).total_seconds())
            live.runner.ring("notify")
            row = await things.reach(parent, "completed")
        assert row["said"] == "pending"

    async def test_what_a_recipe_does_after_it_caught_the_end_of_its_run_is_not_written(
        self, things: Things
    ) -> None:
        entered: list[int] = []

        async def stubborn(context: Context[Any], thing: Thing) -> Said:
            entered.append(thing.id)
            try:
                return await gather(context, thing)
            except BaseException:
                if len(entered) > 1:
                    raise
                return Said(said="without them")

        child = things.add_one()
        things.run("select processing.pause('plain')")
        parent = parent_of(things, child)
        async with at_work(things, stubborn):
            await until_waiting(things, parent)
            things.run("select processing.pause('plain', false)")
            row = await things.reach(parent, "completed")
        assert row["said"] == "completed"

    async def test_waits_beside_each_other_come_to_an_end(self, things: Things) -> None:
        async def beside(context: Context[Any], thing: Thing) -> Said:
            async with asyncio.TaskGroup() as group:
                waits = [group.create_task(context.wait_for(TABLE, [one])) for one in ids_in(thing)]
            return Said(said=" ".join(told(wait.result()).said or "" for wait in waits))

        children = things.add(3)
        parent = parent_of(things, *children)
        async with at_work(things, beside, concurrency=1):
            row = await things.reach(parent, "completed")
        assert row["said"] == "completed completed completed"
        assert row["attempts"] == 1

    async def test_a_row_that_would_wait_for_itself_fails(self, things: Things) -> None:
        async def selfish(context: Context[Any], thing: Thing) -> Said:
            return told(await context.wait_for(TABLE, [thing.id]))

        parent = parent_of(things)
        async with at_work(things, selfish):
            row = await things.reach(parent, "failed")
        assert row["error"]["code"] == "bad_wait"

    async def test_rows_that_wait_for_each_other_do_not_wait_for_ever(
        self, things: Things, database: Database
    ) -> None:
        first = parent_of(things)
        second = parent_of(things, first)
        things.run(
            "update public.things set wants = %(wants)s where id = %(id)s",
            {"wants": second, "id": first},
        )
        async with at_work(things, concurrency=1) as live:
            await until(lambda: "failed" in things.statuses(), deadline=20)
            live.runner.ring("notify")
            await things.settled()
        assert things.statuses() == {"failed": 1, "completed": 1}

    async def test_a_lost_answer_stops_the_run_and_not_the_wait(self, things: Things) -> None:
        children = things.add(2)
        parent = parent_of(things, *children)
        transport = LosesAnswer(PostgresTransport(SecretStr(things.database.dsn)))
        async with at_work(things, transport=transport):
            row = await things.reach(parent, "completed")
        assert transport.lost == 1
        assert (row["said"], row["attempts"]) == ("completed completed", 1)


class LosesAnswer:
    """The real transport, but the first answer of `await_rows` is lost after the call."""

    def __init__(self, inner: Transport) -> None:
        self.kind = inner.kind
        self.lost = 0
        self._inner = inner

    async def call(self, function: str, arguments: JsonObject) -> Json:
        answer = await self._inner.call(function, arguments)
        if function == "await_rows" and not self.lost:
            self.lost += 1
            raise DatabaseTrouble("the connection is gone")
        return answer

    async def close(self) -> None:
        await self._inner.close()


class TestBothTransports:
    async def test_a_wait_and_its_answer(self, link: Link, samples: Samples) -> None:
        store = link.store()
        samples.add("parent")
        job = await claim_one(store)
        samples.add("child")
        wait: dict[str, Any] = {"wait": "w", "stage": "Waiting", "timeout_seconds": None}
        assert await store.await_rows(job.key, TABLE_NAME, ["child", "gone"], **wait) is None
        assert samples.look("parent")["stage"] == "Waiting"
        with pytest.raises(LeaseLost):
            await store.await_rows(job.key, TABLE_NAME, ["child"], **wait)
        child = await claim_one(store)
        await store.finish([completed(child)])
        again = await claim_one(store)
        rows = await store.await_rows(again.key, TABLE_NAME, ["child", "gone"], **wait)
        assert rows == (AwaitedRow("child", "completed"), AwaitedRow("gone", "deleted"))
        await store.finish([Result(again.key, PIPELINE, "release")])
        (checkpoint,) = (await claim_one(store)).checkpoints
        assert checkpoint.step == "@wait"

    async def test_a_table_that_is_not_attached(
        self, store: ContractClient, samples: Samples
    ) -> None:
        samples.add()
        job = await claim_one(store)
        with pytest.raises(Permanent) as caught:
            await store.await_rows(
                job.key, "public.nowhere", ["1"], wait="w", stage="s", timeout_seconds=None
            )
        assert caught.value.code == "bad_wait"


class TestContext:
    async def test_a_wait_is_named_the_same_in_each_run(self) -> None:
        names: list[set[str]] = []
        for ids in (["1", "2"], [2, 1]):
            bench = Bench()
            for _ in range(2):
                context = bench.context()
                with pytest.raises(RowWaits):
                    await context.wait_for(TABLE, ids, timeout=timedelta(minutes=1))
                assert context.waits
            names.append({name for name, _, _ in bench.store.waits})
            assert {seconds for _, _, seconds in bench.store.waits} == {60}
        assert names[0] == names[1]
        assert len(names[0]) == 1

    async def test_a_second_wait_for_the_same_rows_is_another_one(self) -> None:
        bench = Bench()
        bench.store.rows = {"1": AwaitedRow("1", "pending")}
        context = bench.context()
        for _ in range(2):
            await context.wait_for(TABLE, ["1"])
        assert len({name for name, _, _ in bench.store.waits}) == 2

    async def test_the_answer_has_the_order_of_the_question(self) -> None:
        bench = Bench()
        bench.store.rows = {key: AwaitedRow(key, "completed") for key in "abc"}
        rows = await bench.context().wait_for(TABLE, ["c", "a", "c", "b"])
        assert list(rows) == ["c", "a", "b"]

    async def test_no_rows_need_no_wait(self) -> None:
        bench = Bench()
        assert await bench.context().wait_for(TABLE, []) == {}
        assert bench.store.waits == []

    async def test_one_text_is_no_list_of_keys(self) -> None:
        with pytest.raises(Permanent):
            await Bench().context().wait_for(TABLE, "123")
