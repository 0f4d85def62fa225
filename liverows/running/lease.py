"""The heartbeat of this worker, and its watch over the other workers ("we" are this worker).

Each heartbeat names the runs that we hold and keeps their leases. The answer names those that were
lost or cancelled.

A worker with database sessions of its own also tries to hold an advisory lock in each session.
Postgres frees a lock when its session ends, so other workers can notice a death before the
heartbeat is overdue.
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
"""The pause, in seconds, before a heartbeat out of turn, to collect more news."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaseTimings:
    """How often a worker sends heartbeats and looks at the other workers, in seconds."""

    heartbeat: float = 5.0
    """The usual pause between two heartbeats."""
    take_over: float = 0.45
    """The mean pause between two looks at the other workers while any of them may hold a row."""
    claim_timeout: float = 30.0
    """The age, in seconds, from which a lease that no heartbeat names is taken back."""


class Holding(Protocol):
    """The part of `Workload` that a heartbeat needs."""

    def held(self) -> Sequence[RunKey]:
        """Return the runs that we believe to be ours."""

    def stopped(self) -> Sequence[RunKey]:
        """Return the runs that were taken away and have ended here, with nothing left to write."""

    def stopped_told(self, keys: Iterable[RunKey]) -> None:
        """Forget these stopped runs, because a heartbeat has told the database of them."""


class Leases:
    """The heartbeat of one worker and its watch over the others.

    `on_beat` gets the answer to each heartbeat.
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
        self._others_live = True
        self._locked = asyncio.Event()
        self._beating = asyncio.Lock()
        self._may_judge_from = clock.monotonic()
        self.answered_at: float | None = None
        """The monotonic time of the latest answer to a heartbeat; None before the first answer."""

    @property
    def may_judge(self) -> bool:
        """Whether we may take another worker for dead.

        False during and shortly after an outage, when the other worker's heartbeat may only be
        late.
        """
        return self._is_heard() and self._clock.monotonic() >= self._may_judge_from

    def serve(self, pipelines: Sequence[str]) -> None:
        """Name these pipelines in the heartbeats from now on."""
        self._pipelines = list(pipelines)

    async def enlist(self, stopping: asyncio.Event) -> None:
        """Check the contract and send the first heartbeat, as soon as the database answers.

        Raises `SetupError` for a problem that a person must repair.
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
        """Let heartbeats use the doorbell's session, try to take a lock in it, and send a
        heartbeat.
        """
        await self._sessions.lend(session)
        await self.beat()
        self._locked.set()

    async def unlock(self) -> None:
        """Stop using the doorbell's session, and send a heartbeat that no longer names its lock."""
        self._sessions.end_loan()
        await self.beat()

    async def locked_within(self, seconds: float) -> None:
        """Wait until a call of `lock` has succeeded, but at most for `seconds`."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._locked.wait()

    async def beat(self, *, claim_timeout: float | None = None) -> None:
        """Send one heartbeat now, and give its answer to `on_beat`.

        Leases of ours that are older than `claim_timeout` seconds and not named are taken back.
        Give a shorter time than the usual one only while no claim is under way.
        """
        if claim_timeout is None:
            claim_timeout = self._timings.claim_timeout
        async with self._beating:
            self._sessions.changed.clear()
            stopped = self._load.stopped()
            beat = await self._client.heartbeat(
                self._load.held(),
                self._info(),
                claim_timeout_seconds=claim_timeout,
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
        """Send heartbeats until cancelled; after a failed heartbeat, pause at most a second."""
        while True:
            pause = self._timings.heartbeat
            try:
                await self.beat()
            except WorkerError as error:
                log.warning("heartbeat_failed", code=error.code, reason=error.message)
                pause = min(_SOONER, pause)
            await self._pause(pause)

    async def _pause(self, seconds: float) -> None:
        """Wait for `seconds`, or until shortly after there is news for a heartbeat."""
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
        """Let `keep` send the next heartbeat in about 0.25 s."""
        self._sessions.changed.set()

    def told_to_stop(self, worker: str) -> None:
        """Send a heartbeat soon, if `worker` is this worker.

        The answer to the heartbeat names the runs to stop.
        """
        if worker == str(self._client.worker):
            self.beat_soon()

    def others_may_hold(self) -> None:
        """Let `watch_peers` look at the other workers soon."""
        self._others_hold.set()

    def rang(self, *, claim_follows: bool) -> None:
        """Look at the other workers soon, because after a ring another worker may claim a row.

        If the last claim told of no other worker, and a claim follows the ring, this waits for what
        that claim tells.
        """
        if self._others_live or not claim_follows:
            self._others_hold.set()

    def others_live(self, live: bool) -> None:
        """Take in whether a claim told of other workers; look at them soon if they are new."""
        if live and not self._others_live:
            self._others_hold.set()
        self._others_live = live

    async def watch_peers(self) -> None:
        """Take back rows of dead workers until cancelled, while other workers may hold rows."""
        # At the start the first look is at once: this worker may replace one that was just killed.
        may_replace = self._others_hold.is_set()
        while True:
            await self._others_hold.wait()
            # The pause is random, so that not all workers look at the same moment.
            pause = self._timings.take_over * random.uniform(0.9, 1.1)  # noqa: S311
            await self._clock.sleep(0 if may_replace else pause)
            may_replace = False
            if not self.may_judge:
                continue
            # Cleared before the call, so that a call of `rang` meanwhile is not forgotten.
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
