"""Whatever workers, people and time do to a row, in whatever order: the queue holds its promises.

A seed decides what happens. `make model SEED=7 STEPS=2000` makes the calls of seed 7 again.
"""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable, Iterator

import pytest

from tests.library.interleaving.course import Course
from tests.library.interleaving.moves import Diverged
from tests.library.interleaving.sessions import World
from tests.support.databases import Database
from tests.support.plants import IN_ORDER, PLANTS, plant

SHORT = 1500
LONG = 100_000
LATE = {
    "prune passes over the checkpoints of completed rows",
    "a new round forgets also what later rounds may use",
}
"""Bugs that show only after hundreds of steps. Others of `prune` and of a new round show soon."""


@pytest.fixture
def course_of(world: World) -> Iterator[Callable[[int], Course]]:
    """`course_of(7)`: the course of seed 7; its connections are closed after the test."""
    courses: list[Course] = []

    def build(seed: int) -> Course:
        courses.append(Course(world, seed))
        return courses[-1]

    yield build
    for course in courses:
        course.close()


@pytest.mark.parametrize("seed", [1, 2])
def test_the_queue_does_what_the_model_says(course_of: Callable[[int], Course], seed: int) -> None:
    course = course_of(seed)
    course.run(SHORT)
    # So much happened that the model has judged it all: stale writes, locks and sweeps.
    assert course.counts["refused RJ001"] > 10
    assert course.counts["waits"] > 5
    assert course.counts["claim"] > 30


@pytest.mark.model
@pytest.mark.timeout(0)
def test_the_queue_does_what_the_model_says_at_length(
    course_of: Callable[[int], Course], record_property: Callable[[str, object], None]
) -> None:
    seed = int(os.environ.get("SEED") or random.SystemRandom().randrange(1_000_000))
    course = course_of(seed)
    started = time.monotonic()
    course.run(int(os.environ.get("STEPS") or LONG))
    lines = [f"seed {seed}: {course.steps} steps in {time.monotonic() - started:.0f} s"]
    lines += [f"{count:8d} {what}" for what, count in course.counts.most_common()]
    record_property("table", "\n".join(lines))


def test_a_seed_makes_the_same_calls_again(course_of: Callable[[int], Course]) -> None:
    traces = []
    for _ in range(2):
        course = course_of(3)
        course.world.now = 0.0
        course.run(250)
        traces.append([line for line in course.trace if line])
    # The ids of runs are drawn by the database.
    assert [line.split(" (")[0] for line in traces[0]] == [
        line.split(" (")[0] for line in traces[1]
    ]


@pytest.mark.parametrize(
    "bug",
    [
        pytest.param(bug, marks=[pytest.mark.thorough] * (bug in LATE))
        for bug in (*PLANTS, *IN_ORDER)
    ],
)
def test_a_planted_bug_is_found(
    database: Database,
    course_of: Callable[[int], Course],
    record_property: Callable[[str, object], None],
    bug: str,
) -> None:
    course = course_of(5)
    plant(database, bug)
    with pytest.raises(Diverged, match="seed 5, step"):
        course.run(5000)
    record_property("table", f"{bug}: found at step {course.steps}")
