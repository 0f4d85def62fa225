"""The command `explain`: the history of one row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Annotated, Any

import typer
from rich.table import Table
from rich.text import Text
from rich.tree import Tree

from liverows.cli.answers import EXPLAINED, Event, Explained, Lease, SetAside, WaitsFor
from liverows.cli.call import call, qualified
from liverows.cli.rows import KeyArgument, TableArgument
from liverows.cli.show import (
    clock_time,
    coloured,
    console,
    duration,
    in_utc,
    plain_table,
    show_json,
)
from liverows.database.answers import checked


def explain(
    table: TableArgument,
    row_id: KeyArgument,
    as_json: Annotated[bool, typer.Option("--json", help="For another program.")] = False,
) -> None:
    """Show a row's state, why it waits, its runs, its steps and its cost."""
    answer = call("explain", table_name=qualified(table), row_id=row_id)
    if as_json:
        show_json(answer)
        return
    row = checked(EXPLAINED, answer, "explain")
    console.print(_state(row))
    console.print(_timeline(row))
    console.print(Text(f"cost: {_spent(row.usage)}"))


def _state(answer: Explained) -> Table:
    row = answer.row
    shown = plain_table("", "")
    shown.show_header = False
    shown.add_row(f"{row.table} {row.id}", coloured(row.status or "no status"))
    for name, value in _facts(answer):
        shown.add_row(Text(name, style="dim"), value)
    return shown


def _facts(answer: Explained) -> Iterator[tuple[str, str]]:
    row = answer.row
    yield "pipeline", row.pipeline or "-"
    if row.max_attempts is not None:
        yield "attempts", f"{row.attempts} of {row.max_attempts}"
    if row.stage:
        yield "stage", f"{row.stage} ({row.progress} %)"
    if row.owner:
        yield "owner", row.owner
    if row.edited:
        yield "edited by hand", ", ".join(row.edited)
    if answer.crashes:
        yield "crashes", str(answer.crashes)
    if row.error:
        yield "error", _error(row.error)
    yield from _hindrances(answer)
    if answer.checkpoints:
        steps = dict.fromkeys(checkpoint.step for checkpoint in answer.checkpoints)
        yield "stored steps", ", ".join(steps)


def _hindrances(answer: Explained) -> Iterator[tuple[str, str]]:
    """Yield who holds the row, and what keeps the row from being claimed or finished."""
    if lease := answer.lease:
        yield "held by", f"{lease.worker_name or lease.worker}, run {lease.run}"
    if aside := answer.set_aside:
        yield "set aside", _refusal(aside)
        yield "cure", aside.cure
    if waits_for := answer.waits_for:
        yield "waits for", _children(waits_for)
    for reason in answer.blocked_by:
        yield "waits because", reason


def _timeline(answer: Explained) -> Tree:
    tree = Tree(Text("runs", style="bold") if answer.events else "no run yet")
    for run, events in groupby(answer.events, key=lambda event: event.run):
        lines = list(events)
        branch = tree.add(_headline(run, lines, answer.lease))
        for event in lines:
            branch.add(_line(event))
    if (lease := answer.lease) and all(event.run != lease.run for event in answer.events):
        tree.add(_headline(lease.run, [], lease))
    return tree


def _headline(run: int, events: list[Event], lease: Lease | None) -> Text:
    """Return the headline of a run: its number and, if known, its claim."""
    known: list[Mapping[str, Any]] = [event.data for event in events]
    if lease and lease.run == run:
        known.append(lease.model_dump())
    claim = next((data for data in known if data.get("claimed_at")), None)
    if claim is None:
        return Text(f"run {run}")
    day = in_utc(claim["claimed_at"]).date()
    return Text(
        f"run {run}: claimed {day} {clock_time(claim['claimed_at'])} UTC, "
        f"woken by {claim['woken_by']}, {claim['late_ms']:.0f} ms after it was due"
    )


def _line(event: Event) -> Text:
    parts = [part for part in _parts(event.kind, event.data) if part]
    said = f"  {', '.join(parts)}" if parts else ""
    raised = _raised(event.data.get("exception"))
    return Text.assemble((clock_time(event.at), "dim"), " ", coloured(event.kind), said, raised)


