"""What a worker holds: rows that run, wait for a slot, or have a result to be written.

`postponed` are results whose row somebody else holds locked.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

from liverows.base.types import WakeSource
from liverows.database.messages import ClaimedJob, JobKey, Result


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


@dataclass(frozen=True, slots=True, eq=False)
class Statement:
    """A parcel on its way. With `sweep` rows are taken back from the dead first.

    Two that carry the same are two.
    """

    parcel: Parcel
    sweep: bool
    woken_by: WakeSource
    alone: bool = False
    """Whether it may take long, so that nothing else travels with it."""

    @property
    def claims_slowly(self) -> bool:
        """Whether it claims one of the rows that take long to claim."""
        return self.alone and not self.parcel.results


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
        self._not_ours: dict[JobKey, None] = {}
        self.owes: Callable[[JobKey], bool] = lambda _key: False
        """Whether something of a run is still to be written, so that it is not over."""
        self._asked_for = 0
        self._suspects: set[JobKey] = set()

    def held(self) -> list[JobKey]:
        """Every run that we believe to be ours."""
        waiting = (row.job.key for row in self.waiting)
        return [*self.running, *waiting, *self.results, *self.postponed, *self._sending]

    def taken_away(self, key: JobKey) -> None:
        """The database said that this run is not ours any more."""
        self._not_ours[key] = None

    def ended(self) -> tuple[JobKey, ...]:
        """Runs that are not ours any more and of which nothing is left here."""
        if not self._not_ours:
            return ()
        held = set(self.held())
        return tuple(key for key in self._not_ours if key not in held and not self.owes(key))

    def told(self, ended: Iterable[JobKey]) -> None:
        """The database knows that these have ended."""
        for key in ended:
            self._not_ours.pop(key, None)

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

    @property
    def together(self) -> int:
        """How many results may travel together; see `refused` for the others."""
        return len(self.results) - sum(key in self.results for key in self._suspects)

    @property
    def has_suspect(self) -> bool:
        """Whether a result waits that travels alone."""
        return any(key in self.results for key in self._suspects)

    def pack(self, slots: int, most: int | None = None) -> Parcel:
        """Take the results, at most so many, for one statement that asks for `slots` rows."""
        together = (r for r in self.results.values() if r.key not in self._suspects)
        return self._packed(tuple(islice(together, most)), slots)

    def pack_suspect(self) -> Parcel:
        """Take one result that travels alone."""
        suspect = next(key for key in self.results if key in self._suspects)
        return self._packed((self.results[suspect],), 0)

    def _packed(self, results: tuple[Result, ...], slots: int) -> Parcel:
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
        """The database answered for these results, whatever it said."""
        self._suspects.difference_update(result.key for result in parcel.results)

    def refused(self, parcel: Parcel) -> Result | None:
        """The database refused the statement as a whole: from now on its results travel alone.

        So only the one that is to blame meets its trouble again, which may take as long as
        a statement's time limit. Once it travelled alone it is answered here, and no longer
        in the workload.
        """
        self.returned(parcel)
        if len(parcel.results) == 1 and not parcel.slots:
            self.written(parcel)
            return self.results.pop(parcel.results[0].key, None)
        self._suspects.update(result.key for result in parcel.results)
        return None

    def suspect(self, key: JobKey) -> None:
        """From now on this result travels alone, because it may have to wait for a lock."""
        self._suspects.add(key)

    def returned(self, parcel: Parcel) -> None:
        """No answer came: its results are to be written once more."""
        self.delivered(parcel)
        for result in parcel.results:
            self.results.setdefault(result.key, result)

    def let_go(self, key: JobKey, reason: str) -> bool:
        """The run is not ours any more; whether that stopped anything here."""
        if not self._let_go(key, reason):
            return False
        self.taken_away(key)
        return True

    def _let_go(self, key: JobKey, reason: str) -> bool:
        running = self.running.get(key)
        if running is not None:
            running.take_away(reason)
            return True
        if self.postponed.pop(key, None) is not None:
            self._suspects.discard(key)
            return True
        before = len(self.waiting)
        self.waiting = deque(row for row in self.waiting if row.job.key != key)
        return len(self.waiting) < before
