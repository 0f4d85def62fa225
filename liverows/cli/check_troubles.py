"""Checks for `liverows doctor`: rows and pipelines that the database refuses and set aside."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from liverows.base.finding import Finding
from liverows.database.client import ContractClient


async def check_troubles(client: ContractClient) -> list[Finding]:
    """One finding per broken pipeline, and one per pipeline and SQLSTATE for refused rows."""
    overview: Any = await client.transport.call("overview", {})
    return findings_of(overview["troubles"]) or [
        Finding("set aside", "ok", "the database refuses no row and no pipeline")
    ]


def findings_of(troubles: Iterable[Any]) -> list[Finding]:
    """The findings for `troubles` in the answer of `processing.overview`."""
    return [
        Finding(
            f"pipeline {trouble['pipeline']}" if trouble["broken"] else "set aside",
            "problem" if trouble["broken"] else "warning",
            described(trouble),
            trouble["cure"],
        )
        for trouble in troubles
    ]


def described(trouble: Any) -> str:
    """One trouble in words. The database's message is left out, because it may quote a row."""
    if trouble["broken"]:
        return f"{trouble['pipeline']} no longer fits its table (SQLSTATE {trouble['sqlstate']})"
    shown = ", ".join(trouble["examples"])
    return (
        f"{trouble['rows']} rows of {trouble['pipeline']} are refused by the database "
        f"(SQLSTATE {trouble['sqlstate']}), for example {shown}"
    )
