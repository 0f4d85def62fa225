"""The command `check`: do the models of the pipelines fit the columns of their tables?"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from typing import Annotated

import typer
from pydantic import SecretStr

from liverows.base.errors import SetupError
from liverows.base.finding import Finding
from liverows.base.settings import Settings
from liverows.base.types import JsonObject
from liverows.cli.call import quiet_settings
from liverows.cli.check_models import misfits
from liverows.cli.findings import failed, report
from liverows.cli.program import program
from liverows.cli.project_database import can_make_one, project_database
from liverows.cli.scaffold.columns import columns_of
from liverows.database.answers import read_attached
from liverows.database.sessions import Connection
from liverows.recipe.registry import AnyPipeline
from liverows.running.matching import match_pipelines, pipelines_of, wanted_packages


def check(
    as_json: Annotated[bool, typer.Option("--json", help="For another program.")] = False,
    database_url: Annotated[
        str | None, typer.Option(help="A database to look at, instead of a throw-away one.")
    ] = None,
) -> None:
    """Check that pipelines are declared rightly, attached, and fit the columns of their tables.

    The tables are those that this project's migrations make on a throw-away database, for which the
    extra `testing` must be installed, or those of --database-url. It changes nothing, and needs no
    other service, so it is made for CI. Ends with exit code 1 if there is any problem.
    """
    url = SecretStr(database_url) if database_url else None
    findings = asyncio.run(examine(quiet_settings(), url))
    report(findings, as_json=as_json)


async def examine(settings: Settings, url: SecretStr | None) -> list[Finding]:
    """Return the findings about each pipeline, in the order of their names."""
    try:
        packages = wanted_packages(program().packages_of(settings), settings.pipelines)
    except SetupError as error:
        return [failed("pipelines", error)]
    found = pipelines_of(packages)
    if not found:
        return [
            Finding("pipelines", "problem", "there is none", "list a package in LIVEROWS_PACKAGES")
        ]
    if url is None and not can_make_one():
        cure = "pip install 'liverows[testing]', or give --database-url"
        named = ", ".join(sorted(found))
        return [
            Finding("pipelines", "ok", f"declared: {named}"),
            Finding("tables", "skipped", "there is no database to look at", cure),
        ]
    try:
        async with project_database(url) as connection:
            return await _examined(connection, found)
    except SetupError as error:
        return [failed("migrations", error)]


async def _examined(connection: Connection, found: Mapping[str, AnyPipeline]) -> list[Finding]:
    answer = await connection.fetchval("select processing.list_pipelines()::text")
    attached = read_attached(json.loads(answer))
    match = match_pipelines(found, attached)
    findings = [
        Finding(slug, "warning", "no table is attached to it", f"in a migration: {call}")
        for slug, call in match.unattached.items()
    ]
    findings += [failed(slug, error) for slug, error in match.left_out.items()]
    rows = {str(row["pipeline"]): row for row in attached}
    for slug, pipeline in match.runnable.items():
        findings += await _fitting(connection, pipeline, rows[slug], match.ahead.get(slug, ""))
    return sorted(findings, key=lambda finding: finding.check)


async def _fitting(
    connection: Connection, pipeline: AnyPipeline, row: JsonObject, more: str
) -> Sequence[Finding]:
    table = str(row["table"])
    columns = await columns_of(connection, table)
    found = [
        Finding(pipeline.slug, state, detail, cure)
        for state, detail, cure in misfits(pipeline, columns)
    ]
    if more:
        found.append(
            Finding(
                pipeline.slug, "warning", f"its models do not know {more}", "detach or add them"
            )
        )
    return found or [Finding(pipeline.slug, "ok", f"its models fit the columns of {table}")]
