"""When statements leave, and what they carry."""

from __future__ import annotations

import pytest

from liverows.base.types import JsonObject
from liverows.database.messages import ClaimedJob, JobKey, Result
from liverows.running.ahead import ClaimAhead
from liverows.running.dispatch import Dispatch
from liverows.running.wake import SweepTimings, Wake
from liverows.running.workload import Running, Statement, Waiting, Workload
from tests.support.clock import ManualClock


class Desk:
    """A workload whose rows end when told to; `ring` was heard by nobody yet."""

    def __init__(self, slots: int) -> None:
        self.clock = ManualClock()
        self.load = Workload(slots)
        self.wake = Wake(self.clock, lambda: True, SweepTimings(calm=30.0))
        self.dispatch = Dispatch(self.load, ClaimAhead([], self.load, self.clock), self.wake)
        self._numbers = iter(range(10_000))

    def send(self) -> Statement:
        statement = self.dispatch.next()
        assert statement is not None
        return statement

    def answer(self, statement: Statement, *, rows: int) -> None:
        """So many rows come back; fewer than asked for means that no more wait."""
        jobs = [Waiting(_job(next(self._numbers)), 0.0) for _ in range(rows)]
        self.dispatch.answered(statement)
        self.load.delivered(statement.parcel, jobs)
        if statement.parcel.slots:
            self.dispatch.backlog = rows == statement.parcel.slots
            if self.dispatch.backlog:
                self.wake.note("finished")
        while row := self.load.next_to_start():
            self.load.running[row.job.key] = Running(row.job, 0.0)

    def end(self, rows: int) -> None:
        for key in list(self.load.running)[:rows]:
            del self.load.running[key]
            self.load.results[key] = Result(key, "answer", "complete")


def _job(number: int) -> ClaimedJob:
    inputs: JsonObject = {}
    key = JobKey("public.things", str(number), 1)
    return ClaimedJob(key, "answer", 1, 3, 60.0, inputs, (), (), "start", 0.0)


def carried(statement: Statement | None) -> tuple[int, int] | None:
    """How many results, and how many rows are asked for."""
    if statement is None:
        return None
    return len(statement.parcel.results), statement.parcel.slots


def full(slots: int) -> Desk:
    """All slots run rows, and more rows wait in the database."""
    desk = Desk(slots)
    desk.answer(desk.send(), rows=slots)
    return desk


def test_a_lone_result_travels_with_the_next_claim() -> None:
    desk = full(10)
    desk.end(1)
    assert carried(desk.send()) == (1, 1)
    assert desk.dispatch.next() is None


def test_the_claim_and_the_results_of_a_small_load_go_side_by_side() -> None:
    desk = full(10)
    desk.end(10)
    claim = desk.send()
    results = desk.send()
    assert (carried(claim), carried(results)) == ((0, 10), (10, 0))
    assert desk.dispatch.next() is None


@pytest.mark.parametrize("first", ["claim", "results"])
def test_whichever_of_the_two_is_answered_first_is_followed_by_its_like(first: str) -> None:
    desk = full(10)
    desk.end(10)
    claim, results = desk.send(), desk.send()
    if first == "claim":
        desk.answer(claim, rows=10)
        desk.end(10)
        assert carried(desk.send()) == (0, 10)
        desk.answer(results, rows=0)
        assert carried(desk.send()) == (10, 0)
    else:
        desk.answer(results, rows=0)
        assert desk.dispatch.next() is None
        desk.answer(claim, rows=10)
        desk.end(10)
        assert carried(desk.send()) == (0, 10)
        assert carried(desk.send()) == (10, 0)


def test_a_trickle_waits_for_the_statement_that_is_under_way() -> None:
    desk = full(10)
    desk.end(10)
    claim, results = desk.send(), desk.send()
    desk.answer(results, rows=0)
    desk.answer(claim, rows=10)
    desk.end(1)
    assert carried(desk.send()) == (1, 1)
    desk.end(3)
    assert desk.dispatch.next() is None


def test_a_large_load_goes_as_two_halves() -> None:
    desk = full(50)
    desk.end(50)
    assert [carried(desk.send()), carried(desk.send())] == [(25, 25), (25, 25)]
    assert desk.dispatch.next() is None


def test_without_a_backlog_all_results_go_in_one_statement() -> None:
    desk = full(10)
    desk.end(10)
    desk.answer(desk.send(), rows=3)
    assert carried(desk.send()) == (10, 7)


async def test_a_claim_beside_results_takes_rows_back_from_the_dead_when_it_is_time() -> None:
    desk = full(10)
    desk.end(10)
    claim, results = desk.send(), desk.send()
    assert not claim.sweep
    await desk.clock.advance(60)
    desk.answer(claim, rows=10)
    desk.end(10)
    # It carries all that there is, because the results are on their way for a minute.
    assert desk.send().sweep
    desk.answer(results, rows=0)
    assert desk.dispatch.next() is None
