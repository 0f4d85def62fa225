"""The claim loop of one worker.

`Dispatch` decides what the next statement carries. The runner sends it, takes in its answer and
starts the rows.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from liverows.base.clock import Clock, SystemClock
from liverows.base.errors import SetupError, WorkerError
from liverows.base.logger import get_logger
from liverows.base.prices import PriceTable
from liverows.base.types import JsonObject, WakeSource
from liverows.database.client import ContractClient
from liverows.database.messages import Beat, Claimed, Finished, RunKey
from liverows.database.reachability import reachability_of
from liverows.doorbells.doorbell import Doorbell
from liverows.recipe.environment import RunEnvironment
from liverows.recipe.pipeline import Pipeline
from liverows.recipe.registry import available_services
from liverows.recipe.spending import SpendingWriter
from liverows.running.ahead import ClaimAhead
from liverows.running.asking import Asking
from liverows.running.attempt import Attempts
from liverows.running.deaf import DeafTimes
from liverows.running.dispatch import Dispatch, Statement
from liverows.running.drain import Drain
from liverows.running.health import HealthState
from liverows.running.lease import Leases
from liverows.running.lifecycle import LifecycleListener
from liverows.running.lost_claims import LostClaims
from liverows.running.metrics import Metrics
from liverows.running.results import Results
from liverows.running.settling import Settling
from liverows.running.slots import Slots
from liverows.running.timings import RunnerTimings
from liverows.running.wake import Wake
from liverows.running.watchdog import watching
from liverows.running.workload import Workload

log = get_logger(__name__)

_LONGEST_STATEMENT_SECONDS = 1.0
"""After this wait `Dispatch` is asked again, because the statement under way may be stuck."""
_RING_MS = 1000.0  # a row that a ring told of is claimed sooner, if there is a free slot


class Runner:
    """Runs the rows of some pipelines until `stop` is called.

    `services` maps a pipeline's slug to what its recipe has as `context.services`.
    """

    def __init__(  # noqa: PLR0913 - the one place where a worker is put together
        self,
        client: ContractClient,
        pipelines: Mapping[str, Pipeline[Any, Any]],
        services: Mapping[str, Any] | None = None,
        *,
        concurrency: int = 10,
        reserved_slots: int = 1,
        doorbells: Sequence[Doorbell] = (),
        clock: Clock | None = None,
        metrics: Metrics | None = None,
        health: HealthState | None = None,
        timings: RunnerTimings | None = None,
        lifecycle: LifecycleListener | None = None,
        prices: PriceTable | None = None,
    ) -> None:
        self.doorbells = list(doorbells)
        self.metrics, self.health = metrics or Metrics(), health or HealthState()
        self.health.reachability = reachability_of(client.transport)
        self._client, self._pipelines = client, dict(pipelines)
        self._clock, self._timings = clock or SystemClock(), timings or RunnerTimings()
        self._deaf = DeafTimes(self._clock)
        self._wake = Wake(self._clock, self._hears, self._timings.sweep)
        self._load = Workload(concurrency, Results(self._wake.nudge))
        self._asking = Asking(sorted(pipelines), self._load, self._clock, reserved_slots)
        self._lifecycle = lifecycle or LifecycleListener()
        self._prices = prices or PriceTable()
        self._settling = Settling(self._load, self.metrics, self._lifecycle, client.renew)
        self._writer = SpendingWriter(client, self._clock, on_written=self._tell_what_stopped)
        self._load.owes = self._writer.spending.owes
        self._ahead = self._make_ahead()
        self._closed: dict[str, float] = {}
        self._dispatch = Dispatch(self._load, self._asking, self._ahead, self._wake)
        self._about_to_look = self._stops = 0
        self._stopping = asyncio.Event()
        self._slots = self._make_slots(services or {})
        self._available = available_services((services or {}).values())
        self._drain = self._make_drain()
        self.leases = self._make_leases(sorted(pipelines))
        self._lost_claims = LostClaims(self._dispatch, self.leases, self._wake, self._clock)

    def stop(self) -> None:
        """Make `run` end; after a second call `run` does not wait for running rows."""
        self._stops += 1
        self.health.draining = True
        self._slots.close()
        self._stopping.set()
        self._wake.nudge()

    async def run(self) -> None:
        """Run rows until `stop` is called.

        Raises `SetupError` at the start if the database is not fit for this worker.
        """
        await self.leases.enlist(self._stopping)
        self.metrics.watch_heartbeat(self._heartbeat_age)
        async with watching(self._on_tick), asyncio.TaskGroup() as background:
            tasks = [
                background.create_task(self.leases.keep(), name="heartbeat"),
                background.create_task(self._writer.keep(), name="spending"),
                background.create_task(self.leases.watch_peers(), name="watch-peers"),
                background.create_task(self._lost_claims.watch(), name="lost-claims"),
                *(
                    background.create_task(bell.run(self.ring), name=bell.name)
                    for bell in self.doorbells
                ),
            ]
            try:
                await self._prepare()
                await self._work()
            finally:
                for task in tasks:
                    task.cancel()
        await self._writer.finish(persist=self._stops < 2)
        await self._sign_off()

    def serve(self, pipelines: Mapping[str, Pipeline[Any, Any]]) -> None:
        """Claim rows of these pipelines only; running rows of other pipelines still finish."""
        self._pipelines.update(pipelines)
        names = sorted(pipelines)
        self._asking.serve(names)
        self.leases.serve(names)
        # A heartbeat tells the database which pipelines are left out now.
        self.leases.beat_soon()
        self.ring("sweep")

    def ring(self, source: WakeSource) -> None:
        """Let the claim loop look for rows soon, because of `source`. The doorbells call this."""
        follows = self._load.free() > 0 and not self._dispatch.is_withheld
        self.leases.rang(claim_follows=follows)
        self._wake.ring(source)

    def hears_notify(self) -> bool:
        """Whether the doorbell by NOTIFY works, which also tells of changed schedules."""
        return any(bell.name == "notify" and bell.working() for bell in self.doorbells)

    async def _prepare(self) -> None:
        # A row of the first claim may kill the worker. With a session lock, others notice that
        # early.
        if any(bell.name == "notify" for bell in self.doorbells):
            await self.leases.locked_within(self._timings.first_lock)

    async def _work(self) -> None:
        async with asyncio.TaskGroup() as tasks:
            minder = tasks.create_task(self._slots.mind(), name="slots")
            while not self._stopping.is_set():
                if not self._send_next(tasks):
                    await self._wait()
            await self._drain.run(self._is_busy, lambda: self._stops >= 2)
            minder.cancel()

    async def _wait(self) -> None:
        if self._dispatch.under_way or self._dispatch.is_withheld:
            await self._wake.nudged(_LONGEST_STATEMENT_SECONDS)
        else:
            await self._wake.wait(has_slots=self._load.free(self._ahead.rows()) > 0)

    def _send_next(self, tasks: asyncio.TaskGroup) -> bool:
        """Send a statement if there is a reason for one. Returns whether one was sent."""
        statement = self._dispatch.next()
        if statement is None:
            return False
        tasks.create_task(self._send(statement))
        return True

    async def _send(self, first: Statement) -> None:
        """Send this statement, and then further ones while there is a reason."""
        statement: Statement | None = first
        while statement is not None:
            try:
                await self._exchange(statement)
                # Rows that wait for nothing end in this turn, and their results go together.
                self._about_to_look += 1
                await asyncio.sleep(0)
                self._about_to_look -= 1
            finally:
                self._dispatch.ended(statement)
            statement = None if self._stopping.is_set() else self._dispatch.next()
            if statement is None or self._load.results:
                self._wake.nudge()  # the claim loop may have another statement to send

    async def _exchange(self, statement: Statement) -> None:
        try:
            claimed, finished = await self._ask(statement)
        except WorkerError as error:
            await self._not_answered(statement, error)
            return
        now = self._clock.monotonic()
        self._dispatch.answered(statement, claimed)
        self._load.claim_ended(statement.slots, claimed.jobs if claimed else (), now)
        self._settling.settle(finished, statement.results)
        self._tell_what_stopped()
        if claimed:
            self._take_in(claimed, statement, now)

    async def _ask(self, statement: Statement) -> tuple[Claimed | None, Sequence[Finished]]:
        results, slots, asked = statement.results, statement.slots, statement.asked
        woken_by = statement.woken_by
        sweep = statement.sweep and self.leases.may_judge
        if not results:
            claimed = await self._client.claim(
                asked, slots, sweep=sweep, woken_by=woken_by, slow=statement.claims_slowly
            )
        elif slots or sweep:
            claimed = await self._client.finish_and_claim(
                results, asked, slots, sweep=sweep, woken_by=woken_by
            )
        else:
            return None, await self._client.finish(results, persist=False)
        return claimed, claimed.finished

    async def _not_answered(self, statement: Statement, error: WorkerError) -> None:
        """Handle a statement that failed.

        Several refused results are sent again one by one, to find the bad one.
        """
        results = statement.results
        unreachable = isinstance(error, SetupError) or error.code == "database_unreachable"
        self.health.database_reachable = not unreachable
        log.warning("claim_failed", code=error.code, reason=error.message)
        self._load.claim_ended(statement.slots)
        self._dispatch.unanswered(statement, refused=not unreachable)
        if unreachable:
            if statement.slots:
                self._lost_claims.note()
            self._load.results.resend(results)
        elif results:
            was_alone = len(results) == 1 and not statement.slots
            guilty = self._load.results.refused(results, was_alone=was_alone)
            if guilty is not None:
                self._settling.unreadable(guilty, error)
        if unreachable or not results:
            await self._clock.sleep(self._timings.retry)
        self._wake.note(statement.woken_by)

    def _take_in(self, claimed: Claimed, statement: Statement, now: float) -> None:
        self.health.database_reachable = True
        self.health.claim_finished = now
        self.leases.others_live(claimed.others)
        if statement.sweep:
            self.health.sweep_finished = now
        self._closed = {name: now + seconds for name, seconds in claimed.closed.items()}
        self.metrics.rows_claimed(len(claimed.jobs))
        for job in claimed.jobs:
            self.metrics.row_picked_up(job.woken_by, job.late_ms / 1000)
            self._lifecycle.claimed(job)
        if any(job.woken_by == "sweep" and job.late_ms > _RING_MS for job in claimed.jobs):
            for bell in self.doorbells:
                bell.doubt()
        self._settling.set_aside(claimed.set_aside)
        self._slots.fill()
        self.metrics.free_slots.set(self._load.slots - len(self._load.running))

    def _row_ended(self) -> None:
        self._tell_what_stopped()
        if not self._about_to_look:
            self._wake.nudge()

    def _tell_what_stopped(self) -> None:
        """Send a heartbeat soon if runs that were taken away have stopped here.

        Until the heartbeat these runs count for the concurrency limits.
        """
        if self._load.stopped():
            self.leases.beat_soon()

    def _is_busy(self) -> bool:
        return bool(self._load.running or self._dispatch.under_way)

    async def _sign_off(self) -> None:
        try:
            await self._client.sign_off()
        except WorkerError as error:
            log.warning("sign_off_failed", code=error.code)
        log.info("stopped")

    def _on_beat(self, beat: Beat) -> None:
        now = self._clock.monotonic()
        self.health.heartbeat_answered = now
        self._hears()
        self.health.database_reachable = True
        self._closed = {name: now + seconds for name, seconds in beat.closed.items()}
        self.health.troubles = beat.troubles
        self.metrics.troubles(beat.troubles)
        for reason, keys in (("lost", beat.lost), ("cancelled", beat.cancelled)):
            for key in keys:
                self._take_away(key, reason)
        self._tell_what_stopped()

    def _take_away(self, key: RunKey, reason: str) -> None:
        if self._load.take_away(key, reason):
            self._lifecycle.forget(key)
            log.warning("run_taken_away", table=key.table, row=key.row_id, reason=reason)

    def _make_slots(self, services: Mapping[str, Any]) -> Slots:
        return Slots(
            self._load,
            Attempts(self._pipelines, services, self._environment(), self._load.slots),
            self._clock,
            ahead=self._ahead,
            metrics=self.metrics,
            on_end=self._row_ended,
            lifecycle=self._lifecycle,
        )

    def _make_ahead(self) -> ClaimAhead:
        return ClaimAhead(
            self._pipelines.values(), self._load, self._clock, self._timings.release_after
        )

    def _make_drain(self) -> Drain:
        return Drain(
            self._client,
            self._load,
            self._slots,
            self._settling,
            self._wake,
            self._clock.monotonic,
            grace=self._timings.grace,
            patience=self._timings.locked,
        )

    def _make_leases(self, names: list[str]) -> Leases:
        return Leases(
            self._client,
            self._clock,
            load=self._load,
            on_beat=self._on_beat,
            describe=self._describe,
            pipelines=names,
            timings=self._timings.lease,
        )

    def _environment(self) -> RunEnvironment:
        return RunEnvironment(
            client=self._client,
            clock=self._clock,
            closed_for=self._closed_for,
            observe=self.metrics.step_finished,
            progress_interval=self._timings.progress_interval,
            spending=self._writer.spending,
            prices=self._prices,
        )

    def _closed_for(self, provider: str) -> float | None:
        until = self._closed.get(provider, 0.0) - self._clock.monotonic()
        return until if until > 0 else None

    def _hears(self) -> bool:
        self.health.doorbells = {bell.name: bell.working() for bell in self.doorbells}
        for name, works in self.health.doorbells.items():
            self.metrics.doorbell_working.labels(name).set(works)
        return any(self.health.doorbells.values())

    def _describe(self) -> JsonObject:
        return {
            "listens": [bell.name for bell in self.doorbells],
            "hears": [bell.name for bell in self.doorbells if bell.working()],
            "deaf": self._deaf.seconds(self.doorbells),
            "bells": {
                bell.name: {"heard_seconds_ago": heard.seconds_ago, "delay_ms": 1000 * heard.delay}
                for bell in self.doorbells
                if (heard := bell.heard()) is not None
            },
            "slots": self._load.slots,
            "running": len(self._load.running),
            "left_out": self.health.not_served(),
            "services": dict(self._available),
        }

    def _heartbeat_age(self) -> float:
        answered = self.leases.answered_at
        return self._clock.monotonic() - answered if answered is not None else float("inf")

    def _on_tick(self, lag_seconds: float) -> None:
        self.health.loop_ticked = self._clock.monotonic()
        self.metrics.loop_lag.set(lag_seconds)
