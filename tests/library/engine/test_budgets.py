"""What a step does around each of its paid requests, and when a budget refuses one."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from liverows import ONCE, BudgetExceeded, Context, SetupError, Step, Transient, paid, record_usage
from liverows.base.prices import load_prices
from liverows.base.types import JsonObject
from liverows.database.messages import BudgetReached, RunKey
from liverows.recipe.environment import RunEnvironment
from tests.support.run_client import RecordingRunClient
from tests.support.runs import Bench, Outputs

TABLE = """
as_of = 2026-11-01
[models.m]
input_per_million = 2.0
output_per_million = 8
[models."*"]
per_call = 0.5
"""


def reached(**differing: Any) -> BudgetReached:
    facts: dict[str, Any] = {
        "measure": "cost_usd", "period": "day", "per": "owner", "limit": 1, "used": 0.9,
        "reserved": 0, "busy": False, "wait_seconds": 60, "fails": False,
    }  # fmt: skip
    return BudgetReached(**(facts | differing))


@pytest.fixture
def bench() -> Bench:
    return Bench(store=RecordingRunClient(budgets=True))


async def running(
    bench: Bench, ask: Callable[[], Awaitable[None]], environment: RunEnvironment | None = None,
    **declared: Any,
) -> list[Any]:  # fmt: skip
    """Run `ask` as a step; returns what the step spent and which reservations it ended."""

    async def step() -> int:
        await ask()
        return 1

    told: dict[str, Any] = {"paid": True, "retry": ONCE} | declared
    pays = Step("pay", step, **told)
    environment = environment or bench.environment()
    await Context(bench.context(pays).job, None, [pays], Outputs, environment).run(pays)
    spending = environment.spending
    return [spent.usage for spent in spending.first(9)] + spending.settled()


@pytest.mark.parametrize("is_paid", [True, False])
async def test_each_request_reserves_its_bound_before_it_is_made(
    bench: Bench, is_paid: bool
) -> None:
    seen: list[list[JsonObject]] = []

    async def ask() -> None:
        for turn in (1, 2):
            async with paid("m", input_tokens=turn, output_tokens=10, cost_usd=0.5):
                seen.append(list(bench.store.reserved))
                record_usage("m", input_tokens=turn)

    await running(bench, ask, paid=is_paid)
    first, second = bench.store.reserved
    assert seen == [[first], [first, second]]
    assert second == {
        "calls": 1, "tokens": 12, "input_tokens": 2, "output_tokens": 10, "cost_usd": 0.5,
    }  # fmt: skip


async def test_a_fallback_reserves_too(bench: Bench) -> None:
    async def fails() -> int:
        raise Transient("x")

    async def other() -> int:
        async with paid("cheaper"):
            record_usage("cheaper")
        return 2

    step = Step("pay", fails, fallback=other, retry=ONCE)
    assert await bench.context(step).run(step) == 2
    assert bench.store.reserved == [{"calls": 1}]


async def test_usage_settles_the_reservation_and_what_reports_none_counts_in_full(
    bench: Bench,
) -> None:
    environment = bench.environment()

    async def ask() -> None:
        async with paid("m"):
            record_usage("m")
            record_usage("m")
        async with paid("m") as refused:
            refused.unbilled()
        with pytest.raises(OSError):
            async with paid("m"):
                raise OSError

    await running(bench, ask, environment)
    first, further = (spent for spent in bench.store.checkpoints[0].spent or ())
    assert isinstance(first, dict)
    assert isinstance(further, dict)
    assert first["reservation"] is not None
    assert further["reservation"] is None
    ended = [*bench.store.settled, *environment.spending.settled()]
    assert [one["in_full"] for one in ended if isinstance(one, dict)] == [False, True]


@pytest.mark.parametrize("fails", [False, True])
async def test_a_request_that_could_pass_a_budget_is_not_made(bench: Bench, fails: bool) -> None:
    bench.store.budget = reached(fails=fails)
    made: list[int] = []

    async def ask() -> None:
        async with paid("m"):
            made.append(1)

    async def guess() -> int:
        return 0

    with pytest.raises(BudgetExceeded) as caught:
        await running(bench, ask, fallback=guess)
    assert made == []
    assert caught.value.code == "budget_reached"
    assert caught.value.retry_after == (None if fails else 60)
    assert bench.reports[-1].budget == "cost_usd"


class Busy(RecordingRunClient):
    """A store whose budget is in use by others for the first `refusals` requests."""

    refusals = 2

    async def reserve(self, key: RunKey, reservation: str, amounts: JsonObject, **more: Any) -> Any:
        if self.refusals == 0:
            return await super().reserve(key, reservation, amounts, **more)
        self.refusals -= 1
        return reached(busy=True, wait_seconds=5)


@pytest.mark.parametrize("refusals", [2, 1000])
async def test_a_busy_budget_is_waited_for_a_moment_within_the_step(refusals: int) -> None:
    store = Busy(budgets=True)
    store.refusals = refusals
    bench = Bench(store=store)

    async def ask() -> None:
        async with paid("m"):
            record_usage("m")

    if refusals == 2:
        await running(bench, ask)
        assert len(store.reserved) == 1
    else:
        with pytest.raises(BudgetExceeded) as caught:
            await running(bench, ask)
        assert (caught.value.retry_after, caught.value.params) == (5, {"kind": "busy"})


async def test_the_operators_prices_go_before_those_of_a_service(
    bench: Bench, tmp_path: Path
) -> None:
    file = tmp_path / "prices.toml"
    file.write_text(TABLE)
    environment = RunEnvironment(
        client=bench.store, clock=bench.clock, prices=load_prices(str(file))
    )

    async def ask() -> None:
        async with paid("m", input_tokens=1000, output_tokens=500, cost_usd=9):
            record_usage("m", input_tokens=1000, output_tokens=250)
        async with paid("unknown"):
            record_usage("unknown")

    await running(bench, ask, environment)
    assert [one["cost_usd"] for one in bench.store.reserved] == [0.006, 0.5]
    spent = [one for one in bench.store.checkpoints[0].spent or () if isinstance(one, dict)]
    assert [one["cost_usd"] for one in spent] == [0.004, 0.5]


async def test_an_answer_under_a_dated_name_has_the_price_of_the_model_that_was_asked_for(
    bench: Bench, tmp_path: Path
) -> None:
    file = tmp_path / "prices.toml"
    file.write_text(TABLE)
    environment = RunEnvironment(
        client=bench.store, clock=bench.clock, prices=load_prices(str(file))
    )

    async def ask() -> None:
        async with paid("m"):
            record_usage("m-2026-05-01", input_tokens=1000, cost_usd=9)

    for budgets in (True, False):
        bench.store.budgets = budgets
        await running(bench, ask, environment)
        (spent,) = bench.store.checkpoints[-1].spent or ()
        assert isinstance(spent, dict)
        assert (spent["model"], spent["cost_usd"]) == ("m-2026-05-01", 0.002)


class Unsure(RecordingRunClient):
    """A store whose answer to `reserve` is lost."""

    async def reserve(self, key: RunKey, reservation: str, amounts: JsonObject, **more: Any) -> Any:
        await super().reserve(key, reservation, amounts, **more)
        raise Transient("x", code="database_unreachable")


async def test_a_reservation_of_which_nobody_knows_is_given_back_because_no_request_follows(
    bench: Bench,
) -> None:
    bench.store = Unsure(budgets=True)
    environment = bench.environment()

    async def ask() -> None:
        async with paid("m"):
            raise AssertionError

    with pytest.raises(Transient):
        await running(bench, ask, environment)
    ended = environment.spending.settled()
    assert [one["in_full"] for one in ended] == [False, False]
    assert "begun" in [one["reservation"] for one in ended]


class Full(RecordingRunClient):
    """A store whose budget has room for two requests, and for more when `busy` ones have ended."""

    busy = True

    async def reserve(self, key: RunKey, reservation: str, amounts: JsonObject, **more: Any) -> Any:
        if len(self.reserved) == 2 and (not self.busy or not more["entries"]):
            return reached(busy=self.busy, wait_seconds=60)
        return await super().reserve(key, reservation, amounts, **more)


@pytest.mark.parametrize("busy", [True, False])
async def test_a_refused_request_lets_those_beside_it_end_before_it_stops_them(
    busy: bool,
) -> None:
    store = Full(budgets=True)
    store.busy = busy
    bench = Bench(store=store)
    environment = bench.environment()
    answered: list[int] = []
    answers = [asyncio.Event() for _ in range(3)]

    async def request(turn: int) -> None:
        async with paid("m"):
            if turn < 2:
                await answers[turn].wait()
            record_usage("m")
            answered.append(turn)

    async def answer() -> None:
        for event in answers:
            for _ in range(50):
                await asyncio.sleep(0)
            event.set()

    async def ask() -> None:
        async with asyncio.TaskGroup() as together:
            for turn in range(3):
                together.create_task(request(turn))
            together.create_task(answer())

    if busy:
        await running(bench, ask, environment)
        assert answered == [0, 2, 1]
    else:
        with pytest.raises(BudgetExceeded):
            await running(bench, ask, environment)
        assert answered == [0, 1]
    assert environment.spending.settled() == []


@pytest.mark.parametrize(
    "text",
    [
        "models = 5",
        "as_of = 2026-01-01\n[models.m]\nper_hour = 1",
        "as_of = 2026-01-01\n[models.m]\nper_call = inf",
    ],
)
def test_a_file_that_is_no_price_table_stops_the_start(tmp_path: Path, text: str) -> None:
    file = tmp_path / "prices.toml"
    file.write_text(text)
    for path in (file, tmp_path / "missing"):
        with pytest.raises(SetupError, match="LIVEROWS_PRICES"):
            load_prices(str(path))
