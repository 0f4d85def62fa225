"""Stage and percentage of a running row, which a person reads on the row.

One task beside the recipe writes them at intervals, so that many short steps cause few writes.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from typing import Any

from liverows.base.clock import Clock
from liverows.base.errors import Permanent, SetupError, Transient, WorkerError
from liverows.base.logger import get_logger
from liverows.base.tracing import span
from liverows.base.types import JsonObject
from liverows.database.messages import RunClient, RunKey
from liverows.recipe.step import Step

log = get_logger(__name__)

_HIGHEST = 99  # only a completed row shows 100
_QUIET_START_SECONDS = 0.2


class Progress:
    """Stage and percentage of one run. The percentage never goes down.

    `interval` is the least number of seconds between two writes of a changed stage or percentage.
    """

    def __init__(
        self,
        steps: Sequence[Step[Any, Any]],
        key: RunKey,
        client: RunClient,
        clock: Clock,
        interval: float = 1.0,
    ) -> None:
        self._steps = steps
        self._key = key
        self._client = client
        self._clock = clock
        self._interval = interval
        self._started: defaultdict[str, int] = defaultdict(int)
        self._ended: defaultdict[str, int] = defaultdict(int)
        self._stage: str | None = None
        self._failed_stage: str | None = None
        self._percent = 0
        self._written: tuple[str | None, int] = (None, 0)
        self._next_write = clock.monotonic() + _QUIET_START_SECONDS
        self._writing = asyncio.Lock()
        self._closed = False
        self._group: asyncio.TaskGroup | None = None
        self._writer: asyncio.Task[None] | None = None

    @property
    def stage(self) -> str | None:
        """The labels of the running steps, separated by commas; None before the first step."""
        return self._stage

    @property
    def percent(self) -> int:
        """The percentage of the run, from 0 to 99."""
        return self._percent

    @contextmanager
    def running(self, step: Step[Any, Any]) -> Iterator[None]:
        """Count the step as running while the block runs."""
        self._started[step.name] += 1
        self._failed_stage = None
        self._refresh()
        try:
            yield
        except WorkerError:
            self._note_failure(step)
            raise
        finally:
            self._ended[step.name] += 1
            self._refresh()

    @asynccontextmanager
    async def kept_up(self) -> AsyncIterator[None]:
        """Write changes of stage and percentage while the block runs.

        If a write raises `LeaseLost` or `Cancelled`, the block is cancelled, and an exception group
        with that error is raised.
        """
        async with asyncio.TaskGroup() as group:
            self._group = group
            try:
                yield
            finally:
                self._closed = True
                # If a write is under way, let it finish: cancelling it would close the database
                # connection.
                if self._writer and not self._writing.locked():
                    self._writer.cancel()

    async def publish(self, outputs: JsonObject) -> None:
        """Write output columns now, together with the current stage and percentage.

        A `Transient` error, and a column that the table refuses, are only logged, because this only
        shows the columns early.
        """
        try:
            with span("publish", {"liverows.columns": ", ".join(sorted(outputs))}):
                await self._write(outputs)
        except Transient as error:
            log.warning("outputs_unpublished", code=error.code)
        except Permanent as error:
            if error.code != "bad_output":
                raise
            log.warning("outputs_unpublished", code=error.code, outputs=sorted(outputs))
            if len(outputs) > 1:
                for name, value in outputs.items():
                    await self.publish({name: value})

    def _note_failure(self, step: Step[Any, Any]) -> None:
        # The first failure is taken for the cause. Steps beside it may be cancelled, and then fail.
        if self._failed_stage is None:
            self._failed_stage = step.stage

    def _refresh(self) -> None:
        running = [step.stage for step in self._steps if self._is_running(step)]
        if self._failed_stage:
            self._stage = self._failed_stage
        elif running:
            self._stage = ", ".join(dict.fromkeys(running))
        self._percent = max(self._percent, min(_HIGHEST, self._share_done()))
        if self._group and self._is_unwritten() and self._is_writer_idle():
            self._writer = self._group.create_task(self._write_behind())

    def _is_running(self, step: Step[Any, Any]) -> bool:
        return self._started[step.name] > self._ended[step.name]

    def _share_done(self) -> int:
        total = sum(step.weight for step in self._steps)
        done = sum(
            step.weight * self._ended[step.name] / self._started[step.name]
            for step in self._steps
            if self._started[step.name]
        )
        return int(100 * done / total) if total else 0

    def _is_unwritten(self) -> bool:
        return not self._closed and (self._stage, self._percent) != self._written

    def _is_writer_idle(self) -> bool:
        # After a failed write the task group is shutting down and accepts no new task.
        writer = self._writer
        if writer is None:
            return True
        return writer.done() and not writer.cancelled() and writer.exception() is None

    async def _write_behind(self) -> None:
        while self._is_unwritten():
            wait = self._next_write - self._clock.monotonic()
            if wait > 0:
                await self._clock.sleep(wait)
            else:
                await self._write_if_possible()

    async def _write_if_possible(self) -> None:
        try:
            await self._write(None)
        except (Transient, SetupError) as error:
            # Missing progress is no reason to fail the row. `_write_behind` tries again.
            log.warning("progress_unwritten", code=error.code)
        except Permanent as error:
            # A table that refuses the write, for instance by a trigger, is no reason to fail the
            # row either. `_write_behind` tries again.
            if error.code != "bad_output":
                raise
            log.warning("progress_unwritten", code=error.code)

    async def _write(self, outputs: JsonObject | None) -> None:
        async with self._writing:
            state = (self._stage, self._percent)
            self._next_write = self._clock.monotonic() + self._interval
            await self._client.progress(
                self._key, stage=state[0], percent=state[1], outputs=outputs
            )
            self._written = state
