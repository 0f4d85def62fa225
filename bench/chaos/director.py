"""Injects faults, several at once, in an order that a seed decides; and times the recovery."""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import Iterable, Iterator
from random import Random

import psycopg

from bench.chaos import faults
from bench.chaos.faults import FAULTS, Fault, Injection
from bench.chaos.world import World
from liverows.testing.postgres import PostgresError

PAUSES = {
    "processes": 2.0,
    "processes too": 2.5,
    "network": 3.0,
    "server": 4.0,
    "tables": 3.0,
    "people": 0.6,
    "realtime": 1.5,
    "provider": 0.6,
    "cheaters": 0.6,
    "cheaters too": 0.6,
    "cheaters as well": 0.6,
}
"""The mean pause in seconds between two faults of a lane. Lanes run beside each other."""

NEED_PROGRESS = ("processes", "network", "server", "tables")
PROGRESS_RESULTS = 4
PROGRESS_SECONDS = 10.0
"""Such lanes wait for so many results since their last fault, but not longer: what does nothing
cannot be hurt."""
WARM_UP_SECONDS = 60.0

LOOK_SECONDS = 0.1


class Director:
    """Injects so many faults into one world, or as many as fit into some seconds."""

    def __init__(
        self, world: World, seed: str, kinds: Iterable[str] = (), *, brief: bool = False
    ) -> None:
        self.injections: list[Injection] = []
        self._world = world
        self._seed = seed
        wanted = set(kinds)
        self._faults = [
            f for f in FAULTS if (not wanted or f.kind in wanted) and not (brief and f.long)
        ]
        self._left = 0
        self._until = 0.0

    async def run(self, count: int, seconds: float) -> None:
        """Inject until so many faults or seconds are spent; returns when all faults are over."""
        self._until = time.monotonic() + WARM_UP_SECONDS
        await self._progress(1)
        self._left, self._until = count, time.monotonic() + seconds
        recovery = asyncio.create_task(self._time_recovery())
        try:
            async with asyncio.TaskGroup() as group:
                for lane, pause in PAUSES.items():
                    group.create_task(self._lane(lane, pause))
        finally:
            await self._mend()
            recovery.cancel()

    async def finish(self, seconds: float) -> bool:
        """Wait until all rows and runs have ended; false if some have not after so many seconds."""
        recovery = asyncio.create_task(self._time_recovery())
        limit = time.monotonic() + seconds
        begun = time.monotonic()
        try:
            while time.monotonic() < limit:
                if self._world.rows.looked_at > begun and self._world.rows.all_ended:
                    return True
                await asyncio.sleep(LOOK_SECONDS)
            return False
        finally:
            await asyncio.sleep(2 * LOOK_SECONDS)
            recovery.cancel()

    async def _lane(self, lane: str, pause: float) -> None:
        chance = Random(f"{self._seed}/{lane}")
        able = [
            fault
            for fault in self._faults
            if fault.lane == lane.partition(" ")[0] and fault.lacks(self._world) is None
        ]
        results = -PROGRESS_RESULTS
        for fault in _in_turn(able, chance):
            own = Random(chance.random())
            await asyncio.sleep(chance.expovariate(1 / pause))
            if fault.lane in NEED_PROGRESS:
                await self._progress(results + PROGRESS_RESULTS)
            if self._left <= 0 or time.monotonic() >= self._until:
                return
            self._left -= 1
            await self._inject(fault, own)
            results = self._world.rows.results

    async def _progress(self, results: int) -> None:
        """Wait until there are so many results, but not for ever."""
        limit = min(self._until, time.monotonic() + PROGRESS_SECONDS)
        while time.monotonic() < limit:
            if self._world.rows.results >= results:
                return
            await asyncio.sleep(LOOK_SECONDS)

    async def _inject(self, fault: Fault, chance: Random) -> None:
        note = Injection(fault.kind, len(self.injections) + 1)
        self.injections.append(note)
        try:
            await fault.inject(self._world, chance, note)
        except LookupError as error:
            note.failed = str(error)
        except (OSError, psycopg.Error, PostgresError) as error:
            # Faults of other lanes can get into the way, above all while a standby is made.
            note.failed = f"not injected: {error!r}"
        finally:
            note.until = time.time()

    async def _time_recovery(self) -> None:
        """Note for each fault that is over when the last row that it hit had ended."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            now, rows = time.time(), self._world.rows
            if time.monotonic() - rows.looked_at > 1:
                continue  # Postgres does not answer at present
            for note in self.injections:
                if note.until and note.recovered is None and not note.rows & rows.open:
                    note.recovered = max(0.0, now - note.until)

    async def _mend(self) -> None:
        await faults.server.mend(self._world)
        await faults.tables.mend(self._world)
        self._world.service.failures.clear()
        for slot in self._world.fleet.slots:
            self._world.fleet.send(slot.pid, signal.SIGCONT)


def _in_turn(able: list[Fault], chance: Random) -> Iterator[Fault]:
    """Every kind as often as its share says, each time in another order, without end."""
    while able:
        bag = [fault for fault in able for _ in range(fault.share)]
        chance.shuffle(bag)
        yield from bag
