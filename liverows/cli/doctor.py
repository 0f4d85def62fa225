"""The command `doctor`: checks what a worker needs and names a cure for each problem."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Annotated

import typer

from liverows.base.finding import Finding
from liverows.base.prices import load_prices
from liverows.base.settings import Settings
from liverows.cli.call import quiet_settings
from liverows.cli.findings import looked, report
from liverows.cli.program import program
from liverows.database.login import Login
from liverows.database.opening import login_of, opened_client
from liverows.running.matching import wanted_packages


def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="For another program.")] = False,
    deadline: Annotated[
        float, typer.Option(min=0.1, help="Seconds in which a doorbell must be heard.")
    ] = 15,
) -> None:
    """Check settings, database, pipelines, doorbells and services; name a cure for each problem.

    Ends with exit code 1 if there is any problem.
    """
    findings = asyncio.run(examine(quiet_settings(), deadline))
    report(findings, as_json=as_json)


async def examine(settings: Settings, deadline: float) -> list[Finding]:
    """Return all findings in the order of the report. `deadline` is in seconds, per doorbell."""
    from liverows.cli.check_database import (
        check_api,
        check_contract,
        check_database,
        check_sameness,
    )
    from liverows.cli.check_settings import check_settings

    findings = check_settings(settings)
    login = login_of(settings)  # shared by two checks, so that the pooler is probed once
    knows_budgets = False
    if findings[0].state == "ok":
        findings += await looked("database", partial(check_database, login))
        api = await looked("Data API", partial(check_api, settings))
        findings += api
        contract = await looked("contract", partial(check_contract, settings))
        findings += contract
        knows_budgets = contract[0].state == "ok"
        if knows_budgets:
            if api[0].state == "ok":
                findings += await looked("same project", partial(check_sameness, settings))
            findings += await looked("queue", partial(_queue, settings, login, deadline))
        else:
            findings.append(Finding("pipelines, doorbells", "skipped", "they need the contract"))
    services = _services_within_budgets if knows_budgets else _services
    return findings + await looked("services", partial(services, settings))


async def _services_within_budgets(settings: Settings) -> list[Finding]:
    """Return what `_services` does. What it pays for counts in the budgets of all pipelines."""
    from liverows.recipe.outside import paying_outside

    prices = load_prices(settings.prices)
    async with (
        opened_client(settings) as client,
        paying_outside(client, prices, step="doctor"),
    ):
        return await _services(settings)


async def _services(settings: Settings) -> list[Finding]:
    """Return the findings of the `checks` that the packages of pipelines declare, each run once."""
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
            *await check_doorbells(settings, login, client, attached, deadline),
        ]
