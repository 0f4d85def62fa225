"""Handles the answers of the database to results."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Sequence

from liverows.base.errors import Permanent, WorkerError
from liverows.base.logger import get_logger
from liverows.database.messages import Finished, Refusal, Result, RunKey, SetAside
from liverows.running.endings import bad_output, without_outputs
from liverows.running.lifecycle import LifecycleListener
from liverows.running.metrics import Metrics
from liverows.running.results import Results
from liverows.running.workload import Workload

log = get_logger(__name__)

_DATA_EXCEPTION = "22"
"""The first characters of SQLSTATEs for a value that is too long, too large or not of its type. A
trigger may also raise one because its session compiled it before a column was widened."""


class Settling:
    """Handles the answers to results.

    A result whose row is locked is postponed. A completed result that is refused is replaced;
    before that it is sent once more if its value is refused and `renew` is true, which says that
    the next call has a new database session.
    """

    def __init__(
        self,
        load: Workload,
        metrics: Metrics,
        lifecycle: LifecycleListener | None = None,
        renew: Callable[[], bool] = lambda: False,
    ) -> None:
        self._renew = renew
        self._sent_anew: set[RunKey] = set()
        self._load = load
        self._lifecycle = lifecycle or LifecycleListener()
        self._results: Results = load.results
        self._metrics = metrics

    def settle(self, finished: Sequence[Finished], results: Sequence[Result]) -> None:
        """Handle the answers to these results, which were sent in one statement.

        A result without an answer in `finished` was written as asked.
        """
        self._results.answered(results)
        sent = {result.key: result for result in results}
        for answer in finished:
            result = sent.pop(answer.key, None)
            if result is None:
                continue
            if answer.outcome == "busy":
                if self._results.postpone(result) == 1:
                    log.warning("row_locked", table=answer.key.table, row=answer.key.row_id)
                continue
            self._results.written(answer.key)
            if answer.outcome == "refused":
                self._refused(result, answer.refusal)
                continue
            self._sent_anew.discard(answer.key)
            if answer.outcome == "set_aside":
                self._lifecycle.forget(answer.key)
                self._log_set_aside(
                    SetAside(result.pipeline, result.key.table, result.key.row_id, answer.refusal)
                )
            elif answer.outcome in {"lost", "cancelled"}:
                self._load.note_taken_away(answer.key)
                self._lifecycle.forget(answer.key)
                self._metrics.stale_writes_refused.inc()
                log.warning("stale_write_refused", table=answer.key.table, outcome=answer.outcome)
            else:
                self._lifecycle.written(result)
        for result in sent.values():
            self._sent_anew.discard(result.key)
            self._results.written(result.key)
            self._lifecycle.written(result)

    def unreadable(self, result: Result, error: WorkerError) -> None:
        """Handle a result that was alone in a statement that the database refused.

        A completed result becomes a failure if `error` is `Permanent`. Otherwise the result is sent
        again later.
        """
        if isinstance(error, Permanent) and result.action == "complete":
            self._refused(result, Refusal(error.sqlstate))
        else:
            self._results.postpone(result)

    def set_aside(self, rows: Sequence[SetAside]) -> None:
        """Log and count the rows that a claim could not lease."""
        for row in rows:
            self._log_set_aside(row)

    def _refused(self, result: Result, refusal: Refusal) -> None:
        if self._goes_to_a_new_session(result, refusal):
            return
        log.error(
            "output_refused",
            pipeline=result.pipeline,
            row=result.key.row_id,
            sqlstate=refusal.sqlstate,
            constraint=refusal.constraint,
            column=refusal.column,
            outputs=list(refusal.outputs),
            reason=refusal.message,
        )
        # A refused failure or release is not replaced: its table is probably gone.
        if result.action == "complete":
            shorter = without_outputs(result, refusal.outputs)
            self._results.add(shorter or bad_output(result))
        else:
            self._lifecycle.forget(result.key)

    def _goes_to_a_new_session(self, result: Result, refusal: Refusal) -> bool:
        """Send the result once more if a new session may take it; return whether it is sent."""
        if result.key in self._sent_anew:
            self._sent_anew.discard(result.key)
            return False
        is_value = (refusal.sqlstate or "").startswith(_DATA_EXCEPTION)
        if result.action != "complete" or not is_value or not self._renew():
            return False
        self._sent_anew.add(result.key)
        self._results.postpone(result)
        return True

    def _log_set_aside(self, row: SetAside) -> None:
        refusal = row.refusal
        # The command is copied into a shell, and whoever inserts a row may have chosen its key.
        command = shlex.join(["liverows", "explain", row.table, row.row_id])
        self._metrics.row_set_aside(row.pipeline, refusal.sqlstate)
        log.error(
            "row_set_aside",
            pipeline=row.pipeline,
            table=row.table,
            row=row.row_id,
            sqlstate=refusal.sqlstate,
            constraint=refusal.constraint,
            column=refusal.column,
            cure=f"`{command}` says what refuses the row",
        )
