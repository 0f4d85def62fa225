"""The slots of one worker: a waiting row gets a task of its own as soon as a slot is free."""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import Callable

from liverows.base.clock import Clock
from liverows.base.logger import get_logger
from liverows.database.messages import ClaimedJob, Result
from liverows.recipe.waiting import RowWaits
from liverows.running.ahead import ClaimAhead
from liverows.running.attempt import Attempts
from liverows.running.endings import broken, released
from liverows.running.lifecycle import LifecycleListener
from liverows.running.metrics import Metrics
from liverows.running.workload import Running, Waiting, Workload

log = get_logger(__name__)

_LOOK_SECONDS = 0.05
"""Seconds between two looks at the rows that wait for a slot."""


class Slots:
    """Starts waiting rows and adds their results to the workload.

    `on_end` is called after each row, and after a timer released overdue rows.
    """

    def __init__(
        self,
        load: Workload,
        attempts: Attempts,
        clock: Clock,
        *,
        ahead: ClaimAhead,
        metrics: Metrics,
        on_end: Callable[[], None],
        lifecycle: LifecycleListener | None = None,
    ) -> None:
        self._load = load
        self._attempts = attempts
        self._clock = clock
        self._ahead = ahead
        self._metrics = metrics
        self._on_end = on_end
        self._lifecycle = lifecycle or LifecycleListener()
        self._closed = False
        self._is_cut_short = False
        self._outside = contextvars.copy_context()
        self._broken: asyncio.Future[None] | None = None
        self._timer: asyncio.TimerHandle | None = None

    def close(self) -> None:
        """Start no more rows; running rows go on."""
        self._closed = True

    def fill(self) -> None:
        """Start waiting rows while there is a free slot; release a row that has waited too long."""
        while not self._closed and (row := self._load.next_to_start()):
            now = self._clock.monotonic()
            if self._is_overdue(row, now):
                # The row's lease may have expired meanwhile.
                self._load.release(row.job)
                continue
            running = self._load.start(row.job, now)
            # The fresh context keeps the slot's previous row out of this row's log lines.
            running.task = asyncio.get_running_loop().create_task(
                self._occupy(running), context=self._outside.copy()
            )
        if self._load.waiting and self._timer is None:
            self._look_later()

    def cancel_running(self) -> None:
        """Cancel all running rows, also those whose task has not begun."""
        self._is_cut_short = True
        for running in self._load.running:
            running.cancel()

    async def mind(self) -> None:
        """Wait for an error of the engine in a row's task, and raise it; then cancel the running
        rows.

        A task group would cost a short row more time.
        """
        self._broken = asyncio.get_running_loop().create_future()
        try:
            await self._broken
        finally:
            self.close()
            tasks = [running.task for running in self._load.running if running.task]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def _look_later(self) -> None:
        loop = asyncio.get_running_loop()
        self._timer = loop.call_later(_LOOK_SECONDS, self._look_at_waiting)

    def _look_at_waiting(self) -> None:
        """Release the rows that have waited too long for a slot."""
        self._timer = None
        if self._closed:
            return
        now = self._clock.monotonic()
        count = self._load.release_waiting(lambda row: self._is_overdue(row, now))
        if count:
            log.info("rows_released", rows=count)
            self._on_end()
        if self._load.waiting:
            self._look_later()

    def _is_overdue(self, row: Waiting, now: float) -> bool:
        return now - row.since > self._ahead.patience()

    async def _occupy(self, running: Running) -> None:
        try:
            await self._attempt(running)
        except Exception as error:
            # Errors of a recipe are results by now. This is a bug in code that all rows share.
            if self._broken is None or self._broken.done():
                raise
            self._broken.set_exception(error)

    async def _attempt(self, running: Running) -> None:
        job = running.job
        running.began = True
        result: Result | None = None
        try:
            if self._is_cut_short:
                result = released(job)
            elif running.gone is None:
                with self._lifecycle.running(job):
                    result = await self._attempts.run(job)
        except asyncio.CancelledError:
            result = released(job)
        except RowWaits:
            running.gone = running.gone or "waiting"
        except Exception as error:
            # This is a bug of the engine. Only this row fails.
            log.exception("attempt_broke", pipeline=job.pipeline, exc_info=error)
            result = broken(job)
        finally:
            self._load.end(running)
            seconds = self._clock.monotonic() - running.started_at
            self._ahead.row_took(seconds)
            if result is not None and running.gone is None:
                self._load.results.add(result)
            else:
                # No answer to a result will end what is remembered of this run.
                self._lifecycle.forget(job.key)
            self._count(job, result, running, seconds)
            self.fill()
            self._on_end()

    def _count(
        self, job: ClaimedJob, result: Result | None, running: Running, seconds: float
    ) -> None:
        outcome = running.gone or (result.action if result else "lost")
        self._metrics.row_finished(job.pipeline, outcome, seconds)
        if result is None and running.gone is None:
            # The recipe ended with `LeaseLost` or `Cancelled`, usually after a refused write.
            self._load.note_taken_away(job.key)
            self._metrics.stale_writes_refused.inc()
