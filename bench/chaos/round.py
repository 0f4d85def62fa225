"""One round: a new world, faults, peace, and a verdict."""

from __future__ import annotations

import asyncio
import logging
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from random import Random

from bench.chaos.director import Director
from bench.chaos.faults import Injection
from bench.chaos.invariants import Verdict, judge
from bench.chaos.keeping import keep, note_stalls
from bench.chaos.world import open_world
from bench.chaos.world.cluster import lacks_small_disk

SMALL_DISK_EVERY = 3
PEACE_SECONDS = 480.0
"""More than a busy machine needs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What one round is to do. The same order injects the same faults in the same order."""

    seed: int
    number: int
    faults: int
    seconds: float
    rows_per_second: float = 6.0
    planted: str | None = None
    kinds: tuple[str, ...] = ()
    keep: Path | None = None
    brief: bool = False

    @property
    def on_small_disk(self) -> bool:
        wants = self.number % SMALL_DISK_EVERY == 0
        return wants and lacks_small_disk() is None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a round gave, and how long it took."""

    injections: list[Injection]
    verdict: Verdict
    seconds: float
    exits: list[tuple[int, int]]


async def run_round(order: Order) -> Outcome:
    """Build a world, attack it, and judge what is left."""
    seed = f"{order.seed}/{order.number}"
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="chaos-") as name:
        folder = Path(name)
        # The gateway logs each broken connection with its stack, and breaking them is the purpose.
        logging.basicConfig(filename=folder / "gateway.log", force=True)
        async with open_world(
            folder, Random(seed), on_small_disk=order.on_small_disk, planted=order.planted
        ) as world:
            director = Director(world, seed, order.kinds, brief=order.brief)
            flows = [asyncio.create_task(world.rows.flow(order.rows_per_second))]
            if world.shop is not None:
                flows.append(asyncio.create_task(world.shop.flow()))
            stalls = asyncio.create_task(note_stalls(world))
            try:
                await director.run(order.faults, order.seconds)
            finally:
                for flow in flows:
                    flow.cancel()
            await director.finish(PEACE_SECONDS)
            stalls.cancel()
            verdict = await judge(world)
            exits = world.fleet.exits()
            if order.keep is not None:
                await keep(world, director.injections, order.keep, f"{order.seed}-{order.number}")
    return Outcome(director.injections, verdict, time.monotonic() - began, exits)
