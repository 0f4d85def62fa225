"""What paid calls have cost, on its way into the database.

Whoever was paid was paid, whatever becomes of the row: so each call is noted when its
answer is known. It travels with the next checkpoint of its step, or within a moment by
itself. Each entry has an id of its own, so that one which is sent twice counts once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice, takewhile
from typing import Protocol
from uuid import uuid4

import structlog

from liverows.base.clock import Clock, SystemClock
from liverows.base.errors import WorkerError
from liverows.base.types import Json, JsonObject
from liverows.base.usage import Usage
from liverows.database.messages import PaidCall, RunKey

log = structlog.get_logger(__name__)

_MOST_AT_ONCE = 200
_LONGEST_PAUSE = 5.0
_REFUSALS = frozenset({"database_refused", "bad_output"})
"""What the database says of the entries themselves; all other trouble passes."""


@dataclass(frozen=True, slots=True)
class Spent:
    """One paid call. `at` is in the clock's monotonic time.

    `reserved`: it was counted against the owner's daily limit before it was made.
    """

    entry: str
    key: RunKey
    pipeline: str
    step: str
    usage: Usage
    at: float
    reserved: bool = False

    def as_json(self, now: float) -> JsonObject:
        """The element of `entries` that `processing.spend` takes."""
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
    """The entries that are not known to be written yet."""

    def __init__(self, clock: Clock | None = None) -> None:
        self._clock = clock or SystemClock()
        self._unwritten: dict[str, Spent] = {}
        self._answered: dict[str, JsonObject] = {}
        self.noted = asyncio.Event()
        """Set when an entry was added."""

    def __len__(self) -> int:
        return len(self._unwritten) + len(self._answered)

    def note(
        self, key: RunKey, pipeline: str, step: str, usage: Usage, *, reserved: bool = False
    ) -> Spent:
        """Take in one call that was paid for this run."""
        now = self._clock.monotonic()
        spent = Spent(str(uuid4()), key, pipeline, step, usage, now, reserved)
        self._unwritten[spent.entry] = spent
        self.noted.set()
        return spent

    def answered(self, key: RunKey, call: PaidCall) -> None:
        """The service has answered a try of this call, if only with an error."""
        self._answered[call.key] = {"key": call.key, "nonce": key.nonce}
        self.noted.set()

    def answers(self) -> list[JsonObject]:
        """The tries that were answered and of which the database does not know it yet."""
        return list(self._answered.values())

    def told(self, answers: Iterable[JsonObject]) -> None:
        """The database knows these."""
        for answer in answers:
            if self._answered.get(str(answer["key"])) == answer:
                del self._answered[str(answer["key"])]

    def owes(self, key: RunKey) -> bool:
        """Whether a call of this run is not written yet."""
        return any(spent.key == key for spent in self._unwritten.values())

    def first(self, most: int, *, age: float = 0.0) -> tuple[Spent, ...]:
        """The oldest entries, at most so many, of those that were noted `age` seconds ago."""
        before = self._clock.monotonic() - age
        old = takewhile(lambda spent: spent.at <= before, self._unwritten.values())
        return tuple(islice(old, most))

    def as_json(self, entries: Iterable[Spent]) -> list[Json]:
        """The argument that the contract takes."""
        now = self._clock.monotonic()
        return [spent.as_json(now) for spent in entries]

    def written(self, entries: Iterable[Spent]) -> None:
        """The database has them."""
        for spent in entries:
            self._unwritten.pop(spent.entry, None)


class SpendStore(Protocol):
    """The part of the store that takes entries."""

    async def spend(
        self, entries: Sequence[Json], answered: Sequence[Json] = (), *, persist: bool = False
    ) -> None:
        """Write entries; those that are known already change nothing."""


class SpendingWriter:
    """Writes what no checkpoint has taken along, `interval` seconds after it was noted.

    While a run owes an entry it is not let go, because its owner is known by what is left
    of its lease; `on_written` hears when that may have changed.
    """

    def __init__(
        self,
        store: SpendStore,
        clock: Clock,
        *,
        interval: float = 0.25,
        on_written: Callable[[], None] = lambda: None,
    ) -> None:
        self._store = store
        self.spending = Spending(clock)
        self._clock = clock
        self._interval = interval
        self._on_written = on_written

    async def keep(self) -> None:
        """Write until cancelled. What cannot be written now is tried again."""
        pause = self._interval
        while True:
            await self.spending.noted.wait()
            await self._clock.sleep(pause)
            self.spending.noted.clear()
            try:
                # A younger one may be about to travel with the checkpoint of its step.
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
            await self._store.spend([], answers, persist=persist)
            self.spending.told(answers)
        while entries := self.spending.first(_MOST_AT_ONCE, age=age):
            try:
                await self._send(entries, persist=persist)
            except WorkerError as error:
                if error.code not in _REFUSALS:
                    raise
                await self._send_singly(entries)

    async def finish(self, *, persist: bool) -> None:
        """Write all at the end of the worker; what is lost then is in the log."""
        try:
            await self._write(persist=persist)
        except WorkerError as error:
            for spent in self.spending.first(len(self.spending)):
                log.error("usage_lost", code=error.code, **_line(spent))

    async def _send(self, entries: Sequence[Spent], *, persist: bool) -> None:
        await self._store.spend(self.spending.as_json(entries), persist=persist)
        self.spending.written(entries)

    async def _send_singly(self, entries: Sequence[Spent]) -> None:
        """One entry that the database does not take must not hold up the others."""
        for spent in entries:
            try:
                await self._send([spent], persist=False)
            except WorkerError as error:
                if error.code not in _REFUSALS:
                    raise
                self.spending.written([spent])
                log.error("usage_lost", code=error.code, sqlstate=error.sqlstate, **_line(spent))


def _line(spent: Spent) -> JsonObject:
    """What the log says of an entry that is not in the database."""
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
