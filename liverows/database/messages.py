"""What travels between the engine and the SQL contract: runs, results, checkpoints.

`RunClient` is the part of the client that a running attempt needs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, Protocol, TypeAlias

from liverows.base.errors import InvalidInput
from liverows.base.json_values import read_stored, storable
from liverows.base.logger import get_logger
from liverows.base.types import Json, JsonObject, WakeSource

log = get_logger(__name__)


class RunKey(NamedTuple):
    """One run of one row, as every write names it.

    `table` is schema-qualified, `row_id` is the primary key as text, `run` counts the
    claims of the row for people. The fence is `nonce`, the random name of the lease: a
    run number comes back when a row is deleted and inserted again, a nonce never does.
    A tuple, because it is looked up many times for each row.
    """

    table: str
    row_id: str
    run: int
    nonce: str = ""


@dataclass(frozen=True, slots=True)
class StoredCheckpoint:
    """The output of a step that finished in an earlier run."""

    step: str
    version: str
    input_hash: str
    output: Json

    @classmethod
    def read(cls, stored: JsonObject) -> StoredCheckpoint | None:
        """From the contract's `{step, version, input_hash, output}`, the output as text.

        `None` for an output that Python cannot hold: its step then runs again.
        """
        text = stored["output"]
        try:
            output = None if text is None else read_stored(str(text))
        except ValueError as error:
            log.warning("checkpoint_unreadable", step=stored["step"], reason=str(error))
            return None
        step, version, input_hash = (str(stored[name]) for name in _CHECKPOINT_KEY)
        return cls(step, version, input_hash, output)


_CHECKPOINT_KEY = ("step", "version", "input_hash")


@dataclass(frozen=True, slots=True)
class NewCheckpoint:
    """A step that has just finished.

    `keep="content"` outlives the round. `usage` holds what was spent: `model`,
    `input_tokens`, `output_tokens`, `audio_seconds`, `cost_usd`, each only if known;
    `spent` are the entries of the same calls, as `processing.spend` takes them, and
    `None` where nothing is paid.
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
    spent: Sequence[Json] | None = None


class ClaimedJob(NamedTuple):
    """A row that this worker may now work on, with all that its pipeline needs.

    `inputs` are the input columns; those that `json_inputs` names hold JSON as text until
    `readable` is called, because a user may store what Python cannot hold. Inputs that are
    `too_large` stay in the database. `edited` names
    the outputs that a person changed. `late_ms` is the time between
    the moment at which the row was due and its claim, also where it was claimed before
    and handed back. A tuple, because one is made for each row, and a frozen dataclass
    takes three times as long.
    """

    key: RunKey
    pipeline: str
    attempt: int
    max_attempts: int
    timeout_seconds: float
    inputs: JsonObject
    edited: tuple[str, ...]
    checkpoints: tuple[StoredCheckpoint, ...]
    woken_by: WakeSource
    late_ms: float
    json_inputs: tuple[str, ...] = ()
    too_large: bool = False

    def readable(self) -> ClaimedJob:
        """The same with all inputs decoded; `InvalidInput` for what Python cannot hold."""
        if self.too_large:
            raise InvalidInput("the inputs of the row are larger than 64 MB")
        if not self.json_inputs:
            return self
        inputs = dict(self.inputs)
        for name in self.json_inputs:
            text = inputs[name]
            try:
                inputs[name] = None if text is None else read_stored(str(text))
            except ValueError as error:
                raise InvalidInput(f"{name} cannot be read: {error}") from None
        return self._replace(inputs=inputs, json_inputs=())


@dataclass(frozen=True, slots=True)
class DailyLimit:
    """What an owner has used up today; `wait_seconds` until the next day begins (UTC)."""

    measure: str
    limit: float
    wait_seconds: float


@dataclass(frozen=True, slots=True)
class PaidCall:
    """A call of a paid step, as the database names it.

    `key` is the same for every try of the call in a round. `maybe_paid`: an earlier try
    was never heard of again, so this one may be paid a second time.
    """

    key: str
    maybe_paid: bool


class RunClient(Protocol):
    """The writes of a running attempt; each raises `LeaseLost` or `Cancelled`."""

    async def checkpoint(self, key: RunKey, checkpoint: NewCheckpoint) -> None:
        """Store a finished step."""

    async def begin_call(
        self,
        key: RunKey,
        step: str,
        version: str,
        input_hash: str,
        *,
        tries: int = 1,
        after_answer: bool = False,
    ) -> PaidCall | DailyLimit:
        """Note that a paid call is about to be made; with no tries, only ask for its key.

        A limit that forbids the call comes back in its place.
        """

    async def progress(
        self, key: RunKey, *, stage: str | None, percent: int | None, outputs: JsonObject | None
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
    `spends_attempt` and `provider`. `inputs` are those that it was made of, if it could
    be kept for a later run.
    """

    key: RunKey
    pipeline: str
    action: Action
    details: JsonObject = field(default_factory=dict)
    inputs: JsonObject | None = None

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
            "nonce": self.key.nonce,
            "pipeline": self.pipeline,
            "action": self.action,
            **details,
        }


Outcome: TypeAlias = Literal[
    "done", "already_done", "lost", "cancelled", "refused", "busy", "set_aside"
]


@dataclass(frozen=True, slots=True)
class Refusal:
    """What the database said against a row, as far as it may be logged.

    The whole message may quote the row, so it stays in the database, where `explain`
    shows it. `message` is one of the contract's own. `outputs` names the columns that
    the table does not take.
    """

    sqlstate: str | None = None
    constraint: str | None = None
    column: str | None = None
    message: str | None = None
    outputs: tuple[str, ...] = ()


class Finished(NamedTuple):
    """What became of a result.

    `busy`: somebody holds the row locked, and it is to be sent again. `refused`: the
    table does not take the result, and nothing was written. `set_aside`: the table takes
    no change of the row at all, and the database looks at it again later.
    """

    key: RunKey
    outcome: Outcome
    refusal: Refusal = Refusal()


class SetAside(NamedTuple):
    """A row that the database refused to lease."""

    pipeline: str
    table: str
    row_id: str
    refusal: Refusal


@dataclass(frozen=True, slots=True)
class Claimed:
    """The answer to a claim.

    `finished` holds the results that travelled with it and did not end as asked.
    `next_due_seconds` is when a row that waits becomes due, if none is known to be due
    now. `closed` maps providers to the seconds for which they stay closed. `set_aside`
    are rows that this claim found it cannot lease. `slow` says that rows may wait which
    take long to claim, and are claimed apart from others.
    """

    jobs: tuple[ClaimedJob, ...]
    finished: tuple[Finished, ...]
    next_due_seconds: float | None
    closed: dict[str, float]
    set_aside: tuple[SetAside, ...] = ()
    slow: bool = False


@dataclass(frozen=True, slots=True)
class Beat:
    """The answer to a heartbeat.

    `lost` and `cancelled` are runs that we must stop. `others_hold` says whether there
    is anything that could have to be taken back. `troubles` sums up what is set aside, by
    pipeline and SQLSTATE: `{pipeline, sqlstate, broken, rows, since, cure}`.
    """

    lost: tuple[RunKey, ...]
    cancelled: tuple[RunKey, ...]
    others_hold: bool
    closed: dict[str, float]
    troubles: tuple[JsonObject, ...] = ()
