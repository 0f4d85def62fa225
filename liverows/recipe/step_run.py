"""Runs one call of a step, with retries and fallback, and can store its result.

The result of a fallback is not stored.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Generic, Literal, TypeAlias, TypeVar
from uuid import UUID

from liverows.base.clock import Clock, SystemClock
from liverows.base.errors import RateLimited, Transient, WorkerError
from liverows.base.logger import get_logger
from liverows.base.sentences import SENTENCES, in_one
from liverows.base.tracing import event
from liverows.base.types import Json
from liverows.base.usage import Usage, collect_usage, summed
from liverows.database.messages import ClaimedJob, DailyLimit, NewCheckpoint, PaidCall, RunClient
from liverows.recipe.idempotency import open_key
from liverows.recipe.retry import allows_fallback, leading_error, patiently, spread
from liverows.recipe.spending import Spending, Spent
from liverows.recipe.step import Step

R = TypeVar("R")
log = get_logger(__name__)

StepOutcome: TypeAlias = Literal["ran", "reused", "fallback", "failed", "stopped"]


@dataclass(frozen=True, slots=True)
class StepReport:
    """How one call of a step ended, for metrics.

    `stopped`: the call was cancelled. `reused`: a stored result was found. `seconds` includes
    waits, and `usage` covers all tries. `maybe_paid_twice` counts tries after one whose answer is
    unknown. `daily_limit` names the limit, such as `calls`, that refused a try.
    """

    pipeline: str
    step: str
    outcome: StepOutcome
    attempts: int = 0
    seconds: float = 0.0
    usage: tuple[Usage, ...] = ()
    maybe_paid_twice: int = 0
    daily_limit: str | None = None


def _all_open(_provider: str) -> None:
    return None


def _unobserved(_report: StepReport) -> None:
    return None


@dataclass(frozen=True, slots=True)
class RunEnvironment:
    """What a worker process gives to each of its runs.

    `closed_for(provider)` gives the seconds for which a provider stays closed, or None. `observe`
    gets a report of each call of a step, and must not raise. `random` gives numbers in [0, 1).
    """

    client: RunClient
    clock: Clock = field(default_factory=SystemClock)
    closed_for: Callable[[str], float | None] = _all_open
    observe: Callable[[StepReport], None] = _unobserved
    random: Callable[[], float] = random.random
    progress_interval: float = 1.0
    spending: Spending = field(default_factory=Spending)


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
        self._reserved = 0
        self._limited: str | None = None
        self._maybe_paid = 0
        self.attempts = 0
        self.outcome: StepOutcome = "failed"
        self.reason: str | None = None

    async def result(self) -> R:
        """Return the value of the step's function or of its fallback; else raise the last error."""
        environment = self._environment
        with collect_usage(self._paid) as self._usage:
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
                value = await self._bounded(self._fallback)
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
        job, reserved = self._job, self._reserved > 0
        self._reserved = max(0, self._reserved - 1)
        self._spent.append(
            self._environment.spending.note(
                job.key, job.pipeline, self._step.name, usage, reserved=reserved
            )
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
            daily_limit=self._limited,
        )

    async def _once(self) -> R:
        await self._until_open()
        if not self._pays:
            # A paid step with a tool that is None comes here too, because it pays nothing.
            self.attempts += 1
            return await self._bounded(self._call)
        call = await self._begin_paid_call()
        self.attempts += 1
        try:
            with open_key(UUID(call.key)):
                return await self._bounded(self._call)
        except Exception as error:
            # A timeout is no answer: the service may still be working on the request.
            if getattr(error, "code", None) != "timeout":
                self._answered = True
                self._environment.spending.answered(self._job.key, call)
            raise

    async def _begin_paid_call(self) -> PaidCall:
        """Record the call before it is made, so that a crash during the call is noticed later."""
        step = self._step
        call = await self._environment.client.begin_call(
            self._job.key,
            step.name,
            step.version,
            self.input_hash,
            after_answer=self._answered,
        )
        if isinstance(call, DailyLimit):
            self._limited = call.measure
            raise RateLimited(
                f"Today's limit is reached ({call.limit:g} {call.measure}); this goes on tomorrow.",
                retry_after=call.wait_seconds,
                code="daily_limit",
            )
        self._reserved += 1
        self._answered = False
        if call.maybe_paid:
            self._maybe_paid += 1
            log.warning("maybe_paid_twice", pipeline=self._job.pipeline, key=call.key)
        return call

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
        await asyncio.wait({task})
        if not task.cancelled() and (error := task.exception()) is not None:
            log.info("checkpoint_unwritten", code=getattr(error, "code", None))
        raise
