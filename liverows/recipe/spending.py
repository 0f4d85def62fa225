"""Usage of paid calls that is waiting to be written to the database.

A paid call costs money even if its row fails later. So each reported usage becomes an entry here,
which is written with the step's checkpoint, or alone if no checkpoint follows soon.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice, takewhile
from typing import Protocol
from uuid import uuid4

from liverows.base.clock import Clock, SystemClock
from liverows.base.errors import WorkerError
from liverows.base.logger import get_logger
from liverows.base.types import Json, JsonObject
from liverows.base.usage import Usage
from liverows.database.messages import PaidCall, RunKey

log = get_logger(__name__)

_MOST_AT_ONCE = 200
_LONGEST_PAUSE = 5.0
_REFUSALS = frozenset({"database_refused", "bad_output"})
"""Codes of errors that concern the entries sent. Other errors are trouble of the database."""


@dataclass(frozen=True, slots=True)
class Spent:
    """The usage of one paid call; `entry` is a random id, so that the database counts it once.

    `at` is when the usage was noted, in seconds of the monotonic clock.
    """

    entry: str
    key: RunKey
    pipeline: str
    step: str
    usage: Usage
    at: float

    def as_json(self, now: float) -> JsonObject:
        """Return one element of the argument `entries` of `processing.spend`."""
        usage = self.usage
        return {
            "entry": self.entry,
            "table": self.key.table,
            "id": self.key.row_id,
            "run": self.key.run,
            "nonce": self.key.nonce or None,
            "pipeline": self.pipeline,
            "step": self.step,
            "model": usage.model,
            "input_tokens": usage.input_tokens,
            "output_tokens": usage.output_tokens,
            "audio_seconds": usage.audio_seconds,
            "cost_usd": usage.cost_usd,
            "reservation": usage.reservation,
            "age_seconds": max(0.0, round(now - self.at, 3)),
        }


class Spending:
    """Usage of paid calls, and answered tries, that are not yet known to be in the database."""

    def __init__(self, clock: Clock | None = None) -> None:
        self._clock = clock or SystemClock()
        self._unwritten: dict[str, Spent] = {}
        self._answered: dict[str, JsonObject] = {}
        self._settled: dict[str, JsonObject] = {}
        self.noted = asyncio.Event()
        """Set when usage or an answered try was added, or when some is left after a write."""

    def __len__(self) -> int:
        return len(self._unwritten) + len(self._answered) + len(self._settled)

    def note(self, key: RunKey, pipeline: str, step: str, usage: Usage) -> Spent:
        """Add the usage of one call that was paid for this run, and return the new entry."""
        now = self._clock.monotonic()
        spent = Spent(str(uuid4()), key, pipeline, step, usage, now)
        self._unwritten[spent.entry] = spent
        self.noted.set()
        return spent

    def answered(self, key: RunKey, call: PaidCall) -> None:
        """Note that the service answered a failed try of this call.

        Without this note the database would count the next try as one that may be paid twice.
        """
        self._answered[call.key] = {"key": call.key, "nonce": key.nonce}
        self.noted.set()

    def answers(self) -> list[JsonObject]:
        """Return the answered tries that the database may not know yet."""
        return list(self._answered.values())

    def told(self, answers: Iterable[JsonObject]) -> None:
        """Forget these answered tries, because the database knows them now."""
        for answer in answers:
            if self._answered.get(str(answer["key"])) == answer:
                del self._answered[str(answer["key"])]

    def settle(self, reservation: str, *, in_full: bool) -> None:
        """Note that a reservation has ended without usage; `in_full`: it may have been billed."""
        self._settled[reservation] = {"reservation": reservation, "in_full": in_full}
        self.noted.set()

    def settled(self) -> list[JsonObject]:
        """Return the ended reservations that the database may not know yet."""
        return list(self._settled.values())

    def told_settled(self, settled: Iterable[JsonObject]) -> None:
        """Forget these reservations, because the database knows now that they have ended."""
        for one in settled:
            self._settled.pop(str(one["reservation"]), None)

    def of(self, key: RunKey) -> tuple[Spent, ...]:
        """Return the entries of this run that may still have to be written."""
        return tuple(spent for spent in self._unwritten.values() if spent.key == key)

    def owes(self, key: RunKey) -> bool:
        """Whether usage of this run may still have to be written."""
        return bool(self.of(key))

    def first(self, most: int, *, age: float = 0.0) -> tuple[Spent, ...]:
        """Return at most `most` entries that are at least `age` seconds old, oldest first."""
        before = self._clock.monotonic() - age
        old = takewhile(lambda spent: spent.at <= before, self._unwritten.values())
        return tuple(islice(old, most))

    def as_json(self, entries: Iterable[Spent]) -> list[Json]:
        """Return the entries in the form that `processing.spend` takes."""
        now = self._clock.monotonic()
        return [spent.as_json(now) for spent in entries]

    def written(self, entries: Iterable[Spent]) -> None:
        """Forget these entries, because they are in the database or cannot be written."""
        for spent in entries:
            self._unwritten.pop(spent.entry, None)


class SpendClient(Protocol):
    """The one method of the contract's client that `SpendingWriter` calls."""

    async def spend(
        self,
        entries: Sequence[Json],
        answered: Sequence[Json] = (),
        settled: Sequence[Json] = (),
        *,
        persist: bool = False,
    ) -> None:
        """Write usage entries, paid tries that services answered, and ended reservations.

        With `persist`, the write is repeated for some seconds while it fails with `Transient`.
        """


