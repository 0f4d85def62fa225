"""Running a step: reuse, retry, timeout, fallback, checkpoint, usage."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Iterator
from typing import Any

import pytest
from structlog.testing import capture_logs

from liverows import ONCE, Context, Retry, Step
from liverows.base.errors import (
    BudgetExceeded,
    Cancelled,
    InvalidInput,
    LeaseLost,
    Permanent,
    RateLimited,
    Transient,
    WorkerError,
)
from liverows.base.usage import record_usage
from liverows.database.messages import NewCheckpoint, RunKey, StoredCheckpoint
from tests.support.clock import settle
from tests.support.runs import Bench


class Model:
    """A paid function. It counts its calls, raises the given errors one by one, then answers."""

    def __init__(self, *errors: Exception) -> None:
        self.calls: list[str] = []
        self.errors = list(errors)

    async def ask(self, question: str) -> dict[str, int]:
        self.calls.append(question)
        record_usage("small", input_tokens=10, output_tokens=1, cost_usd=0.5)
        if self.errors:
            raise self.errors.pop(0)
        return {"length": len(question)}

    def step(self, **options: Any) -> Step[[str], dict[str, int]]:
        return Step("ask", self.ask, **options)


async def guess(question: str) -> dict[str, int]:
    return {"length": -1}


async def never(question: str) -> dict[str, int]:
    await asyncio.Event().wait()
    return {}


ANSWER = {"length": 2}
GUESS = {"length": -1}


@pytest.fixture
def bench() -> Bench:
    return Bench()


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    with capture_logs():
        yield


class TestReuse:
    async def test_a_finished_step_is_not_called_again_in_a_later_run(self, bench: Bench) -> None:
        model = Model()
        step = model.step()
        first = await bench.context(step).run(step, "hm")
        again = bench.context(step, checkpoints=bench.store.stored())
        assert await again.run(step, "hm") == first == ANSWER
        assert model.calls == ["hm"]
        assert bench.outcomes() == ["ran", "reused"]
        assert len(bench.store.checkpoints) == 1

    async def test_nor_in_the_same_run(self, bench: Bench) -> None:
        model = Model()
        step = model.step()
        context = bench.context(step)
        assert await context.run(step, "hm") == await context.run(step, "hm")
        assert model.calls == ["hm"]

    async def test_a_stored_none_is_a_result(self, bench: Bench) -> None:
        async def find(name: str) -> str | None:
            return None

        step = Step("find", find)
        await bench.context(step).run(step, "x")
        await bench.context(step, checkpoints=bench.store.stored()).run(step, "x")
        assert bench.outcomes() == ["ran", "reused"]

    async def test_other_arguments_or_another_version_call_again(self, bench: Bench) -> None:
        model = Model()
        step, newer = model.step(), model.step(version="2")
        await bench.context(step).run(step, "hm")
        await bench.context(step, checkpoints=bench.store.stored()).run(step, "ah")
        await bench.context(newer, checkpoints=bench.store.stored()).run(newer, "hm")
        assert model.calls == ["hm", "ah", "hm"]

    async def test_a_checkpoint_of_another_shape_calls_again(self, bench: Bench) -> None:
        model = Model()
        step = model.step()
        stale = StoredCheckpoint("ask", "1", step.input_hash("hm"), "not an object")
        assert await bench.context(step, checkpoints=[stale]).run(step, "hm") == ANSWER

    async def test_a_shareable_one_is_taken_from_another_row(self, bench: Bench) -> None:
        model = Model()
        step = model.step(shareable=True)
        bench.store.shared = [StoredCheckpoint("ask", "1", step.input_hash("hm"), {"length": 7})]
        assert await bench.context(step).run(step, "hm") == {"length": 7}
        assert model.calls == []

    async def test_one_that_is_not_shareable_is_not(self, bench: Bench) -> None:
        model = Model()
        step = model.step()
        bench.store.shared = [StoredCheckpoint("ask", "1", step.input_hash("hm"), {"length": 7})]
        assert await bench.context(step).run(step, "hm") == ANSWER

    async def test_the_first_run_sees_what_a_resumed_one_sees(self, bench: Bench) -> None:
        async def pair() -> Any:
            return (1, 2)

        step = Step("pair", pair)
        assert await bench.context(step).run(step) == [1, 2]


class TestCheckpoint:
    async def test_says_how_the_step_went(self, bench: Bench) -> None:
        step = Model(Transient("x")).step(
            keep="content", max_age=60, shareable=True, retry=Retry(first_wait=1)
        )
        await bench.context(step).run(step, "hm")
        (stored,) = bench.store.checkpoints
        assert (stored.step, stored.version, stored.output) == ("ask", "1", ANSWER)
        assert (stored.keep, stored.max_age_seconds, stored.shareable) == ("content", 60, True)
        assert (stored.attempts, stored.seconds) == (2, 0.5)

    async def test_counts_what_failed_tries_have_cost(self, bench: Bench) -> None:
        step = Model(Transient("x")).step()
        await bench.context(step).run(step, "hm")
        assert bench.store.checkpoints[0].usage == {
            "model": "small",
            "input_tokens": 20,
            "output_tokens": 2,
            "cost_usd": 1.0,
        }

    async def test_parallel_steps_count_apart(self, bench: Bench) -> None:
        step, free = Model().step(), Step("free", guess)
        context = bench.context(step, free)
        async with asyncio.TaskGroup() as group:
            group.create_task(context.run(step, "hm"))
            group.create_task(context.run(free, "hm"))
        usage = {stored.step: stored.usage for stored in bench.store.checkpoints}
        assert usage["free"] is None
        assert usage["ask"] is not None

    async def test_is_written_although_a_sibling_fails_meanwhile(self, bench: Bench) -> None:
        step = Model().step()
        context, writing = bench.context(step), asyncio.Event()
        write = bench.store.checkpoint

        async def slow_write(key: RunKey, checkpoint: NewCheckpoint) -> None:
            writing.set()
            await settle()
            await write(key, checkpoint)

        bench.store.checkpoint = slow_write  # type: ignore[method-assign]  # a slow database

        async def fail() -> None:
            await writing.wait()
            raise Permanent("x")

        with pytest.raises(ExceptionGroup):
            async with asyncio.TaskGroup() as group:
                group.create_task(context.run(step, "hm"))
                group.create_task(fail())
        assert len(bench.store.checkpoints) == 1

    @pytest.mark.parametrize("refusal", [LeaseLost("x"), Cancelled("x")])
    async def test_a_refused_one_ends_the_run(
        self, bench: Bench, refusal: LeaseLost | Cancelled
    ) -> None:
        step = Model().step(fallback=guess)
        bench.store.refusal = refusal
        with pytest.raises(type(refusal)):
            await bench.context(step).run(step, "hm")


class TestTries:
    async def test_a_passing_failure_is_tried_again(self, bench: Bench) -> None:
        model = Model(Transient("x"), RateLimited("x", retry_after=2))
        step = model.step()
        assert await bench.context(step).run(step, "hm") == ANSWER
        assert bench.clock.monotonic() >= 2

    async def test_a_lasting_one_is_not(self, bench: Bench) -> None:
        model = Model(Permanent("x"))
        step = model.step()
        with pytest.raises(Permanent):
            await bench.context(step).run(step, "hm")
        assert len(model.calls) == 1
        assert bench.outcomes() == ["failed"]
        assert bench.store.checkpoints == []

    async def test_a_long_rate_limit_names_its_provider_and_goes_back(self, bench: Bench) -> None:
        step = Model(RateLimited("x", retry_after=60)).step(provider="openai", fallback=guess)
        with pytest.raises(RateLimited) as caught:
            await bench.context(step).run(step, "hm")
        assert (caught.value.provider, caught.value.retry_after) == ("openai", 60)

    async def test_a_try_that_takes_too_long_is_a_passing_failure(self, bench: Bench) -> None:
        step = Step("ask", never, timeout=0.001, retry=ONCE)
        with pytest.raises(Transient) as caught:
            await bench.context(step).run(step, "hm")
        assert caught.value.code == "timeout"

    async def test_the_leading_error_of_a_group_decides(self, bench: Bench) -> None:
        model = Model(ExceptionGroup("", [Transient("x"), Permanent("y")]))
        step = model.step()
        with pytest.raises(Permanent):
            await bench.context(step).run(step, "hm")
        assert len(model.calls) == 1

    async def test_a_bug_is_neither_tried_again_nor_covered_up(self, bench: Bench) -> None:
        model = Model(KeyError("bug"))
        step = model.step(fallback=guess)
        with pytest.raises(KeyError):
            await bench.context(step).run(step, "hm")
        assert len(model.calls) == 1

    async def test_being_stopped_is_no_failure(self, bench: Bench) -> None:
        step = Step("ask", never)
        task = asyncio.ensure_future(bench.context(step).run(step, "hm"))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert bench.outcomes() == ["stopped"]

    async def test_a_step_that_was_not_declared_is_refused(self, bench: Bench) -> None:
        step = Model().step()
        with pytest.raises(Permanent, match="not among the steps"):
            await bench.context().run(step, "hm")


class TestClosedProvider:
    async def test_for_a_moment_is_waited_for_without_spending_a_try(self, bench: Bench) -> None:
        bench.closed_for = lambda _provider: 5 - bench.clock.monotonic()
        model = Model()
        step = model.step(provider="openai", retry=ONCE, fallback=guess)
        assert await bench.context(step).run(step, "hm") == ANSWER
        assert bench.clock.monotonic() > 5
        assert bench.store.checkpoints[0].attempts == 1

    async def test_for_long_sends_the_row_back_before_the_call(self, bench: Bench) -> None:
        bench.closed_for = {"openai": 60.0}.get
        model = Model()
        step = model.step(provider="openai", fallback=guess)
        with pytest.raises(RateLimited) as caught:
            await bench.context(step).run(step, "hm")
        assert (caught.value.provider, caught.value.retry_after) == ("openai", 60)
        assert model.calls == []

    async def test_of_another_step_does_not_matter(self, bench: Bench) -> None:
        bench.closed_for = {"deepgram": 60.0}.get
        for step in (Model().step(provider="openai"), Model().step()):
            assert await bench.context(step).run(step, "hm") == ANSWER


class TestFallback:
    @pytest.mark.parametrize(
        ("error", "reason"),
        [
            (Transient("x"), "provider_error"),
            (Permanent("x", code="bad_output"), "bad_output"),
            (InvalidInput("x"), "invalid_input"),
        ],
    )
    async def test_stands_in_is_noted_with_its_reason_and_not_stored(
        self, bench: Bench, error: WorkerError, reason: str
    ) -> None:
        step = Model(error).step(fallback=guess, retry=ONCE)
        context = bench.context(step)
        assert await context.run(step, "hm") == GUESS
        assert context.warnings == (f"ask_degraded: {reason}",)
        assert context.warned("ask_degraded")
        assert bench.outcomes() == ["fallback"]
        assert bench.store.checkpoints == []

    async def test_gives_way_to_the_step_in_the_next_run(self, bench: Bench) -> None:
        step = Model(Transient("x")).step(fallback=guess, retry=ONCE)
        assert await bench.context(step).run(step, "hm") == GUESS
        again = bench.context(step, checkpoints=bench.store.stored())
        assert await again.run(step, "hm") == ANSWER

    async def test_does_not_stand_in_for_a_spent_budget(self, bench: Bench) -> None:
        step = Model(BudgetExceeded("x")).step(fallback=guess)
        with pytest.raises(BudgetExceeded):
            await bench.context(step).run(step, "hm")

    async def test_is_bounded_in_time_too(self, bench: Bench) -> None:
        step = Model(Permanent("x")).step(fallback=never, timeout=0.001)
        with pytest.raises(Transient):
            await bench.context(step).run(step, "hm")


class TestRecipeSide:
    async def test_a_warning_is_kept_once_and_in_order(self, bench: Bench) -> None:
        context = bench.context()
        for code in ("logo_not_found", "no_salary", "logo_not_found"):
            context.warn(code)
        assert context.warnings == ("logo_not_found", "no_salary")

    async def test_early_outputs_reach_the_row_as_json(self, bench: Bench) -> None:
        await bench.context().publish(title="Engineer\x00", warnings=("a",))
        (write,) = bench.store.progress_writes
        assert write.outputs == {"title": "Engineer", "warnings": ["a"]}

    @pytest.mark.parametrize("outputs", [{"titel": "Engineer"}, {"score": "high"}])
    async def test_early_outputs_that_were_not_declared_are_refused(
        self, bench: Bench, outputs: dict[str, object]
    ) -> None:
        with pytest.raises(Permanent) as caught:
            await bench.context().publish(**outputs)
        assert caught.value.code == "bad_output"
        assert bench.store.progress_writes == []

    async def test_what_a_person_edited_is_known(self, bench: Bench) -> None:
        context: Context[None] = bench.context()
        assert context.edited == {"title"}


class TestCancelledWrites:
    async def test_a_refused_checkpoint_of_a_run_that_was_stopped_twice_is_heard(
        self, bench: Bench, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        refused, unheard = asyncio.Event(), list[dict[str, Any]]()

        async def refuse_later(_key: RunKey, _checkpoint: NewCheckpoint) -> None:
            await refused.wait()
            raise LeaseLost("the lease of run 1 is gone")

        monkeypatch.setattr(bench.store, "checkpoint", refuse_later)
        asyncio.get_running_loop().set_exception_handler(lambda _, told: unheard.append(told))
        step = Model().step()
        run = asyncio.create_task(bench.context(step).run(step, "hm"))
        for _ in range(2):
            await settle()
            run.cancel()
        await settle()
        assert run.cancelled()
        with capture_logs() as logs:
            refused.set()
            await settle()
        gc.collect()
        assert unheard == []
        assert [line["code"] for line in logs] == ["lease_lost"]
