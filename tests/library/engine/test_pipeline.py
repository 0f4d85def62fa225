"""A recipe gets validated inputs, and only the outputs that it set are written to the row."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from pydantic import BaseModel

from liverows import Context, Pipeline, Step
from liverows.base.errors import InvalidInput, LeaseLost, Permanent, SetupError, Transient
from liverows.base.types import JsonObject
from tests.support.clock import ManualClock
from tests.support.runs import Bench, Outputs, claimed


class Inputs(BaseModel):
    website: str
    pages: int = 1


class Nested(BaseModel):
    amount: float
    currency: str = "EUR"


class Salary(BaseModel):
    salary: Nested | None = None
    title: str | None = None


async def fetch(url: str) -> str:
    return f"page of {url}"


async def break_down(url: str) -> str:
    raise Transient("x")


FETCH = Step("fetch", fetch)
BREAK = Step("break", break_down)

Recipe = Callable[[Context[None], Inputs], Awaitable[Outputs]]


def made(recipe: Recipe) -> Pipeline[Inputs, Outputs]:
    pipeline = Pipeline("test-things", inputs=Inputs, outputs=Outputs, steps=(FETCH, BREAK))
    pipeline(recipe)
    return pipeline


async def run(recipe: Recipe, inputs: JsonObject, bench: Bench | None = None) -> JsonObject:
    pipeline = made(recipe)
    context = pipeline.open(claimed(inputs), None, (bench or Bench()).environment())
    return await pipeline.run(context)


async def echo(context: Context[None], request: Inputs) -> Outputs:
    return Outputs(title=await context.run(FETCH, request.website))


async def test_the_row_goes_in_and_the_result_comes_out() -> None:
    assert await run(echo, {"website": "a.example"}) == {"title": "page of a.example"}


async def test_columns_that_the_recipe_did_not_set_are_left_alone() -> None:
    async def only_score(context: Context[None], request: Inputs) -> Outputs:
        return Outputs(score=None)

    assert await run(only_score, {"website": "a"}) == {"score": None}


async def test_inside_a_column_every_field_is_written() -> None:
    pipeline = Pipeline("salaries", inputs=Inputs, outputs=Salary)

    @pipeline
    async def recipe(context: Context[None], request: Inputs) -> Salary:
        return Salary(salary=Nested(amount=3))

    context = pipeline.open(claimed({"website": "a"}), None, Bench().environment())
    assert await pipeline.run(context) == {"salary": {"amount": 3.0, "currency": "EUR"}}


async def test_a_strict_model_is_not_shown_columns_of_a_later_release() -> None:
    class Strict(BaseModel, extra="forbid"):
        website: str

    pipeline = Pipeline("strict", inputs=Strict, outputs=Outputs)

    @pipeline
    async def recipe(context: Context[None], request: Strict) -> Outputs:
        return Outputs(title=request.website)

    context = pipeline.open(claimed({"website": "a", "tone": "warm"}), None, Bench().environment())
    assert await pipeline.run(context) == {"title": "a"}


async def test_wrong_inputs_are_named_by_column_without_their_values() -> None:
    with pytest.raises(InvalidInput) as caught:
        await run(echo, {"pages": "my secret"})
    assert caught.value.message.startswith("Something in this is missing")
    assert "website: Field required" in str(caught.value.detail)
    assert "pages: " in str(caught.value.detail)
    assert "my secret" not in str(caught.value.detail)


async def test_a_result_of_another_model_is_refused() -> None:
    async def other(context: Context[None], request: Inputs) -> Outputs:
        return request  # type: ignore[return-value]  # the mistake under test

    with pytest.raises(Permanent) as caught:
        await run(other, {"website": "a"})
    assert caught.value.code == "bad_output"


async def test_parallel_failures_leave_as_the_one_that_decides() -> None:
    async def parallel(context: Context[None], request: Inputs) -> Outputs:
        async with asyncio.TaskGroup() as group:
            group.create_task(context.run(BREAK, request.website))
            group.create_task(refuse())
        return Outputs()

    async def refuse() -> None:
        raise Permanent("no such company")

    with pytest.raises(Permanent, match="no such company"):
        await run(parallel, {"website": "a"})


async def test_a_run_that_lost_its_row_stops_while_it_waits() -> None:
    bench = Bench(clock=ManualClock())
    bench.store.refusal = LeaseLost("x")

    async def wait(context: Context[None], request: Inputs) -> Outputs:
        with context.progress.running(FETCH):
            await asyncio.Event().wait()
        return Outputs()

    task = asyncio.ensure_future(run(wait, {"website": "a"}, bench))
    await bench.clock.advance(1)
    with pytest.raises(LeaseLost):
        await task


async def test_stopping_a_run_from_outside_leaves_no_task_behind() -> None:
    bench = Bench(clock=ManualClock())

    async def wait(context: Context[None], request: Inputs) -> Outputs:
        with context.progress.running(FETCH):
            await asyncio.Event().wait()
        return Outputs()

    before = asyncio.all_tasks()
    task = asyncio.ensure_future(run(wait, {"website": "a"}, bench))
    await bench.clock.advance(0.1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert asyncio.all_tasks() == before


async def test_the_failed_step_can_be_read_afterwards() -> None:
    async def breaks(context: Context[None], request: Inputs) -> Outputs:
        return Outputs(title=await context.run(BREAK, request.website))

    pipeline = made(breaks)
    context = pipeline.open(claimed({"website": "a"}), None, Bench().environment())
    with pytest.raises(Transient):
        await pipeline.run(context)
    assert context.progress.stage == "Break"


def test_two_recipes_are_refused() -> None:
    with pytest.raises(SetupError, match="two recipes"):
        made(echo)(echo)


def test_two_steps_of_one_name_are_refused() -> None:
    with pytest.raises(SetupError, match="two steps named fetch"):
        Pipeline("x", inputs=Inputs, outputs=Outputs, steps=(FETCH, Step("fetch", break_down)))


def test_a_name_that_is_no_slug_is_refused() -> None:
    with pytest.raises(SetupError, match="lower-case-with-hyphens"):
        Pipeline("Company_Research", inputs=Inputs, outputs=Outputs)
