"""The waits of a runner."""

from __future__ import annotations

from dataclasses import dataclass, field

from liverows.running.lease import LeaseTimings
from liverows.running.wake import SweepTimings


@dataclass(frozen=True, slots=True, kw_only=True)
class RunnerTimings:
    """All in seconds.

    `grace` is what running rows get at shutdown before they are released. `first_lock` is
    how long the first claim waits for the session lock, which lets other workers notice our death.
    `release_after` is how long a row that was claimed ahead waits for its slot; by default
    a few times as long as claims take. `locked` is how long a shutdown waits for rows that
    somebody holds locked, before their results are kept for the next run.
    """

    grace: float = 20.0
    first_lock: float = 1.0
    retry: float = 1.0
    release_after: float | None = None
    progress_interval: float = 1.0
    locked: float = 2.0
    sweep: SweepTimings = field(default_factory=SweepTimings)
    lease: LeaseTimings = field(default_factory=LeaseTimings)
