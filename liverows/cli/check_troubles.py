"""Checks for `liverows doctor`: rows and pipelines that are set aside."""

from __future__ import annotations

from collections.abc import Iterable

from liverows.base.finding import Finding
from liverows.cli.answers import OVERVIEW, Trouble
from liverows.database.answers import checked
from liverows.database.client import ContractClient


async def check_troubles(client: ContractClient) -> list[Finding]:
    """Return a finding for each broken pipeline, and for the rows set aside of each pipeline."""
    answer = await client.call("overview", {})
    overview = checked(OVERVIEW, answer, "overview")
    return findings_of(overview.troubles) or [
        Finding("set aside", "ok", "the database refuses no row and no pipeline")
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
    shown = ", ".join(trouble.examples or [])
    return (
        f"{trouble.rows} rows of {trouble.pipeline} are refused by the database "
        f"(SQLSTATE {trouble.sqlstate}), for example {shown}"
    )
