"""The worker of this repository, put together as its command line puts it together."""

from __future__ import annotations

import asyncio

from pydantic import SecretStr

from bench.journal import Journal
from bench.noop import pipelines_of
from bench.worker_config import WorkerConfig
from liverows.database.client import ContractClient
from liverows.database.contract import Transport
from liverows.database.data_api import DataApi
from liverows.database.data_api_transport import DataApiTransport
from liverows.database.postgres_transport import PostgresTransport
from liverows.doorbells.doorbell import Doorbell
from liverows.doorbells.notify import NotifyDoorbell
from liverows.doorbells.realtime import RealtimeDoorbell
from liverows.running.runner import Runner

_POLL_SECONDS = 0.02


class OurWorker:
    """One runner with at most one doorbell."""

    def __init__(self, config: WorkerConfig, journal: Journal) -> None:
        self._url = SecretStr(config.dsn)
        self._store = ContractClient(_transport(config))
        self._runner = Runner(
            self._store, pipelines_of(config, journal), None, concurrency=config.concurrency
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
            return [RealtimeDoorbell(config.realtime_url, key, self._store.ping_realtime)]
        return []


def _transport(config: WorkerConfig) -> Transport:
    if config.data_api_url:
        return DataApiTransport(DataApi(config.data_api_url, SecretStr(config.data_api_key)))
    return PostgresTransport(SecretStr(config.dsn))
