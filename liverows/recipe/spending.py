"""Usage of paid calls that is waiting to be written to the database.

A paid call costs money even if its row fails later. So each call is recorded as soon as its answer
is known. The record is written with the step's next checkpoint, or shortly afterwards by itself.
Each entry has its own id, so an entry that is sent twice is counted once.
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
"""Errors about the entries themselves. Any other error is about the database and will pass."""


@dataclass(frozen=True, slots=True)
class Spent:
    """The usage of one paid call. `at` is monotonic time of the clock, in seconds.

    `reserved` means the call was counted against the owner's daily limit before it was made.
    """

    entry: str
    key: RunKey
    pipeline: str
    step: str
    usage: Usage
    at: float
    reserved: bool = False

    def as_json(self, now: float) -> JsonObject:
        """One element of the `entries` argument of `processing.spend`."""
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
            "reserved": self.reserved,
            "age_seconds": max(0.0, round(now - self.at, 3)),
        }


class Spending:
    """Paid calls and answered tries that are not yet known to be in the database."""

    def __init__(self, clock: Clock | None = None) -> None:
        self._clock = clock or SystemClock()
        self._unwritten: dict[str, Spent] = {}
        self._answered: dict[str, JsonObject] = {}
        self.noted = asyncio.Event()
        """Set when something was added."""

    def __len__(self) -> int:
        return len(self._unwritten) + len(self._answered)

    def note(
        self, key: RunKey, pipeline: str, step: str, usage: Usage, *, reserved: bool = False
    ) -> Spent:
        """Add the usage of one call that was paid for this run."""
        now = self._clock.monotonic()
        spent = Spent(str(uuid4()), key, pipeline, step, usage, now, reserved)
        self._unwritten[spent.entry] = spent
        self.noted.set()
        return spent

    def answered(self, key: RunKey, call: PaidCall) -> None:
        """Record that the service answered a try of this call, with a result or with an error."""
        self._answered[call.key] = {"key": call.key, "nonce": key.nonce}
        self.noted.set()

    def answers(self) -> list[JsonObject]:
        """Answered tries that the database does not know yet."""
        return list(self._answered.values())

    def told(self, answers: Iterable[JsonObject]) -> None:
        """Forget these answered tries: the database has them."""
        for answer in answers:
            if self._answered.get(str(answer["key"])) == answer:
                del self._answered[str(answer["key"])]

    def owes(self, key: RunKey) -> bool:
        """Whether some usage of this run is not written yet."""
        return any(spent.key == key for spent in self._unwritten.values())

    def first(self, most: int, *, age: float = 0.0) -> tuple[Spent, ...]:
        """At most `most` entries, oldest first, of those at least `age` seconds old."""
        before = self._clock.monotonic() - age
        old = takewhile(lambda spent: spent.at <= before, self._unwritten.values())
        return tuple(islice(old, most))

    def as_json(self, entries: Iterable[Spent]) -> list[Json]:
        """The entries as the contract function takes them."""
        now = self._clock.monotonic()
        return [spent.as_json(now) for spent in entries]

    def written(self, entries: Iterable[Spent]) -> None:
        """Forget these entries: the database has them."""
        for spent in entries:
            self._unwritten.pop(spent.entry, None)


class SpendClient(Protocol):
    """The one method of the client that writes entries."""

    async def spend(
        self, entries: Sequence[Json], answered: Sequence[Json] = (), *, persist: bool = False
    ) -> None:
        """Write entries; an entry that the database already has changes nothing."""


class SpendingWriter:
    """Writes entries that no checkpoint wrote within `interval` seconds.

    While a run has unwritten entries its lease is kept, because the entry's owner is found through
    the lease. `on_written` is called after each write, when leases may become free.
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
        """Write until cancelled; after a failed write, wait and try again."""
        pause = self._interval
        while True:
            await self.spending.noted.wait()
            await self._clock.sleep(pause)
            self.spending.noted.clear()
            try:
                # Leave younger entries: the step's checkpoint will probably write them.
                await self._write(age=self._interval)
                self._on_written()
                pause = self._interval
            except WorkerError as error:
                pause = min(2 * pause, _LONGEST_PAUSE)
                log.warning("usage_unwritten", entries=len(self.spending), code=error.code)
            if self.spending:
                self.spending.noted.set()

    async def _write(self, *, age: float = 0.0, persist: bool = False) -> None:
        if answers := self.spending.answers():
            await self._client.spend([], answers, persist=persist)
            self.spending.told(answers)
        while entries := self.spending.first(_MOST_AT_ONCE, age=age):
            try:
                await self._send(entries, persist=persist)
            except WorkerError as error:
                if error.code not in _REFUSALS:
                    raise
                await self._send_singly(entries)

    async def finish(self, *, persist: bool) -> None:
        """Write everything when the worker ends; entries that cannot be written are logged."""
        try:
            await self._write(persist=persist)
        except WorkerError as error:
            for spent in self.spending.first(len(self.spending)):
                log.error("usage_lost", code=error.code, **_line(spent))

    async def _send(self, entries: Sequence[Spent], *, persist: bool) -> None:
        await self._client.spend(self.spending.as_json(entries), persist=persist)
        self.spending.written(entries)

    async def _send_singly(self, entries: Sequence[Spent]) -> None:
        """Send entries one at a time, so that one refused entry does not block the others."""
        for spent in entries:
            try:
                await self._send([spent], persist=False)
            except WorkerError as error:
                if error.code not in _REFUSALS:
                    raise
                self.spending.written([spent])
                log.error("usage_lost", code=error.code, sqlstate=error.sqlstate, **_line(spent))


def _line(spent: Spent) -> JsonObject:
    """The log fields of an entry that could not be written."""
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
