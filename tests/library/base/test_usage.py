"""What a step spends is counted for that step alone."""

from __future__ import annotations

import asyncio

from liverows.base.usage import collect_usage, record_usage, summed


async def test_reports_of_tasks_that_a_step_starts_count_for_it() -> None:
    async def ask() -> None:
        record_usage("small", input_tokens=1)

    with collect_usage() as usage:
        async with asyncio.TaskGroup() as group:
            group.create_task(ask())
            group.create_task(ask())
    assert summed(usage) == {"model": "small", "input_tokens": 2}


async def test_steps_side_by_side_count_apart() -> None:
    async def step(tokens: int) -> list[int | None]:
        with collect_usage() as usage:
            record_usage("small", input_tokens=tokens)
            await asyncio.sleep(0)
            record_usage("small", input_tokens=tokens)
        return [report.input_tokens for report in usage]

    one, other = await asyncio.gather(step(1), step(2))
    assert (one, other) == ([1, 1], [2, 2])


def test_a_report_outside_of_a_step_is_dropped() -> None:
    record_usage("small", input_tokens=1)
    with collect_usage() as usage:
        pass
    assert usage == []


def test_nothing_spent_is_none_and_what_nobody_said_is_left_out() -> None:
    assert summed([]) is None
    with collect_usage() as usage:
        record_usage("nova", audio_seconds=1.5, cost_usd=0.25)
        record_usage("small", input_tokens=3)
        record_usage("small", cost_usd=0.5)
    assert summed(usage) == {
        "model": "nova, small",
        "input_tokens": 3,
        "audio_seconds": 1.5,
        "cost_usd": 0.75,
    }
