"""The command `status`: the state of the queue, once or again and again."""

from __future__ import annotations

import asyncio
from contextlib import aclosing, suppress
from typing import Annotated

import typer
from rich.console import Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from liverows.base.printable import on_one_line
from liverows.cli.answers import OVERVIEW, Overview, PipelineLine, ScheduleLine, WorkerLine
from liverows.cli.call import call, quiet_settings
from liverows.cli.check_troubles import described
from liverows.cli.masking import masked_text
from liverows.cli.show import (
    clock_time,
    console,
    day_and_time,
    duration,
    plain_table,
    show_json,
)
from liverows.cli.watching import WatchTimings, doorbell_of, looks
from liverows.database.answers import checked
from liverows.database.opening import opened_client, way_of

_QUIET_WORKER_SECONDS = 30


def status(
    watch: Annotated[bool, typer.Option("--watch", help="Until Ctrl-C.")] = False,
    interval: Annotated[
        float, typer.Option(min=0.2, help="Seconds between two looks, at least.")
    ] = 1,
    as_json: Annotated[bool, typer.Option("--json", help="For another program.")] = False,
) -> None:
    """Show how many rows wait, run and ended in the last hour, the workers and the schedules."""
    if watch and as_json:
        raise typer.BadParameter("--json shows one look, --watch many", param_hint="--watch")
    if watch:
        with suppress(KeyboardInterrupt):
            asyncio.run(_watch(interval))
        return
    answer = call("overview")
    if as_json:
        show_json(answer)
    else:
        overview = checked(OVERVIEW, answer, "overview")
        console.print(Group(_picture(overview), *_troubles(overview)))


async def _watch(interval: float) -> None:
    settings = quiet_settings()
    way = way_of(settings)
    async with opened_client(settings, way=way) as client:
        await client.check_contract()
        bell = await doorbell_of(way, client)
        shown, trouble = Group(), Text()
        timings = WatchTimings(interval)
        with Live(console=console, auto_refresh=False) as live:
            async with aclosing(looks(client, bell, timings)) as seen:
                async for look in seen:
                    if isinstance(look, Overview):
                        # The lower end of a picture that is higher than the terminal is cut off.
                        shown, trouble = Group(*_troubles(look), _picture(look)), Text()
                    else:
                        trouble = Text(masked_text(look.message), style="yellow")
                    live.update(Group(shown, trouble), refresh=True)


def _picture(overview: Overview) -> Group:
    parts = [_pipelines(overview.pipelines), Text(), _workers(overview.workers)]
    if overview.schedules:
        parts += [Text(), _schedules(overview.schedules)]
    return Group(Text(f"{clock_time(overview.at)} UTC", style="dim"), *parts)


def _troubles(overview: Overview) -> list[Text]:
    lines = _left_out(overview.workers)
    for trouble in overview.troubles:
        lines += [Text(f"{described(trouble)}; {trouble.cure}", style="red")]
    for provider, seconds in overview.providers_closed.items():
        lines += [Text(f"provider {provider} is closed for {duration(seconds)}", style="yellow")]
    return lines


def _pipelines(lines: list[PipelineLine]) -> Table | Text:
    if not lines:
        return Text("No table is attached; see processing.attach.", style="yellow")
    table = plain_table(
        "pipeline", "table", ">pending", ">due", ">late", ">running", ">workers", "last hour"
    )
    for line in lines:
        table.add_row(
            Text(f"{line.pipeline} (paused)", style="yellow") if line.paused else line.pipeline,
            line.table,
            _count(line.pending)
            + (f" ({line.over_budget} for a budget)" if line.over_budget else ""),
            _count(line.due),
            duration(line.oldest_due_seconds),
            str(line.processing),
            Text(str(line.workers), style="" if line.workers else "red"),
            ", ".join(f"{count} {kind}" for kind, count in sorted(line.last_hour.items())) or "-",
        )
    return table


def _count(rows: int | None) -> str:
    """Return the number of rows as text, or `?` for a table that cannot be read."""
    return "?" if rows is None else str(rows)


def _workers(workers: list[WorkerLine]) -> Table | Text:
    if not workers:
        return Text("No worker has signed on.", style="yellow")
    table = plain_table("worker", "version", ">last beat", ">holds", "listens", "pipelines")
    for worker in workers:
        quiet = _is_quiet(worker)
        table.add_row(
            on_one_line(worker.name or worker.worker),
            on_one_line(worker.version),
            Text(duration(worker.beat_seconds_ago), style="red" if quiet else ""),
            str(worker.holds),
            ", ".join(worker.listens or []) or "-",
            ", ".join(worker.pipelines),
        )
    return table


def _schedules(lines: list[ScheduleLine]) -> Table:
    table = plain_table("schedule", "cron", "time zone", "next (UTC)", "last (UTC)", "last error")
    for line in lines:
        error = line.last_error
        table.add_row(
            Text(f"{line.name} (paused)", style="yellow") if line.paused else line.name,
            line.cron,
            line.time_zone,
            "-" if line.paused else day_and_time(line.next_due),
            "-" if line.last_due is None else day_and_time(line.last_due),
            Text(f"{error.sqlstate} {on_one_line(error.message)}", style="red") if error else "-",
        )
    return table


def _is_quiet(worker: WorkerLine) -> bool:
    return worker.beat_seconds_ago > _QUIET_WORKER_SECONDS


def _left_out(workers: list[WorkerLine]) -> list[Text]:
    """Return a line with the cure for each pipeline that a living worker has but does not run."""
    told: dict[tuple[str, bool], list[str]] = {}
    for worker in workers:
        for one in worker.left_out if not _is_quiet(worker) else []:
            line = f"pipeline {one.pipeline} is left out: {one.reason}; {one.cure}"
            told.setdefault((line, one.attached), []).append(worker.name or worker.worker)
    return [
        Text(f"{line} ({_named(names)})", style="red" if attached else "yellow")
        for (line, attached), names in told.items()
    ]


def _named(workers: list[str]) -> str:
    first, more = workers[0], len(workers) - 1
    return f"by worker {first}" + (f" and {more} more" if more else "")
