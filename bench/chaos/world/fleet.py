"""Four workers, two over database connections and two over the Data API, each with its proxies."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from bench.chaos.world.proxy import Entrance

ROOT = Path(__file__).resolve().parents[3]
FAKETIME = next(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"), None)
"""The library with which a process gets a clock of its own; None if it is not installed."""
OF_THE_DEVELOPER = ("SUPABASE_", "LIVEROWS_", "WORKER_", "LOG_", "OTEL_")
"""Beginnings of the names of settings that a worker must not have from the developer's shell."""
SETTINGS = {
    "LIVEROWS_HEARTBEAT_SECONDS": "1",
    "LIVEROWS_SWEEP_SECONDS": "3",
    "LIVEROWS_GRACE_SECONDS": "2",
    "LIVEROWS_CONCURRENCY": "6",
    "LIVEROWS_HEALTH_PORT": "0",
    "LOG_FORMAT": "json",
}
"""Quicker than the usual 5, 30 and 20 s, so that thousands of faults fit into an hour."""


@dataclass(slots=True, eq=False)
class Slot:
    """A place for one worker process; a process that ends is replaced.

    `troubled` is true while a fault has the process: another one then takes another slot.
    """

    number: int
    transport: Literal["postgres", "data api"]
    environment: dict[str, str]
    entrances: list[Entrance]
    clock: Path | None
    pid: int = 0
    troubled: bool = False
    pids: list[int] = field(default_factory=list)


class Nursery:
    """A process from which workers are forked; with `clocks` under a clock that can be set."""

    def __init__(self, *, clocks: bool) -> None:
        self._clocks = clocks
        self._process: Process | None = None
        self._reading: asyncio.Task[None] | None = None
        self.started: asyncio.Queue[int] = asyncio.Queue()
        self.ended: dict[int, asyncio.Event] = {}
        self.exits: list[tuple[int, int]] = []
        """Process ids with their exit codes, or with the negative signal that ended them."""

    async def open(self) -> None:
        environment = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith((*OF_THE_DEVELOPER, "PYTHONDONTWRITEBYTECODE"))
        }
        if self._clocks:
            environment |= {
                "LD_PRELOAD": str(FAKETIME),
                "FAKETIME_DONT_FAKE_MONOTONIC": "1",
                "DONT_FAKE_MONOTONIC": "1",
                "FAKETIME_CACHE_DURATION": "1",
            }
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bench.chaos.world.nursery",
            stdin=PIPE, stdout=PIPE, cwd=ROOT, env=environment,
        )  # fmt: skip
        assert self._process.stdout is not None
        assert json.loads(await self._process.stdout.readline()) == {"ready": True}
        self._reading = asyncio.create_task(self._read(self._process.stdout))

    async def fork(self, slot: int, log: Path, environment: Mapping[str, str]) -> int:
        """Start a worker; returns its process id."""
        assert self._process is not None and self._process.stdin is not None
        told = {"slot": slot, "log": str(log), "environment": dict(environment)}
        self._process.stdin.write(json.dumps(told).encode() + b"\n")
        return await self.started.get()

    async def close(self) -> None:
        """Kill all workers."""
        if self._process is None:
            return
        assert self._process.stdin is not None
        self._process.stdin.close()
        await self._process.wait()
        if self._reading is not None:
            await self._reading

    async def _read(self, lines: asyncio.StreamReader) -> None:
        async for line in lines:
            told: dict[str, Any] = json.loads(line)
            pid = told["pid"]
            if "ended" in told:
                self.exits.append((pid, told["ended"]))
                self.ended[pid].set()
            else:
                self.ended[pid] = asyncio.Event()
                self.started.put_nowait(pid)


class Fleet:
    """The slots and their processes."""

    def __init__(self, folder: Path) -> None:
        self.slots: list[Slot] = []
        self.log = folder / "workers.log"
        self._nurseries: dict[bool, Nursery] = {}
        self._keepers: list[asyncio.Task[None]] = []
        self._closing = False

    async def open(self, slots: list[Slot]) -> None:
        """Start a process in each slot, and a new one whenever it ends."""
        self.slots = slots
        for clocks in {slot.clock is not None for slot in slots}:
            self._nurseries[clocks] = Nursery(clocks=clocks)
        await asyncio.gather(*(nursery.open() for nursery in self._nurseries.values()))
        for slot in slots:
            await self._start(slot)
            self._keepers.append(asyncio.create_task(self._keep(slot)))

    async def close(self) -> None:
        self._closing = True
        for keeper in self._keepers:
            keeper.cancel()
        await asyncio.gather(*(nursery.close() for nursery in self._nurseries.values()))

    def send(self, pid: int, number: signal.Signals) -> None:
        """Send a signal, if the process still runs."""
        if not self.has_ended(pid):
            with suppress(ProcessLookupError):
                os.kill(pid, number)

    def has_ended(self, pid: int) -> bool:
        return self._ended(pid).is_set()

    async def end_of(self, pid: int) -> None:
        """Wait until the process has ended."""
        await self._ended(pid).wait()

    def slot_of(self, pid: int) -> Slot | None:
        return next((slot for slot in self.slots if slot.pid == pid), None)

    def exits(self) -> list[tuple[int, int]]:
        """All ends of processes so far: process id, and exit code or negative signal."""
        return [one for nursery in self._nurseries.values() for one in nursery.exits]

    def _ended(self, pid: int) -> asyncio.Event:
        return next(n.ended[pid] for n in self._nurseries.values() if pid in n.ended)

    async def _start(self, slot: Slot) -> None:
        environment = {**SETTINGS, **slot.environment}
        if slot.clock is not None:
            slot.clock.write_text("+0\n")
            environment["FAKETIME_TIMESTAMP_FILE"] = str(slot.clock)
        nursery = self._nurseries[slot.clock is not None]
        slot.pid = await nursery.fork(slot.number, self.log, environment)
        slot.pids.append(slot.pid)

    async def _keep(self, slot: Slot) -> None:
        while not self._closing:
            await self.end_of(slot.pid)
            await self._start(slot)
