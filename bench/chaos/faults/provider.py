"""The paid service fails: one call for each fault."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from random import Random

from bench.chaos.faults.fault import Fault, Inject, Injection
from bench.chaos.world import World
from bench.chaos.world.paid import Call, Failure

LANE = "provider"
CALL_SECONDS = 20.0


def _next_call(failure: Failure) -> Inject:
    async def inject(world: World, _chance: Random, note: Injection) -> None:
        met = asyncio.Event()

        def told(call: Call) -> None:
            note.rows.add(call.thing)
            met.set()

        entry = (failure, told)
        world.service.failures.append(entry)
        try:
            async with asyncio.timeout(CALL_SECONDS):
                await met.wait()
        except TimeoutError:
            note.failed = "no call came"
            with suppress(ValueError):
                world.service.failures.remove(entry)

    return inject


FAULTS = [
    Fault("provider answers 429", LANE, _next_call("429")),
    Fault("provider answers 500", LANE, _next_call("500"), 2),
    Fault("provider answers 503", LANE, _next_call("503"), 2),
    Fault("provider hangs", LANE, _next_call("hang"), 2),
    Fault("provider's answer truncated", LANE, _next_call("truncated"), 2),
    Fault("provider answers what is no answer", LANE, _next_call("garbage")),
    Fault("provider resets the connection", LANE, _next_call("reset"), 2),
    Fault("provider 2 s late", LANE, _next_call("slow")),
]
