"""The findings of `liverows doctor` and `liverows check`: from errors, and for people."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import asdict, replace

import typer
from rich.text import Text

from liverows.base.errors import WorkerError
from liverows.base.finding import Finding
from liverows.cli.edge import explained
from liverows.cli.masking import masked_text
from liverows.cli.show import coloured, console, plain_table, show_json


def failed(check: str, error: WorkerError) -> Finding:
    """Return a finding of state `problem` for the error that a check raised."""
    message, cure = explained(error)
    return Finding(check, "problem", message, cure)


async def looked(check: str, look: Callable[[], Awaitable[list[Finding]]]) -> list[Finding]:
    """Return the findings of a check, or a finding about the `WorkerError` that it raises."""
    try:
        return await look()
    except WorkerError as error:
        return [failed(check, error)]


def report(findings: list[Finding], *, as_json: bool) -> None:
    """Print the findings; end the command with exit code 1 if one of them is a problem."""
    findings = [_masked(finding) for finding in findings]
    if as_json:
        show_json([asdict(finding) for finding in findings])
    else:
        _print(findings)
    if any(finding.state == "problem" for finding in findings):
        raise typer.Exit(1)


def _masked(finding: Finding) -> Finding:
    # An error of the database or of a service may quote the address that was tried.
    cure = finding.cure and masked_text(finding.cure)
    return replace(finding, detail=masked_text(finding.detail), cure=cure)


def _print(findings: list[Finding]) -> None:
    """Print a table of the findings, each with its cure."""
    table = plain_table("", "check", "finding")
    for finding in findings:
        detail = Text(finding.detail)
        if finding.cure:
            detail.append(f"\ncure: {finding.cure}", style="bold")
        table.add_row(coloured(finding.state), finding.check, detail)
    console.print(table)
