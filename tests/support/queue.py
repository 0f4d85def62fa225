"""Calls the SQL contract of schema `processing` with named arguments, as a worker would."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Barrier
from typing import Any, TypeVar

import psycopg
import pytest
from psycopg.types.json import Jsonb

Connection = psycopg.Connection[Any]
Row = Mapping[str, Any]
"""One claimed row, as `claim` returns it."""

RUN = ("table", "id", "run", "nonce")
"""The fields that identify one run of a row."""

T = TypeVar("T")


class NotFinished(psycopg.DatabaseError):
    """`finish` did not write a result, and never will; as the calls for one row raise."""

    def __init__(self, answer: Row) -> None:
        super().__init__(answer["message"])
        self.sqlstate = answer["sqlstate"]


def new_worker() -> str:
    """An id like the one that every worker process makes for itself."""
    return str(uuid.uuid4())


@dataclass(frozen=True, slots=True)
class Queue:
    """One worker on one connection. `call` calls any function; the other methods are shortcuts."""

    connection: Connection
    worker: str = field(default_factory=new_worker)

    def call(self, function: str, **arguments: Any) -> Any:
        """Call `processing.<function>` with named arguments; returns its single value."""
        named = ", ".join(f'"{name}" => %({name})s' for name in arguments)
        found = self.connection.execute(
            f"select processing.{function}({named})",
            {name: _adapted(value) for name, value in arguments.items()},
        ).fetchone()
        assert found is not None
        return found[0]

    def claim_answer(self, *pipelines: str, slots: int = 10, **more: Any) -> dict[str, Any]:
        """The whole answer of a claim, with the rows of all batches under `rows`."""
        answer: dict[str, Any] = self.call(
            "claim", worker=self.worker, pipelines=list(pipelines), slots=slots, **more
        )
        return _with_rows(answer)

    def claim(self, *pipelines: str, slots: int = 10, **more: Any) -> list[Row]:
        """The rows of a claim."""
        rows: list[Row] = self.claim_answer(*pipelines, slots=slots, **more)["rows"]
        return rows

    def claim_one(self, *pipelines: str, **more: Any) -> Row:
        """The only row that a claim with one slot returns."""
        (row,) = self.claim(*pipelines, slots=1, **more)
        return row

    def complete(self, row: Row, *, handover: Any = None, **outputs: Any) -> str:
        return self.end(row, "complete", outputs=outputs, handover=handover)

    def fail(
        self, row: Row, *, retryable: bool = True, code: str = "boom", message: str = "It broke.",
        retry_after: float | None = None,
    ) -> str:  # fmt: skip
        error = {"code": code, "message": message, "stage": "Reading"}
        return self.end(row, "fail", error=error, retryable=retryable, retry_after=retry_after)

    def retry_later(self, row: Row, seconds: float, **more: Any) -> str:
        error = {"code": "rate_limited", "message": "Asked to wait."}
        return self.end(row, "retry_later", error=error, retry_after=seconds, **more)

    def release(self, row: Row) -> str:
        return self.end(row, "release")

    def end(self, row: Row, action: str, **fields: Any) -> str:
        """`finish` with this one result; answers its outcome, or raises `NotFinished`."""
        results = Jsonb([result(row, action, **fields)])
        (answer,) = self.call("finish", worker=self.worker, results=results)
        if answer["outcome"] in ("lost", "cancelled", "refused"):
            raise NotFinished(answer)
        outcome: str = answer["outcome"]
        return outcome

    def progress(self, row: Row, **shown: Any) -> str:
        return self._on(row, "progress", nonce=row["nonce"], **shown)

    def checkpoint(self, row: Row, step: str = "read", **more: Any) -> str:
        arguments = {"version": "1", "input_hash": "same", "output": {"from": row["id"]}} | more
        return self._on(row, "checkpoint", nonce=row["nonce"], step=step, **arguments)

    def finish(self, *results: Row) -> list[dict[str, Any]]:
        answers: list[dict[str, Any]] = self.call(
            "finish", worker=self.worker, results=Jsonb(results)
        )
        return sorted(answers, key=lambda answer: int(answer["id"]))

    def finish_and_claim(self, results: Sequence[Row], *pipelines: str, slots: int) -> Any:
        answer = self.call(
            "finish_and_claim", worker=self.worker, results=Jsonb(results),
            pipelines=list(pipelines), slots=slots,
        )  # fmt: skip
        return _with_rows(answer)

    def spend(self, *entries: Mapping[str, Any]) -> int:
        """Record paid calls; returns how many were new."""
        written: int = self.call("spend", worker=self.worker, entries=Jsonb(entries))["written"]
        return written

    def heartbeat(
        self, *held: Row, timeout: float = 30, ended: Sequence[Row] = (), **info: Any
    ) -> dict[str, Any]:
        """One heartbeat that names the held rows; `info` are facts about the worker."""
        answer: dict[str, Any] = self.call(
            "heartbeat",
            worker=self.worker,
            held=Jsonb(
                [{key: row[key] for key in ("table", "id", "run", "nonce")} for row in held]
            ),
            info=Jsonb({"pipelines": []} | info),
            claim_timeout_seconds=timeout,
            ended=[uuid.UUID(row["nonce"]) for row in ended],
        )
        return answer

    def take_back(self) -> int:
        """How many rows this worker took back from other workers."""
        taken: int = self.call("take_back", worker=self.worker)["taken_back"]
        return taken

    def _on(self, row: Row, function: str, **arguments: Any) -> str:
        answer: str = self.call(
            function, worker=self.worker, table_name=row["table"], row_id=row["id"],
            run=row["run"], **arguments,
        )  # fmt: skip
        return answer


def paid(row: Row, step: str = "read", **usage: Any) -> dict[str, Any]:
    """One entry for `spend`: a paid call of this run."""
    named = {name: row[name] for name in (*RUN, "pipeline")}
    return named | {"entry": str(uuid.uuid4()), "step": step, "model": "m"} | usage


def result(row: Row, action: str, **fields: Any) -> dict[str, Any]:
    """One entry for `finish`."""
    key = {name: row[name] for name in (*RUN, "pipeline")}
    return key | {"action": action} | fields


@contextmanager
def refused(sqlstate: str) -> Iterator[pytest.ExceptionInfo[psycopg.DatabaseError]]:
    """The block must raise an error with this SQLSTATE."""
    with pytest.raises(
        psycopg.DatabaseError, check=lambda error: error.sqlstate == sqlstate
    ) as caught:
        yield caught


def at_once(calls: Sequence[Callable[[], T]]) -> list[T]:
    """Run each call in its own thread, all starting together; returns the results in order."""
    start = Barrier(len(calls))

    def run(call: Callable[[], T]) -> T:
        start.wait(timeout=60)
        return call()

    with ThreadPoolExecutor(len(calls)) as threads:
        return list(threads.map(run, calls))


def _with_rows(answer: dict[str, Any]) -> dict[str, Any]:
    """Give each row the values that its whole batch has in common."""
    batches = answer.pop("batches")
    for batch in batches:
        for row in batch["rows"]:
            for name in batch["json_inputs"]:
                if row["inputs"][name] is not None:
                    row["inputs"][name] = json.loads(row["inputs"][name])
    rows = [
        {name: value for name, value in batch.items() if name != "rows"} | row
        for batch in batches
        for row in batch["rows"]
    ]
    return {"rows": rows, **answer}


def _adapted(value: Any) -> Any:
    if isinstance(value, dict):
        return Jsonb(value)
    return value
