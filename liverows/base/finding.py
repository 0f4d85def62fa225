"""One line of the report of `liverows doctor`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

State: TypeAlias = Literal["ok", "warning", "problem", "skipped"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One result of a check. A warning or a problem should have a cure."""

    check: str
    state: State
    detail: str
    cure: str | None = None
