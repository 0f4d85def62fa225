"""One attempt: run the pipeline for one row and say how it ended."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any, TypeGuard

from liverows.base.errors import (
    Cancelled,
    InvalidInput,
    LeaseLost,
    RateLimited,
    SetupError,
    Transient,
    WorkerError,
)
from liverows.base.logger import get_logger, name_row
from liverows.base.types import JsonObject
from liverows.database.messages import ClaimedJob, Result
from liverows.recipe.child_process import take_turns
from liverows.recipe.context import Context
from liverows.recipe.pipeline import Pipeline
from liverows.recipe.retry import leading_error
from liverows.recipe.step_run import RunEnvironment
from liverows.running.endings import kept_result
from liverows.running.time_limit import TimeLimits

log = get_logger(__name__)

_SENTENCES = {
    "bad_output": "The result could not be stored.",
    "database_busy": "The database was busy.",
    "database_changing": "The database was being changed.",
    "database_unreachable": "The database did not answer.",
}
"""What the row's owner reads in place of the database's own message, which names tables, columns
and constraints and may quote values."""


_DATABASE_TROUBLE = frozenset({"database_unreachable", "database_busy", "database_changing"})
_DATABASE_WAIT_SECONDS = 2.0


class Attempts:
    """Runs claimed rows. Every exception of a recipe becomes a result here."""

    def __init__(
        self,
        pipelines: Mapping[str, Pipeline[Any, Any]],
        services: Mapping[str, Any],
        environment: RunEnvironment,
    ) -> None:
        self._pipelines = pipelines
        self._services = services
        self._environment = environment
        self._limits = TimeLimits()

    async def run(self, job: ClaimedJob) -> Result | None:
        """Run the recipe for one row: the result to write, or None if the row is not ours any more.

        Call this in a task of its own: all later log lines of that task name the row.
        Cancelling the task stops the run at its next await and raises `CancelledError`.
        """
        name_row(job.key.table, job.key.row_id, job.key.run)
        try:
            job = job.readable()
        except InvalidInput as error:
            return self._failed(job, self._open(job), error)
        if job.checkpoints and (kept := kept_result(job)) is not None:
            log.info("kept_result_found")
            return kept
        return await self._run(job, self._open(job))

    def _open(self, job: ClaimedJob) -> Context[Any]:
        return self._pipelines[job.pipeline].open(
            job, self._services.get(job.pipeline), self._environment
        )

    async def _run(self, job: ClaimedJob, context: Context[Any]) -> Result | None:
        take_turns()
        try:
            with self._limits.limit(job.timeout_seconds):
                outputs = await self._pipelines[job.pipeline].run(context)
        except TimeoutError:
            timeout = Transient("The work took longer than it may.", code="timeout")
            return self._failed(job, context, timeout)
        except (WorkerError, ExceptionGroup) as error:
            return self._ended(job, context, leading_error(error))
        except Exception as error:
            return self._ended(job, context, error)
        except BaseException as error:
            if _is_ours_to_obey(error):
                raise
            return self._broke(job, context, error)
        return Result(job.key, job.pipeline, "complete", _split(outputs), job.inputs)

    def _ended(self, job: ClaimedJob, context: Context[Any], error: Exception) -> Result | None:
        if isinstance(error, LeaseLost | Cancelled):
            log.info("run_stopped", code=error.code)
            return None
        if _waits_for_free(error):
            details: JsonObject = {
                "error": _shown(error, context),
                "retry_after": error.retry_after,
                "provider": error.provider,
            }
            return Result(job.key, job.pipeline, "retry_later", details)
        if isinstance(error, Transient) and error.code in _DATABASE_TROUBLE:
            # This is not the row's fault: it is queued again, and no attempt is counted.
            log.warning("run_without_database", code=error.code)
            details = {"error": _shown(error, context), "retry_after": _DATABASE_WAIT_SECONDS}
            return Result(job.key, job.pipeline, "retry_later", details)
        if isinstance(error, WorkerError):
            return self._failed(job, context, error)
        return self._broke(job, context, error)

    def _broke(self, job: ClaimedJob, context: Context[Any], error: BaseException) -> Result:
        # A bug, here or in a pipeline. The error's text may hold anything, so only the log has it.
        log.exception("run_broke", pipeline=job.pipeline, exc_info=error)
        return self._failed(job, context, Transient("Something went wrong here.", code="internal"))

    def _failed(self, job: ClaimedJob, context: Context[Any], error: WorkerError) -> Result:
        reason = error.message if _sentence(error) else None
        log.warning(
            "run_failed",
            code=error.code,
            attempt=job.attempt,
            stage=context.progress.stage,
            reason=reason,
        )
        details: JsonObject = {
            "error": _shown(error, context),
            "retryable": isinstance(error, Transient),
            "retry_after": error.retry_after if isinstance(error, RateLimited) else None,
        }
        if reason:
            details["data"] = {"reason": reason}
        return Result(job.key, job.pipeline, "fail", details)


def _is_ours_to_obey(error: BaseException) -> bool:
    """Whether somebody told the process or the task to end; otherwise it is a bug of the recipe.

    A recipe may let a `CancelledError` escape although nobody cancelled this task. If its row
    were released then, it would start again for ever. Other errors that are no `Exception` are,
    for instance, panics of libraries written in Rust.
    """
    if isinstance(error, asyncio.CancelledError):
        task = asyncio.current_task()
        return task is None or task.cancelling() > 0
    return isinstance(error, KeyboardInterrupt | SystemExit | GeneratorExit)


def _waits_for_free(error: Exception) -> TypeGuard[RateLimited]:
    if not isinstance(error, RateLimited) or error.spends_attempt:
        return False
    return error.retry_after is not None


def _shown(error: WorkerError, context: Context[Any]) -> JsonObject:
    message = _sentence(error) or error.message
    return {"code": error.code, "message": message, "stage": context.progress.stage}


def _sentence(error: WorkerError) -> str | None:
    """What the owner reads, if the error's own message is not meant for owners."""
    if isinstance(error, SetupError):
        return "Something is not set up here as the work needs it."
    return _SENTENCES.get(error.code)


def _split(outputs: JsonObject) -> JsonObject:
    # `handover` is for the pipeline's store function and is no column.
    handover = outputs.pop("handover", None)
    return {"outputs": outputs, "handover": handover}
