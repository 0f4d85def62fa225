"""One line of the report of `liverows doctor`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

State: TypeAlias = Literal["ok", "warning", "problem", "skipped"]


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of one check. A warning or a problem has a cure."""

    check: str
    state: State
    detail: str
    cure: str | None = None
