"""Every slot becomes free again, however its row ends."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from typing import Any

import pytest

from liverows.base.clock import SystemClock
from liverows.base.errors import Cancelled, LeaseLost
from liverows.database.messages import ClaimedJob, RunKey
from liverows.recipe.environment import RunEnvironment
from liverows.recipe.pipeline import Pipeline
from liverows.recipe.waiting import RowWaits
from liverows.running.ahead import ClaimAhead
from liverows.running.attempt import Attempts
from liverows.running.lifecycle import LifecycleListener
from liverows.running.metrics import Metrics
from liverows.running.slots import Slots
from liverows.running.workload import Workload
from tests.support.doorbells import until
from tests.support.runners import PLAIN, Said, Thing

Recipe = Callable[[Any, Thing], Awaitable[Said]]


class _Watch(SystemClock):
    """The machine's clock, which the test may move forward."""

    def __init__(self) -> None:
        self.forward = 0.0

    def monotonic(self) -> float:
        return super().monotonic() + self.forward


class Bench:
    """Slots with a workload but without a runner; `mind` runs inside the block."""

    def __init__(
        self, recipe: Recipe, slots: int = 2, lifecycle: LifecycleListener | None = None
    ) -> None:
        pipeline: Pipeline[Thing, Said] = Pipeline(PLAIN, inputs=Thing, outputs=Said)
        pipeline(recipe)
        clock = self.clock = _Watch()
        self.load = Workload(slots)
        store: Any = None
        self.slots = Slots(
            self.load,
            Attempts({PLAIN: pipeline}, {}, RunEnvironment(client=store, clock=clock)),
            clock,
            ahead=ClaimAhead([], self.load, clock),
            metrics=Metrics(),
            on_end=lambda: None,
            lifecycle=lifecycle,
        )

    async def __aenter__(self) -> Bench:
        self.minder = asyncio.create_task(self.slots.mind())
        await asyncio.sleep(0)
        return self

    async def __aexit__(self, *_: object) -> None:
        self.minder.cancel()
        await asyncio.wait({self.minder})

    def start(self, rows: int) -> None:
        for number in range(rows):
            key = RunKey("public.things", str(number), 1)
            job = ClaimedJob(key, PLAIN, 1, 3, 60.0, {"id": number}, (), (), "start", 0.0)
            self.load.claim_ended(0, [job], self.clock.monotonic())
        self.slots.fill()

    async def ended(self) -> list[str]:
        """The actions with which all rows ended."""
        await until(lambda: not self.load.running)
        return [result.action for result in self.load.results]


async def test_a_row_that_has_just_been_given_a_slot_is_cut_off_too() -> None:
    async def endless(_context: Any, _thing: Thing) -> Said:
        await asyncio.Event().wait()
        raise AssertionError

    async with Bench(endless) as bench:
        bench.start(1)
        bench.slots.close()
        bench.slots.cancel_running()
        assert await bench.ended() == ["release"]


async def test_a_recipe_that_leaks_a_cancelling_of_its_own_fails_instead_of_starting_over() -> None:
    """If the row were released, it would be claimed again at once, for ever, because a release
    spends no attempt."""

    async def leaks(_context: Any, _thing: Thing) -> Said:
        inner = asyncio.ensure_future(asyncio.Event().wait())
        inner.cancel()
        await inner
        raise AssertionError

    async with Bench(leaks) as bench:
        bench.start(1)
        assert await bench.ended() == ["fail"]


class Panic(BaseException):
    """An error that is not an `Exception`, as libraries written in Rust raise it."""


async def test_what_is_no_exception_is_not_lost_in_a_task() -> None:
    async def panics(_context: Any, _thing: Thing) -> Said:
        raise Panic

    async with Bench(panics) as bench:
        bench.start(1)
        results = await bench.ended()
        if not results:
            await asyncio.wait({bench.minder}, timeout=60)
        # As after any other bug, either the row has a result or the worker ends.
        assert results or bench.minder.done()
        if bench.minder.done():
            with pytest.raises(Panic):
                await bench.minder


class _Forgets(LifecycleListener):
    """Remembers which runs the lifecycle may forget."""

    def __init__(self) -> None:
        self.forgotten: list[str] = []

    def forget(self, key: RunKey) -> None:
        self.forgotten.append(key.row_id)


@pytest.mark.parametrize("end", [LeaseLost("gone"), Cancelled("gone"), RowWaits()], ids=repr)
async def test_nothing_is_remembered_of_a_run_without_a_result(end: BaseException) -> None:
    """A worker that runs for months would remember ever more of them."""

    async def ends(context: Any, _thing: Thing) -> Said:
        context.waits = isinstance(end, RowWaits)
        raise end

    lifecycle = _Forgets()
    async with Bench(ends, lifecycle=lifecycle) as bench:
        bench.start(2)
        assert await bench.ended() == []
    assert lifecycle.forgotten == ["0", "1"]


async def test_a_run_with_a_result_is_remembered_until_it_is_written() -> None:
    async def ends(_context: Any, _thing: Thing) -> Said:
        return Said()

    lifecycle = _Forgets()
    async with Bench(ends, lifecycle=lifecycle) as bench:
        bench.start(1)
        assert await bench.ended() == ["complete"]
    assert lifecycle.forgotten == []


async def test_a_row_inherits_nothing_from_the_row_that_had_its_slot() -> None:
    bound: ContextVar[int] = ContextVar("bound")
    seen: list[int | None] = []

    async def binds(_context: Any, thing: Thing) -> Said:
        seen.append(bound.get(None))
        bound.set(thing.id)
        return Said(said="x")

    async with Bench(binds, slots=1) as bench:
        bench.start(3)
        await bench.ended()
    assert seen == [None, None, None]


async def test_a_row_that_waited_too_long_goes_back_instead_of_beginning_late() -> None:
    """This happens after a recipe has blocked the event loop; the lease may have expired."""
    begun: list[int] = []

    async def blocks(_context: Any, thing: Thing) -> Said:
        begun.append(thing.id)
        bench.clock.forward += 3600
        return Said(said="x")

    async with Bench(blocks, slots=1) as bench:
        bench.start(3)
        assert await bench.ended() == ["complete", "release", "release"]
    assert begun == [0]
