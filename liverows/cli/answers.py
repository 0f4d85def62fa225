"""The shapes of the contract's answers that commands show to people.

With the option `--json` the commands print the whole answer unchecked.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeAlias

from pydantic import BaseModel, ConfigDict, TypeAdapter

Number: TypeAlias = int | float


class _Answer(BaseModel):
    model_config = ConfigDict(frozen=True)


class RowState(_Answer):
    """Some of the processing columns of one row; `status` is None for a row that is no work."""

    status: str | None
    pipeline: str | None
    stage: str | None
    progress: Number | None
    attempts: int
    edited: list[str]
    error: Any


class Row(RowState):
    """A row in the answer of `explain`; `max_attempts` is None without a pipeline."""

    table: str
    id: str
    owner: str | None
    max_attempts: int | None


class Lease(_Answer):
    """The worker that holds a row, and how the run began."""

    worker: str
    worker_name: str | None
    run: int
    claimed_at: datetime
    woken_by: str
    late_ms: Number


class SetAside(_Answer):
    """Why the database refuses to claim or to finish a row, and when the row is tried again."""

    kind: str
    sqlstate: str
    message: str
    since: datetime
    tries: int
    look_again_at: datetime
    cure: str


class Event(_Answer):
    """One line of a row's history. The fields of `data` depend on the kind."""

    at: datetime
    run: int
    kind: str
    data: dict[str, Any]


class Checkpoint(_Answer):
    """One stored checkpoint; of its fields the command shows only the step."""

    step: str


class WaitsFor(_Answer):
    """What a row waits for: so many rows of a table, of which `open` have not ended."""

    table: str
    rows: int
    open: int
    examples: list[str]
    set_aside: int
    since: datetime


class Explained(_Answer):
    """The part of the answer of `explain` that the command shows."""

    row: Row
    blocked_by: list[str]
    lease: Lease | None
    set_aside: SetAside | None
    waits_for: WaitsFor | None = None
    crashes: int
    checkpoints: list[Checkpoint]
    events: list[Event]
    usage: dict[str, Any]


class PipelineLine(_Answer):
    """One attached pipeline in the answer of `overview`.

    `pending`, `due` and `over_budget` (those of `pending` that wait for a budget) are None if the
    table cannot be read.
    """

    pipeline: str
    table: str
    paused: bool
    pending: int | None
    due: int | None
    over_budget: int | None
    oldest_due_seconds: Number | None
    processing: int
    workers: int
    last_hour: dict[str, int]


class LeftOut(_Answer):
    """One pipeline that a worker has but does not run."""

    pipeline: str
    attached: bool
    reason: str
    cure: str


class WorkerLine(_Answer):
    """One worker that has a row in `processing.workers`."""

    worker: str
    name: str
    version: str
    pipelines: list[str]
    beat_seconds_ago: Number
    listens: list[str] | None
    left_out: list[LeftOut]
    holds: int


class Trouble(_Answer):
    """A pipeline that cannot run on its table (`broken`), or rows that the database refuses."""

    pipeline: str
    sqlstate: str
    broken: bool
    rows: int | None
    examples: list[str] | None
    cure: str


class ScheduleError(_Answer):
    """Why the last run of a schedule failed."""

    sqlstate: str
    message: str


class ScheduleLine(_Answer):
    """One schedule. `last_due` is None before its first run."""

    name: str
    cron: str
    time_zone: str
    paused: bool
    next_due: datetime
    last_due: datetime | None
    last_error: ScheduleError | None


class Overview(_Answer):
    """The whole queue. `providers_closed` maps closed providers to the seconds until they open."""

    at: datetime
    pipelines: list[PipelineLine]
    workers: list[WorkerLine]
    troubles: list[Trouble]
    providers_closed: Mapping[str, Number]
    schedules: list[ScheduleLine] = []


class ListedRow(_Answer):
    """One row in the answer of `list_rows`; `at` is None if the row has no such time."""

    table: str
    id: str
    pipeline: str | None
    status: str
    error: Any
    set_aside: dict[str, Any] | None
    at: datetime | None

    def problem(self) -> str:
        """Return code and message of the error, or an empty text."""
        if not isinstance(self.error, Mapping):
            return "" if self.error is None else str(self.error)
        return f"{self.error.get('code', 'unknown')}: {self.error.get('message', '')}"


class Rows(_Answer):
    """One page of rows, the cursor of the next one, and tables that cannot be read now."""

    rows: list[ListedRow]
    next: str | None
    unread: list[str]


class Count(_Answer):
    """How many rows match; with `more`, at least so many."""

    rows: int
    more: bool


class Changed(_Answer):
    """What one call of `change_rows` has done, and the cursor of the next call."""

    changed: int
    refused: int
    left: int
    next: str | None
    examples: list[dict[str, str]]


class Fire(_Answer):
    """What an alert has found; `problem` says why nobody could be told."""

    subject: str
    since: datetime
    told_at: datetime | None
    problem: str | None


class Alert(_Answer):
    """An alert, for all pipelines if `pipeline` is None, and what it has found."""

    alert: str
    kind: str
    pipeline: str | None
    settings: dict[str, Any]
    looked_at: datetime | None
    problem: str | None
    paused_until: datetime | None
    firing: list[Fire]


class Installation(_Answer):
    """What `installation` answers."""

    postgres: str
    migrations: list[str]


class FailureGroup(_Answer):
    """Failed rows of one pipeline with one signature."""

    signature: str
    pipeline: str
    code: str | None
    step: str | None
    text: str
    rows: int
    last_at: datetime
    example: dict[str, str]


class Limits(_Answer):
    """The limits of a pipeline; None is no limit."""

    concurrency: int | None
    concurrency_per_owner: int | None
    max_open_per_owner: int | None
    max_attempts: int


class BudgetLine(_Answer):
    """A budget and the use of one of its counters in the present period.

    `owner` is None for a budget of all owners together, and for one of each owner that nobody has
    used. `declared` is the limit that `attach` has declared, if there is one.
    """

    budget: int
    pipeline: str | None
    owner: str | None
    every_owner: bool
    period: str
    measure: str
    limit: Number
    declared: Number | None
    operator: str | None
    spent: Number
    reserved: Number
    resets_at: datetime
    reached: bool


class LogLine(_Answer):
    """What an operator did; `rows` is None for an action that is not about rows."""

    id: int
    at: datetime
    operator: str
    action: str
    pipeline: str | None
    arguments: dict[str, Any]
    rows: int | None


ALERTS = TypeAdapter(list[Alert])
BUDGET = TypeAdapter(BudgetLine)
BUDGETS = TypeAdapter(list[BudgetLine])
CHANGED = TypeAdapter(Changed)
COUNT = TypeAdapter(Count)
EXPLAINED = TypeAdapter(Explained)
FAILURES = TypeAdapter(list[FailureGroup])
INSTALLATION = TypeAdapter(Installation)
LIMITS = TypeAdapter(Limits)
LOG = TypeAdapter(list[LogLine])
OVERVIEW = TypeAdapter(Overview)
ROWS = TypeAdapter(Rows)
ROW_STATE = TypeAdapter(RowState)
