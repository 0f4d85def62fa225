"""The data that the engine and the SQL contract exchange: runs, results, checkpoints."""

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
    """Names one run of one row. Writes carry this key, so that writes of a lost run are refused."""

    table: str
    """Schema-qualified."""
    row_id: str
    """The primary key as text."""
    run: int
    """The number of the run, for people to read."""
    nonce: str = ""
    """The random name of the lease, which the database checks."""


@dataclass(frozen=True, slots=True)
class StoredCheckpoint:
    """The stored output of a step that finished in an earlier run of this row or of another row."""

    step: str
    version: str
    input_hash: str
    output: Json

    @classmethod
    def read(cls, stored: JsonObject) -> StoredCheckpoint | None:
        """Read the contract's `{step, version, input_hash, output}`, whose output is JSON as text.

        Returns None if `read_stored` refuses the output.
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
    """The output of a step that has just finished, to be stored.

    For `keep`, `max_age_seconds` and `shareable` see `Step`.
    """

    step: str
    version: str
    input_hash: str
    output: Json
    keep: Literal["round", "content"]
    max_age_seconds: float | None
    shareable: bool
    attempts: int
    """How often the step was tried in this run."""
    seconds: float
    usage: JsonObject | None
    """What the step used, as far as known; None if nothing was reported."""
    spent: Sequence[Json] | None = None
    """The entries for `processing.spend`; None if the step is not paid."""


class SentTrace(NamedTuple):
    """What the requests that queued a row sent of W3C's Trace Context, each as a `traceparent`."""

    traceparent: str | None
    """Of the request that queued the row last."""
    earlier: str | None
    """Of a request that queued the row before."""


class ClaimedJob(NamedTuple):
    """A row that this worker has claimed, with everything that its pipeline needs."""

    key: RunKey
    pipeline: str
    attempt: int
    max_attempts: int
    timeout_seconds: float
    inputs: JsonObject
    """The input columns; empty if `too_large`."""
    edited: tuple[str, ...]
    """The outputs that a person changed."""
    checkpoints: tuple[StoredCheckpoint, ...]
    woken_by: WakeSource
    late_ms: float
    """How many milliseconds after its due time the row was claimed."""
    json_inputs: tuple[str, ...] = ()
    """The inputs that hold JSON as text until `readable` is called."""
    too_large: bool = False
    """Whether the inputs are larger than 64 MB."""
    owner: str | None = None
    """The row's owner; None if the pipeline has no owners."""
    trace: SentTrace | None = None
    """To which trace the work belongs; None if no request has sent one."""

    def readable(self) -> ClaimedJob:
        """Return the same job with all inputs decoded.

        Raises `InvalidInput` if the inputs are too large or if `read_stored` refuses one of them.
        """
        if self.too_large:
            raise InvalidInput(
                "the inputs of the row are larger than 64 MB", params={"kind": "too_large"}
            )
        if not self.json_inputs:
            return self
        inputs = dict(self.inputs)
        for name in self.json_inputs:
            text = inputs[name]
            try:
                inputs[name] = None if text is None else read_stored(str(text))
            except ValueError as error:
                raise InvalidInput(
                    f"{name} cannot be read: {error}", params={"kind": "unreadable"}
                ) from None
        return self._replace(inputs=inputs, json_inputs=())


@dataclass(frozen=True, slots=True)
class BudgetReached:
    """A budget that has too little left for a paid call.

    `busy`: only calls that are under way keep this one from being made. `wait_seconds`: when to try
    again; if not busy, when the period is over. `fails`: the pipeline says that the row then fails.
    """

    measure: str
    period: Literal["day", "month"]
    per: Literal["owner", "pipeline", "all"]
    limit: float
    used: float
    reserved: float
    busy: bool
    wait_seconds: float
    fails: bool


@dataclass(frozen=True, slots=True)
class PaidCall:
    """A call of a paid step that the database has noted before it is made."""

    key: str
    """The idempotency key, the same for all tries of the call in one round."""
    maybe_paid: bool
    """Whether the answer to an earlier try is not known, so that the call may be paid twice."""
    reservation: str | None = None
    """What holds this call in the budgets; None if no budget holds for the row."""


RowStatus: TypeAlias = Literal[
    "completed", "failed", "cancelled", "deleted", "no_work", "pending", "processing"
]


@dataclass(frozen=True, slots=True)
class AwaitedRow:
    """A row for which a recipe has waited.

    `status` is that of the row, or `deleted` if there is no such row, or `no_work` if the row has
    no status. `error_code` is the code of the error of a failed row, if it has one. `set_aside`
    says whether the database refuses to claim or to finish the row at present.
    """

    id: str
    status: RowStatus
    error_code: str | None = None
    set_aside: bool = False

    @property
    def ended(self) -> bool:
        """Whether the row was done, in whatever way; false only after a timeout."""
        return self.status not in ("pending", "processing")


