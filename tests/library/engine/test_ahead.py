"""Rows are claimed ahead when that saves time, and no longer when it does not."""

from __future__ import annotations

import pytest

from liverows import Pipeline
from liverows.running.ahead import ClaimAhead
from liverows.running.workload import Workload
from tests.support.clock import ManualClock
from tests.support.runners import Said, Thing
from tests.support.runs import claimed

SLOTS = 10
ROUND_TRIP = 0.01


def pipeline(slug: str = "quick", *, allows: bool = True) -> Pipeline[Thing, Said]:
    return Pipeline(slug, inputs=Thing, outputs=Said, claim_ahead=allows)


def measured(
    *pipelines: Pipeline[Thing, Said],
    row: float,
    trip: float = ROUND_TRIP,
    load: Workload | None = None,
    clock: ManualClock | None = None,
) -> ClaimAhead:
    """A `ClaimAhead` that has measured many rows and claims; each took so many seconds."""
    ahead = ClaimAhead(pipelines, load or Workload(SLOTS), clock or ManualClock())
    for _ in range(100):
        ahead.row_took(row)
        ahead.cycle_took(trip)
    return ahead


def test_nothing_is_claimed_ahead_before_both_are_measured() -> None:
    ahead = ClaimAhead([pipeline()], Workload(SLOTS), ManualClock())
    assert ahead.rows() == 0
    ahead.cycle_took(ROUND_TRIP)
    assert ahead.rows() == 0
    ahead.row_took(ROUND_TRIP / 2)
    assert ahead.rows() > 0


def test_as_much_is_claimed_ahead_as_is_done_in_a_round_trip() -> None:
    assert measured(pipeline(), row=ROUND_TRIP / 4).rows() == pytest.approx(SLOTS * 4, abs=1)


def test_there_is_a_limit_per_slot() -> None:
    most = measured(pipeline(), row=0.0).rows()
    assert most == measured(pipeline(), row=ROUND_TRIP / 1000).rows()
    assert SLOTS < most <= SLOTS * 20


@pytest.mark.parametrize("row", [ROUND_TRIP * 1.1, 1.0])
def test_rows_longer_than_a_round_trip_are_not_claimed_ahead(row: float) -> None:
    assert measured(pipeline(), row=row).rows() == 0


def test_a_slow_database_is_no_reason_to_hold_rows_that_take_long() -> None:
    assert measured(pipeline(), row=0.2, trip=5.0).rows() == 0


def test_a_pipeline_allows_it_unless_it_says_otherwise() -> None:
    quick: Pipeline[Thing, Said] = Pipeline("quick", inputs=Thing, outputs=Said)
    assert measured(quick, row=0.0).rows() > 0


def test_a_pipeline_may_forbid_it() -> None:
    assert measured(pipeline(allows=False), row=0.0).rows() == 0


def test_one_pipeline_that_forbids_it_rules_it_out() -> None:
    assert measured(pipeline(), pipeline("other", allows=False), row=0.0).rows() == 0


def test_it_ends_soon_after_rows_begin_to_take_long() -> None:
    ahead = measured(pipeline(), row=ROUND_TRIP / 10)
    rows = 0
    while ahead.rows() > 0:
        ahead.row_took(1.0)
        rows += 1
    assert rows <= 2


async def test_it_ends_while_a_row_still_runs_that_takes_long() -> None:
    """The average changes only when the row ends, which may be minutes later."""
    load, clock = Workload(SLOTS), ManualClock()
    ahead = measured(pipeline(), row=ROUND_TRIP / 10, load=load, clock=clock)
    job = claimed()
    running = load.start(job, clock.monotonic())
    assert ahead.rows() > 0
    await clock.advance(1.0)
    assert ahead.rows() == 0
    load.end(running)
    assert ahead.rows() > 0


async def test_what_was_measured_at_another_time_says_nothing() -> None:
    clock = ManualClock()
    ahead = measured(pipeline(), row=0.0, clock=clock)
    assert ahead.rows() > 0
    await clock.advance(60)
    assert ahead.rows() == 0
    ahead.row_took(0.0)
    assert ahead.rows() > 0


def test_a_larger_answer_is_not_asked_for_where_small_ones_take_seconds() -> None:
    assert measured(pipeline(), row=0.001, trip=5.0).rows() == 0


def test_a_row_may_wait_for_a_few_round_trips() -> None:
    assert measured(pipeline(), row=0.0, trip=0.5).patience() == pytest.approx(1.5, abs=0.1)
    assert measured(pipeline(), row=0.0, trip=0.0).patience() < 0.1
