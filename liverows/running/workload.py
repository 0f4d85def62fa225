"""What a worker holds: waiting rows, running rows and results to be written."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import NamedTuple

from liverows.database.messages import ClaimedJob, RunKey
from liverows.running.endings import released
from liverows.running.results import Results


@dataclass(slots=True)
class Running:
    """A run in its slot. `gone` is None, or says why nothing of it is written: it was lost or
    cancelled, or its row is waiting for other rows.
    """

    job: ClaimedJob
    started_at: float
    task: asyncio.Task[None] | None = None
    began: bool = False
    gone: str | None = None

    def take_away(self, reason: str) -> None:
        """Stop the run at its next await, or before its recipe begins; its result is dropped."""
        self.gone = reason
        self.cancel()

    def cancel(self) -> None:
        """Stop the run at its next await, if its task has begun."""
        # A task that is cancelled before it began would never free its slot.
        if self.task is not None and self.began:
            self.task.cancel()


class Waiting(NamedTuple):
    """A claimed row that waits for a slot since the monotonic time `since`."""

    job: ClaimedJob
    since: float


class Workload:
    """The rows of one worker, from their claim until the database has answered their results.

    `slots` is how many rows may run at once.
    """

    def __init__(self, slots: int, results: Results | None = None) -> None:
        self.slots = slots
        self.results = Results() if results is None else results
        self.owes: Callable[[RunKey], bool] = lambda _key: False
        """Whether usage of a run must still be written; then `stopped` does not name the run."""
        self._running: dict[RunKey, Running] = {}
        self._waiting: deque[Waiting] = deque()
        self._taken_away: dict[RunKey, None] = {}
        self._asked_for = 0

    @property
    def running(self) -> Collection[Running]:
        """The runs in their slots, in the order in which they got the slots."""
        return self._running.values()

    @property
    def waiting(self) -> Collection[Waiting]:
        """The rows that wait for a slot, in the order in which they came."""
        return self._waiting

    def held(self) -> list[RunKey]:
        """Return every run of this worker that runs, waits for a slot, or has a result to write."""
        waiting = (row.job.key for row in self._waiting)
        return [*self._running, *waiting, *self.results.keys()]

    def free(self, ahead: int = 0) -> int:
        """How many rows may be claimed now, if `ahead` rows beyond the slots are allowed."""
        busy = len(self._running) + len(self._waiting) + self._asked_for
        return max(0, self.slots + ahead - busy)

    def ask_for(self, rows: int) -> None:
        """Count this number of rows as asked for, because a claim for them is being sent."""
        self._asked_for += rows

    def claim_ended(self, rows: int, jobs: Iterable[ClaimedJob] = (), now: float = 0.0) -> None:
        """Note that a claim for `rows` rows ended; its `jobs` wait for a slot from `now` on."""
        self._asked_for -= rows
        self._waiting.extend(Waiting(job, now) for job in jobs)

    def next_to_start(self) -> Waiting | None:
        """Remove and return the first waiting row; None if no row waits or no slot is free."""
        if self._waiting and len(self._running) < self.slots:
            return self._waiting.popleft()
        return None

    def start(self, job: ClaimedJob, now: float) -> Running:
        """Give the row a slot and return its run."""
        running = self._running[job.key] = Running(job, now)
        return running

    def end(self, running: Running) -> None:
        """Free the slot of the run."""
        del self._running[running.job.key]

    def release(self, job: ClaimedJob) -> None:
        """Add the result that queues the row again, without counting an attempt."""
        self.results.add(released(job))

    def release_waiting(self, is_overdue: Callable[[Waiting], bool] = lambda _row: True) -> int:
        """Release waiting rows, from the first on, until one is not overdue; return how many."""
        before = len(self._waiting)
        while self._waiting and is_overdue(self._waiting[0]):
            self.release(self._waiting.popleft().job)
        return before - len(self._waiting)

    def take_away(self, key: RunKey, reason: str) -> bool:
        """Stop a run that is not ours any more, or drop its waiting row or postponed result.

        Returns False if there was none here.
        """
        if not self._stop(key, reason):
            return False
        self.note_taken_away(key)
        return True

    def note_taken_away(self, key: RunKey) -> None:
        """Remember a run that was taken away, until a heartbeat names it as stopped."""
        self._taken_away[key] = None

    def stopped(self) -> tuple[RunKey, ...]:
        """Return the runs that were taken away and have ended here, with nothing left to write."""
        if not self._taken_away:
            return ()
        held = set(self.held())
        return tuple(key for key in self._taken_away if key not in held and not self.owes(key))

    def stopped_told(self, keys: Iterable[RunKey]) -> None:
        """Forget these stopped runs, because a heartbeat has told the database of them."""
        for key in keys:
            self._taken_away.pop(key, None)

    def _stop(self, key: RunKey, reason: str) -> bool:
        running = self._running.get(key)
        if running is not None:
            running.take_away(reason)
            return True
        if self.results.drop_postponed(key):
            return True
        before = len(self._waiting)
        self._waiting = deque(row for row in self._waiting if row.job.key != key)
        return len(self._waiting) < before