class RunClient(Protocol):
    """The calls of the contract that a run makes while it works.

    All but `shared_checkpoint` raise `LeaseLost` or `Cancelled` if the run's lease is gone.
    """

    async def checkpoint(self, key: RunKey, checkpoint: NewCheckpoint) -> None:
        """Store the output of a finished step."""

    async def begin_call(
        self,
        key: RunKey,
        step: str,
        version: str,
        input_hash: str,
        *,
        tries: int = 1,
        after_answer: bool = False,
    ) -> PaidCall | BudgetReached:
        """Note that a paid call is about to be made; with `tries=0`, only ask for its key.

        `after_answer` is true if the try before got an answer.
        """

    async def reserve(
        self,
        key: RunKey,
        reservation: str,
        amounts: JsonObject,
        *,
        replaces: str | None,
        entries: Sequence[Json],
        settled: Sequence[Json],
    ) -> BudgetReached | None:
        """Reserve these amounts, by measure, for one request; None if the request may be made.

        The reservation `replaces` ends. `entries` and `settled` are written as by `spend`.
        """

    async def await_rows(
        self,
        key: RunKey,
        table: str,
        ids: Sequence[str],
        *,
        wait: str,
        stage: str,
        timeout_seconds: float | None,
    ) -> tuple[AwaitedRow, ...] | None:
        """Return how these rows have ended; None if they have not, and this run was ended."""

    async def progress(
        self, key: RunKey, *, stage: str | None, percent: int | None, outputs: JsonObject | None
    ) -> None:
        """Show stage and percent on the row; `outputs` are columns that are shown early."""

    async def shared_checkpoint(
        self, pipeline: str, step: str, version: str, input_hash: str
    ) -> StoredCheckpoint | None:
        """Return the stored output of a shareable step, perhaps of another row; None if there is
        none.
        """


Action: TypeAlias = Literal["complete", "fail", "retry_later", "release"]


@dataclass(frozen=True, slots=True)
class Result:
    """How a run ended, to be written into its row."""

    key: RunKey
    pipeline: str
    action: Action
    details: JsonObject = field(default_factory=dict)
    """The other fields of the result, named as in `processing.finish`."""
    inputs: JsonObject | None = None
    """The inputs of a completed run. If they are None, the result is not kept for a later run."""

    def as_json(self) -> JsonObject:
        """Return one element of the argument `results` of `processing.finish`.

        Characters that jsonb refuses would fail the whole statement.
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
    """Why the database refused a row: the parts of its error that may be logged."""

    sqlstate: str | None = None
    constraint: str | None = None
    column: str | None = None
    message: str | None = None
    """Set only if the contract itself wrote it, because other messages may quote the row."""
    outputs: tuple[str, ...] = ()
    """The columns whose values the table does not take."""


class Finished(NamedTuple):
    """What happened to a result."""

    key: RunKey
    outcome: Outcome
    """`busy`: send the result again. `refused`, `lost` and `cancelled`: nothing was written."""
    refusal: Refusal = Refusal()


class SetAside(NamedTuple):
    """A row that the database refused to claim or to finish, and has set aside."""

    pipeline: str
    table: str
    row_id: str
    refusal: Refusal


@dataclass(frozen=True, slots=True)
class Claimed:
    """The answer to a claim."""

    jobs: tuple[ClaimedJob, ...]
    finished: tuple[Finished, ...]
    """The answers to results of the same statement that were not simply written as requested."""
    next_due_seconds: float | None
    """Time until a claim may find more rows; None if unknown or if this claim filled all slots."""
    closed: dict[str, float]
    """For each closed provider, the seconds until it opens."""
    set_aside: tuple[SetAside, ...] = ()
    """The rows that this claim could not lease."""
    slow: bool = False
    """Whether rows may be waiting that need a claim with `slow`."""
    others: bool = True
    """False if no other worker has sent a heartbeat in the last minute."""


@dataclass(frozen=True, slots=True)
class Beat:
    """The answer to a heartbeat."""

    lost: tuple[RunKey, ...]
    """Lost runs that we must stop."""
    cancelled: tuple[RunKey, ...]
    """Cancelled runs that we must stop."""
    others_hold: bool
    """Whether other workers hold rows or still stop runs, so that we must watch those workers."""
    closed: dict[str, float]
    """For each closed provider, the seconds until it opens."""
    troubles: tuple[JsonObject, ...] = ()
    """What keeps rows from running, by pipeline and SQLSTATE."""
