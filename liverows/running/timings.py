"""How long a runner waits at each place where it waits."""

from __future__ import annotations

from dataclasses import dataclass, field

from liverows.running.lease import LeaseTimings
from liverows.running.wake import SweepTimings


@dataclass(frozen=True, slots=True, kw_only=True)
class RunnerTimings:
    """The waits of a runner, all in seconds."""

    grace: float = 20.0
    """How long running rows may go on at shutdown before they are released."""
    first_lock: float = 1.0
    """The longest wait of the first claim for a session lock; see `Runner._prepare`."""
    retry: float = 1.0
    """The pause after a statement that got no answer, and after a refused claim without results."""
    release_after: float | None = None
    """How long a claimed row may wait for its slot; if None, it depends on recent statements."""
    progress_interval: float = 1.0
    """The `interval` of `Progress`."""
    locked: float = 2.0
    """How long a shutdown waits for rows that somebody holds locked."""
    sweep: SweepTimings = field(default_factory=SweepTimings)
    lease: LeaseTimings = field(default_factory=LeaseTimings)
