"""What every doorbell does, and how a doorbell proves that it still hears.

A doorbell only says "look now" and carries no work, so a lost ring costs time but no row. But a
doorbell may stop hearing without an error, and rows would then wait for the periodic sweep. So each
doorbell sends pings to itself, if possible through the database, and counts as working only while
it hears them.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from typing import Protocol, TypeAlias
from uuid import uuid4

from liverows.base.logger import get_logger
from liverows.base.types import WakeSource

log = get_logger(__name__)

_NONCES = 8

Ring: TypeAlias = Callable[[WakeSource], None]
"""Called with the doorbell's name when there may be work. Must not block or raise."""

Stop: TypeAlias = Callable[[str], None]
"""Called with the id of a worker that has runs to stop. Must not block or raise."""


Changed: TypeAlias = Callable[[], None]
"""Called when a schedule has changed, or may have. Must not block or raise."""


def unheard(_worker: str) -> None:
    """Do nothing; the `on_stop` of a doorbell whose process holds no rows."""


def unscheduled() -> None:
    """Do nothing; the `on_schedules` of a doorbell whose process runs no schedules."""


SendPing: TypeAlias = Callable[[str], Awaitable[None]]
"""Sends a nonce to the doorbell. If this fails or is too slow, the ping counts as not sent."""


@dataclass(frozen=True, slots=True)
class Heard:
    """The last ping that was heard: how long ago, and how long it took, both in seconds."""

    seconds_ago: float
    delay: float


class Doorbell(Protocol):
    """One way to hear that a row became pending."""

    name: str

    async def run(self, ring: Ring) -> None:
        """Listen, and reconnect after a failure.

        Calls `ring` for each ring, and each time when listening begins, because rings before that
        may have been lost. Returns only if the doorbell cannot work here at all.
        """

    def working(self) -> bool:
        """Whether this doorbell recently heard a ping of its own."""

    def heard(self) -> Heard | None:
        """Return the last ping that this connection heard; None if it heard none."""

    def doubt(self) -> None:
        """Ping now, because a ring may have been lost."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorbellTimings:
    """How long a doorbell waits, in seconds."""

    ping_interval: float = 30
    """The pause before the next ping, unless the last one was missed."""
    ping_deadline: float = 10
    """How long sending a ping may take."""
    ping_waits: tuple[float, ...] = (1, 2, 4, 5, 5, 5)
    """How long to wait for a ping to be heard; after each missed ping, the next time in this list.
    After the last one the connection counts as deaf."""
    backoff_floor: float = 0.1
    backoff_cap: float = 30
    close_deadline: float = 2


class Verdict(Enum):
    """Why `Echo.watch` returned: the connection ended, hears nothing, or reached its age limit."""

    ENDED = "ended"
    DEAF = "deaf"
    OLD = "old"


class _Answer(Enum):
    HEARD = "heard"
    MISSED = "missed"
    UNSENT = "unsent"


class Backoff:
    """Growing random waits, so that many workers do not reconnect at the same moment."""

    def __init__(self, timings: DoorbellTimings) -> None:
        self._floor = timings.backoff_floor
        self._cap = timings.backoff_cap
        self._ceiling = self._floor

    def next(self) -> float:
        """Return the seconds to wait before the next try, and double the ceiling."""
        wait = random.uniform(0, self._ceiling)  # noqa: S311 - spreads load
        self._ceiling = min(self._cap, self._ceiling * 2)
        return wait

    def reset(self) -> None:
        """Make the waits short again, because a connection worked."""
        self._ceiling = self._floor


class Echo:
    """Sends pings to one connection of a doorbell, and notes whether they are heard."""

    def __init__(self, doorbell: str, send: SendPing, timings: DoorbellTimings) -> None:
        self._send = send
        self._timings = timings
        self._log = log.bind(doorbell=doorbell)
        self._nonces = deque[str](maxlen=_NONCES)
        self._answered = asyncio.Event()
        self._doubted = asyncio.Event()
        self._sent_at = 0.0
        self._delay = 0.0
        self._heard_at: float | None = None
        self._last: _Answer | None = None

    @property
    def ever_heard(self) -> bool:
        """Whether this connection has heard at least one of its pings."""
        return self._heard_at is not None

    def working(self) -> bool:
        """Whether the last ping was not missed, and one was heard recently."""
        if self._heard_at is None or self._last is _Answer.MISSED:
            return False
        limit = self._timings.ping_interval + self._timings.ping_deadline
        return time.monotonic() - self._heard_at <= limit

    def heard(self) -> Heard | None:
        """Return the last ping that was heard, or None."""
        if self._heard_at is None:
            return None
        return Heard(time.monotonic() - self._heard_at, self._delay)

    def doubt(self) -> None:
        """End the pause before the next ping."""
        self._doubted.set()

    def hear(self, nonce: object) -> bool:
        """Note a ping that was received; True if it is one of those that this object sent last."""
        if nonce not in self._nonces:
            return False
        self._nonces.clear()
        self._heard_at = time.monotonic()
        self._delay = self._heard_at - self._sent_at
        self._answered.set()
        return True

    async def watch(self, ended: asyncio.Event, limit: float | None = None) -> Verdict:
        """Ping until `ended` is set, the connection is deaf or `limit` seconds are over."""
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
        """Return when all of `ping_waits` have passed, with no heard ping in between."""
        misses = 0
        while misses < len(self._timings.ping_waits):
            answer = await self._ping(self._timings.ping_waits[misses])
            if answer is _Answer.MISSED:
                misses += 1
            else:
                misses = 0 if answer is _Answer.HEARD else misses
                await self._pause()

    async def _pause(self) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._doubted.wait(), self._timings.ping_interval)

    async def _ping(self, patience: float) -> _Answer:
        # Cleared before the ping, so that a doubt of a moment after it brings another ping.
        self._doubted.clear()
        nonce = uuid4().hex
        self._nonces.append(nonce)
        self._answered.clear()
        self._sent_at = time.monotonic()
        try:
            async with asyncio.timeout(self._timings.ping_deadline):
                await self._send(nonce)
        except Exception as error:
            return self._note(_Answer.UNSENT, error=type(error).__name__)
        try:
            async with asyncio.timeout(patience):
                await self._answered.wait()
        except TimeoutError:
            return self._note(_Answer.MISSED)
        return self._note(_Answer.HEARD)

    def _note(self, answer: _Answer, **details: str) -> _Answer:
        """Return the answer, and log it only if it differs from the last one."""
        if answer is not self._last and answer is not _Answer.HEARD:
            self._log.warning(f"doorbell_ping_{answer.value}", **details)
        elif answer is _Answer.HEARD and self._last is not answer:
            self._log.info("doorbell_ping_heard")
        self._last = answer
        return answer
