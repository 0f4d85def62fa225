"""The calls of the SQL contract, as methods for the engine.

A write of a run names the run's lease. If the lease is gone, only `spend` still writes.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID, uuid4

from liverows.base.errors import ContractMismatch, Transient
from liverows.base.logger import get_logger
from liverows.base.types import Json, JsonObject, WakeSource
from liverows.database.answers import (
    read_alerts,
    read_attached,
    read_awaited,
    read_beat,
    read_call,
    read_claimed,
    read_finished,
    read_pruned,
    read_reserved,
    read_schedules,
    read_shared,
    read_taken_back,
)
from liverows.database.contract import CONTRACT_VERSION, Transport, understood, works_with
from liverows.database.housekeeping import DueAlert, Retention, SchedulesRun
from liverows.database.messages import (
    AwaitedRow,
    Beat,
    BudgetReached,
    Claimed,
    Finished,
    NewCheckpoint,
    PaidCall,
    Result,
    RunKey,
    StoredCheckpoint,
)
from liverows.database.receipts import T, persisted, read_spent, read_stored

log = get_logger(__name__)

_PATIENCE_SECONDS = 15.0


@dataclass(frozen=True, slots=True)
class Asked:
    """What a claim asks for: rows of these `pipelines`."""

    pipelines: Sequence[str]
    busy: Collection[str] = ()
    """Those of the pipelines that already have rows in this worker."""
    kept: int = 0
    """So many of the last slots are only for pipelines that are not busy, if there are any."""

    def arguments(self) -> JsonObject:
        """Return these fields as arguments of `processing.claim`."""
        return {"pipelines": list(self.pipelines), "busy": list(self.busy), "kept": self.kept}


class ContractClient:
    """Calls the contract in the name of one worker.

    The methods raise like `Transport.call`, and `ContractMismatch` for an answer of another shape.
    """

    def __init__(
        self,
        transport: Transport,
        worker: UUID | None = None,
        *,
        patience_seconds: float = _PATIENCE_SECONDS,
    ) -> None:
        self.transport = transport
        self.worker = worker or uuid4()
        self._patience = patience_seconds
        self.database_version = CONTRACT_VERSION

    def renew(self) -> bool:
        """Let the next calls go over new database sessions; return whether the transport can."""
        renew = getattr(self.transport, "renew", None)
        return bool(renew and renew())

    async def check_contract(self) -> None:
        """Raise `ContractMismatch` unless this worker works with the database's contract version.

        Later calls leave out arguments that are younger than that version.
        """
        version = await self.transport.call("contract_version", {})
        if not works_with(version):
            raise ContractMismatch(
                f"the database speaks contract version {version}, this worker {CONTRACT_VERSION} "
                "and its neighbours",
                cure="run `liverows migrate`, or run the worker release that fits the database",
            )
        self.database_version = int(str(version))

    async def database_id(self) -> str:
        """Return a text that differs between databases, and is the same in a copy of a database."""
        return str(await self.transport.call("database_id", {}))

    async def attached(self) -> list[JsonObject]:
        """Return all attached pipelines as `processing.list_pipelines` answers them."""
        return read_attached(await self.transport.call("list_pipelines", {}))

    async def claim(
        self, asked: Asked, slots: int, *, sweep: bool, woken_by: WakeSource, slow: bool = False
    ) -> Claimed:
        """Lease up to `slots` due rows; with `sweep`, first take back the rows of dead workers.

        With `slow`, at most one row is claimed: one that the database expects to take long.
        """
        answer = await self._call(
            "claim", **asked.arguments(), slots=slots, sweep=sweep, woken_by=woken_by, slow=slow
        )
        return read_claimed(answer, woken_by)

    async def finish_and_claim(
        self,
        results: Sequence[Result],
        asked: Asked,
        slots: int,
        *,
        sweep: bool,
        woken_by: WakeSource,
    ) -> Claimed:
        """Write results and claim the next rows in one statement; see `finish` and `claim`."""
        answer = await self._call(
            "finish_and_claim",
            results=[result.as_json() for result in results],
            **asked.arguments(),
            slots=slots,
            sweep=sweep,
            woken_by=woken_by,
            slow=False,
        )
        return read_claimed(answer, woken_by)

    async def finish(
        self, results: Sequence[Result], *, persist: bool = True
    ) -> tuple[Finished, ...]:
        """Write results, and return what happened to each of them.

        A refused result does not stop the others.
        """
        call = self._persist if persist else self._read
        return await call("finish", read_finished, results=[result.as_json() for result in results])

    async def heartbeat(
        self,
        held: Sequence[RunKey],
        info: JsonObject,
        *,
        claim_timeout_seconds: float,
        ended: Sequence[RunKey] = (),
    ) -> Beat:
        """Name the runs that we believe we hold; the answer names those lost or cancelled.

        `ended` are runs that were taken away and have stopped. Our runs that are not named are
        taken back if their claim is older than `claim_timeout_seconds`.
        """
        answer = await self._call(
            "heartbeat",
            held=[
                {"table": key.table, "id": key.row_id, "run": key.run, "nonce": key.nonce}
                for key in held
            ],
            info=info,
            claim_timeout_seconds=claim_timeout_seconds,
            ended=[key.nonce for key in ended],
        )
        return read_beat(answer)

    async def prune(self, keep: Retention, *, max_rows: int) -> dict[str, int]:
        """Delete old history and what nobody can use again; return how many lines of each kind, see
        `read_pruned`."""
        answer = await self.transport.call(
            "prune",
            {
                "events_older_than": f"{keep.history_days} days",
                "usage_older_than": f"{keep.usage_days} days",
                "answers_older_than": None
                if keep.answer_days is None
                else f"{keep.answer_days} days",
                "max_rows": max_rows,
            },
        )
        return read_pruned(answer)

    async def due_alerts(self) -> tuple[DueAlert, ...]:
        """Find out what fires; return the messages that this process must send now."""
        return read_alerts(await self.transport.call("due_alerts", {}))

    async def alert_told(self, message: str, problem: str | None) -> None:
        """Note that a message has arrived or, with a problem, that it must be sent again."""
        await self.transport.call("alert_told", {"message": message, "problem": problem})

    async def run_schedules(self, *, max_schedules: int) -> SchedulesRun:
        """Run at most so many schedules that are due and that no other worker is running."""
        answer = await self.transport.call("run_schedules", {"max_schedules": max_schedules})
        return read_schedules(answer)

    async def take_back(self) -> tuple[int, bool]:
        """Take back rows of dead workers, of runs past their deadline and rows without a lease.

        Returns how many rows, and whether other workers now hold rows or still stop runs.
        """
        return read_taken_back(await self._call("take_back"))

    async def sign_off(self) -> None:
        """Tell the database that this worker stops on purpose.

        The runs that the worker still holds then do not count as attempts.
        """
        await self._call("sign_off")

    async def ping(self, nonce: str) -> None:
        """Send `nonce` by NOTIFY to all workers that listen there."""
        await self.transport.call("ping_doorbell", {"nonce": nonce})

    async def ping_realtime(self, nonce: str) -> None:
        """Send `nonce` by Realtime to all workers that listen there; see `ping`."""
        await self.transport.call("ping_doorbell", {"nonce": nonce, "channel": "realtime"})

    async def checkpoint(
        self, key: RunKey, checkpoint: NewCheckpoint, *, persist: bool = True
    ) -> None:
        """Store the output of a finished step.

        With `persist`, the call is repeated for up to `patience_seconds` while it fails with
        `Transient`, or has an answer of another shape.
        """
        call = self._persist if persist else self._read
        await call(
            "checkpoint",
            read_stored,
            **_named(key),
            step=checkpoint.step,
            version=checkpoint.version,
            input_hash=checkpoint.input_hash,
            output=checkpoint.output,
            keep=checkpoint.keep,
            max_age_seconds=checkpoint.max_age_seconds,
            shareable=checkpoint.shareable,
            details={
                "attempts": checkpoint.attempts,
                "seconds": round(checkpoint.seconds, 3),
                "usage": checkpoint.usage,
            },
            spent=None if checkpoint.spent is None else list(checkpoint.spent),
        )

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
        """Note that a paid call is about to be made; see `RunClient.begin_call`.

        `try_key` tells the database that a repeated call is no further try.
        """
        return await self._persist(
            "begin_call",
            read_call,
            **_named(key),
            step=step,
            version=version,
            input_hash=input_hash,
            tries=tries,
            after_answer=after_answer,
            try_key=str(uuid4()),
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
        """Reserve what one request can use at most; see `RunClient.reserve`."""
        return await self._persist(
            "reserve",
            read_reserved,
            **_named(key),
            reservation=reservation,
            amounts=amounts,
            replaces=replaces,
            entries=list(entries),
            settled=list(settled),
        )

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
        """Return how these rows have ended; None if they have not, and this run was ended.

        `wait` names the wait within the row. Raises `Permanent` with code `bad_wait` for rows that
        a row cannot wait for.
        """
        return await self._persist(
            "await_rows",
            read_awaited,
            **_named(key),
            child_table=table,
            child_ids=list(ids),
            wait=wait,
            stage=stage,
            timeout_seconds=timeout_seconds,
        )

    async def spend(
        self,
        entries: Sequence[Json],
        answered: Sequence[Json] = (),
        settled: Sequence[Json] = (),
        *,
        persist: bool = False,
    ) -> None:
        """Store the usage of paid calls; the database skips entries that it already has."""
        call = self._persist if persist else self._read
        await call(
            "spend",
            read_spent,
            entries=list(entries),
            answered=list(answered),
            settled=list(settled),
        )

    async def shared_checkpoint(
        self, pipeline: str, step: str, version: str, input_hash: str
    ) -> StoredCheckpoint | None:
        """Return the stored output of a shareable step, perhaps of another row; None if there is
        none.
        """
        answer = await self.transport.call(
            "shared_checkpoint",
            {"pipeline": pipeline, "step": step, "version": version, "input_hash": input_hash},
        )
        return read_shared(answer)

    async def progress(
        self, key: RunKey, *, stage: str | None, percent: int | None, outputs: JsonObject | None
    ) -> None:
        """Show stage and percent on the row; `outputs` are columns that are shown early.

        Without outputs a failed call is not repeated: the next call brings newer values.
        """
        shown = {**_named(key), "stage": stage, "percent": percent, "outputs": outputs}
        try:
            await self._call("progress", **shown)
        except Transient as error:
            if outputs is None or error.code != "database_unreachable":
                raise
            await persisted(partial(self._call, "progress", **shown), self._patience)

    async def call(self, function: str, arguments: JsonObject) -> Json:
        """Call a function for a command, without the arguments that the database is too old for."""
        known = understood(function, arguments, self.database_version)
        return await self.transport.call(function, known)

    async def _call(self, function: str, **arguments: Any) -> Json:
        return await self.call(function, {"worker": str(self.worker), **arguments})

    async def _read(self, function: str, read: Callable[[Json], T], **arguments: Any) -> T:
        return read(await self._call(function, **arguments))

    async def _persist(self, function: str, read: Callable[[Json], T], **arguments: Any) -> T:
        call = partial(self._read, function, read, **arguments)
        return await persisted(call, self._patience)

    async def close(self) -> None:
        """Close the connections of the transport."""
        await self.transport.close()


def _named(key: RunKey) -> dict[str, Any]:
    return {"table_name": key.table, "row_id": key.row_id, "run": key.run, "nonce": key.nonce}
