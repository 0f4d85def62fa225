"""The worker of this repository, put together as its command line puts it together."""

from __future__ import annotations

import asyncio

from pydantic import BaseModel, SecretStr

from bench.journal import Journal
from bench.worker_config import WorkerConfig
from liverows.database.client import ContractClient
from liverows.database.postgres_transport import PostgresTransport
from liverows.doorbells.doorbell import Doorbell
from liverows.doorbells.notify import NotifyDoorbell
from liverows.doorbells.realtime import RealtimeDoorbell
from liverows.recipe.context import Context
from liverows.recipe.pipeline import Pipeline
from liverows.running.runner import Runner

PIPELINE = "bench-noop"
TABLE = """
create table public.bench_rows (
    id uuid primary key default gen_random_uuid(),
    account_id uuid not null,
    body text not null,
    result text
);
"""
ATTACH = f"""
select processing.attach('public.bench_rows', '{PIPELINE}',
    inputs => '{{body}}', outputs => '{{result}}', lease => '20 seconds'"""
WITH_OWNERS = f"{TABLE}{ATTACH}, owner => 'account_id');"
WITHOUT_OWNERS = f"{TABLE}{ATTACH});"

_POLL_SECONDS = 0.02


class Body(BaseModel):
    """The input column."""

    body: str


class Done(BaseModel):
    """The output column."""

    result: str


class OurWorker:
    """One runner with at most one doorbell."""

    def __init__(self, config: WorkerConfig, journal: Journal) -> None:
        self._url = SecretStr(config.dsn)
        self._store = ContractClient(PostgresTransport(self._url))
        self._runner = Runner(
            self._store,
            {PIPELINE: _pipeline(config, journal)},
            None,
            concurrency=config.concurrency,
        )
        self._runner.doorbells.extend(self._doorbells(config))

    async def run(self) -> None:
        """Work until `stop` is called."""
        await self._runner.run()
        await self._store.close()

    async def ready(self) -> None:
        """Return when the first claim is answered and the worker hears its own pings."""
        while not self._hears():  # noqa: ASYNC110 - neither of the two is an event
            await asyncio.sleep(_POLL_SECONDS)

    def stop(self) -> None:
        """End at once; the rows that still run are released."""
        self._runner.stop()
        self._runner.stop()

    def _hears(self) -> bool:
        claimed = self._runner.health.claim_finished is not None
        return claimed and all(bell.working() for bell in self._runner.doorbells)

    def _doorbells(self, config: WorkerConfig) -> list[Doorbell]:
        if config.doorbell == "notify":
            return [
                NotifyDoorbell(
                    self._url,
                    self._store.ping,
                    on_connected=self._runner.leases.lock,
                    on_lost=self._runner.leases.unlock,
                    on_stop=self._runner.leases.told_to_stop,
                )
            ]
        if config.doorbell == "realtime":
            key = SecretStr(config.realtime_key)
            return [RealtimeDoorbell(config.realtime_url, key, self._store.ping)]
        return []


def _pipeline(config: WorkerConfig, journal: Journal) -> Pipeline[Body, Done]:
    pipeline = Pipeline(PIPELINE, inputs=Body, outputs=Done, claim_ahead=config.ahead)

    @pipeline
    async def noop(context: Context[None], _: Body) -> Done:
        journal.started(context.job.key.row_id)
        if config.seconds:
            await asyncio.sleep(config.seconds)
        return Done(result="ok")

    return pipeline
