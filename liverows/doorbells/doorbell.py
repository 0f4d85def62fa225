"""What every doorbell does, and how it proves that it still hears.

A doorbell only says "look now" and carries no work, so a lost ring costs time but never a row. The
danger is a doorbell that stops hearing without an error: rows would then wait for the periodic
sweep, and nobody would know why. So each doorbell sends pings through the database to itself, and
counts as working only while it hears them.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import Enum
from typing import Protocol, TypeAlias
from uuid import uuid4

from liverows.base.logger import get_logger
from liverows.base.types import WakeSource

log = get_logger(__name__)

Ring: TypeAlias = Callable[[WakeSource], None]
"""Called with the source that rang. It must not block or raise; it sets an `asyncio.Event`."""

Stop: TypeAlias = Callable[[str], None]
"""Called with a worker's id: that worker should check which of its rows it lost. It must not block
or raise."""


def unheard(_worker: str) -> None:
    """An `on_stop` for callers that hold no rows: does nothing."""


SendPing: TypeAlias = Callable[[str], Awaitable[None]]
"""Sends a nonce through the database (SQL `processing.ping_doorbell`) to every doorbell. Any
exception means "not sent", which proves nothing about hearing."""


class Doorbell(Protocol):
    """One way to hear that a row became pending."""

    name: str

    async def run(self, ring: Ring) -> None:
        """Listen until cancelled, and reconnect after every failure.

        Rings once each time it starts to hear (again), because earlier rings may be lost. Returns
        early only if listening can never work here.
        """

    def working(self) -> bool:
        """Whether it heard its own ping recently."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorbellTimings:
    """How long a doorbell waits, in seconds; `ping_misses` is a number of pings."""

    ping_interval: float = 30
    ping_deadline: float = 10
    ping_misses: int = 2
    backoff_floor: float = 0.1
    backoff_cap: float = 30
    close_deadline: float = 2


class Verdict(Enum):
    """Why `Echo.watch` stopped watching a connection."""

    ENDED = "ended"
    DEAF = "deaf"
    OLD = "old"


class _Answer(Enum):
    HEARD = "heard"
    MISSED = "missed"
    UNSENT = "unsent"


class Backoff:
    """Growing random waits, so that many workers do not reconnect at the same moment.

    Each wait is random between 0 and a ceiling. The ceiling doubles until it reaches the cap; the
    waits stay random there too.
    """

    def __init__(self, timings: DoorbellTimings) -> None:
        self._floor = timings.backoff_floor
        self._cap = timings.backoff_cap
        self._ceiling = self._floor

    def next(self) -> float:
        """Seconds to wait before the next try."""
        wait = random.uniform(0, self._ceiling)  # noqa: S311 - spreads load
        self._ceiling = min(self._cap, self._ceiling * 2)
        return wait

    def reset(self) -> None:
        """Start again with short waits, after a connection that heard its ping."""
        self._ceiling = self._floor


class Echo:
    """Pings one connection through the database and remembers the result."""

    def __init__(self, doorbell: str, send: SendPing, timings: DoorbellTimings) -> None:
        self._send = send
        self._timings = timings
        self._log = log.bind(doorbell=doorbell)
        self._nonce: str | None = None
        self._answered = asyncio.Event()
        self._heard_at: float | None = None
        self._last: _Answer | None = None

    @property
    def ever_heard(self) -> bool:
        """Whether at least one ping came back on this connection."""
        return self._heard_at is not None

    def working(self) -> bool:
        """Whether a ping was heard within the last interval plus the deadline."""
        if self._heard_at is None:
            return False
        limit = self._timings.ping_interval + self._timings.ping_deadline
        return time.monotonic() - self._heard_at <= limit

    def hear(self, nonce: object) -> bool:
        """Take a received ping; True if this object sent it, since other workers ping here too."""
        if nonce is None or nonce != self._nonce:
            return False
        self._nonce = None
        self._heard_at = time.monotonic()
        self._answered.set()
        return True

    async def watch(self, ended: asyncio.Event, limit: float | None = None) -> Verdict:
        """Ping until the connection ends, is found deaf, or `limit` seconds have passed."""
        async with asyncio.TaskGroup() as tasks:
            waiting = tasks.create_task(ended.wait())
            pinging = tasks.create_task(self._ping_until_deaf())
            await asyncio.wait(
                {waiting, pinging}, timeout=limit, return_when=asyncio.FIRST_COMPLETED
            )
            verdict = self._verdict(ended.is_set(), pinging.done())
            waiting.cancel()
            pinging.cancel()
        return verdict

    @staticmethod
    def _verdict(ended: bool, deaf: bool) -> Verdict:
        if ended:
            return Verdict.ENDED
        return Verdict.DEAF if deaf else Verdict.OLD

    async def _ping_until_deaf(self) -> None:
        """Return when `ping_misses` pings in a row were sent but not heard.

        A ping that could not be sent says nothing about hearing. The connection is then kept, and
        `working` turns False after a while.
        """
        misses = 0
        while True:
            answer = await self._ping()
            if answer is _Answer.MISSED:
                misses += 1
                if misses >= self._timings.ping_misses:
                    return
            else:
                misses = 0 if answer is _Answer.HEARD else misses
                await asyncio.sleep(self._timings.ping_interval)

    async def _ping(self) -> _Answer:
        nonce = self._nonce = uuid4().hex
        self._answered.clear()
        try:
            async with asyncio.timeout(self._timings.ping_deadline):
                await self._send(nonce)
        except Exception as error:
            return self._note(_Answer.UNSENT, error=type(error).__name__)
        try:
            async with asyncio.timeout(self._timings.ping_deadline):
                await self._answered.wait()
        except TimeoutError:
            return self._note(_Answer.MISSED)
        return self._note(_Answer.HEARD)

    def _note(self, answer: _Answer, **details: str) -> _Answer:
        """Log only when the answer differs from the last one, not for every ping."""
        if answer is not self._last and answer is not _Answer.HEARD:
            self._log.warning(f"doorbell_ping_{answer.value}", **details)
        elif answer is _Answer.HEARD and self._last is not answer:
            self._log.info("doorbell_ping_heard")
        self._last = answer
        return answer
