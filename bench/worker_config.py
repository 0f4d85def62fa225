"""The configuration of the process that does the rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

DoorbellName: TypeAlias = Literal["notify", "realtime", "sweep"]


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerConfig:
    """Which system to run, and how.

    Each handler sleeps for `seconds` and runs `steps` steps. The worker serves `pipelines`
    pipelines, and all rows belong to the first. With the doorbell `sweep` there is no doorbell,
    and rows are found by sweeps only. If `data_api_url` is set, the worker reaches the database
    through the Data API there.
    """

    system: Literal["raw", "ours", "command"]
    dsn: str
    concurrency: int = 10
    seconds: float = 0
    ahead: bool = True
    pipelines: int = 1
    steps: int = 0
    doorbell: DoorbellName = "notify"
    realtime_url: str = ""
    realtime_key: str = ""
    data_api_url: str = ""
    data_api_key: str = ""
