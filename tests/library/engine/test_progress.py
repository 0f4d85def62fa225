"""The percentage only grows, it is not written often, and its last value is written."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from liverows import Step
from liverows.base.errors import Cancelled, LeaseLost, Permanent, Transient
from liverows.base.types import JsonObject
from liverows.database.messages import RunKey
from liverows.recipe.progress import Progress
from tests.support.clock import ManualClock, settle
from tests.support.run_client import ProgressWrite, RecordingRunClient
from tests.support.runs import KEY


async def nothing() -> None:
    return None


FETCH = Step("fetch", nothing, weight=1, stage="Reading the page")
SEARCH = Step("search", nothing, weight=1, stage="Searching")
ANALYZE = Step("analyze", nothing, weight=2, stage="Analyzing")
STEPS = (FETCH, SEARCH, ANALYZE)


class Bar:
    """A progress together with its clock and its store."""

    def __init__(self, *steps: Step[[], None]) -> None:
        self.clock = ManualClock()
        self.store = RecordingRunClient()
        self.progress = Progress(steps or STEPS, KEY, self.store, self.clock, interval=1)

    @asynccontextmanager
    async def past_quiet_start(self) -> AsyncIterator[Progress]:
        async with self.progress.kept_up():
            await self.clock.advance(0.2)
            yield self.progress

    def shown(self) -> list[tuple[str | None, int | None]]:
        return [(write.stage, write.percent) for write in self.store.progress_writes]


def through(progress: Progress, *steps: Step[[], None]) -> None:
    for step in steps:
        with progress.running(step):
            pass


class TestPercent:
    def test_follows_the_weights_and_stops_below_a_hundred(self) -> None:
        progress, seen = Bar().progress, []
        for step in STEPS:
            through(progress, step)
            seen.append(progress.percent)
        assert seen == [25, 50, 99]

    def test_counts_a_repeated_step_by_the_share_that_has_ended(self) -> None:
        progress = Bar(ANALYZE).progress
        with progress.running(ANALYZE), progress.running(ANALYZE):
            through(progress, ANALYZE)
            assert progress.percent == 33

    def test_never_falls_when_a_step_starts_again(self) -> None:
        progress = Bar(FETCH, ANALYZE).progress
        through(progress, FETCH)
        before = progress.percent
        with progress.running(FETCH):
            assert progress.percent == before

    def test_is_zero_without_weights(self) -> None:
        assert Bar().progress.percent == 0
        free = Step("free", nothing, weight=0)
        weightless = Bar(free).progress
        through(weightless, free)
        assert weightless.percent == 0


class TestStage:
    def test_names_all_running_steps_in_declared_order(self) -> None:
        progress = Bar().progress
        with progress.running(SEARCH), progress.running(FETCH):
            assert progress.stage == "Reading the page, Searching"
        assert progress.stage == "Searching"

    def test_is_that_of_the_failed_step_when_its_siblings_are_cancelled(self) -> None:
        progress = Bar().progress
        with progress.running(SEARCH):
            with pytest.raises(Permanent), progress.running(FETCH):
                raise Permanent("x")
            assert progress.stage == "Reading the page"
        assert progress.stage == "Reading the page"
        with progress.running(ANALYZE):
            assert progress.stage == "Analyzing"


class TestWrites:
    async def test_a_short_run_costs_none(self) -> None:
        bar = Bar()
        async with bar.progress.kept_up():
            through(bar.progress, *STEPS)
            await settle()
        assert bar.shown() == []

    async def test_nothing_new_costs_none(self) -> None:
        bar = Bar()
        async with bar.past_quiet_start():
            await bar.clock.advance(60)
        assert bar.shown() == []

    async def test_a_burst_is_one_write_of_its_last_state(self) -> None:
        bar = Bar()
        async with bar.past_quiet_start() as progress:
            through(progress, FETCH)
            await settle()
            assert bar.shown() == [("Reading the page", 25)]
            through(progress, SEARCH)
            with progress.running(ANALYZE):
                await bar.clock.advance(0.99)
                assert len(bar.shown()) == 1
                await bar.clock.advance(0.01)
        assert bar.shown() == [("Reading the page", 25), ("Analyzing", 50)]

    async def test_come_at_most_once_per_interval(self) -> None:
        many = Step("many", nothing, weight=1)
        bar = Bar(many)
        async with bar.past_quiet_start() as progress:
            for _ in range(100):
                with progress.running(many):
                    await bar.clock.advance(0.1)
        assert len(bar.shown()) <= 11

    async def test_publishing_writes_at_once_and_says_the_present_state(self) -> None:
        bar = Bar()
        async with bar.past_quiet_start() as progress:
            with progress.running(FETCH):
                await settle()
            await progress.publish({"title": "Engineer"})
            assert bar.store.progress_writes[-1] == ProgressWrite(
                "Reading the page", 25, {"title": "Engineer"}
            )
            await bar.clock.advance(10)
        assert len(bar.shown()) == 2

    @pytest.mark.parametrize(
        "refusal", [Transient("database away"), Permanent("a check of the row", code="bad_output")]
    )
    async def test_a_failed_one_is_repeated_and_does_not_stop_the_run(
        self, refusal: Transient | Permanent
    ) -> None:
        bar = Bar()
        async with bar.past_quiet_start() as progress:
            bar.store.refusal = refusal
            through(progress, FETCH)
            await settle()
            bar.store.refusal = None
            await bar.clock.advance(1)
        assert bar.shown() == [("Reading the page", 25)]

    async def test_one_under_way_is_finished_and_is_the_last(self) -> None:
        bar = Bar()
        write, leaving, finish = bar.store.progress, asyncio.Event(), asyncio.Event()

        async def slow_write(
            key: RunKey, *, stage: str | None, percent: int | None, outputs: JsonObject | None
        ) -> None:
            await finish.wait()
            await write(key, stage=stage, percent=percent, outputs=outputs)

        bar.store.progress = slow_write  # type: ignore[method-assign]  # a slow database

        async def run() -> None:
            async with bar.past_quiet_start() as progress:
                through(progress, FETCH)
                await settle()
                through(progress, SEARCH)
                leaving.set()

        task = asyncio.ensure_future(run())
        await leaving.wait()
        await settle()
        assert not task.done()
        finish.set()
        await task
        assert bar.shown() == [("Reading the page", 25)]

    @pytest.mark.parametrize("refusal", [LeaseLost("x"), Cancelled("x")])
    async def test_a_refused_one_stops_the_run_at_its_next_await(
        self, refusal: LeaseLost | Cancelled
    ) -> None:
        bar = Bar()
        bar.store.refusal = refusal
        with pytest.raises(ExceptionGroup) as caught:
            async with bar.past_quiet_start() as progress:
                with progress.running(FETCH):
                    await bar.clock.sleep(3600)
        assert caught.value.exceptions == (refusal,)
