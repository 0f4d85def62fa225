"""Runs the schedules that are due: SQL statements that the database keeps.

Each worker asks at the next due moment, and the database lets one of them run the statement.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from liverows.base.clock import Clock, SystemClock
from liverows.base.errors import WorkerError
from liverows.base.logger import get_logger
from liverows.database.client import ContractClient
from liverows.database.housekeeping import ScheduleRun

log = get_logger(__name__)

CALM_SECONDS = 60.0
"""The longest pause between two looks while a change of a schedule may be unheard."""
HEARING_SECONDS = 600.0
"""The same while changes are heard."""
FIRST_RETRY_SECONDS = 2.0
"""The pause after a call without an answer. It doubles with each further one, up to CALM_SECONDS:
what is due may be skipped after five minutes."""
_SHORTEST_SECONDS = 0.05


class Schedules:
    """Calls the contract's `run_schedules` when a schedule is due, and after `changed`.

    `hears` says whether a doorbell works that calls `changed` when a schedule was changed.
    """

    def __init__(
        self, client: ContractClient, hears: Callable[[], bool], clock: Clock | None = None
    ) -> None:
        self._client = client
        self._hears = hears
        self._clock = clock or SystemClock()
        self._changed = asyncio.Event()

    def changed(self) -> None:
        """Look soon, because a schedule may be due at another moment now."""
        self._changed.set()

    @asynccontextmanager
    async def kept(self) -> AsyncIterator[None]:
        """Run what is due, in the background, until the end of the block."""
        keeping = asyncio.create_task(self._keep(), name="schedules")
        try:
            yield
        finally:
            keeping.cancel()
            await asyncio.wait([keeping])

    async def look(self) -> float | None:
        """Run what is due; return in how many seconds to look again, None if there is no schedule.

        With one call for each schedule, a slow one does not hold back what another one wrote.
        """
        while True:
            told = await self._client.run_schedules(max_schedules=1)
            for run in told.ran:
                _log(run)
            if not told.ran or told.next_seconds != 0:
                return told.next_seconds

    async def _keep(self) -> None:
        retry = FIRST_RETRY_SECONDS
        while True:
            seconds: float | None = retry
            retry = min(2 * retry, CALM_SECONDS)
            self._changed.clear()
            try:
                seconds = await self.look()
                retry = FIRST_RETRY_SECONDS
            except WorkerError as error:
                log.warning("schedules_unknown", code=error.code, reason=error.message)
            except Exception:
                # An error must not end this background loop: the next look may work.
                log.exception("schedules_unknown")
            await self._pause(seconds)

    async def _pause(self, seconds: float | None) -> None:
        """Wait for so many seconds or for a change, but not longer than a change may be unheard."""
        longest = HEARING_SECONDS if self._hears() else CALM_SECONDS
        # The longest pause is random, so that not all workers ask at the same moment.
        longest *= random.uniform(0.9, 1.1)  # noqa: S311
        pause = longest if seconds is None else max(_SHORTEST_SECONDS, min(seconds, longest))
        waits: list[asyncio.Task[Any]] = [
            asyncio.create_task(self._changed.wait()),
            asyncio.create_task(self._clock.sleep(pause)),
        ]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()


def _log(run: ScheduleRun) -> None:
    if run.outcome == "done":
        log.info("schedule_ran", schedule=run.name, due=run.due, rows=run.rows)
    elif run.outcome == "skipped":
        log.warning("schedule_skipped", schedule=run.name, due=run.due)
    else:
        # The message may quote a row, so it stays in the database.
        log.error(
            "schedule_failed",
            schedule=run.name,
            due=run.due,
            sqlstate=run.sqlstate,
            again=run.again,
            cure="`liverows status` shows the message",
        )
