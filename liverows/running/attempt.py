"""Runs the pipeline for one row, and makes a result of the recipe's end."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Mapping
from functools import partial
from typing import Any, TypeGuard

from liverows.base.errors import (
    BudgetExceeded,
    Cancelled,
    ContractMismatch,
    InvalidInput,
    LeaseLost,
    RateLimited,
    Transient,
    WorkerError,
)
from liverows.base.logger import get_logger, name_row
from liverows.base.types import JsonObject
from liverows.database.messages import ClaimedJob, Result
from liverows.recipe.child_process import take_turns
from liverows.recipe.context import Context
from liverows.recipe.environment import RunEnvironment
from liverows.recipe.pipeline import Pipeline
from liverows.recipe.retry import leading_error
from liverows.recipe.threads import MOST_THREADS, Threads, use_threads
from liverows.recipe.waiting import RowWaits
from liverows.running.broken import described
from liverows.running.endings import kept_result
from liverows.running.owner_message import operator_detail, owner_message, sentence_of
from liverows.running.time_limit import TimeLimits

log = get_logger(__name__)

_DATABASE_TROUBLE = frozenset({"database_unreachable", "database_busy", "database_changing"})
_DATABASE_WAIT_SECONDS = 2.0


class Attempts:
    """Runs claimed rows. If a recipe raises an `Exception`, only its own row is affected."""

    def __init__(
        self,
        pipelines: Mapping[str, Pipeline[Any, Any]],
        services: Mapping[str, Any],
        environment: RunEnvironment,
        slots: int = MOST_THREADS,
    ) -> None:
        # Pipelines may be added later, so their threads are made when they are first needed.
        self._pipelines = pipelines
        self._services = services
        self._environment = environment
        self._limits = TimeLimits()
        self._threads: defaultdict[str, Threads] = defaultdict(partial(Threads, slots))

    async def run(self, job: ClaimedJob) -> Result | None:
        """Run the recipe for one row and return the result to write; None if nothing may be
        written.

        Raises `RowWaits` if the recipe waits for other rows. Call this in a task of its own: later
        log lines of the task name the row.
        """
        name_row(job.key.table, job.key.row_id, job.key.run)
        try:
            job = job.readable()
        except InvalidInput as error:
            return self._failed(job, self._open(job), error)
        if job.checkpoints and (kept := kept_result(job)) is not None:
            log.info("kept_result_found")
            return kept
        context = self._open(job)
        result = await self._run(job, context)
        if context.waits:
            # Whatever the recipe did after that, the database has ended the run.
            log.info("row_waits")
            raise RowWaits
        return result

    def _open(self, job: ClaimedJob) -> Context[Any]:
        return self._pipelines[job.pipeline].open(
            job, self._services.get(job.pipeline), self._environment
        )

    async def _run(self, job: ClaimedJob, context: Context[Any]) -> Result | None:
        take_turns()
        use_threads(self._threads[job.pipeline])
        try:
            with self._limits.limit(job.timeout_seconds):
                outputs = await self._pipelines[job.pipeline].run(context)
        except TimeoutError:
            timeout = Transient(sentence_of("timeout"), code="timeout")
            return self._failed(job, context, timeout)
        except (WorkerError, ExceptionGroup) as error:
            return self._ended(job, context, leading_error(error))
        except Exception as error:
            return self._ended(job, context, error)
        except BaseException as error:
            if _is_ours_to_obey(error):
                raise
            if context.waits:
                return None
            return self._broke(job, context, error)
        return Result(job.key, job.pipeline, "complete", _split(outputs), job.inputs)

    def _ended(self, job: ClaimedJob, context: Context[Any], error: Exception) -> Result | None:
        if isinstance(error, LeaseLost | Cancelled):
            log.info("run_stopped", code=error.code)
            return None
        if _waits_for_free(error):
            return self._waits(job, context, error, error.retry_after, error.provider)
        if isinstance(error, BudgetExceeded) and error.retry_after is not None:
            log.info("budget_awaited", wait_seconds=error.retry_after)
            return self._waits(job, context, error, error.retry_after)
        if isinstance(error, Transient) and error.code in _DATABASE_TROUBLE:
            # The database failed, and not the row, so the run does not count as an attempt.
            log.warning("run_without_database", code=error.code)
            return self._waits(job, context, error, _DATABASE_WAIT_SECONDS)
        if isinstance(error, WorkerError):
            return self._failed(job, context, error)
        return self._broke(job, context, error)

    def _waits(
        self,
        job: ClaimedJob,
        context: Context[Any],
        error: WorkerError,
        seconds: float | None,
        provider: str | None = None,
    ) -> Result:
        details: JsonObject = {
            "error": self._shown(job, context, error),
            "retry_after": seconds,
            "provider": provider,
        }
        if reason := operator_detail(error, self._sentences(job)):
            details["data"] = {"reason": reason}
        return Result(job.key, job.pipeline, "retry_later", details)

    def _broke(self, job: ClaimedJob, context: Context[Any], error: BaseException) -> Result:
        # The text of an unknown error may be private: the log and the history have it, not the row.
        exception = described(error)
        log.error("run_broke", pipeline=job.pipeline, raised=exception)
        log.debug("run_broke_at", exc_info=error)
        broke = Transient(sentence_of("internal"), code="internal")
        return self._failed(job, context, broke, {"exception": exception})

    def _failed(
        self,
        job: ClaimedJob,
        context: Context[Any],
        error: WorkerError,
        data: JsonObject | None = None,
    ) -> Result:
        reason = operator_detail(error, self._sentences(job))
        log.warning(
            "run_failed",
            code=error.code,
            attempt=job.attempt,
            stage=context.progress.stage,
            reason=reason,
        )
        details: JsonObject = {
            "error": self._shown(job, context, error),
            # That a function is missing, or that somebody else has answered, says nothing about the
            # row.
            "retryable": isinstance(error, Transient | ContractMismatch),
            "retry_after": error.retry_after if isinstance(error, RateLimited) else None,
        }
        data = {**(data or {}), **({"reason": reason} if reason else {})}
        if data:
            details["data"] = data
        return Result(job.key, job.pipeline, "fail", details)

    def _sentences(self, job: ClaimedJob) -> Mapping[str, str]:
        return self._pipelines[job.pipeline].sentences

    def _shown(self, job: ClaimedJob, context: Context[Any], error: WorkerError) -> JsonObject:
        shown = owner_message(error, self._sentences(job))
        return {**shown, "stage": context.progress.stage}


def _is_ours_to_obey(error: BaseException) -> bool:
    """Whether the process or this task was told to end.

    A recipe's own `CancelledError` must fail the row, or the row would be claimed for ever.
    """
    if isinstance(error, asyncio.CancelledError):
        task = asyncio.current_task()
        return task is None or task.cancelling() > 0
    return isinstance(error, KeyboardInterrupt | SystemExit | GeneratorExit)


def _waits_for_free(error: Exception) -> TypeGuard[RateLimited]:
    if not isinstance(error, RateLimited) or error.spends_attempt:
        return False
    return error.retry_after is not None


def _split(outputs: JsonObject) -> JsonObject:
    # The output `handover` is not a column: the pipeline's store function gets it.
    handover = outputs.pop("handover", None)
    return {"outputs": outputs, "handover": handover}
