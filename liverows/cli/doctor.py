"""The command `doctor`: checks everything that a worker needs and names a cure for each problem."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from functools import partial
from typing import Annotated

import typer
from rich.text import Text

from liverows.base.finding import Finding
from liverows.base.settings import Settings
from liverows.cli.call import quiet_settings
from liverows.cli.findings import looked
from liverows.cli.program import program
from liverows.cli.show import coloured, console, plain_table, show_json
from liverows.database.login import Login
from liverows.database.opening import login_of, opened_client
from liverows.running.matching import wanted_packages


def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="For another program.")] = False,
    deadline: Annotated[
        float, typer.Option(min=0.1, help="Seconds in which a doorbell must be heard.")
    ] = 15,
) -> None:
    """Check settings, database, doorbells, pipelines and services; each problem with its cure.

    Ends with exit code 1 if there is any problem.
    """
    findings = asyncio.run(examine(quiet_settings(), deadline))
    if as_json:
        show_json([asdict(finding) for finding in findings])
    else:
        _print(findings)
    if any(finding.state == "problem" for finding in findings):
        raise typer.Exit(1)


async def examine(settings: Settings, deadline: float) -> list[Finding]:
    """All findings in the order of the report. `deadline` is in seconds, for each doorbell."""
    from liverows.cli.check_database import check_api, check_contract, check_database
    from liverows.cli.check_settings import check_settings

    findings = check_settings(settings)
    login = login_of(settings)  # one for the whole report, so that the pooler is probed once
    has_database = findings[0].state == "ok"
    if has_database:
        findings += await looked("database", partial(check_database, login))
        findings += await looked("Data API", partial(check_api, settings))
        contract = await looked("contract", partial(check_contract, settings))
        findings += contract
        if contract[0].state == "ok":
            findings += await looked("queue", partial(_queue, settings, login, deadline))
        else:
            findings.append(Finding("pipelines, doorbells", "skipped", "they need the contract"))
    return findings + await looked("services", partial(_services, settings))


async def _services(settings: Settings) -> list[Finding]:
    """Findings about the services that the packages of pipelines use."""
    checks = dict.fromkeys(
        check
        for package in wanted_packages(program().packages_of(settings), settings.pipelines)
        for check in package.checks
    )
    return [finding for check in checks for finding in await check()]


async def _queue(settings: Settings, login: Login | None, deadline: float) -> list[Finding]:
    from liverows.cli.check_queue import check_doorbells, check_pipelines, check_publication
    from liverows.cli.check_troubles import check_troubles

    async with opened_client(settings) as client:
        attached = await client.attached()
        return [
            *check_pipelines(settings, attached),
            *await check_troubles(client),
            *check_publication(attached),
            *await check_doorbells(settings, login, client.ping, attached, deadline),
        ]


def _print(findings: list[Finding]) -> None:
    table = plain_table("", "check", "finding")
    for finding in findings:
        detail = Text(finding.detail)
        if finding.cure:
            detail.append(f"\ncure: {finding.cure}", style="bold")
        table.add_row(coloured(finding.state), finding.check, detail)
    console.print(table)
