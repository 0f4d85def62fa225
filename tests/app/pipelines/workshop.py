"""A whole worker inside the test's process, which a test can let crash at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

from pydantic import SecretStr

import liverows
import worker
from liverows.database.client import ContractClient
from liverows.database.contract import Transport
from liverows.database.messages import NewCheckpoint, RunKey
from liverows.database.postgres_transport import PostgresTransport
from liverows.recipe.pipeline import Pipeline
from liverows.running.lease import LeaseTimings
from liverows.running.runner import Runner
from liverows.running.timings import RunnerTimings
from liverows.running.wake import SweepTimings
from tests.app.pipelines.attached_table import Table

# There is no doorbell here, so the worker looks only when the test rings or a sweep is due.
TIMINGS = RunnerTimings(
    grace=2,
    progress_interval=0.02,
    sweep=SweepTimings(calm=0.2, deaf=0.2),
    lease=LeaseTimings(heartbeat=0.1),
)
OUR_CODE = tuple(str(Path(package.__path__[0])) for package in (liverows, worker))


class MortalClient(ContractClient):
    """A client that reports each stored checkpoint, before the run gets the answer."""

    on_checkpoint: Callable[[], None] = staticmethod(lambda: None)

    async def checkpoint(
        self, key: RunKey, checkpoint: NewCheckpoint, *, persist: bool = True
    ) -> None:
        await super().checkpoint(key, checkpoint, persist=persist)
        self.on_checkpoint()


class Workshop:
    """One worker that runs one pipeline."""

    def __init__(self, transport: Transport, pipeline: Pipeline[Any, Any], providers: Any) -> None:
        self.store = MortalClient(transport)
        self.runner = Runner(
            self.store, {pipeline.slug: pipeline}, {pipeline.slug: providers}, timings=TIMINGS
        )
        self.task = asyncio.create_task(self.runner.run())

    def crash_after(self, checkpoints: int) -> None:
        """Crash at the n-th checkpoint: no row is released, and the worker does not sign off."""
        left = iter(range(checkpoints - 1, -1, -1))

        def count() -> None:
            if next(left, None) == 0:
                self.task.cancel()

        self.store.on_checkpoint = count

    def look(self) -> None:
        """Ring the worker, because there is a row."""
        self.runner.ring("notify")

    def owes(self) -> bool:
        """Whether a paid call is not in the database yet."""
        return len(self.runner._writer.spending) > 0

    async def close(self) -> None:
        """End the worker in good order, or clean up after it if it has crashed."""
        self.runner.stop()
        with suppress(asyncio.CancelledError):
            await asyncio.wait_for(self.task, 60)
        await self.store.close()


@asynccontextmanager
async def at_work(
    desk: Table,
    pipeline: Pipeline[Any, Any],
    providers: Any,
    transport: Transport | None = None,
) -> AsyncIterator[Workshop]:
    """A worker that runs until the end of the block. Without `transport` it uses the database's
    URL."""
    url = SecretStr(desk.database.dsn_as("service_role"))
    workshop = Workshop(transport or PostgresTransport(url), pipeline, providers)
    try:
        yield workshop
    finally:
        await workshop.close()


def worker_tasks() -> set[asyncio.Task[Any]]:
    """The tasks that run our own code, not a driver's or a fake server's."""
    return {
        task
        for task in asyncio.all_tasks()
        if getattr(task.get_coro(), "cr_code", None) is not None
        and task.get_coro().cr_code.co_filename.startswith(OUR_CODE)  # type: ignore[union-attr] # a coroutine, as just asked
    }
