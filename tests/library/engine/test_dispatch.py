"""When statements are sent, and what they carry."""

from __future__ import annotations

import pytest

from liverows.base.types import JsonObject
from liverows.database.messages import Claimed, ClaimedJob, Result, RunKey
from liverows.running.ahead import ClaimAhead
from liverows.running.asking import Asking
from liverows.running.dispatch import Dispatch, Statement
from liverows.running.wake import SweepTimings, Wake
from liverows.running.workload import Workload
from tests.support.clock import ManualClock


class Load:
    """A workload whose rows end when the test says so. No doorbell has rung yet."""

    def __init__(self, slots: int, *pipelines: str) -> None:
        self.clock = ManualClock()
        self.load = Workload(slots)
        self.wake = Wake(self.clock, lambda: True, SweepTimings(calm=30.0))
        asking = Asking(pipelines or ["answer"], self.load, self.clock)
        ahead = ClaimAhead([], self.load, self.clock)
        self.dispatch = Dispatch(self.load, asking, ahead, self.wake)
        self._numbers = iter(range(10_000))

    def send(self) -> Statement:
        statement = self.dispatch.next()
        assert statement is not None
        return statement

    def answer(self, statement: Statement, *, rows: int) -> None:
        """The database answers with so many rows. Fewer than asked for means that no more wait."""
        jobs = tuple(_job(next(self._numbers)) for _ in range(rows))
        claimed = Claimed(jobs, (), None, {}) if statement.slots else None
        self.dispatch.answered(statement, claimed)
        self.load.claim_ended(statement.slots, jobs, 0.0)
        self.load.results.answered(statement.results)
        self.dispatch.ended(statement)
        while row := self.load.next_to_start():
            self.load.start(row.job, 0.0)

    def end(self, rows: int) -> None:
        for running in list(self.load.running)[:rows]:
            self.load.end(running)
            self.load.results.add(Result(running.job.key, "answer", "complete"))


def _job(number: int) -> ClaimedJob:
    inputs: JsonObject = {}
    key = RunKey("public.things", str(number), 1)
    return ClaimedJob(key, "answer", 1, 3, 60.0, inputs, (), (), "start", 0.0)


def carried(statement: Statement | None) -> tuple[int, int] | None:
    """How many results the statement carries, and how many rows it asks for."""
    if statement is None:
        return None
    return len(statement.results), statement.slots


def full(slots: int) -> Load:
    """All slots run rows, and more rows wait in the database."""
    load = Load(slots)
    load.answer(load.send(), rows=slots)
    return load


def test_a_lone_result_travels_with_the_next_claim() -> None:
    load = full(10)
    load.end(1)
    assert carried(load.send()) == (1, 1)
    assert load.dispatch.next() is None


def test_the_claim_and_the_results_of_a_small_load_go_side_by_side() -> None:
    load = full(10)
    load.end(10)
    claim = load.send()
    results = load.send()
    assert (carried(claim), carried(results)) == ((0, 10), (10, 0))
    assert load.dispatch.next() is None


@pytest.mark.parametrize("first", ["claim", "results"])
def test_whichever_of_the_two_is_answered_first_is_followed_by_its_like(first: str) -> None:
    load = full(10)
    load.end(10)
    claim, results = load.send(), load.send()
    if first == "claim":
        load.answer(claim, rows=10)
        load.end(10)
        assert carried(load.send()) == (0, 10)
        load.answer(results, rows=0)
        assert carried(load.send()) == (10, 0)
    else:
        load.answer(results, rows=0)
        assert load.dispatch.next() is None
        load.answer(claim, rows=10)
        load.end(10)
        assert carried(load.send()) == (0, 10)
        assert carried(load.send()) == (10, 0)


def test_a_trickle_waits_for_the_statement_that_is_under_way() -> None:
    load = full(10)
    load.end(10)
    claim, results = load.send(), load.send()
    load.answer(results, rows=0)
    load.answer(claim, rows=10)
    load.end(1)
    assert carried(load.send()) == (1, 1)
    load.end(3)
    assert load.dispatch.next() is None


def test_a_large_load_goes_as_two_halves() -> None:
    load = full(50)
    load.end(50)
    assert [carried(load.send()), carried(load.send())] == [(25, 25), (25, 25)]
    assert load.dispatch.next() is None


def test_without_a_backlog_all_results_go_in_one_statement() -> None:
    load = full(10)
    load.end(10)
    load.answer(load.send(), rows=3)
    assert carried(load.send()) == (10, 7)


def test_the_slot_that_is_kept_for_another_pipeline_does_not_hide_a_backlog() -> None:
    load = Load(51, "answer", "other")
    load.answer(load.send(), rows=50)
    assert load.dispatch.next() is None
    load.end(50)
    assert [carried(load.send()), carried(load.send())] == [(25, 25), (25, 25)]
    load.wake.ring("notify")
    assert load.dispatch.next() is None


def test_a_claim_for_the_kept_slot_alone_says_nothing_of_the_backlog() -> None:
    load = Load(51, "answer", "other")
    load.answer(load.send(), rows=50)
    load.wake.ring("notify")
    load.answer(load.send(), rows=0)
    load.end(50)
    assert [carried(load.send()), carried(load.send())] == [(25, 25), (25, 25)]


async def test_a_claim_beside_results_takes_rows_back_from_the_dead_when_it_is_time() -> None:
    load = full(10)
    load.end(10)
    claim, results = load.send(), load.send()
    assert not claim.sweep
    await load.clock.advance(60)
    load.answer(claim, rows=10)
    load.end(10)
    # It carries all results, because the statement before it has been under way for a minute.
    assert load.send().sweep
    load.answer(results, rows=0)
    assert load.dispatch.next() is None
