"""A pipeline whose claims the database refuses is found, and the others are asked for meanwhile."""

from __future__ import annotations

import pytest

from liverows.running.asking import Asking
from liverows.running.workload import Workload
from tests.support.clock import ManualClock

NAMES = ("a", "b", "c", "d", "e")
ENOUGH = 24
"""More claims than the search for one of five pipelines takes."""


def asking(clock: ManualClock) -> Asking:
    return Asking(NAMES, Workload(10), clock)


def ask(asked: Asking, broken: set[str]) -> tuple[str, ...]:
    """One claim, which is refused if it asks for a broken pipeline. Returns what was asked for."""
    now = asked.next()
    if broken.isdisjoint(now.pipelines):
        asked.answered(now)
    else:
        asked.refused(now)
    return tuple(now.pipelines)


@pytest.mark.parametrize("broken", NAMES)
def test_one_broken_pipeline_is_asked_for_alone_wherever_it_stands(broken: str) -> None:
    clock = ManualClock()
    groups = asking(clock)
    seen = [ask(groups, {broken}) for _ in range(ENOUGH)]
    assert (broken,) in seen
    after = seen[seen.index((broken,)) + 1 :]
    assert not any(broken in names for names in after), "it waits, and the others do not"
    assert set().union(*after) == set(NAMES) - {broken}


@pytest.mark.parametrize("broken", NAMES)
async def test_a_pipeline_that_works_again_is_asked_for_with_the_others(broken: str) -> None:
    clock = ManualClock()
    groups = asking(clock)
    for _ in range(ENOUGH):
        ask(groups, {broken})
    await clock.advance(60)
    seen = [ask(groups, set()) for _ in range(ENOUGH)]
    assert NAMES in seen and not groups.is_split


def test_a_refusal_that_passes_splits_the_pipelines_only_for_a_moment() -> None:
    groups = asking(ManualClock())
    groups.refused(groups.next())
    for _ in range(2):
        ask(groups, set())
    assert ask(groups, set()) == NAMES
