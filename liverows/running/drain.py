"""The end of a worker: it lets rows finish for a while and writes results."""

from __future__ import annotations

from collections.abc import Callable

from liverows.base.errors import WorkerError
from liverows.base.logger import get_logger
from liverows.database.client import ContractClient
from liverows.database.messages import Result
from liverows.running.endings import checkpoint_of
from liverows.running.settling import Settling
from liverows.running.slots import Slots
from liverows.running.wake import Wake
from liverows.running.workload import Workload

log = get_logger(__name__)


class Drain:
    """Empties a workload that takes no new rows.

    Running rows get at most `grace` seconds, and locked rows up to `patience` seconds more.
    """

    def __init__(  # noqa: PLR0913 - the parts of one worker that its end needs
        self,
        client: ContractClient,
        load: Workload,
        slots: Slots,
        settling: Settling,
        wake: Wake,
        now: Callable[[], float],
        *,
        grace: float,
        patience: float,
    ) -> None:
        self._client = client
        self._load = load
        self._slots = slots
        self._settling = settling
        self._wake = wake
        self._now = now
        self._grace = grace
        self._patience = patience

    async def run(self, is_busy: Callable[[], bool], is_urgent: Callable[[], bool]) -> None:
        """Empty the workload; `is_urgent` says whether to stop waiting for rows and locks."""
        log.info("draining", running=len(self._load.running), waiting=len(self._load.waiting))
        deadline = self._now() + self._grace
        while is_busy() and not is_urgent() and self._now() < deadline:
            await self._write_results(is_urgent)
            await self._wake.nudged(deadline - self._now())
        self._slots.cancel_running()
        while is_busy():
            await self._wake.nudged()
        await self._write_results(is_urgent)
        await self._write_locked(is_urgent)

    async def _write_results(self, is_urgent: Callable[[], bool]) -> None:
        self._load.release_waiting()
        ready = self._load.results
        while ready:
            sent = ready.send_together() if ready.together else ready.send_alone()
            try:
                finished = await self._client.finish(sent, persist=not is_urgent())
            except WorkerError as error:
                log.error("results_unwritten", rows=len(sent), code=error.code)
                if error.code == "database_unreachable":
                    # Without heartbeats the leases of these rows expire, and the rows run again.
                    ready.resend(sent)
                    return
                guilty = ready.refused(sent, was_alone=len(sent) == 1)
                if guilty is not None:
                    ready.hold(guilty)
            else:
                self._settling.settle(finished, sent)

    async def _write_locked(self, is_urgent: Callable[[], bool]) -> None:
        deadline = self._now() + self._patience
        while self._load.results.has_postponed and not is_urgent() and self._now() < deadline:
            await self._wake.nudged(deadline - self._now())
            await self._write_results(is_urgent)
        while self._load.results.has_postponed:
            await self._keep(self._load.results.take_postponed(), persist=not is_urgent())

    async def _keep(self, result: Result, *, persist: bool) -> None:
        checkpoint = checkpoint_of(result)
        if checkpoint is None:
            return
        try:
            await self._client.checkpoint(result.key, checkpoint, persist=persist)
        except WorkerError as error:
            log.error("results_unwritten", rows=1, code=error.code)
        else:
            log.warning("result_kept", table=result.key.table, row=result.key.row_id)
