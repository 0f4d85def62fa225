"""A worker for one pipeline, inside the test's own process. A test can let it crash."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from typing import Any

from pydantic import SecretStr

from liverows.base.types import Json, JsonObject
from liverows.database.client import ContractClient
from liverows.database.postgres_transport import PostgresTransport
from liverows.recipe.environment import RunEnvironment
from liverows.recipe.pipeline import Pipeline
from liverows.running.lease import LeaseTimings
from liverows.running.runner import Runner
from liverows.running.timings import RunnerTimings
from liverows.running.wake import SweepTimings
from liverows.testing.step_clock import StepClock

_END_SECONDS = 10.0
_LOOK_SECONDS = 0.2
# There is no doorbell, so the worker looks when the test rings or a sweep is due.
_TIMINGS = RunnerTimings(
    grace=2,
    progress_interval=0.02,
    sweep=SweepTimings(calm=_LOOK_SECONDS, deaf=_LOOK_SECONDS),
    lease=LeaseTimings(heartbeat=0.1),
)


def _nothing(_function: str, _arguments: JsonObject) -> None:
    return None


class _WatchedTransport(PostgresTransport):
    """A transport that reports each call of the contract, before it and after its answer."""

    before: Callable[[str, JsonObject], None] = staticmethod(_nothing)
    after: Callable[[str, JsonObject], None] = staticmethod(_nothing)

    async def call(self, function: str, arguments: JsonObject) -> Json:
        self.before(function, arguments)
        answer = await super().call(function, arguments)
        self.after(function, arguments)
        return answer


class _UnhurriedRunner(Runner):
    """A runner whose runs do not wait for the time to pass."""

    def _environment(self) -> RunEnvironment:
        return replace(super()._environment(), clock=StepClock())


class OneWorker:
    """Runs one pipeline until the end of the block of `at_work`.

    `before_call` and `after_call` get the name and the arguments of each call of the contract. If
    `before_call` lets the worker crash, the call is not sent.
    """

    def __init__(self, transport: _WatchedTransport, runner: Runner) -> None:
        self._runner = runner
        self._task = asyncio.create_task(runner.run())
        self._written = asyncio.Event()
        self._crashed = False
        self.before_call: Callable[[str, JsonObject], None] = _nothing
        self.after_call: Callable[[str, JsonObject], None] = _nothing
        transport.before = self._before
        transport.after = self._after

    @classmethod
    @asynccontextmanager
    async def at_work(
        cls, url: SecretStr, pipeline: Pipeline[Any, Any], services: Any
    ) -> AsyncIterator[OneWorker]:
        """Start a worker over this database URL; stop it at the end of the block."""
        transport = _WatchedTransport(url)
        client = ContractClient(transport)
        runner = _UnhurriedRunner(
            client, {pipeline.slug: pipeline}, {pipeline.slug: services}, timings=_TIMINGS
        )
        worker = cls(transport, runner)
        try:
            yield worker
        finally:
            try:
                await worker._end()
            finally:
                await client.close()

    @property
    def has_ended(self) -> bool:
        """Whether the worker has stopped or crashed."""
        return self._task.done()

    @property
    def is_ready(self) -> bool:
        """Whether the database has answered a heartbeat."""
        return self._runner.leases.answered_at is not None

    @property
    def is_idle(self) -> bool:
        """Whether no run is under way, and no paid call is still to be written."""
        return not self._runner._is_busy() and len(self._runner._writer.spending) == 0

    def look(self) -> None:
        """Ring the worker."""
        self._runner.ring("notify")

    def crash(self) -> None:
        """Kill the worker: it releases no row and does not sign off."""
        self._crashed = True
        self._task.cancel()

    def stop_at_once(self) -> None:
        """Shut the worker down without waiting for its running rows: it releases them."""
        self._runner.stop()
        self._runner.stop()

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
        self.check()

    def check(self) -> None:
        """Raise the error of a worker that has ended by itself."""
        if self._task.done() and not self._task.cancelled():
            self._task.result()

    def _before(self, function: str, arguments: JsonObject) -> None:
        if not self._crashed:
            self.before_call(function, arguments)
        if self._crashed:
            # What a dead worker would have sent is never sent.
            raise asyncio.CancelledError

    def _after(self, function: str, arguments: JsonObject) -> None:
        if function in ("finish", "finish_and_claim"):
            self._written.set()
        self.after_call(function, arguments)

    async def _end(self) -> None:
        self._runner.stop()
        with suppress(asyncio.CancelledError):
            await asyncio.wait_for(self._task, _END_SECONDS)
