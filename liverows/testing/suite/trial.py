"""One row of a pipeline in a database of its own, with the workers that a test gives to it."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

import psycopg
from psycopg import sql
from pydantic import SecretStr

from liverows.running.endings import KEPT_RESULT
from liverows.testing.databases import connected
from liverows.testing.one_worker import OneWorker
from liverows.testing.project import OPEN, Ended, InsertedRow, Project, insert_for
from liverows.testing.suite.subject import NewProject, RowMaker, Subject
from liverows.testing.suite.unkept import Unkept, promising, require
from liverows.testing.suite.watched_steps import WatchedSteps

A_DEAD_WORKER = 3600.0
"""Seconds after which a worker that gave no sign of life is dead, whatever the settings."""

_LOOK_SECONDS = 0.01
_STORED = """
select step, version, input_hash from processing.checkpoints
where row_id = %s and table_id = %s::regclass and step <> %s
"""


class Trial:
    """What a test does with the row, and how it looks at it."""

    def __init__(
        self,
        subject: Subject,
        project: Project,
        connection: psycopg.Connection,
        services: Any,
        steps: WatchedSteps,
    ) -> None:
        self.subject = subject
        self.project = project
        self.steps = steps
        self._connection = connection
        self._services = services

    @classmethod
    @asynccontextmanager
    async def of(cls, subject: Subject, new_project: NewProject) -> AsyncIterator[Trial]:
        """Make a new database, and watch the steps of the pipeline while the block runs."""
        steps = WatchedSteps()
        with new_project() as project:
            if subject.prepare:
                subject.prepare(project)
            async with subject.opened_services() as services:
                with (
                    connected(project.dsn) as connection,
                    steps.watching(subject.pipeline),
                ):
                    yield cls(subject, project, connection, services, steps)

    def insert(self, maker: RowMaker | None = None) -> InsertedRow:
        """Insert the row of the subject, or another one."""
        columns = self.subject.columns(maker or self.subject.row, self.project)
        return insert_for(self._connection, self.subject.pipeline, columns)

    @asynccontextmanager
    async def worker(self) -> AsyncIterator[OneWorker]:
        """A worker that runs until the end of the block."""
        url, pipeline = SecretStr(self.project.dsn), self.subject.pipeline
        async with OneWorker.at_work(url, pipeline, self._services) as worker:
            try:
                yield worker
            finally:
                # A held call would hold up the end of the worker too.
                self.steps.release()

    async def end_of(self, row: InsertedRow, worker: OneWorker, promised: str) -> Ended:
        """Wait until the row has ended, without waiting for the times of its retries."""

        def has_ended() -> bool:
            worker.check()
            found = row.found()
            if found["processing_status"] not in OPEN:
                return True
            row.skip_wait(found, worker)
            return False

        worker.look()
        await self.until(has_ended, promised, lambda: f"the row stays {row.ended().status}")
        return row.ended()

    async def until(
        self, condition: Callable[[], bool], promised: str, seen: Callable[[], str]
    ) -> None:
        """Wait for a condition; raises `Unkept` if it does not come true in time."""
        try:
            async with asyncio.timeout(self.subject.deadline):
                while not condition():  # noqa: ASYNC110 - no event exists for it
                    await asyncio.sleep(_LOOK_SECONDS)
        except TimeoutError:
            late = f"{seen()} ({self.subject.deadline:g} s later)"
            raise Unkept(promised, late) from None

    async def held(self, step: str, row: InsertedRow, worker: OneWorker, promised: str) -> None:
        """Wait until a call of this step is being held."""

        def is_held() -> bool:
            worker.check()
            return step in self.steps.held or not row.is_open()

        worker.look()
        await self.until(is_held, promised, lambda: f"{step} does not begin")
        require(step in self.steps.held, promised, f"{step} does not run: {told(row.ended())}")

    def require_completed(self, ended: Ended, promised: str, *, check: bool = True) -> None:
        """Require a completed row, and, with `check`, that it passes the check of the test."""
        require(ended.status == "completed", promised, f"the row is {told(ended)}")
        percent, stage = ended.row["processing_progress"], ended.row["processing_stage"]
        require(
            (percent, stage) == (100, None),
            "a completed row shows 100 percent and no stage",
            f"{percent} percent, stage {stage}",
        )
        if check:
            with promising(promised):
                self.subject.check(ended)

    def stored(self, row: InsertedRow) -> set[tuple[str, str, str]]:
        """Step, version and hash of the arguments of each stored result of the row."""
        found = self._connection.execute(_STORED, [row.row_id, row.table, KEPT_RESULT])
        return set(found.fetchall())

    def stored_by_step(self, row: InsertedRow) -> Counter[str]:
        """How many results of each step are stored."""
        return Counter(step for step, _version, _hash in self.stored(row))

    def attached(self, column: str) -> Any:
        """One column of `processing.pipelines` for the pipeline."""
        query = sql.SQL("select {} as value from processing.pipelines where pipeline = %s").format(
            sql.Identifier(column)
        )
        text = query.as_string()
        return self.project.execute(text, [self.subject.pipeline.slug])[0]["value"]

    def outputs(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """The output columns of a row."""
        return {name: row[name] for name in self.attached("outputs")}


def told(ended: Ended) -> str:
    """The status of a row, with its error."""
    if ended.status is None:
        return "no work, because the condition `when` of its table is false"
    if ended.error is None:
        return ended.status
    code, message = ended.error["code"], ended.error["message"]
    broken = [event["data"]["exception"] for event in ended.events if "exception" in event["data"]]
    if not broken:
        # The author of the pipeline needs what operators read; the row has what its owner reads.
        reasons = [event["data"]["reason"] for event in ended.events if "reason" in event["data"]]
        return f"{ended.status}: {code}: {(reasons or [message])[-1]}"
    where = f" ({broken[-1]['frames'][-1]})" if broken[-1]["frames"] else ""
    return f"{ended.status}: {code}: {broken[-1]['type']}: {broken[-1]['text']}{where}"
