"""The heartbeat: it keeps our leases, tells us which ones we lost, and finds dead workers.

One heartbeat names all runs that we hold. A worker with database sessions of its own also holds
an advisory lock in each session. Postgres frees these locks when the process dies, so other
workers notice the death before the heartbeat's deadline. If only one of our sessions ends, we
are not dead. So that the others do not believe it, we send a heartbeat at once over another
session, and lock a new session later.
"""

from __future__ import annotations

import asyncio
import os
import random
import socket
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol

from liverows.base.clock import Clock
from liverows.base.errors import DatabaseTrouble, WorkerError
from liverows.base.logger import get_logger
from liverows.base.types import JsonObject
from liverows.base.version import VERSION
from liverows.database.client import ContractClient
from liverows.database.contract import is_unfit, unfit
from liverows.database.messages import Beat, RunKey
from liverows.database.sessions import Connection, sessions_of

log = get_logger(__name__)

_SOONER = 1.0
_SESSIONS_APART = 0.25
"""The shortest pause, in seconds, between two beats that are sent only because sessions have
changed; sessions may change quickly."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaseTimings:
    """All in seconds.

    `take_over` is the pause between looks at the other workers while any of them holds a row; a
    dead one is found by two looks. A lease that our heartbeat does not name for `claim_timeout`
    is taken back.
    """

    heartbeat: float = 5.0
    take_over: float = 0.45
    claim_timeout: float = 30.0


class Holding(Protocol):
    """The runs that a heartbeat names: see `Workload`."""

    def held(self) -> Sequence[RunKey]:
        """Every run that we believe to be ours."""

    def stopped(self) -> Sequence[RunKey]:
        """Runs that were taken away and of which nothing is left here."""

    def stopped_told(self, keys: Iterable[RunKey]) -> None:
        """The database knows that these runs have stopped."""


class Leases:
    """The heartbeat of one worker and its watch over the others.

    `load` names the runs that the worker believes it holds; `on_beat` gets every answer.
    `describe` adds what a person wants to see of the worker, such as its doorbells.
    """

    def __init__(
        self,
        client: ContractClient,
        clock: Clock,
        *,
        load: Holding,
        on_beat: Callable[[Beat], None],
        describe: Callable[[], JsonObject],
        pipelines: Sequence[str],
        timings: LeaseTimings | None = None,
    ) -> None:
        self._client = client
        self._clock = clock
        self._load = load
        self._on_beat = on_beat
        self._describe = describe
        self._pipelines = list(pipelines)
        self._timings = timings or LeaseTimings()
        self._sessions = sessions_of(client.transport)
        self._others_hold = asyncio.Event()
        self._locked = asyncio.Event()
        self._beating = asyncio.Lock()
        self._may_judge_from = clock.monotonic()
        self.answered_at: float | None = None
        """When the last heartbeat was answered, by the monotonic clock."""

    @property
    def may_judge(self) -> bool:
        """Whether the silence of another worker proves anything.

        After an outage, or after this process was frozen, a worker that beats only a moment later
        than we do seems dead to us. So we judge nobody while our own heartbeat is not answered,
        and for a while after that.
        """
        return self._is_heard() and self._clock.monotonic() >= self._may_judge_from

    async def enlist(self, stopping: asyncio.Event) -> None:
        """Check the contract and beat for the first time, as soon as the database answers.

        `SetupError` for a problem that a person must repair before a worker can start. Returns
        early when `stopping` is set.
        """
        wait = _SESSIONS_APART
        while not stopping.is_set():
            try:
                await self._client.check_contract()
                await self.beat()
            except DatabaseTrouble as trouble:
                if is_unfit(trouble):
                    raise unfit(trouble) from trouble
                log.warning("database_awaited", code=trouble.code, reason=trouble.message)
                with suppress(TimeoutError):
                    async with asyncio.timeout(wait):
                        await stopping.wait()
                wait = min(2 * wait, self._timings.heartbeat)
            else:
                return

    async def lock(self, session: Connection) -> None:
        """Take the doorbell's session for our heartbeats, lock it, and tell the others."""
        await self._sessions.lend(session)
        await self.beat()
        self._locked.set()

    async def unlock(self) -> None:
        """Our session ended but we live: say so before another worker takes our rows."""
        self._sessions.end_loan()
        await self.beat()

    async def locked_within(self, seconds: float) -> None:
        """Wait for our first lock, but no longer."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._locked.wait()

    async def beat(self) -> None:
        """One heartbeat, now."""
        async with self._beating:
            self._sessions.changed.clear()
            stopped = self._load.stopped()
            beat = await self._client.heartbeat(
                self._load.held(),
                self._info(),
                claim_timeout_seconds=self._timings.claim_timeout,
                ended=stopped,
            )
            self._load.stopped_told(stopped)
            if self.answered_at is not None and not self._is_heard():
                self._may_judge_from = self._clock.monotonic() + self._longest_silence()
            self.answered_at = self._clock.monotonic()
        if beat.others_hold:
            self._others_hold.set()
        self._on_beat(beat)

    async def keep(self) -> None:
        """Beat until cancelled. After a beat that failed the next one comes sooner."""
        while True:
            pause = self._timings.heartbeat
            try:
                await self.beat()
            except WorkerError as error:
                log.warning("heartbeat_failed", code=error.code, reason=error.message)
                pause = min(_SOONER, pause)
            await self._pause(pause)

    async def _pause(self, seconds: float) -> None:
        """Wait until the next beat is due, or until there is something to tell at once."""
        due = asyncio.ensure_future(self._clock.sleep(seconds))
        news = asyncio.ensure_future(self._sessions.changed.wait())
        try:
            await asyncio.wait({due, news}, return_when=asyncio.FIRST_COMPLETED)
            if not due.done():
                await asyncio.sleep(_SESSIONS_APART)
        finally:
            due.cancel()
            news.cancel()

    def beat_soon(self) -> None:
        """Beat within a moment, because there is news to send or to fetch."""
        self._sessions.changed.set()

    def told_to_stop(self, worker: str) -> None:
        """A row that this worker holds was deleted or cancelled. A doorbell calls this."""
        if worker == str(self._client.worker):
            self.beat_soon()

    def others_may_hold(self) -> None:
        """A doorbell rang: another worker may have claimed a row, and may die with it."""
        self._others_hold.set()

    async def watch_peers(self) -> None:
        """Take back rows of dead workers until cancelled; idle while no other worker holds any."""
        while True:
            await self._others_hold.wait()
            # Random, so that not all workers look at the same moment.
            pause = self._timings.take_over * random.uniform(0.9, 1.1)  # noqa: S311
            await self._clock.sleep(pause)
            if not self.may_judge:
                continue
            # Cleared before the call, so that a ring during the call is not forgotten.
            self._others_hold.clear()
            try:
                taken, others_hold = await self._client.take_back()
            except WorkerError as error:
                log.warning("take_back_failed", code=error.code, reason=error.message)
                taken, others_hold = 0, True
            if others_hold:
                self._others_hold.set()
            if taken:
                log.warning("rows_taken_back", rows=taken)

    def _is_heard(self) -> bool:
        answered = self.answered_at
        return answered is not None and (
            self._clock.monotonic() - answered <= self._longest_silence()
        )

    def _longest_silence(self) -> float:
        return 2 * self._timings.heartbeat

    def _info(self) -> JsonObject:
        return {
            "name": f"{socket.gethostname()}:{os.getpid()}",
            "version": VERSION,
            "pipelines": list(self._pipelines),
            **self._sessions.told(),
            **self._describe(),
        }
