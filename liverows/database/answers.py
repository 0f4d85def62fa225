"""The shapes of the SQL contract's answers to a worker, and the functions that read them.

For an answer of another shape the functions raise `StrangeAnswer`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal, TypeAlias, TypeVar, cast

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from liverows.base.errors import StrangeAnswer
from liverows.base.types import Json, JsonObject, WakeSource
from liverows.database.housekeeping import DueAlert, ScheduleRun, SchedulesRun
from liverows.database.messages import (
    AwaitedRow,
    Beat,
    BudgetReached,
    Claimed,
    ClaimedJob,
    Finished,
    Outcome,
    PaidCall,
    Refusal,
    RowStatus,
    RunKey,
    SentTrace,
    SetAside,
    StoredCheckpoint,
)

T = TypeVar("T")
Number: TypeAlias = int | float

_NUMBERS = frozenset({int, float})


class _Answer(BaseModel):
    model_config = ConfigDict(strict=True, frozen=True)


class _Attached(_Answer):
    """The checked fields of one attached pipeline in the answer of `list_pipelines`."""

    pipeline: str
    table: str
    key: str
    paused: bool
    published: bool


class _Run(_Answer):
    table: str
    id: str
    run: int
    nonce: str

    def key(self) -> RunKey:
        return RunKey(self.table, self.id, self.run, self.nonce)


class _Refused(_Answer):
    """Why the database refused a row; all fields are None if the row was not refused."""

    sqlstate: str | None = None
    constraint: str | None = None
    column: str | None = None
    message: str | None = None
    outputs: list[str] | None = None

    def refusal(self) -> Refusal:
        outputs = tuple(self.outputs or ())
        return Refusal(self.sqlstate, self.constraint, self.column, self.message, outputs)


class _Finished(_Run, _Refused):
    outcome: Outcome

    def read(self) -> Finished:
        return Finished(self.key(), self.outcome, self.refusal())


class _SetAside(_Refused):
    pipeline: str
    table: str
    id: str

    def read(self) -> SetAside:
        return SetAside(self.pipeline, self.table, self.id, self.refusal())


class _Trace(_Answer):
    traceparent: str | None
    earlier: str | None


class _Batch(_Answer):
    table: str
    pipeline: str
    max_attempts: int
    timeout_seconds: Number
    rows: list[Any]
    json_inputs: list[str] = []
    traces: dict[str, _Trace] | None = None

    def trace_of(self, row_id: str) -> SentTrace | None:
        sent = self.traces.get(row_id) if self.traces else None
        return None if sent is None else SentTrace(sent.traceparent, sent.earlier)


class _Claim(_Answer):
    batches: list[_Batch]
    next_due_seconds: Number | None
    closed: dict[str, Number]
    finished: list[_Finished] | None = None
    set_aside: list[_SetAside] = []
    slow: bool = False
    others: bool = True


class _Gone(_Run):
    reason: str


class _Beat(_Answer):
    lost: list[_Gone]
    others_hold: bool
    closed: dict[str, Number]
    troubles: list[dict[str, Any]] = []


class _TakenBack(_Answer):
    taken_back: int
    others_hold: bool


class _Limit(_Answer):
    measure: str
    period: Literal["day", "month"]
    per: Literal["owner", "pipeline", "all"]
    limit: Number
    used: Number
    reserved: Number
    busy: bool
    wait_seconds: Number
    fails: bool

    def read(self) -> BudgetReached:
        return BudgetReached(**self.model_dump())


class _CallRefused(_Answer):
    refused: _Limit


class _CallNoted(_Answer):
    key: str
    maybe_paid: bool
    reservation: str | None = None


class _Reserved(_Answer):
    refused: _Limit | None = None


class _ScheduleRun(_Answer):
    name: str
    due: str
    outcome: Literal["done", "skipped", "failed"]
    rows: int | None = None
    sqlstate: str | None = None
    again: bool = False


class _SchedulesRun(_Answer):
    ran: list[_ScheduleRun]
    next_seconds: Number | None


class _Alert(_Answer):
    message: str
    alert: str
    kind: str
    subject: str
    state: Literal["firing", "ended"]
    since: str
    at: str
    reminder: bool
    details: dict[str, Any]


class _Alerts(_Answer):
    messages: list[_Alert]


class _AwaitedRow(_Answer):
    id: str
    status: RowStatus
    error_code: str | None
    set_aside: bool = False

    def read(self) -> AwaitedRow:
        return AwaitedRow(self.id, self.status, self.error_code, self.set_aside)


class _Awaited(_Answer):
    waits: bool
    rows: list[_AwaitedRow]


class _Checkpoint(_Answer):
    step: str
    version: str
    input_hash: str
    output: str | None


_PIPELINES = TypeAdapter(list[_Attached])
_FINISHED = TypeAdapter(list[_Finished] | None)
_CLAIM = TypeAdapter(_Claim)
_BEAT = TypeAdapter(_Beat)
_TAKEN_BACK = TypeAdapter(_TakenBack)
_CALL: TypeAdapter[_CallRefused | _CallNoted] = TypeAdapter(_CallRefused | _CallNoted)
_RESERVED = TypeAdapter(_Reserved)
_AWAITED = TypeAdapter(_Awaited)
_ALERTS = TypeAdapter(_Alerts)
_PRUNED = TypeAdapter(dict[str, int])
_SCHEDULES = TypeAdapter(_SchedulesRun)
_SHARED = TypeAdapter(_Checkpoint | None)


def read_attached(answer: Json) -> list[JsonObject]:
    """Return the answer of `list_pipelines` with all its fields."""
    checked(_PIPELINES, answer, "list_pipelines")
    return cast("list[JsonObject]", answer)


def read_finished(answer: Json) -> tuple[Finished, ...]:
    """Return what happened to each result that the answer of `finish` contains."""
    return tuple(item.read() for item in checked(_FINISHED, answer, "finish") or ())


def read_beat(answer: Json) -> Beat:
    """Return the answer of `heartbeat`, with the lost and the cancelled runs apart."""
    beat = checked(_BEAT, answer, "heartbeat")
    return Beat(
        lost=tuple(gone.key() for gone in beat.lost if gone.reason != "cancelled"),
        cancelled=tuple(gone.key() for gone in beat.lost if gone.reason == "cancelled"),
        others_hold=beat.others_hold,
        closed=beat.closed,
        troubles=tuple(beat.troubles),
    )


def read_taken_back(answer: Json) -> tuple[int, bool]:
    """Return how many rows were taken back, and whether other workers hold rows or stop runs."""
    told = checked(_TAKEN_BACK, answer, "take_back")
    return told.taken_back, told.others_hold


def read_call(answer: Json) -> PaidCall | BudgetReached:
    """Return the call that `begin_call` has noted, or the budget that forbids the call."""
    told = checked(_CALL, answer, "begin_call")
    if isinstance(told, _CallNoted):
        return PaidCall(told.key, told.maybe_paid, told.reservation)
    return told.refused.read()


def read_reserved(answer: Json) -> BudgetReached | None:
    """Return the budget that forbids the request; None if it may be made."""
    told = checked(_RESERVED, answer, "reserve")
    return None if told.refused is None else told.refused.read()


def read_awaited(answer: Json) -> tuple[AwaitedRow, ...] | None:
    """Return the rows in the answer of `await_rows`; None if the run was ended to wait for them."""
    told = checked(_AWAITED, answer, "await_rows")
    return None if told.waits else tuple(row.read() for row in told.rows)


def read_pruned(answer: Json) -> dict[str, int]:
    """Return how many lines of each kind `prune` has deleted, and under `looked_at` at how many
    completed rows it has looked for checkpoints."""
    return checked(_PRUNED, answer, "prune")


def read_alerts(answer: Json) -> tuple[DueAlert, ...]:
    """Return the messages in the answer of `due_alerts`."""
    told = checked(_ALERTS, answer, "due_alerts").messages
    return tuple(DueAlert(**alert.model_dump()) for alert in told)


def read_schedules(answer: Json) -> SchedulesRun:
    """Return what `run_schedules` has run, and when to call it again."""
    told = checked(_SCHEDULES, answer, "run_schedules")
    ran = tuple(ScheduleRun(**run.model_dump()) for run in told.ran)
    return SchedulesRun(ran, told.next_seconds)


def read_shared(answer: Json) -> StoredCheckpoint | None:
    """Return the checkpoint in the answer of `shared_checkpoint`.

    None if there is none, or if `read_stored` refuses the output.
    """
    told = checked(_SHARED, answer, "shared_checkpoint")
    return None if told is None else StoredCheckpoint.read(told.model_dump())


def read_claimed(answer: Json, woken_by: WakeSource) -> Claimed:
    """Return the answer of `claim` or `finish_and_claim`. Each job in it gets this `woken_by`."""
    told = checked(_CLAIM, answer, "a claim")
    try:
        jobs = tuple(job for batch in told.batches for job in _jobs(batch, woken_by))
    except (KeyError, TypeError, AttributeError) as error:
        raise _mismatch("a claim", f"in a row: {type(error).__name__}: {error}") from None
    return Claimed(
        jobs=jobs,
        finished=tuple(item.read() for item in told.finished or ()),
        next_due_seconds=told.next_due_seconds,
        closed=told.closed,
        set_aside=tuple(item.read() for item in told.set_aside),
        slow=told.slow,
        others=told.others,
    )


def _jobs(batch: _Batch, woken_by: WakeSource) -> Iterator[ClaimedJob]:
    table, pipeline, most = batch.table, batch.pipeline, batch.max_attempts
    seconds, json_inputs = batch.timeout_seconds, tuple(batch.json_inputs)
    for row in batch.rows:
        inputs, edited, stored = row["inputs"], row["edited"], row["checkpoints"]
        key = RunKey(table, row["id"], row["run"], row["nonce"])
        _check_row(row, json_inputs)
        yield ClaimedJob(
            key,
            pipeline,
            row["attempt"],
            most,
            seconds,
            {} if inputs is None else inputs,
            tuple(edited),
            _checkpoints(stored) if stored else (),
            woken_by,
            row["late_ms"],
            json_inputs,
            inputs is None,
            row.get("owner"),  # the contract before this one does not tell it
            batch.trace_of(row["id"]),
        )


def _check_row(row: Any, json_inputs: tuple[str, ...]) -> None:
    """Raise `TypeError` or `KeyError` if the row of a claim has another shape.

    pydantic would take too long for hundreds of rows.
    """
    inputs, edited = row["inputs"], row["edited"]
    is_right = (
        type(row["id"]) is str
        and type(row["run"]) is int
        and type(row["nonce"]) is str
        and type(row["attempt"]) is int
        and type(row["late_ms"]) in _NUMBERS
        and type(edited) is list
        and (inputs is None or type(inputs) is dict)
    )
    if not is_right or (edited and not all(type(name) is str for name in edited)):
        raise TypeError("a field of another type")
    if inputs is not None:
        for name in json_inputs:
            if name not in inputs:
                raise KeyError(name)


def _checkpoints(stored: Any) -> tuple[StoredCheckpoint, ...]:
    """Return the checkpoints without those whose output is unreadable; their steps run again."""
    return tuple(one for each in stored if (one := StoredCheckpoint.read(each)) is not None)


def checked(kind: TypeAdapter[T], answer: Json, function: str) -> T:
    """Return the answer of an SQL function as `kind`, or raise `StrangeAnswer`."""
    try:
        return kind.validate_python(answer)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False, include_context=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "the whole answer"
        # Raised without the cause, because the cause's message quotes the row.
        raise _mismatch(function, f"{where}: {first['msg']}") from None


def _mismatch(function: str, reason: str) -> StrangeAnswer:
    return StrangeAnswer(
        f"the answer of {function} has another shape: {reason}",
        cure="run `liverows migrate`, or run the worker release that fits the database",
    )
