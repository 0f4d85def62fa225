"""A wait of seconds is made in the worker; for a longer one the row goes back to the queue.

If several errors are raised together, one of them decides.
"""

from __future__ import annotations

from collections.abc import Callable
from statistics import mean

import pytest

from liverows.base.errors import (
    BudgetExceeded,
    Cancelled,
    InvalidInput,
    LeaseLost,
    NotConfigured,
    Permanent,
    RateLimited,
    SetupError,
    Transient,
    WorkerError,
)
from liverows.recipe.retry import ONCE, Retry, allows_fallback, leading_error, patiently
from tests.support.clock import ManualClock


class Flaky:
    """Raises the given errors one after another, then answers."""

    def __init__(self, *errors: Exception, endless: bool = False) -> None:
        self.errors = list(errors)
        self.endless = endless
        self.calls = 0

    async def __call__(self) -> str:
        self.calls += 1
        if self.errors:
            raise self.errors[0] if self.endless else self.errors.pop(0)
        return "done"


def constant(value: float) -> Callable[[], float]:
    return lambda: value


async def attempt(
    call: Flaky, retry: Retry, clock: ManualClock | None = None, chance: float = 0.5
) -> str:
    return await patiently(call, retry, clock or ManualClock(hurried=True), constant(chance))


class TestWhatIsTriedAgain:
    @pytest.mark.parametrize(
        "error", [Transient("x"), RateLimited("x"), RateLimited("x", retry_after=1)]
    )
    async def test_what_may_pass(self, error: Exception) -> None:
        call = Flaky(error)
        assert await attempt(call, Retry()) == "done"
        assert call.calls == 2

    @pytest.mark.parametrize(
        "error",
        [Permanent("x"), InvalidInput("x"), LeaseLost("x"), Cancelled("x"), KeyError("bug")],
    )
    async def test_nothing_else(self, error: Exception) -> None:
        call = Flaky(error)
        with pytest.raises(type(error)):
            await attempt(call, Retry())
        assert call.calls == 1

    async def test_not_a_wait_that_belongs_to_the_database(self) -> None:
        clock, call = ManualClock(hurried=True), Flaky(RateLimited("x", retry_after=16))
        with pytest.raises(RateLimited):
            await attempt(call, Retry(longest_wait=15), clock)
        assert (call.calls, clock.sleeps) == (1, [])


class TestCaps:
    async def test_attempts_are_bounded_and_the_last_error_is_raised(self) -> None:
        call = Flaky(Transient("first"), Transient("second"), Transient("third"))
        with pytest.raises(Transient, match="third"):
            await attempt(call, Retry(attempts=3))
        assert call.calls == 3

    async def test_once_is_once(self) -> None:
        call = Flaky(Transient("x"))
        with pytest.raises(Transient):
            await attempt(call, ONCE)
        assert call.calls == 1

    async def test_no_try_starts_after_the_total_time(self) -> None:
        clock, call = ManualClock(hurried=True), Flaky(Transient("x"), endless=True)
        with pytest.raises(Transient):
            await attempt(call, Retry(attempts=10_000, total=60), clock, chance=1.0)
        assert clock.monotonic() <= 60
        assert 5 < call.calls < 15

    def test_no_try_at_all_is_refused(self) -> None:
        with pytest.raises(SetupError):
            Retry(attempts=0)


class TestWaits:
    def test_grow_to_the_cap_and_are_jittered_there_too(self) -> None:
        retry = Retry(first_wait=0.5, max_wait=10)
        highest = [retry.wait(n, Transient("x"), constant(1.0)) for n in (1, 2, 3, 6, 5000)]
        assert highest == [0.5, 1, 2, 10, 10]
        assert retry.wait(5000, Transient("x"), constant(0.25)) == 2.5

    def test_retry_after_is_a_floor_and_no_two_come_back_together(self) -> None:
        retry = Retry(first_wait=0.5, max_wait=1)
        error = RateLimited("x", retry_after=8)
        waits = [retry.wait(1, error, constant(n / 10)) for n in range(10)]
        assert min(waits) == 8
        assert len(set(waits)) == 10
        assert max(waits) < 9
        assert mean(waits) > 8

    def test_a_floor_does_not_shorten_a_longer_backoff(self) -> None:
        retry = Retry(first_wait=10, max_wait=10)
        assert retry.wait(1, RateLimited("x", retry_after=1), constant(0.9)) == 9

    async def test_are_slept_on_the_given_clock(self) -> None:
        clock = ManualClock(hurried=True)
        await attempt(Flaky(Transient("x"), Transient("x")), Retry(first_wait=1), clock, chance=0.5)
        assert clock.sleeps == [0.5, 1.0]


@pytest.mark.parametrize(
    ("error", "allowed"),
    [
        (Transient("x"), True),
        (RateLimited("x", retry_after=3), True),
        (RateLimited("x"), True),
        (RateLimited("x", retry_after=30), False),
        (Permanent("x"), True),
        (InvalidInput("x"), True),
        (NotConfigured("x", setting="KEY"), True),
        (BudgetExceeded("x"), False),
        (LeaseLost("x"), False),
        (Cancelled("x"), False),
        (SetupError("x", cure="y"), False),
    ],
)
def test_a_fallback_stands_in_only_where_no_better_answer_can_be_had(
    error: WorkerError, allowed: bool
) -> None:
    assert allows_fallback(error, Retry()) is allowed


class TestLeadingError:
    def test_follows_what_it_means_for_the_row(self) -> None:
        order = [
            LeaseLost("x"),
            Cancelled("x"),
            InvalidInput("x"),
            Permanent("x"),
            RateLimited("x"),
            Transient("x"),
            KeyError("x"),
        ]
        for first in range(len(order)):
            assert leading_error(ExceptionGroup("", order[first:][::-1])) is order[first]

    def test_is_found_in_nested_groups(self) -> None:
        wanted = Permanent("x")
        inner = ExceptionGroup("", [KeyError("x"), wanted])
        assert leading_error(ExceptionGroup("", [Transient("x"), inner])) is wanted

    def test_is_the_longest_of_several_rate_limits(self) -> None:
        long = RateLimited("x", retry_after=60)
        group = ExceptionGroup("", [RateLimited("x"), long, RateLimited("x", retry_after=2)])
        assert leading_error(group) is long

    def test_is_the_error_itself_without_a_group(self) -> None:
        error = KeyError("x")
        assert leading_error(error) is error
