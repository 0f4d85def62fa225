"""The calls of the SQL contract, as methods for the engine.

`ContractClient` is one class over two transports, so that a worker behaves the same with a
database connection as with a URL and a key. Each write names the run that it belongs to. The
database refuses the write if the row has another run by now.

Every call of the contract may be repeated. A result that is already written is answered as
`already_done`, a checkpoint may be stored twice without harm, and rows of a claim whose answer
was lost go back to the queue by themselves. So a call without an answer is simply made again.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from tenacity import AsyncRetrying, retry_if_exception_type, stop_after_delay
from tenacity.wait import wait_random_exponential

from liverows.base.errors import ContractMismatch, Transient
from liverows.base.logger import get_logger
from liverows.base.types import Json, JsonObject, WakeSource
from liverows.database.answers import (
    read_attached,
    read_beat,
    read_call,
    read_claimed,
    read_finished,
    read_shared,
    read_taken_back,
)
from liverows.database.contract import CONTRACT_VERSION, Transport
from liverows.database.messages import (
    Beat,
    Claimed,
    DailyLimit,
    Finished,
    NewCheckpoint,
    PaidCall,
    Result,
    RunKey,
    StoredCheckpoint,
)

log = get_logger(__name__)

_PATIENCE_SECONDS = 15.0


@dataclass(frozen=True, slots=True)
class Asked:
    """What a claim asks for: rows of these `pipelines`.

    `busy` names those that already have rows in this worker, running or waiting for a slot. The
    database leaves the last `kept` slots of the claim to pipelines that are not busy.
    """

    pipelines: Sequence[str]
    busy: Collection[str] = ()
    kept: int = 0

    def arguments(self) -> JsonObject:
        """These fields as the arguments of `processing.claim`."""
        return {"pipelines": list(self.pipelines), "busy": list(self.busy), "kept": self.kept}


class ContractClient:
    """Calls the contract in the name of one worker.

    Errors: `LeaseLost` and `Cancelled` for a run that is no longer ours, `Transient`
    with code `database_unreachable` when the database does not answer, `SetupError`
    for a problem that only a person can repair.
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

    async def check_contract(self) -> None:
        """Raise `ContractMismatch` unless the database has the contract version of this worker."""
        version = await self.transport.call("contract_version", {})
        if version != CONTRACT_VERSION:
            raise ContractMismatch(
                f"the database speaks contract version {version}, this worker {CONTRACT_VERSION}",
                cure="run `liverows migrate`, or run the worker release that fits the database",
            )

    async def attached(self) -> list[JsonObject]:
        """All attached pipelines, each with `pipeline`, `table`, `key`, `inputs`, `outputs`, …"""
        return read_attached(await self.transport.call("list_pipelines", {}))

    async def claim(
        self, asked: Asked, slots: int, *, sweep: bool, woken_by: WakeSource, slow: bool = False
    ) -> Claimed:
        """Lease up to `slots` due rows; with `sweep`, first take back the rows of dead workers.

        Rows that take long to claim are left out. With `slow`, only such rows are claimed.
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
        """Write results and claim the next rows in one statement."""
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
        """Write results. If one of them is refused, the others are still written.

        `persist=False` is for a caller that repeats the call by itself.
        """
        call = self._persist if persist else self._call
        return read_finished(await call("finish", results=[result.as_json() for result in results]))

    async def heartbeat(
        self,
        held: Sequence[RunKey],
        info: JsonObject,
        *,
        claim_timeout_seconds: float,
        ended: Sequence[RunKey] = (),
    ) -> Beat:
        """Name the runs that we believe we hold; the answer names those lost or cancelled.

        `ended` are runs that were lost or cancelled and that we have stopped.
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

    async def take_back(self) -> tuple[int, bool]:
        """Take back the rows of dead workers: how many, and whether other workers hold rows."""
        return read_taken_back(await self._call("take_back"))

    async def sign_off(self) -> None:
        """Remove this worker from the list of living workers."""
        await self._call("sign_off")

    async def ping(self, nonce: str) -> None:
        """Ring every doorbell; the nonce shows each of them which ring it heard."""
        await self.transport.call("ping_doorbell", {"nonce": nonce})

    async def checkpoint(
        self, key: RunKey, checkpoint: NewCheckpoint, *, persist: bool = True
    ) -> None:
        """Store a finished step. Repeated until it is answered, because the step may be paid."""
        call = self._persist if persist else self._call
        await call(
            "checkpoint",
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
    ) -> PaidCall | DailyLimit:
        """Note that a paid call is about to be made. Repeated until the database answers."""
        answer = await self._persist(
            "begin_call",
            **_named(key),
            step=step,
            version=version,
            input_hash=input_hash,
            tries=tries,
            after_answer=after_answer,
        )
        return read_call(answer)

    async def spend(
        self, entries: Sequence[Json], answered: Sequence[Json] = (), *, persist: bool = False
    ) -> None:
        """Write paid calls; see `processing.spend`. A call that is already written is skipped."""
        call = self._persist if persist else self._call
        await call("spend", entries=list(entries), answered=list(answered))

    async def shared_checkpoint(
        self, pipeline: str, step: str, version: str, input_hash: str
    ) -> StoredCheckpoint | None:
        """Find the output of a shareable step, even if the step ran for another row."""
        answer = await self.transport.call(
            "shared_checkpoint",
            {"pipeline": pipeline, "step": step, "version": version, "input_hash": input_hash},
        )
        return read_shared(answer)

    async def progress(
        self, key: RunKey, *, stage: str | None, percent: int | None, outputs: JsonObject | None
    ) -> None:
        """Show stage and percent on the row; `outputs` are columns that are shown early.

        After a lost connection only a call with outputs is repeated: the next call corrects
        stage and percent anyway. If somebody holds the row locked, nothing is repeated,
        because the outputs are written again at the end of the run.
        """
        shown = {**_named(key), "stage": stage, "percent": percent, "outputs": outputs}
        try:
            await self._call("progress", **shown)
        except Transient as error:
            if outputs is None or error.code != "database_unreachable":
                raise
            await self._persist("progress", **shown)

    async def _call(self, function: str, **arguments: Any) -> Json:
        return await self.transport.call(function, {"worker": str(self.worker), **arguments})

    async def _persist(self, function: str, **arguments: Any) -> Json:
        """Repeat the call until an answer arrives, for about as long as a lease lasts."""
        async for attempt in AsyncRetrying(
            retry=retry_if_exception_type(Transient),
            stop=stop_after_delay(self._patience),
            wait=wait_random_exponential(multiplier=0.1, max=2),
            reraise=True,
        ):
            with attempt:
                return await self._call(function, **arguments)
        raise AssertionError("unreachable: the last attempt raises")

    async def close(self) -> None:
        """Close the connections."""
        await self.transport.close()


def _named(key: RunKey) -> dict[str, Any]:
    return {"table_name": key.table, "row_id": key.row_id, "run": key.run, "nonce": key.nonce}
