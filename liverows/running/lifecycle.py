"""Messages about the runs of a worker: a row was claimed, completed or failed.

A message has no content of the row. Of an error it has the code, and whether it is transient.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime
from typing import Literal, NamedTuple, TypeAlias

from liverows.base.types import JsonObject
from liverows.database.messages import ClaimedJob, Result, RunKey

Event: TypeAlias = Literal["claimed", "completed", "failed"]
EVENTS: tuple[Event, ...] = ("claimed", "completed", "failed")
_NOTHING = nullcontext()


class Message(NamedTuple):
    """One event: an id that is the same whenever it is sent, and a body of JSON."""

    id: str
    body: bytes


class Run(NamedTuple):
    """What is remembered of a run until it ends, without the row's columns."""

    key: RunKey
    pipeline: str
    owner: str | None
    attempt: int
    max_attempts: int


class LifecycleListener:
    """Hears what becomes of the runs of a worker. This one does nothing with it."""

    def claimed(self, job: ClaimedJob) -> None:
        """Note that a row was claimed."""

    def written(self, result: Result) -> None:
        """Note that the database has taken a result."""

    def running(self, job: ClaimedJob) -> AbstractContextManager[None]:
        """Return what surrounds the recipe, in the task of the run."""
        return _NOTHING

    def forget(self, key: RunKey) -> None:
        """Note that the run has no result that will be written, as when it was taken away."""


class Listeners(LifecycleListener):
    """Several listeners, of which one at most surrounds the recipe: the first."""

    def __init__(self, first: LifecycleListener, *others: LifecycleListener) -> None:
        self._first = first
        self._all = (first, *others)

    def claimed(self, job: ClaimedJob) -> None:
        for each in self._all:
            each.claimed(job)

    def running(self, job: ClaimedJob) -> AbstractContextManager[None]:
        return self._first.running(job)

    def written(self, result: Result) -> None:
        for each in self._all:
            each.written(result)

    def forget(self, key: RunKey) -> None:
        for each in self._all:
            each.forget(key)


class LifecycleMessages(LifecycleListener):
    """Makes a message of each wanted event and calls `send` with it, which must return at once."""

    def __init__(self, wanted: Collection[Event], send: Callable[[Message], None]) -> None:
        self._wanted = frozenset(wanted)
        self._send = send
        self._open: dict[RunKey, Run] = {}

    def claimed(self, job: ClaimedJob) -> None:
        run = Run(job.key, job.pipeline, job.owner, job.attempt, job.max_attempts)
        self._open[job.key] = run
        self._tell("claimed", run, "processing")

    def written(self, result: Result) -> None:
        run = self._open.pop(result.key, None)
        if run is None:
            return
        if result.action == "complete":
            self._tell("completed", run, "completed")
        elif result.action == "fail":
            passes = bool(result.details.get("retryable"))
            again = passes and run.attempt < run.max_attempts
            self._tell("failed", run, "pending" if again else "failed", _error(result, passes))

    def forget(self, key: RunKey) -> None:
        self._open.pop(key, None)

    def _tell(self, event: Event, run: Run, status: str, error: JsonObject | None = None) -> None:
        if event in self._wanted:
            self._send(Message(message_id(run.key, event), _body(event, run, status, error)))


def message_id(key: RunKey, event: Event) -> str:
    """Return the id of an event, the same for each try to send it, in each process.

    The nonce tells runs of the same number in two databases apart.
    """
    named = "\0".join((key.table, key.row_id, str(key.run), key.nonce, event))
    return f"msg_{hashlib.sha256(named.encode()).hexdigest()[:32]}"


def _body(event: Event, run: Run, status: str, error: JsonObject | None) -> bytes:
    body = {
        "type": f"row.{event}",
        "timestamp": datetime.now(UTC).isoformat(timespec="milliseconds"),
        "data": {
            "pipeline": run.pipeline,
            "table": run.key.table,
            "row": run.key.row_id,
            "run": run.key.run,
            "attempt": run.attempt,
            "status": status,
            "owner": run.owner,
            "error": error,
        },
    }
    return json.dumps(body, separators=(",", ":")).encode()


def _error(result: Result, passes: bool) -> JsonObject:
    error = result.details.get("error")
    code = error.get("code") if isinstance(error, dict) else None
    return {"code": code, "class": "transient" if passes else "permanent"}
