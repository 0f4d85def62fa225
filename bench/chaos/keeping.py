"""Keeps what a person needs to understand a round."""

from __future__ import annotations

import asyncio
import json
import shutil
import time
from collections.abc import Sequence
from pathlib import Path

from bench.chaos.faults import Injection
from bench.chaos.faults.fault import tolerant
from bench.chaos.world import World

STALL_SECONDS = 12.0
STATE = """
select json_build_object(
    'careful', (select json_agg(x) from processing.careful as x),
    'broken', (select json_agg(x) from processing.broken as x),
    'set_aside', (select json_agg(x) from processing.set_aside as x),
    'fronts', (select json_agg(x) from processing.fronts as x),
    'looks', (select json_agg(x) from processing.looks as x),
    'providers', (select json_agg(x) from processing.providers as x),
    'paused', (select paused from processing.pipelines as p where p.pipeline = 'three-paid'),
    'crashes', (select json_agg(x) from processing.crashes as x),
    'leases', (select json_agg(x) from processing.leases as x),
    'stopping', (select json_agg(x) from processing.stopping_leases as x),
    'workers', (select json_agg(x) from processing.workers as x),
    'open', (select json_agg(x) from (
        select id, processing_status, processing_run, processing_not_before, processing_error
        from public.things where processing_status in ('pending', 'processing')) as x))
"""


async def note_stalls(world: World) -> None:
    """Note the state of the queue whenever rows are open and none has ended for some time."""
    results, since = -1, time.monotonic()
    while True:
        await asyncio.sleep(1)
        if world.rows.results != results or not world.rows.open:
            results, since = world.rows.results, time.monotonic()
        elif time.monotonic() - since > STALL_SECONDS:
            since = time.monotonic()
            for (state,) in await tolerant(world, STATE):
                line = json.dumps({"at": time.strftime("%H:%M:%S", time.gmtime()), **state})
                with _stalls(world).open("a") as file:
                    file.write(line + "\n")


async def keep(world: World, injections: Sequence[Injection], folder: Path, name: str) -> None:
    """Copy the logs into the folder, and write the course of the round: faults and changes."""
    await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
    files = {
        "workers": world.fleet.log,
        "gateway": world.folder / "gateway.log",
        "postgres": world.cluster.primary.log_file,
        "stalls": _stalls(world),
    }
    for what, file in files.items():
        if file.exists():
            shutil.copyfile(file, folder / f"{what}-{name}.log")
    journal = await world.ask(
        "select extract(epoch from date_trunc('second', at)), becomes, count(*)"
        " from chaos.changes where was is distinct from becomes group by 1, 2"
    )
    moments = [(float(at), f"{count} x {becomes}") for at, becomes, count in journal]
    for note in injections:
        moments.append((note.at, f"BEGIN {note.kind} {sorted(note.rows)[:8]} {note.failed}"))
        moments.append((note.until, f"END {note.kind}"))
    if world.shop is not None:
        moments += [(0.0, f"{n} x {kind}: {code}") for (kind, code), n in world.shop.codes.items()]
    lines = (f"{time.strftime('%H:%M:%S', time.gmtime(at))} {text}" for at, text in sorted(moments))
    await asyncio.to_thread((folder / f"course-{name}.txt").write_text, "\n".join(lines))


def _stalls(world: World) -> Path:
    return world.folder / "stalls"
