"""Runs one call of a step, with retries and fallback, and can store its result.

The result of a fallback is not stored.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any, Generic, TypeVar
from uuid import UUID

from liverows.base.errors import BudgetExceeded, RateLimited, Transient, WorkerError
from liverows.base.logger import get_logger
from liverows.base.paying import open_till
from liverows.base.sentences import SENTENCES, in_one
from liverows.base.tracing import event
from liverows.base.types import Json
from liverows.base.usage import Usage, collect_usage, summed
from liverows.database.messages import BudgetReached, ClaimedJob, NewCheckpoint, PaidCall
from liverows.recipe.environment import RunEnvironment, StepOutcome, StepReport
from liverows.recipe.idempotency import open_key
from liverows.recipe.retry import allows_fallback, leading_error, patiently, spread
from liverows.recipe.spending import Spent
from liverows.recipe.step import Step
from liverows.recipe.till import BUSY_WAITS, StepTill, busy_wait, exceeded

R = TypeVar("R")
log = get_logger(__name__)


class StepRun(Generic[R]):
    """Runs one call of a step for which no stored result was found.

    `pays` says whether the call can cost money.
    """

    def __init__(
        self,
        step: Step[Any, R],
        call: Callable[[], Awaitable[R]],
        fallback: Callable[[], Awaitable[R]] | None,
        environment: RunEnvironment,
        job: ClaimedJob,
        input_hash: str,
        *,
        pays: bool,
    ) -> None:
        self.input_hash = input_hash
        self._pays = pays
        self._step = step
        self._job = job
        self._call = call
        self._fallback = fallback
        self._environment = environment
        self._began = environment.clock.monotonic()
        self._usage: list[Usage] = []
        self._spent: list[Spent] = []
        self._answered = False
        self._till: StepTill | None = None
        self._limited: str | None = None
        self._maybe_paid = 0
        self.attempts = 0
        self.outcome: StepOutcome = "failed"
        self.reason: str | None = None

    async def result(self) -> R:
        """Return the value of the step's function or of its fallback; else raise the last error."""
        environment = self._environment
        with collect_usage(self._paid, environment.priced) as self._usage:
            try:
                value = await patiently(
                    self._once, self._step.retry, environment.clock, environment.random
                )
            except asyncio.CancelledError:
                self.outcome = "stopped"
                raise
            except WorkerError as error:
                if self._fallback is None or not allows_fallback(error, self._step.retry):
                    raise
                log.warning("step_fallback", code=error.code, attempts=self.attempts)
                event("fallback", {"error.type": error.code})
                value = await self._tried(self._fallback, StepTill(environment, self._job))
                self.outcome = "fallback"
                self.reason = error.code
            else:
                self.outcome = "ran"
        return value

    async def save(self, output: Json) -> None:
        """Write the checkpoint with the usage of this call.

        Raises `LeaseLost` or `Cancelled` if this run no longer owns the row.
        """
        step, spending = self._step, self._environment.spending
        taken_along = tuple(self._spent)
        checkpoint = NewCheckpoint(
            step=step.name,
            version=step.version,
            input_hash=self.input_hash,
            output=output,
            keep=step.keep,
            max_age_seconds=step.max_age,
            shareable=step.shareable,
            attempts=self.attempts,
            seconds=self._seconds(),
            usage=summed(self._usage),
            spent=spending.as_json(taken_along) if taken_along or self._pays else None,
        )
        await _to_its_end(self._environment.client.checkpoint(self._job.key, checkpoint))
        spending.written(taken_along)

    def _paid(self, usage: Usage) -> None:
        job = self._job
        if usage.reservation is None and self._till is not None:
            usage = replace(usage, reservation=self._till.taken())
        self._spent.append(
            self._environment.spending.note(job.key, job.pipeline, self._step.name, usage)
        )

    def report(self) -> StepReport:
        return StepReport(
            pipeline=self._job.pipeline,
            step=self._step.name,
            outcome=self.outcome,
            attempts=self.attempts,
            seconds=self._seconds(),
            usage=tuple(self._usage),
            maybe_paid_twice=self._maybe_paid,
            budget=self._limited,
        )

    async def _once(self) -> R:
        await self._until_open()
        if not self._pays:
            # A paid step with a tool that is None comes here too, because it pays nothing.
            self.attempts += 1
            return await self._tried(self._call, StepTill(self._environment, self._job))
        call = await self._begin_paid_call()
        self.attempts += 1
        till = None
        if call.reservation is not None:
            till = StepTill(self._environment, self._job, call.reservation)
        try:
            with open_key(UUID(call.key)):
                return await self._tried(self._call, till)
        except Exception as error:
            # A timeout is no answer: the service may still be working on the request.
            if getattr(error, "code", None) != "timeout":
                self._answered = True
                self._environment.spending.answered(self._job.key, call)
            raise

    async def _begin_paid_call(self) -> PaidCall:
        """Record the call before it is made, so that a crash during the call is noticed later."""
        waits = 0
        while isinstance(call := await self._ask_to_call(), BudgetReached):
            if not call.busy or waits == BUSY_WAITS:
                self._limited = call.measure
                raise exceeded(call)
            waits += 1
            await busy_wait(self._environment)
        self._answered = False
        if call.maybe_paid:
            self._maybe_paid += 1
            log.warning("maybe_paid_twice", pipeline=self._job.pipeline, key=call.key)
        return call

    async def _ask_to_call(self) -> PaidCall | BudgetReached:
        step = self._step
        return await self._environment.client.begin_call(
            self._job.key,
            step.name,
            step.version,
            self.input_hash,
            after_answer=self._answered,
        )

    async def _tried(self, call: Callable[[], Awaitable[R]], till: StepTill | None) -> R:
        """Make one try, whose requests reserve in this till; None if no budget holds."""
        self._till = till
        called = True
        try:
            with open_till(till):
                return await self._bounded(call)
        except BudgetExceeded:
            called = False
            raise
        finally:
            if till is not None:
                self._limited = till.refused.measure if till.refused else self._limited
                till.end(called=called)

    async def _until_open(self) -> None:
        """Wait while the step's provider is closed; this wait does not count as a try."""
        step, environment = self._step, self._environment
        if step.provider is None:
            return
        while (seconds := environment.closed_for(step.provider)) is not None and seconds > 0:
            if seconds > step.retry.longest_wait:
                raise RateLimited(
                    in_one(SENTENCES["provider_rate_limited"]),
                    detail=f"{step.provider} asked us to wait",
                    retry_after=seconds,
                    provider=step.provider,
                )
            await environment.clock.sleep(spread(seconds, environment.random))

    async def _bounded(self, call: Callable[[], Awaitable[R]]) -> R:
        step = self._step
        try:
            async with asyncio.timeout(step.timeout):
                return await call()
        except TimeoutError as late:
            raise Transient(
                f"“{step.stage}” took longer than {step.timeout:g} s", code="timeout"
            ) from late
        except RateLimited as limit:
            limit.provider = limit.provider or step.provider
            raise
        except ExceptionGroup as group:
            error = leading_error(group)
            raise error from error.__cause__ or group

    def _seconds(self) -> float:
        return self._environment.clock.monotonic() - self._began


async def _to_its_end(write: Awaitable[None]) -> None:
    """Wait for the write even if this task is cancelled once, because the result may have cost
    money."""
    task = asyncio.ensure_future(write)
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        if task.cancelled():
            raise
        # A callback, because a second cancellation ends this wait.
        task.add_done_callback(_note_unwritten)
        await asyncio.wait({task})
        raise


def _note_unwritten(write: asyncio.Future[None]) -> None:
    if not write.cancelled() and (error := write.exception()) is not None:
        log.info("checkpoint_unwritten", code=getattr(error, "code", None))
