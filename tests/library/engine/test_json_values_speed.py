"""A row with hours of talk blocks the event loop only for a time in proportion to its length."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from functools import partial

import pytest
from pydantic import BaseModel

from liverows.base.json_values import canonical, fingerprint, read_stored
from liverows.recipe.outputs import dump_output
from liverows.recipe.step import Step

REPEATS = 5
MOST_TIMES_SLOWER = 8.0
"""For four times as many words. A call whose time grows with the square takes 16 times as long."""


class Heard(BaseModel):
    """Words in the form of a speech service."""

    words: list[dict[str, str | float]]


async def hear(words: int) -> Heard:
    return heard(words)


def heard(words: int) -> Heard:
    one = {"text": "working", "start": 1.25, "end": 1.5, "confidence": 0.98}
    return Heard(words=[one | {"start": place * 0.1} for place in range(words)])


def least_seconds(call: Callable[[], object]) -> float:
    def seconds() -> float:
        start = time.thread_time()
        call()
        return time.thread_time() - start

    return min(seconds() for _ in range(REPEATS))


STEP = Step("hear", hear)
CALLS: dict[str, Callable[[int], Callable[[], object]]] = {
    "a stored text": lambda size: partial(read_stored, heard(size).model_dump_json()),
    "a step's result": lambda size: partial(STEP.settled, heard(size)),
    "a row's outputs": lambda size: partial(dump_output, heard(size)),
    "a fingerprint": lambda size: partial(fingerprint, heard(size).model_dump()),
}


@pytest.mark.parametrize("name", CALLS)
def test_four_times_as_many_words_take_about_four_times_as_long(name: str) -> None:
    growths = [
        least_seconds(CALLS[name](4 * size)) / least_seconds(CALLS[name](size))
        for size in (3_000, 4_000)
    ]
    assert min(growths) <= MOST_TIMES_SLOWER, growths


@pytest.mark.parametrize(
    ("name", "most"),
    # The ratio depends on the processor: for a step's result 2.1 on one, 3.3 on another.
    [("a stored text", 2.0), ("a step's result", 4.5), ("a row's outputs", 2.5)],
)
def test_it_takes_no_longer_than_to_read_its_json_a_few_times(name: str, most: float) -> None:
    text = heard(8_000).model_dump_json()
    times = [
        least_seconds(CALLS[name](8_000)) / least_seconds(lambda: json.loads(text))
        for _ in range(3)
    ]
    assert min(times) <= most, times


@pytest.mark.parametrize(
    "text",
    ["9" * 400, f"[{'1' * 149} , {'8' * 310}]", '{"a": [1e400]}', '["e", -1E+309]'],
    ids=["alone", "behind others", "exponent", "negative"],
)
def test_a_number_beyond_a_doubles_range_is_refused_wherever_it_stands(text: str) -> None:
    with pytest.raises(ValueError, match="too large"):
        read_stored(text)


@pytest.mark.parametrize("before", range(0, 300, 37))
def test_a_long_number_is_seen_at_every_place(before: int) -> None:
    with pytest.raises(ValueError, match="too large"):
        read_stored(f'["{"a" * before}", {"9" * 310}]')
    with pytest.raises(ValueError, match="too large"):
        read_stored(f'["{"a" * before}", 1{"0" * 221}e99]')


@pytest.mark.parametrize("level", [201, 1_000, 100_000])
def test_what_is_nested_too_deep_is_refused(level: int) -> None:
    for opening, closing in (("[", "]"), ('{"a":', "}")):
        with pytest.raises(ValueError, match="nested"):
            read_stored(opening * (level + 1) + "1" + closing * (level + 1))


def test_the_quick_form_of_a_value_is_the_canonical_one() -> None:
    assert canonical({1: 1.0, "a": (True, None, 2.5)}) == {"1": 1, "a": [True, None, 2.5]}
