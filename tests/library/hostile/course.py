"""The course of every case. Each row or table that is wrong is called a patient.

First the patients become sick. Then other rows must still be done, the database must name what is
wrong, the workers must become calm, and after the cure the patients must recover.
"""

from __future__ import annotations

import asyncio
import time

from tests.library.hostile.crew import Crew
from tests.library.hostile.ward import Ward
from tests.support.data_api import DataApi

NEIGHBOURS = 120.0
"""In seconds. It usually takes about a tenth of a second, so only a hang takes longer."""

NAMED = 120.0
RECOVERED = 120.0
STEP = 60.0
"""While cured rows are waited for, the database's clock is moved by so many seconds at a time."""

BEATS = 4
CALLS_A_SECOND = 15.0
"""How many calls a second both workers may make, plus one for each sick row. Half of these are
sweeps and looks at the other worker, because a test's timings are short. A loop without a pause
makes 40."""

SPARE_CALLS = 10


async def run_course(ward: Ward, api: DataApi | None) -> None:
    """Check everything that must hold, whatever the sickness is."""
    await asyncio.to_thread(ward.admit)
    crew = Crew(ward, api)
    async with crew.working():
        await crew.ready()
        await asyncio.to_thread(ward.sicken)
        crew.opened.set()
        await asyncio.to_thread(ward.add_neighbours)
        await crew.until(ward.waiting_neighbours, "the neighbours are done", seconds=NEIGHBOURS)
        await crew.until(ward.unnamed, "explain and overview name it", seconds=NAMED)
        await _stays_calm(crew, len(ward.patients))
        await asyncio.to_thread(ward.cure)
        await _recovers(ward, crew)
        crew.check_alive()


async def _stays_calm(crew: Crew, patients: int) -> None:
    begun, before = time.monotonic(), crew.asked()
    await crew.beats(BEATS)
    made, seconds = crew.asked() - before, time.monotonic() - begun
    allowed = SPARE_CALLS + (CALLS_A_SECOND + patients) * seconds
    assert made.total() <= allowed, f"in {seconds:.1f} s: {dict(made)}"


async def _recovers(ward: Ward, crew: Crew) -> None:
    """Check that the cured rows complete by themselves, although nobody says which rows these
    are."""
    next_step = time.monotonic()
    beaten = crew.has_beaten()

    def sick_still() -> list[str]:
        nonlocal next_step, beaten
        # A worker that gets no time from a busy machine must not seem dead.
        if time.monotonic() >= next_step and beaten():
            ward.pass_time(STEP)
            next_step = time.monotonic() + 0.5
            beaten = crew.has_beaten()
        return ward.sick_still()

    await crew.until(sick_still, "cured rows are done", seconds=RECOVERED)
