"""A single timer enforces the limit of every run, and behaves like `asyncio.timeout`."""

from __future__ import annotations

import asyncio

import pytest

from liverows.running.time_limit import TimeLimits

LONG = 600.0


async def endless(limits: TimeLimits, seconds: float) -> None:
    with limits.limit(seconds):
        await asyncio.Event().wait()


async def test_a_block_that_takes_longer_is_stopped() -> None:
    with pytest.raises(TimeoutError):
        await endless(TimeLimits(), 0.01)


async def test_a_block_in_time_ends_as_if_there_were_no_limit() -> None:
    with TimeLimits().limit(LONG):
        await asyncio.sleep(0)


async def test_a_shorter_limit_that_begins_later_counts_from_its_own_start() -> None:
    limits = TimeLimits()
    longer = asyncio.create_task(endless(limits, LONG))
    await asyncio.sleep(0)
    with pytest.raises(TimeoutError):
        await endless(limits, 0.01)
    assert not longer.done()
    longer.cancel()


async def test_after_one_limit_the_next_is_held_too() -> None:
    limits = TimeLimits()
    runs = [asyncio.create_task(endless(limits, seconds)) for seconds in (0.03, 0.01, 0.02)]
    async with asyncio.timeout(60):
        ended = await asyncio.gather(*runs, return_exceptions=True)
    assert [type(error) for error in ended] == [TimeoutError] * 3


async def test_a_limit_of_nothing_stops_at_the_first_await() -> None:
    with pytest.raises(TimeoutError):
        await endless(TimeLimits(), 0)


async def test_the_task_goes_on_after_its_limit() -> None:
    with pytest.raises(TimeoutError):
        await endless(TimeLimits(), 0.01)
    task = asyncio.current_task()
    assert task is not None
    assert task.cancelling() == 0
    await asyncio.sleep(0)


async def test_cancelled_from_outside_it_is_no_timeout() -> None:
    run = asyncio.create_task(endless(TimeLimits(), LONG))
    await asyncio.sleep(0)
    run.cancel()
    with pytest.raises(asyncio.CancelledError):
        await run


async def test_cancelled_from_outside_at_the_same_moment_it_stays_cancelled() -> None:
    limits = TimeLimits()
    run = asyncio.create_task(endless(limits, 0.01))
    await asyncio.sleep(0)
    limit = next(iter(limits.running))
    limit.end()
    run.cancel()
    with pytest.raises(asyncio.CancelledError):
        await run


async def test_an_error_of_the_block_is_not_hidden_by_its_limit() -> None:
    limits = TimeLimits()

    async def breaks_when_stopped() -> None:
        with limits.limit(0.01):
            try:
                await asyncio.Event().wait()
            finally:
                raise LookupError

    with pytest.raises(LookupError):
        await breaks_when_stopped()


async def test_ended_blocks_leave_nothing_behind() -> None:
    limits = TimeLimits()
    for _ in range(3):
        with limits.limit(LONG):
            assert len(limits.running) == 1
    assert not limits.running
