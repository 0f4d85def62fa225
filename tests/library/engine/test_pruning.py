"""Old history is deleted by itself, in small calls, and a failure does not end that."""

from __future__ import annotations

from typing import cast

from structlog.testing import capture_logs

from liverows.base.errors import Transient
from liverows.database.client import ContractClient
from liverows.database.housekeeping import Retention
from liverows.running.pruning import MAX_ROWS, Pruning
from tests.support.clock import ManualClock, settle


class History:
    """A `ContractClient` that has so many old events to delete, and fails at first."""

    def __init__(self, events: int, failures: int = 0) -> None:
        self.events = events
        self.calls: list[float] = []
        self._failures = failures

    async def prune(self, keep: Retention, *, max_rows: int) -> dict[str, int]:
        self.calls.append(keep.history_days)
        if self._failures:
            self._failures -= 1
            raise Transient("The database did not answer.")
        deleted = min(self.events, max_rows)
        self.events -= deleted
        return {"events": deleted, "checkpoints": 0, "paid_calls": 0, "workers": 20_000}


def pruning(history: History, clock: ManualClock) -> Pruning:
    return Pruning(cast(ContractClient, history), Retention(7, 90), clock)


async def test_the_call_is_repeated_until_nothing_is_left() -> None:
    history = History(2 * MAX_ROWS + 5)
    total = await pruning(history, ManualClock()).prune()
    assert (history.events, total["events"], len(history.calls)) == (0, 2 * MAX_ROWS + 5, 3)
    assert set(history.calls) == {7}


async def test_a_worker_prunes_soon_then_about_once_an_hour_also_after_a_failure() -> None:
    history, clock = History(5, failures=1), ManualClock()
    with capture_logs() as logged:
        async with pruning(history, clock).hourly():
            await settle()
            assert history.calls == []
            await clock.advance(90)
            assert len(history.calls) == 1
            await clock.advance(5400)
            assert history.events == 0
    assert [line["event"] for line in logged][:2] == ["prune_failed", "pruned"]
    first, *later = clock.sleeps
    assert 30 <= first <= 90
    assert all(1800 <= pause <= 5400 for pause in later)
