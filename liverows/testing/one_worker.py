"""A worker for one pipeline, inside the test's own process."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from pydantic import SecretStr

from liverows.base.types import Json, JsonObject
from liverows.database.client import ContractClient
from liverows.database.postgres_transport import PostgresTransport
from liverows.recipe.pipeline import Pipeline
from liverows.running.lease import LeaseTimings
from liverows.running.runner import Runner
from liverows.running.timings import RunnerTimings
from liverows.running.wake import SweepTimings

_END_SECONDS = 10.0
_LOOK_SECONDS = 0.2
# There is no doorbell, so the worker looks when the test rings or a sweep is due.
_TIMINGS = RunnerTimings(
    grace=2,
    progress_interval=0.02,
    sweep=SweepTimings(calm=_LOOK_SECONDS, deaf=_LOOK_SECONDS),
    lease=LeaseTimings(heartbeat=0.1),
)


class _TellingTransport(PostgresTransport):
    """A transport that reports when results were written."""

    on_written: Callable[[], None] = staticmethod(lambda: None)

    async def call(self, function: str, arguments: JsonObject) -> Json:
        answer = await super().call(function, arguments)
        if function in ("finish", "finish_and_claim"):
            self.on_written()
        return answer


class OneWorker:
    """Runs one pipeline until the end of the block of `at_work`."""

    def __init__(self, transport: _TellingTransport, runner: Runner) -> None:
        self._runner = runner
        self._task = asyncio.create_task(runner.run())
        self._written = asyncio.Event()
        transport.on_written = self._written.set

    @classmethod
    @asynccontextmanager
    async def at_work(
        cls, url: SecretStr, pipeline: Pipeline[Any, Any], services: Any
    ) -> AsyncIterator[OneWorker]:
        """Start a worker over this database URL; stop it at the end of the block."""
        transport = _TellingTransport(url)
        client = ContractClient(transport)
        runner = Runner(
            client, {pipeline.slug: pipeline}, {pipeline.slug: services}, timings=_TIMINGS
        )
        worker = cls(transport, runner)
        try:
            yield worker
        finally:
            runner.stop()
            try:
                await asyncio.wait_for(worker._task, _END_SECONDS)
            finally:
                await client.close()

    def look(self) -> None:
        """Ring the worker."""
        self._runner.ring("notify")

    async def wrote_or_waited(self) -> None:
        """Wait until a result was written, or for as long as a worker waits between two looks.

        Raises the error of a worker that has ended.
        """
        written = asyncio.ensure_future(self._written.wait())
        await asyncio.wait(
            {written, self._task}, timeout=_LOOK_SECONDS, return_when=asyncio.FIRST_COMPLETED
        )
        written.cancel()
        self._written.clear()
        if self._task.done():
            self._task.result()
