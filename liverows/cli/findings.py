"""Turns a failed check into a finding of `liverows doctor`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from liverows.base.errors import WorkerError
from liverows.base.finding import Finding
from liverows.cli.edge import explained


def failed(check: str, error: WorkerError) -> Finding:
    """The finding for the error that a check raised."""
    message, cure = explained(error)
    return Finding(check, "problem", message, cure)


async def looked(check: str, look: Callable[[], Awaitable[list[Finding]]]) -> list[Finding]:
    """The findings of a check; if it raises an error, one finding about that error."""
    try:
        return await look()
    except WorkerError as error:
        return [failed(check, error)]
