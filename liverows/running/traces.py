"""The spans of a row in a worker: one for each run, from the moment when the row was due.

    row enrich-job-position          from due until the database has taken the result
      wait                           from due until claimed
      run                            the recipe; its steps are below it
      complete                       from the recipe's end until the result is written

The span of the row is below that of the request which queued the row, if the request sent one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass

from liverows.base.clock import Clock
from liverows.base.tracing import Attributes, Span, tracer
from liverows.database.messages import ClaimedJob, Result, RunKey
from liverows.recipe.waiting import RowWaits
from liverows.running.lifecycle import LifecycleListener

_OUTCOMES = {"complete": "completed", "retry_later": "postponed", "release": "released"}


@dataclass(slots=True)
class _Open:
    """The span of one run, until its end is written."""

    span: Span
    attempt: int
    max_attempts: int
    ended_at: float | None = None
    outcome: str = "unwritten"


class RowTraces(LifecycleListener):
    """Makes the spans of the rows of a worker; without a tracer it does nothing."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._open: dict[RunKey, _Open] = {}

    def claimed(self, job: ClaimedJob) -> None:
        here = tracer()
        if here is None:
            return
        late = job.late_ms / 1000
        sent, earlier = job.trace or (None, None)
        row = here.start(
            f"row {job.pipeline}",
            _about(job),
            kind="consumer",
            under=sent,
            links=() if earlier is None else (earlier,),
            seconds_ago=late,
        )
        woken = {"liverows.woken_by": job.woken_by, "liverows.late_seconds": late}
        here.start("wait", woken, under=row, seconds_ago=late).end()
        self._open[job.key] = _Open(row, job.attempt, job.max_attempts)

    def running(self, job: ClaimedJob) -> AbstractContextManager[None]:
        here, row = tracer(), self._open.get(job.key)
        if here is None or row is None:
            return super().running(job)
        return self._running(here.start("run", under=row.span), row)

    @contextmanager
    def _running(self, run: Span, row: _Open) -> Iterator[None]:
        try:
            with run:
                yield
        except RowWaits:
            row.outcome = "waiting"
            raise
        except asyncio.CancelledError:
            row.outcome = "stopped"
            raise
        finally:
            row.ended_at = self._clock.monotonic()

    def written(self, result: Result) -> None:
        row = self._open.pop(result.key, None)
        here = tracer()
        if row is None or here is None:
            return
        if row.ended_at is not None:
            seconds = self._clock.monotonic() - row.ended_at
            here.start(result.action, under=row.span, seconds_ago=seconds).end()
        row.span.note({"liverows.outcome": _outcome(result, row)})
        if result.action == "fail" and (code := _code(result)):
            row.span.fail(code)
        row.span.end()

    def forget(self, key: RunKey) -> None:
        row = self._open.pop(key, None)
        if row is not None:
            row.span.note({"liverows.outcome": row.outcome})
            row.span.end()


def _about(job: ClaimedJob) -> Attributes:
    return {
        "liverows.pipeline": job.pipeline,
        "liverows.table": job.key.table,
        "liverows.row": job.key.row_id,
        "liverows.run": job.key.run,
        "liverows.attempt": job.attempt,
    }


def _outcome(result: Result, row: _Open) -> str:
    if result.action != "fail":
        return _OUTCOMES[result.action]
    again = bool(result.details.get("retryable")) and row.attempt < row.max_attempts
    return "retry" if again else "failed"


def _code(result: Result) -> str | None:
    error = result.details.get("error")
    code = error.get("code") if isinstance(error, dict) else None
    return code if isinstance(code, str) else None
