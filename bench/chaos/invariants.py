"""Judges a round: what was lost, doubled, stale, wrong, or paid for again."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.chaos.cheats import judge_cheats
from bench.chaos.finding import Finding
from bench.chaos.world import World
from bench.chaos.world.paid import Call

VIEWS = Path(__file__).with_name("invariants.sql")
CHEATS = Path(__file__).with_name("cheats.sql")
REFUSED_WORDS = frozenset({"run_stopped", "checkpoint_unwritten"})
REFUSED_CODES = frozenset({"lease_lost", "cancelled"})
"""Words and codes in a worker's log for a write of a run that had lost its row."""


@dataclass(slots=True)
class Verdict:
    """What a round left behind; a sound round has no findings."""

    findings: list[Finding]
    refused: list[tuple[int, float]]
    """Stale writes that were tried and refused: row and moment."""
    repeated: list[tuple[int, float]]
    """Calls for an answer that was paid before, converged by their key: row and moment."""
    rows: int
    completed: int
    limits: int
    """How many owners came to a limit of a budget, and were refused a call."""


async def judge(world: World) -> Verdict:
    """Look at everything that the round has left; no row may be open any more."""
    await world.ask(VIEWS.read_text() + CHEATS.read_text())
    views = await world.ask("select viewname from pg_views where schemaname = 'broken' order by 1")
    found = [
        Finding(what, int(thing), float(at), str(details))
        for (what,) in views
        for thing, at, details in await world.ask(f'select * from broken."{what}"')
    ]
    found += await _lost(world)
    found += await judge_cheats(world)
    openings = await world.ask("select thing, run from chaos.openings")
    stored = await world.ask(
        "select thing, step, text, run from chaos.checkpoints where text is not null"
    )
    paid, repeated = judge_calls(world.service.calls, openings, stored)
    ((rows, completed),) = await world.ask(
        "select count(distinct thing) filter (where op = 'INSERT'),"
        " count(*) filter (where was = 'processing' and becomes = 'completed') from chaos.changes"
    )
    refused = {
        (int(thing), int(run)): float(at) for thing, run, at in await world.ask(REFUSED_RESULTS)
    }
    for run_of_row in _refused_in_log(world):
        refused.setdefault(run_of_row, 0.0)
    stale = [(thing, at) for (thing, _), at in refused.items()]
    ((limits,),) = await world.ask(
        "select count(distinct owner) from processing.budget_use where refused_at is not null"
    )
    return Verdict(found + paid, stale, repeated, rows, completed, limits)


REFUSED_RESULTS = """
select row_id::bigint, run, extract(epoch from at) from processing.events
where kind = 'stale_write_refused'
"""


async def _lost(world: World) -> list[Finding]:
    """Rows that Postgres acknowledged and that are gone."""
    present = {row[0] for row in await world.ask("select id from public.things")}
    missing = world.rows.acknowledged - world.rows.deleted - present
    return [Finding("lost", thing, 0, "acknowledged, and gone") for thing in sorted(missing)]


def judge_calls(
    calls: list[Call], openings: list[Any], stored: list[Any]
) -> tuple[list[Finding], list[tuple[int, float]]]:
    """Find answers that were paid twice, and calls although the answer was stored; and list the
    calls that a key made converge.

    `openings` are (row, run) at which a new round began, `stored` are (row, step, text, run).
    """
    opened: dict[int, list[int]] = defaultdict(list)
    for thing, run in openings:
        opened[thing].append(run)
    kept: dict[tuple[int, str], list[int]] = defaultdict(list)
    for thing, _step, text, run in stored:
        kept[thing, text].append(run)

    def round_of(thing: int, run: int) -> int:
        return sum(opening < run for opening in opened[thing])

    findings: list[Finding] = []
    repeated: list[tuple[int, float]] = []
    for (thing, text, number), group in _grouped(calls, round_of):
        keys = {call.key for call in group if call.paid}
        if len(keys) > 1:
            findings.append(Finding("paid twice", thing, group[-1].at, f"{text}: {len(keys)} keys"))
        first = next((call for call in group if call.paid), None)
        repeated += [(thing, c.at) for c in group if c.paid and c is not first]
        runs = [run for run in kept[thing, text] if round_of(thing, run) == number]
        findings += [
            Finding("paid although stored", thing, c.at, f"{text}: run {c.run}, stored by {runs}")
            for c in group
            if any(run < c.run for run in runs)
        ]
    return findings, repeated


def _grouped(calls: list[Call], round_of: Any) -> Iterator[tuple[tuple[int, str, int], list[Call]]]:
    groups: dict[tuple[int, str, int], list[Call]] = defaultdict(list)
    for call in sorted(calls, key=lambda one: one.at):
        text = f"{call.step}({call.prompt})"
        groups[call.thing, text, round_of(call.thing, call.run)].append(call)
    yield from groups.items()


def _refused_in_log(world: World) -> Iterator[tuple[int, int]]:
    """The rows and runs of which workers say that a write was refused as stale."""
    for line in world.fleet.log.read_text(errors="replace").splitlines():
        try:
            told = json.loads(line)
        except ValueError:
            continue  # not a line of the log, for instance one that a kill cut off
        if told.get("event") in REFUSED_WORDS and told.get("code") in REFUSED_CODES:
            yield int(told["row"]), int(told["run"])
