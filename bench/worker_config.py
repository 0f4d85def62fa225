"""The configuration of the process that does the rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

DoorbellName: TypeAlias = Literal["notify", "realtime", "sweep"]


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerConfig:
    """Which system to run, and how. Each handler sleeps for `seconds`. With the doorbell `sweep`
    there is no doorbell, and rows are found by sweeps only."""

    system: Literal["raw", "ours"]
    dsn: str
    concurrency: int = 10
    seconds: float = 0
    ahead: bool = True
    doorbell: DoorbellName = "notify"
    realtime_url: str = ""
    realtime_key: str = ""
