"""Looks at the queue again and again, for `status --watch`."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import suppress
from dataclasses import dataclass

from liverows.base.errors import Transient
from liverows.cli.answers import OVERVIEW, Overview
from liverows.cli.call import asked
from liverows.database.answers import checked
from liverows.database.client import ContractClient
from liverows.database.login import Login
from liverows.database.opening import Way, has_sessions
from liverows.doorbells.doorbell import Doorbell
from liverows.doorbells.notify import NotifyDoorbell


@dataclass(frozen=True, slots=True)
class WatchTimings:
    """The seconds between two looks: at least `interval`, and that while rows are due or run.

    While nothing is to be done, a look comes with the next ring of the doorbell, at the latest
    after `calm`. Without a doorbell, each look comes after `interval`.
    """

    interval: float = 1.0
    calm: float = 5.0


async def doorbell_of(way: Way, client: ContractClient) -> Doorbell | None:
    """Return what rings for new rows: NOTIFY over a direct connection, otherwise None."""
    if isinstance(way, Login) and await has_sessions(way):
        return NotifyDoorbell(way, client.ping, application_name="liverows status")
    return None


async def looks(
    client: ContractClient, bell: Doorbell | None, timings: WatchTimings
) -> AsyncGenerator[Overview | Transient]:
    """Yield the overview again and again, or the passing trouble that keeps it from being read."""
    rung = asyncio.Event()
    ringing = None if bell is None else asyncio.create_task(bell.run(lambda _source: rung.set()))
    try:
        while True:
            rung.clear()
            seen = await _look(client)
            yield seen
            await asyncio.sleep(timings.interval)
            if ringing is not None and not ringing.done() and _is_calm(seen):
                with suppress(TimeoutError):
                    async with asyncio.timeout(timings.calm - timings.interval):
                        await rung.wait()
    finally:
        if ringing is not None:
            ringing.cancel()
            await asyncio.wait([ringing])


async def _look(client: ContractClient) -> Overview | Transient:
    try:
        return checked(OVERVIEW, await asked(client, "overview", {}), "overview")
    except Transient as error:
        return error


def _is_calm(seen: Overview | Transient) -> bool:
    """Whether nothing changes by itself: no row is due or runs."""
    return isinstance(seen, Overview) and not any(
        line.due or line.processing for line in seen.pipelines
    )