class SpendingWriter:
    """Writes usage that no checkpoint wrote within `interval` seconds, answered tries, and
    reservations that have ended without usage.

    The database finds the owner of an entry through the run. So a run that was taken away is
    reported as stopped only when its entries are written; `on_written` is called then.
    """

    def __init__(
        self,
        client: SpendClient,
        clock: Clock,
        *,
        interval: float = 0.25,
        on_written: Callable[[], None] = lambda: None,
    ) -> None:
        self._client = client
        self.spending = Spending(clock)
        self._clock = clock
        self._interval = interval
        self._on_written = on_written

    async def keep(self) -> None:
        """Write the waiting usage and answered tries at intervals, until cancelled."""
        pause = self._interval
        while True:
            await self.spending.noted.wait()
            await self._clock.sleep(pause)
            self.spending.noted.clear()
            try:
                # Leave out younger entries, because the step's checkpoint will probably write them.
                await self._write(age=self._interval)
                self._on_written()
                pause = self._interval
            except WorkerError as error:
                pause = min(2 * pause, _LONGEST_PAUSE)
                log.warning("usage_unwritten", entries=len(self.spending), code=error.code)
            if self.spending:
                self.spending.noted.set()

    async def _write(self, *, age: float = 0.0, persist: bool = False) -> None:
        answers, settled = self.spending.answers(), self.spending.settled()
        if answers or settled:
            await self._client.spend([], answers, settled, persist=persist)
            self.spending.told(answers)
            self.spending.told_settled(settled)
        while entries := self.spending.first(_MOST_AT_ONCE, age=age):
            try:
                await self._send(entries, persist=persist)
            except WorkerError as error:
                if error.code not in _REFUSALS:
                    raise
                await self._send_singly(entries)

    async def finish(self, *, persist: bool) -> None:
        """Try to write all entries when the worker ends, and log those that were not written."""
        try:
            await self._write(persist=persist)
        except WorkerError as error:
            for spent in self.spending.first(len(self.spending)):
                log.error("usage_lost", code=error.code, **_line(spent))

    async def _send(self, entries: Sequence[Spent], *, persist: bool) -> None:
        await self._client.spend(self.spending.as_json(entries), persist=persist)
        self.spending.written(entries)

    async def _send_singly(self, entries: Sequence[Spent]) -> None:
        """Send entries one at a time; log and drop each entry that the database refuses."""
        for spent in entries:
            try:
                await self._send([spent], persist=False)
            except WorkerError as error:
                if error.code not in _REFUSALS:
                    raise
                self.spending.written([spent])
                log.error("usage_lost", code=error.code, sqlstate=error.sqlstate, **_line(spent))


def _line(spent: Spent) -> JsonObject:
    """Return the log fields of an entry that could not be written."""
    usage = spent.usage
    return {
        "pipeline": spent.pipeline,
        "row": spent.key.row_id,
        "paid_in": spent.step,
        "model": usage.model,
        "input_tokens": usage.input_tokens,
        "output_tokens": usage.output_tokens,
        "audio_seconds": usage.audio_seconds,
        "cost_usd": usage.cost_usd,
    }
