"""Gives back rows that the database claimed for this worker, but whose claim got no answer.

Otherwise the rows would wait until `claim_timeout` is over.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress

from liverows.base.clock import Clock
from liverows.base.errors import WorkerError
from liverows.base.logger import get_logger
from liverows.database.reachability import GrowingWait
from liverows.running.dispatch import Dispatch
from liverows.running.lease import Leases
from liverows.running.wake import Wake

log = get_logger(__name__)

LATE_SECONDS = 1.5
"""The wait before the second look: a claim of a broken connection may commit late."""
MOST_WAITING_SECONDS = 1.0
"""If a claim is still under way after this wait, no rows are given back."""
FIRST_WAIT_SECONDS = 0.2
LONGEST_WAIT_SECONDS = 5.0
"""The longest wait between two tries to send the heartbeat."""


class LostClaims:
    """Gives back the rows of lost claims after `note` was called."""

    def __init__(self, dispatch: Dispatch, leases: Leases, wake: Wake, clock: Clock) -> None:
        self._dispatch = dispatch
        self._leases = leases
        self._wake = wake
        self._clock = clock
        self._noted = asyncio.Event()

    def note(self) -> None:
        """Note that a claim got no answer; the database may have claimed rows for it."""
        self._noted.set()

    async def watch(self) -> None:
        """Give back the rows of lost claims until cancelled."""
        while True:
            await self._noted.wait()
            self._noted.clear()
            await self._give_back()
            await self._clock.sleep(LATE_SECONDS)
            await self._give_back()

    async def _give_back(self) -> None:
        self._dispatch.withhold()
        try:
            with suppress(TimeoutError):
                async with asyncio.timeout(MOST_WAITING_SECONDS):
                    await self._dispatch.claims_ended.wait()
                await self._beat()
        finally:
            self._dispatch.release()
            self._wake.nudge()

    async def _beat(self) -> None:
        """Send the heartbeat, again and again until the database answers."""
        wait = GrowingWait(floor=FIRST_WAIT_SECONDS)
        while True:
            try:
                await self._leases.beat(claim_timeout=0)
            except WorkerError as error:
                log.warning("heartbeat_failed", code=error.code, reason=error.message)
                await self._clock.sleep(wait.failed(LONGEST_WAIT_SECONDS))
            else:
                return
