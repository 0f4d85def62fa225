"""Rows whose work never ends do not delay other rows, and their child processes end with them."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

from liverows import Context
from liverows.recipe.child_process import run_in_child
from tests.support import child_calls
from tests.support.databases import Database
from tests.support.doorbells import until
from tests.support.processes import all_end_within, running
from tests.support.runners import QUICK, Said, Thing, answer, plain_things, working

HEAVY_ROWS = 6
"""The number of threads of the event loop's default executor on a small machine."""
SOON = 120.0


async def test_endless_work_delays_no_neighbour_and_ends_with_its_row(
    database: Database, tmp_path: Path
) -> None:
    async def recipe(context: Context[Any], thing: Thing) -> Said:
        if thing.wants == "spin":
            await run_in_child(child_calls.spin_noted, str(tmp_path), seconds=3600.0)
        # Nearly every row needs these two: to look up a host name, and to use a child process.
        await asyncio.get_running_loop().getaddrinfo("localhost", None)
        assert await run_in_child(abs, -1) == 1
        return await answer(context, thing)

    def spinning() -> list[int]:
        return [int(path.name) for path in tmp_path.iterdir()]

    things = plain_things(database)
    async with working(things, recipe, timings=replace(QUICK, grace=0)):
        heavy = [things.add_one(wants="spin") for _ in range(HEAVY_ROWS)]
        await until(lambda: len(spinning()) == HEAVY_ROWS, deadline=SOON)
        await things.reach(things.add_one(), "completed", deadline=SOON)
        assert running(spinning()) == set(spinning())
        for key in heavy[1:]:
            things.set_status(key, "cancelled")
        await until(lambda: len(running(spinning())) == 1, deadline=SOON)
        await things.reach(things.add_one(), "completed", deadline=SOON)
    # The end of the worker has ended the last process.
    assert all_end_within(SOON, spinning())
    assert things.look(heavy[0])["status"] == "pending"
