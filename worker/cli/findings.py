"""What `worker doctor` finds, and how a failed look becomes a finding."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias

from worker.base.errors import WorkerError
from worker.cli.edge import explained

State: TypeAlias = Literal["ok", "warning", "problem", "skipped"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report; a warning or a problem has a cure."""

    check: str
    state: State
    detail: str
    cure: str | None = None


def failed(check: str, error: WorkerError) -> Finding:
    """The finding for an error that a look ended with."""
    message, cure = explained(error)
    return Finding(check, "problem", message, cure)


async def looked(check: str, look: Callable[[], Awaitable[list[Finding]]]) -> list[Finding]:
    """The findings of a look, or the one that it failed."""
    try:
        return await look()
    except WorkerError as error:
        return [failed(check, error)]