def _parts(kind: str, data: Mapping[str, Any]) -> Iterator[str]:
    if kind == "step":
        yield data["step"]
        yield duration(data.get("seconds"))
        yield f"{data['attempts']} attempts" if data.get("attempts", 1) > 1 else ""
        yield _used(data.get("usage"))
        return
    if kind == "maybe_paid_twice":
        yield f"{data['step']} was called at {clock_time(data['first_at'])}, and no answer is known"
        return
    if kind == "waited" or data.get("waits_for"):
        yield from _wait(data)
        return
    if kind == "status_set":
        yield f"{data['from']} to {data['to']} by {data['role']}"
    yield from _reasons(data)
    if data.get("not_before"):
        yield f"due again at {clock_time(data['not_before'])}"
    if data.get("kept_edits"):
        yield f"kept what was edited: {', '.join(data['kept_edits'])}"
    if kind == "operator":
        yield _done_by_hand(data)
    elif data.get("action"):
        yield f"{data['action']} came too late"


def _done_by_hand(data: Mapping[str, Any]) -> str:
    """Return what an operator did, with its arguments, and who it was."""
    given = ", ".join(
        " ".join(map(str, value)) if isinstance(value, list) else str(value)
        for value in (data.get("arguments") or {}).values()
    )
    done = str(data.get("action")).replace("_", " ")
    return f"{done}{f' {given}' if given else ''} by {data.get('operator')}"


def _reasons(data: Mapping[str, Any]) -> Iterator[str]:
    if data.get("error"):
        yield _error(data["error"])
    if data.get("sqlstate"):
        yield f"{data['sqlstate']} {data.get('message', '')}".strip()
    if data.get("reason"):
        yield str(data["reason"])


def _wait(data: Mapping[str, Any]) -> Iterator[str]:
    """Yield what a row waits for, or how many of these rows have ended in which way."""
    if table := data.get("waits_for"):
        yield f"for {data['rows']} of {data['of']} rows of {table}"
    else:
        yield from (f"{rows} {status}" for status, rows in data.items())


def _raised(exception: Any) -> str:
    """Return lines about what the recipe raised, with the lines of the project's code."""
    if not isinstance(exception, Mapping):
        return ""
    lines = [f"{exception.get('type')}: {exception.get('text')}"]
    if exception.get("caused_by"):
        lines.append(f"caused by {exception['caused_by']}")
    return "".join(f"\n    {line}" for line in [*lines, *exception.get("frames", [])])


def _children(waits_for: WaitsFor) -> str:
    aside = f", {waits_for.set_aside} of them set aside" if waits_for.set_aside else ""
    return (
        f"{waits_for.open} of {waits_for.rows} rows of {waits_for.table} "
        f"(such as {', '.join(waits_for.examples)}) since {clock_time(waits_for.since)} UTC{aside}"
    )


def _refusal(aside: SetAside) -> str:
    verb = "claim" if aside.kind == "claim" else "finish"
    tries = "1 try" if aside.tries == 1 else f"{aside.tries} tries"
    return (
        f"the database refuses to {verb} it since {clock_time(aside.since)} UTC "
        f"(SQLSTATE {aside.sqlstate}, {tries}, looked at again at "
        f"{clock_time(aside.look_again_at)}): {aside.message}"
    )


def _error(error: Any) -> str:
    """Return an error in words, also if an application has stored it in another shape."""
    if not isinstance(error, Mapping):
        return str(error)
    return f"{error.get('code', 'unknown')}: {error.get('message', '')}".removesuffix(": ")


def _used(usage: Any) -> str:
    """Return one usage or a list of usages in words; an empty text without usage."""
    uses = usage if isinstance(usage, list) else [usage] if usage else []
    return "; ".join(f"{use.get('model', 'unknown')}: {_spent(use)}" for use in uses)


def _spent(usage: Any) -> str:
    parts = [
        f"{usage[name]} {words}"
        for name, words in (("input_tokens", "tokens in"), ("output_tokens", "tokens out"))
        if usage.get(name)
    ]
    if usage.get("audio_seconds"):
        parts.append(f"{duration(usage['audio_seconds'])} of audio")
    if usage.get("cost_usd"):
        parts.append(f"{float(usage['cost_usd']):.4f} USD")
    return ", ".join(parts) or "nothing"
