"""What a worker holds: rows that run, wait for a slot, or have a result to be written.

`postponed` are results whose row somebody else holds locked.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

from worker.base.types import WakeSource
from worker.engine.rows import ClaimedJob, JobKey, Result


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


@dataclass(frozen=True, slots=True)
class Parcel:
    """What one statement carries: results to write, and how many rows to bring back."""

    results: tuple[Result, ...]
    slots: int


@dataclass(frozen=True, slots=True)
class Statement:
    """A parcel on its way. With `sweep` rows are taken back from the dead first."""

    parcel: Parcel
    sweep: bool
    woken_by: WakeSource


class Workload:
    """The rows of one worker, from claim to the answer that their result is written.

    `slots` is how many may run at once. A row counts as held until its result was
    answered, so that a heartbeat names it as long as it may be ours.
    """

    def __init__(self, slots: int) -> None:
        self.slots = slots
        self.running: dict[JobKey, Running] = {}
        self.waiting: deque[Waiting] = deque()
        self.results: dict[JobKey, Result] = {}
        self.postponed: dict[JobKey, Result] = {}
        self._sending: dict[JobKey, Result] = {}
        self._asked_for = 0
        self._most: int | None = None

    def held(self) -> list[JobKey]:
        """Every run that we believe to be ours."""
        waiting = (row.job.key for row in self.waiting)
        return [*self.running, *waiting, *self.results, *self.postponed, *self._sending]

    def free(self, ahead: int = 0) -> int:
        """How many rows may be claimed now, with `ahead` beyond the slots."""
        busy = len(self.running) + len(self.waiting) + self._asked_for
        return max(0, self.slots + ahead - busy)

    def next_to_start(self) -> Waiting | None:
        """A waiting row, if there is a slot for it."""
        if self.waiting and len(self.running) < self.slots:
            return self.waiting.popleft()
        return None

    def oldest_start(self) -> float | None:
        """When the row that runs longest was started, if any runs."""
        oldest = next(iter(self.running.values()), None)
        return oldest.started_at if oldest else None

    def pack(self, slots: int, most: int | None = None) -> Parcel:
        """Take the results, at most so many, for one statement that asks for `slots` rows."""
        if self._most is not None:
            most = self._most if most is None else min(most, self._most)
        results = tuple(islice(self.results.values(), most))
        for result in results:
            self._sending[result.key] = self.results.pop(result.key)
        self._asked_for += slots
        return Parcel(results, slots)

    def delivered(self, parcel: Parcel, rows: Iterable[Waiting] = ()) -> None:
        """The statement was answered; the rows that it brought wait for their slots."""
        self._asked_for -= parcel.slots
        for result in parcel.results:
            self._sending.pop(result.key, None)
        self.waiting.extend(rows)

    def written(self, parcel: Parcel) -> None:
        """Its results were taken: after a refused statement more may travel together again."""
        if self._most is not None and parcel.results:
            self._most = self._most * 2 if self._most < 256 else None

    def refused(self, parcel: Parcel) -> Result | None:
        """The database refused the statement as a whole: fewer results travel together.

        The result that is to blame is found by halves; once it travelled alone it is
        answered here, and no longer in the workload.
        """
        self.returned(parcel)
        self._most = max(1, len(parcel.results) // 2)
        if len(parcel.results) == 1 and not parcel.slots:
            return self.results.pop(parcel.results[0].key, None)
        return None

    def returned(self, parcel: Parcel) -> None:
        """No answer came: its results are to be written once more."""
        self.delivered(parcel)
        for result in parcel.results:
            self.results.setdefault(result.key, result)

    def let_go(self, key: JobKey, reason: str) -> bool:
        """The run is not ours any more; whether that stopped anything here."""
        running = self.running.get(key)
        if running is not None:
            running.take_away(reason)
            return True
        if self.postponed.pop(key, None) is not None:
            return True
        before = len(self.waiting)
        self.waiting = deque(row for row in self.waiting if row.job.key != key)
        return len(self.waiting) < before
