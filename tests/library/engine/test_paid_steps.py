"""A paid step is noted before each try, and the provider gets the same key at each try."""

from __future__ import annotations

import asyncio

import pytest

from liverows import ONCE, Context, Retry, Step
from liverows.base.errors import LeaseLost, NotConfigured, Permanent, Transient
from liverows.recipe.idempotency import HEADER, idempotency_headers, idempotency_key
from liverows.recipe.resource import Resource
from tests.support.runs import Bench, Outputs


@pytest.fixture
def bench() -> Bench:
    return Bench()


class Payment:
    """A paid function that remembers the keys with which it was called."""

    def __init__(self, *failures: Exception) -> None:
        self.keys: list[str | None] = []
        self._failures = list(failures)

    async def __call__(self, amount: int) -> int:
        self.keys.append(idempotency_key())
        if self._failures:
            raise self._failures.pop(0)
        return amount

    def step(self, *, paid: bool = True, retry: Retry | None = None) -> Step[[int], int]:
        async def pay(amount: int) -> int:
            return await self(amount)

        return Step("pay", pay, paid=paid, retry=retry or Retry(attempts=3))


async def test_every_try_is_noted_before_it_begins_and_has_the_same_key(bench: Bench) -> None:
    payment = Payment(Transient("x"), Transient("y"))
    step = payment.step()
    context: Context[None] = bench.context(step)
    key = await context.idempotency_key(step, 5)
    assert bench.store.paid_calls == []
    await context.run(step, 5)
    assert payment.keys == [key] * 3
    assert bench.store.paid_calls == [("pay", "1", step.input_hash(5))] * 3


async def test_another_input_has_another_key(bench: Bench) -> None:
    payment = Payment()
    step = payment.step()
    context: Context[None] = bench.context(step)
    async with asyncio.TaskGroup() as group:
        for amount in (5, 6):
            group.create_task(context.run(step, amount))
    assert len(set(payment.keys)) == 2


async def test_a_step_that_is_not_paid_is_not_noted_and_has_no_key(bench: Bench) -> None:
    payment = Payment()
    step = payment.step(paid=False)
    await bench.context(step).run(step, 5)
    assert (payment.keys, bench.store.paid_calls) == ([None], [])
    assert bench.store.checkpoints[0].spent is None


async def test_nothing_is_called_for_a_row_that_is_gone(bench: Bench) -> None:
    payment = Payment()
    step = payment.step(retry=ONCE)
    bench.store.refusal = LeaseLost("x")
    with pytest.raises(LeaseLost):
        await bench.context(step).run(step, 5)
    assert payment.keys == []


@pytest.mark.parametrize(
    ("failure", "answered"), [(Permanent("x"), 1), (Transient("x", code="timeout"), 0)]
)
async def test_an_error_is_an_answer_and_a_time_out_is_none(
    bench: Bench, failure: Exception, answered: int
) -> None:
    step = Payment(failure).step(retry=ONCE)
    services = bench.environment()
    context = Context(bench.context(step).job, None, [step], Outputs, services)
    with pytest.raises((Permanent, Transient)):
        await context.run(step, 5)
    assert len(services.spending.answers()) == answered


async def test_requests_of_one_step_are_told_apart_and_repeat_their_keys(bench: Bench) -> None:
    seen: list[dict[str, str]] = []

    async def converse(turns: int) -> int:
        seen.extend(idempotency_headers("ask", str(turn)) for turn in range(turns))
        if len(seen) == turns:
            raise Transient("x")
        return turns

    step = Step("converse", converse, paid=True, retry=Retry(attempts=2))
    await bench.context(step).run(step, 2)
    keys = [headers[HEADER] for headers in seen]
    assert keys[:2] == keys[2:]
    assert keys[0] != keys[1]
    assert idempotency_headers("ask") == {}


class Bank(Resource):
    """A service that takes money."""


async def test_without_its_provider_a_paid_step_uses_up_no_call(bench: Bench) -> None:
    async def pay(bank: Bank | None, amount: int) -> int:
        if bank is None:
            raise NotConfigured("No bank is configured: set BANK_KEY.", setting="BANK_KEY")
        return amount

    step = Step("pay", pay, paid=True)
    with pytest.raises(NotConfigured):
        await bench.context(step).run(step, None, 5)
    assert bench.store.paid_calls == []
    await bench.context(step).run(step, Bank(), 5)
    assert len(bench.store.paid_calls) == 1
