"""What the process that works is told to run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

DoorbellName: TypeAlias = Literal["notify", "realtime", "sweep"]


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerConfig:
    """What to run. `seconds` is how long each handler sleeps; `sweep` has no doorbell."""

    system: Literal["raw", "ours"]
    dsn: str
    concurrency: int = 10
    seconds: float = 0
    ahead: bool = True
    doorbell: DoorbellName = "notify"
    realtime_url: str = ""
    realtime_key: str = ""
