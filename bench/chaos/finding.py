"""What a judge has found."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that may not be. `at` is by the wall clock, or 0 if it has no moment."""

    what: str
    thing: int
    at: float
    details: str
