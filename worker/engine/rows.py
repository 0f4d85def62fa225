"""What travels between the engine and the SQL contract: runs, results, checkpoints.

`RunStore` is the part of the store that a running attempt needs.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple, Protocol, TypeAlias

from worker.base.types import Json, JsonObject, WakeSource
from worker.engine.json_values import storable


class JobKey(NamedTuple):
    """One run of one row: the fence that every write carries.

    `table` is schema-qualified, `row_id` is the primary key as text. A tuple, because
    it is looked up many times for each row.
    """

    table: str
    row_id: str
    run: int


@dataclass(frozen=True, slots=True)
class StoredCheckpoint:
    """The output of a step that finished in an earlier run."""

    step: str
    version: str
    input_hash: str
    output: Json

    @classmethod
    def read(cls, stored: JsonObject) -> StoredCheckpoint:
        """From the contract's `{step, version, input_hash, output}`."""
        return cls(
            str(stored["step"]),
            str(stored["version"]),
            str(stored["input_hash"]),
            stored["output"],
        )


@dataclass(frozen=True, slots=True)
class NewCheckpoint:
    """A step that has just finished.

    `keep="content"` outlives the round. `usage` holds what was spent: `model`,
    `input_tokens`, `output_tokens`, `audio_seconds`, `cost_usd`, each only if known.
    """

    step: str
    version: str
    input_hash: str
    output: Json
    keep: Literal["round", "content"]
    max_age_seconds: float | None
    shareable: bool
    attempts: int
    seconds: float
    usage: JsonObject | None


class ClaimedJob(NamedTuple):
    """A row that this worker may now work on, with all that its pipeline needs.

    `edited` names the outputs that a person changed. `late_ms` is the time between
    the moment at which the row was due and its claim, also where it was claimed before
    and handed back. A tuple, because one is made for each row, and a frozen dataclass
    takes three times as long.
    """

    key: JobKey
    pipeline: str
    attempt: int
    max_attempts: int
    timeout_seconds: float
    inputs: JsonObject
    edited: tuple[str, ...]
    checkpoints: tuple[StoredCheckpoint, ...]
    woken_by: WakeSource
    late_ms: float


class RunStore(Protocol):
    """The writes of a running attempt; each raises `LeaseLost` or `Cancelled`."""

    async def checkpoint(self, key: JobKey, checkpoint: NewCheckpoint) -> None:
        """Store a finished step."""

    async def progress(
        self, key: JobKey, *, stage: str | None, percent: int | None, outputs: JsonObject | None
    ) -> None:
        """Show stage and percent on the row; `outputs` are columns shown early."""

    async def shared_checkpoint(
        self, pipeline: str, step: str, version: str, input_hash: str
    ) -> StoredCheckpoint | None:
        """Find the output of a shareable step, whichever row it ran for."""


Action: TypeAlias = Literal["complete", "fail", "retry_later", "release"]


@dataclass(frozen=True, slots=True)
class Result:
    """How a run ended, on its way into the row.

    `details` are the further arguments of the action as `processing.finish` names
    them: `outputs` and `handover`, or `error`, `retryable`, `retry_after` (seconds),
    `spends_attempt` and `provider`.
    """

    key: JobKey
    pipeline: str
    action: Action
    details: JsonObject = field(default_factory=dict)

    def as_json(self) -> JsonObject:
        """The element of `results` that `processing.finish` takes.

        An error may quote what jsonb refuses; that must not spoil the results beside it.
        """
        details = dict(self.details)
        for name in ("error", "data"):
            if name in details:
                details[name] = storable(details[name])
        return {
            "table": self.key.table,
            "id": self.key.row_id,
            "run": self.key.run,
            "pipeline": self.pipeline,
            "action": self.action,
            **details,
        }


Outcome: TypeAlias = Literal["done", "already_done", "lost", "cancelled", "refused"]


class Finished(NamedTuple):
    """What became of a result. `refused` means a bad output: nothing was written."""

    key: JobKey
    outcome: Outcome
    message: str | None


@dataclass(frozen=True, slots=True)
class Claimed:
    """The answer to a claim.

    `finished` holds the results that travelled with it and did not end as asked.
    `next_due_seconds` is when a row that waits becomes due, if none is known to be due
    now. `closed` maps providers to the seconds for which they stay closed.
    """

    jobs: tuple[ClaimedJob, ...]
    finished: tuple[Finished, ...]
    next_due_seconds: float | None
    closed: dict[str, float]


@dataclass(frozen=True, slots=True)
class Beat:
    """The answer to a heartbeat.

    `lost` and `cancelled` are runs that we must stop. `others_hold` says whether there
    is anything that could have to be taken back.
    """

    lost: tuple[JobKey, ...]
    cancelled: tuple[JobKey, ...]
    others_hold: bool
    closed: dict[str, float]

    @classmethod
    def read(cls, answer: Any) -> Beat:
        """From the answer of `processing.heartbeat`."""
        gone = [(_key(item), item["reason"]) for item in answer["lost"]]
        return cls(
            lost=tuple(key for key, reason in gone if reason != "cancelled"),
            cancelled=tuple(key for key, reason in gone if reason == "cancelled"),
            others_hold=answer["others_hold"],
            closed=answer["closed"],
        )


def _key(item: Any) -> JobKey:
    return JobKey(item["table"], item["id"], item["run"])


def read_finished(answer: Any) -> tuple[Finished, ...]:
    """From the answer of `processing.finish`."""
    return tuple(
        Finished(_key(item), item["outcome"], item.get("message")) for item in answer or ()
    )


def read_claimed(answer: Any, woken_by: WakeSource) -> Claimed:
    """From the answer of `processing.claim` or `processing.finish_and_claim`."""
    return Claimed(
        jobs=tuple(
            _job(batch, row, woken_by) for batch in answer["batches"] for row in batch["rows"]
        ),
        finished=read_finished(answer.get("finished")),
        next_due_seconds=answer["next_due_seconds"],
        closed=answer["closed"],
    )


def _job(batch: Any, row: Any, woken_by: WakeSource) -> ClaimedJob:
    return ClaimedJob(
        key=JobKey(batch["table"], row["id"], row["run"]),
        pipeline=batch["pipeline"],
        attempt=row["attempt"],
        max_attempts=batch["max_attempts"],
        timeout_seconds=batch["timeout_seconds"],
        inputs=row["inputs"],
        edited=tuple(row["edited"]),
        checkpoints=tuple(StoredCheckpoint.read(stored) for stored in row["checkpoints"] or ()),
        woken_by=woken_by,
        late_ms=row["late_ms"],
    )
