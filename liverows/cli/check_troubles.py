"""Checks for `liverows doctor`: what is set aside, who runs each pipeline, and who is told."""

from __future__ import annotations

from collections.abc import Iterable

from liverows.base.finding import Finding
from liverows.base.printable import on_one_line
from liverows.cli.answers import OVERVIEW, PipelineLine, Trouble
from liverows.cli.call import asked
from liverows.cli.check_alerts import check_alerts
from liverows.cli.program import program
from liverows.database.answers import checked
from liverows.database.client import ContractClient


async def check_troubles(client: ContractClient) -> list[Finding]:
    """Return a finding for each broken pipeline, for the rows set aside of each pipeline, for the
    workers and for the alerts.
    """
    answer = await asked(client, "overview", {})
    overview = checked(OVERVIEW, answer, "overview")
    troubles = findings_of(overview.troubles) or [
        Finding("set aside", "ok", "the database refuses no row and no pipeline")
    ]
    alerts = await check_alerts(client, overview.at)
    return [*troubles, *workers_of(overview.pipelines), *alerts]


def workers_of(lines: Iterable[PipelineLine]) -> list[Finding]:
    """Return one finding: whether a living worker runs each attached pipeline."""
    pipelines = list(lines)
    idle = [line for line in pipelines if not line.workers and not line.paused]
    if not pipelines:
        return []
    if not idle:
        return [Finding("workers", "ok", "a living worker runs each attached pipeline")]
    named = ", ".join(
        f"{line.pipeline} ({line.pending} rows wait)" if line.pending else line.pipeline
        for line in idle
    )
    return [
        Finding(
            "workers",
            "warning",
            f"no living worker runs {named}",
            f"start one with `{program().name} run`; `{program().name} status` shows the workers",
        )
    ]


def findings_of(troubles: Iterable[Trouble]) -> list[Finding]:
    """Return the findings for the `troubles` in the answer of `processing.overview`."""
    return [
        Finding(
            f"pipeline {trouble.pipeline}" if trouble.broken else "set aside",
            "problem" if trouble.broken else "warning",
            described(trouble),
            trouble.cure,
        )
        for trouble in troubles
    ]


def described(trouble: Trouble) -> str:
    """Describe one trouble without the database's message, which may quote a row."""
    if trouble.broken:
        return f"{trouble.pipeline} no longer fits its table (SQLSTATE {trouble.sqlstate})"
    shown = on_one_line(", ".join(trouble.examples or []))
    rows, are = ("1 row", "is") if trouble.rows == 1 else (f"{trouble.rows} rows", "are")
    return (
        f"{rows} of {trouble.pipeline} {are} refused by the database "
        f"(SQLSTATE {trouble.sqlstate}), for example {shown}"
    )
