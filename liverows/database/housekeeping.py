"""The data of calls that keep the queue itself: schedules, alerts, and how long history stays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from liverows.base.types import JsonObject


@dataclass(frozen=True, slots=True)
class Retention:
    """For how many days `prune` keeps what may be deleted or added up."""

    history_days: float
    """History of rows, notes of paid calls, and expired checkpoints."""
    usage_days: float
    """Single lines of usage; older ones become sums by day."""
    answer_days: float | None = None
    """Answers that steps keep for later rounds; None if they stay as long as their row."""


@dataclass(frozen=True, slots=True)
class DueAlert:
    """A message that is to be sent now. `message` is its id, the same for each try.

    `details` depend on `kind`. Times are in ISO 8601.
    """

    message: str
    alert: str
    kind: str
    subject: str
    state: Literal["firing", "ended"]
    since: str
    at: str
    reminder: bool
    details: JsonObject


@dataclass(frozen=True, slots=True)
class ScheduleRun:
    """What became of a schedule that was due."""

    name: str
    due: str
    """The moment for which it ran, in ISO 8601."""
    outcome: Literal["done", "skipped", "failed"]
    rows: int | None
    """How many rows its statement wrote or read; None unless it is done."""
    sqlstate: str | None
    again: bool
    """Whether a failed statement is tried once more for the same moment."""


@dataclass(frozen=True, slots=True)
class SchedulesRun:
    """The answer of `run_schedules`; `next_seconds` is None if there is no schedule."""

    ran: tuple[ScheduleRun, ...]
    next_seconds: float | None
