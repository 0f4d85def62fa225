"""A store that records what a run wrote, and that can refuse writes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import NAMESPACE_OID, uuid5

from liverows.base.errors import WorkerError
from liverows.base.types import Json, JsonObject
from liverows.database.messages import (
    AwaitedRow,
    BudgetReached,
    NewCheckpoint,
    PaidCall,
    RunKey,
    StoredCheckpoint,
)


@dataclass(frozen=True)
class ProgressWrite:
    stage: str | None
    percent: int | None
    outputs: JsonObject | None


@dataclass
class RecordingRunClient:
    """If `refusal` is set, every write raises it."""

    checkpoints: list[NewCheckpoint] = field(default_factory=list)
    progress_writes: list[ProgressWrite] = field(default_factory=list)
    shared: list[StoredCheckpoint] = field(default_factory=list)
    paid_calls: list[tuple[str, str, str]] = field(default_factory=list)
    reserved: list[JsonObject] = field(default_factory=list)
    """The amounts of each reservation."""
    settled: list[Json] = field(default_factory=list)
    """The reservations that ended without usage before another one was made."""
    budget: BudgetReached | None = None
    """If it is set, it refuses each reservation."""
    budgets: bool = False
    """Whether `begin_call` tells that a budget holds."""
    refusal: WorkerError | None = None
    rows: dict[str, AwaitedRow] = field(default_factory=dict)
    """The rows that have ended, by key; a run that asks for another one is ended."""
    waits: list[tuple[str, str, float | None]] = field(default_factory=list)
    """The name, the stage and the timeout of each question about rows."""

    async def checkpoint(self, key: RunKey, checkpoint: NewCheckpoint) -> None:
        self._refuse()
        self.checkpoints.append(checkpoint)

    async def begin_call(
        self,
        key: RunKey,
        step: str,
        version: str,
        input_hash: str,
        *,
        tries: int = 1,
        after_answer: bool = False,
    ) -> PaidCall:
        self._refuse()
        named = (step, version, input_hash)
        self.paid_calls.extend([named] * tries)
        return PaidCall(
            str(uuid5(NAMESPACE_OID, repr((key, *named)))),
            maybe_paid=False,
            reservation="begun" if self.budgets else None,
        )

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
        self._refuse()
        self.reserved.append(amounts)
        self.settled.extend(settled)
        return self.budget

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
        self._refuse()
        self.waits.append((wait, stage, timeout_seconds))
        if any(one not in self.rows for one in ids):
            return None
        return tuple(self.rows[one] for one in ids)

    async def progress(
        self, key: RunKey, *, stage: str | None, percent: int | None, outputs: JsonObject | None
    ) -> None:
        self._refuse()
        self.progress_writes.append(ProgressWrite(stage, percent, outputs))

    async def shared_checkpoint(
        self, pipeline: str, step: str, version: str, input_hash: str
    ) -> StoredCheckpoint | None:
        wanted = (step, version, input_hash)
        return next(
            (one for one in self.shared if (one.step, one.version, one.input_hash) == wanted), None
        )

    def stored(self) -> tuple[StoredCheckpoint, ...]:
        """The checkpoints that a later run of the row would get with its claim."""
        return tuple(
            StoredCheckpoint(one.step, one.version, one.input_hash, one.output)
            for one in self.checkpoints
        )

    def _refuse(self) -> None:
        if self.refusal is not None:
            raise self.refusal
