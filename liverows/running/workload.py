"""What a worker holds: rows that wait for a slot, rows that run, results to be written."""

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
    """A run in its slot. `gone` says why it is not ours any more: lost or cancelled."""

    job: ClaimedJob
    started_at: float
    task: asyncio.Task[None] | None = None
    began: bool = False
    gone: str | None = None

    def take_away(self, reason: str) -> None:
        """Stop it at its next await; its result will not be written."""
        self.gone = reason
        self.cancel()

    def cancel(self) -> None:
        """Stop it at its next await."""
        # A task that is cancelled before it began would never free its slot.
        if self.task is not None and self.began:
            self.task.cancel()


class Waiting(NamedTuple):
    """A claimed row without a slot, and since when, by the clock's monotonic time."""

    job: ClaimedJob
    since: float


class Workload:
    """The rows of one worker, from claim to the answer that their result is written.

    `slots` is how many may run at once. A row counts as held until its result was
    answered, so that a heartbeat names it as long as it may be ours. Only this class and
    `results` change what is held; others call their methods.
    """

    def __init__(self, slots: int, results: Results | None = None) -> None:
        self.slots = slots
        self.results = Results() if results is None else results
        self.owes: Callable[[RunKey], bool] = lambda _key: False
        """Whether something of a run must still be written; then the run is not over."""
        self._running: dict[RunKey, Running] = {}
        self._waiting: deque[Waiting] = deque()
        self._taken_away: dict[RunKey, None] = {}
        self._asked_for = 0

    @property
    def running(self) -> Collection[Running]:
        """The runs in their slots; the one that began first is the first."""
        return self._running.values()

    @property
    def waiting(self) -> Collection[Waiting]:
        """The rows without a slot, in the order in which they came."""
        return self._waiting

    def held(self) -> list[RunKey]:
        """Every run that we believe to be ours."""
        waiting = (row.job.key for row in self._waiting)
        return [*self._running, *waiting, *self.results.keys()]

    def free(self, ahead: int = 0) -> int:
        """How many rows may be claimed now, with `ahead` beyond the slots."""
        busy = len(self._running) + len(self._waiting) + self._asked_for
        return max(0, self.slots + ahead - busy)

    def ask_for(self, rows: int) -> None:
        """A claim for so many rows leaves."""
        self._asked_for += rows

    def claim_ended(self, rows: int, jobs: Iterable[ClaimedJob] = (), now: float = 0.0) -> None:
        """The claim for so many `rows` ended; the `jobs` that it brought wait for their slots."""
        self._asked_for -= rows
        self._waiting.extend(Waiting(job, now) for job in jobs)

    def next_to_start(self) -> Waiting | None:
        """Take a waiting row, if there is a slot for it."""
        if self._waiting and len(self._running) < self.slots:
            return self._waiting.popleft()
        return None

    def start(self, job: ClaimedJob, now: float) -> Running:
        """The row has a slot from now on."""
        running = self._running[job.key] = Running(job, now)
        return running

    def end(self, running: Running) -> None:
        """The run left its slot."""
        del self._running[running.job.key]

    def release(self, job: ClaimedJob) -> None:
        """Give the row back to the queue, as if it had not been claimed."""
        self.results.add(released(job))

    def release_waiting(self, is_overdue: Callable[[Waiting], bool] = lambda _row: True) -> int:
        """Release the rows that wait for a slot, from the first to the last overdue one."""
        before = len(self._waiting)
        while self._waiting and is_overdue(self._waiting[0]):
            self.release(self._waiting.popleft().job)
        return before - len(self._waiting)

    def take_away(self, key: RunKey, reason: str) -> bool:
        """The run is not ours any more; whether that stopped anything here."""
        if not self._stop(key, reason):
            return False
        self.note_taken_away(key)
        return True

    def note_taken_away(self, key: RunKey) -> None:
        """The database said that this run is not ours any more."""
        self._taken_away[key] = None

    def stopped(self) -> tuple[RunKey, ...]:
        """Runs that were taken away and of which nothing is left here."""
        if not self._taken_away:
            return ()
        held = set(self.held())
        return tuple(key for key in self._taken_away if key not in held and not self.owes(key))

    def stopped_told(self, keys: Iterable[RunKey]) -> None:
        """The database knows that these runs have stopped."""
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
