"""The data that the engine and the SQL contract exchange: runs, results, checkpoints.

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
    """Names one run of one row; every write carries it.

    `table` is schema-qualified and `row_id` is the primary key as text. `run` counts the
    claims of the row and is for people to read. The database checks `nonce`, the random name
    of the lease: when a row is deleted and inserted again its run numbers repeat, but a nonce
    never does. This is a tuple for speed, because it is looked up many times for each row.
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
        """Read the contract's `{step, version, input_hash, output}`; the output comes as text.

        Returns `None` if Python cannot hold the output. The step then runs again.
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

    A checkpoint with `keep="content"` stays when the round of the row is over. `usage` says
    what the step used: `model`, `input_tokens`, `output_tokens`, `audio_seconds`, `cost_usd`,
    each only if known. `spent` are the entries of the same calls for `processing.spend`;
    `None` if the step is not paid.
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
    """A row that this worker may now work on, with everything that its pipeline needs.

    `inputs` are the input columns. Those that `json_inputs` names hold JSON as text until
    `readable` is called, because a user may store a value that Python cannot hold. If the
    inputs are `too_large`, they stay in the database. `edited` names the outputs that a person
    changed. `late_ms` is the time from the moment at which the row was due to this claim,
    even if the row was claimed and released in between. This is a tuple for speed: one is made
    for each row, and a frozen dataclass takes three times as long to make.
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
        """The same job with all inputs decoded; `InvalidInput` if Python cannot hold one."""
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
    """A daily limit that an owner has reached; the next day (UTC) begins in `wait_seconds`."""

    measure: str
    limit: float
    wait_seconds: float


@dataclass(frozen=True, slots=True)
class PaidCall:
    """A call of a paid step that the database has noted.

    `key` is the same for every try of the call in a round. `maybe_paid` says that an earlier
    try was begun and its end is not known, so this try may be paid a second time.
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
        """Note that a paid call is about to be made; with `tries=0`, only ask for its key.

        If a daily limit forbids the call, that limit is returned instead.
        """

    async def progress(
        self, key: RunKey, *, stage: str | None, percent: int | None, outputs: JsonObject | None
    ) -> None:
        """Show stage and percent on the row; `outputs` are columns that are shown early."""

    async def shared_checkpoint(
        self, pipeline: str, step: str, version: str, input_hash: str
    ) -> StoredCheckpoint | None:
        """Find the output of a shareable step, even if the step ran for another row."""


Action: TypeAlias = Literal["complete", "fail", "retry_later", "release"]


@dataclass(frozen=True, slots=True)
class Result:
    """How a run ended, to be written into its row.

    `details` are the other arguments of the action, named as in `processing.finish`:
    `outputs` and `handover`, or `error`, `retryable`, `retry_after` (seconds),
    `spends_attempt` and `provider`. `inputs` are the inputs that the result was made from;
    they are set if the result may be kept for a later run.
    """

    key: RunKey
    pipeline: str
    action: Action
    details: JsonObject = field(default_factory=dict)
    inputs: JsonObject | None = None

    def as_json(self) -> JsonObject:
        """One element of the argument `results` of `processing.finish`.

        An error may quote text that jsonb refuses. Such text is replaced, because otherwise
        the whole statement would fail, with the results of other rows.
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
    """Why the database refused a row: the parts of its error that may be logged.

    The full message may quote the row. It stays in the database, where `explain` shows it.
    `message` is set only if the contract itself wrote it. `outputs` names the columns whose
    values the table does not take.
    """

    sqlstate: str | None = None
    constraint: str | None = None
    column: str | None = None
    message: str | None = None
    outputs: tuple[str, ...] = ()


class Finished(NamedTuple):
    """What happened to a result.

    `busy`: somebody holds the row locked, so send the result again. `refused`: the table
    does not take the result, and nothing was written. `set_aside`: the table takes no
    change of the row at all, and the database tries the row again later.
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

    `finished` are the answers for results that were sent in the same statement and did not end
    as asked. `next_due_seconds` says when the next waiting row becomes due, if none is known to
    be due now. `closed` maps providers to the seconds for which they stay closed. `set_aside`
    are rows that this claim could not lease. `slow` says that rows may be waiting that take
    long to claim; they need a claim of their own.
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

    `lost` and `cancelled` are runs that we must stop. `others_hold` says whether other
    workers hold rows, which we would have to take back if those workers died. `troubles`
    counts the rows that are set aside, by pipeline and SQLSTATE:
    `{pipeline, sqlstate, broken, rows, since, cure}`.
    """

    lost: tuple[RunKey, ...]
    cancelled: tuple[RunKey, ...]
    others_hold: bool
    closed: dict[str, float]
    troubles: tuple[JsonObject, ...] = ()
