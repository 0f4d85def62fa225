"""The whole command `run`: settings, log, health server, metrics, doorbell and upkeep.

Only its pipelines are made here; everything else is what a deployed worker runs.
"""

from __future__ import annotations

import asyncio
import os
import signal
import socket

import httpx
from pydantic import SecretStr

from bench import served
from bench.journal import Journal
from bench.noop import pipelines_of
from bench.worker_config import WorkerConfig
from liverows.base.log import configure_logging
from liverows.base.settings import Settings
from liverows.running.process import run_worker

_POLL_SECONDS = 0.02


class Command:
    """One worker process as `liverows run` starts it."""

    def __init__(self, config: WorkerConfig, journal: Journal) -> None:
        for number, pipeline in enumerate(pipelines_of(config, journal).values()):
            setattr(served, f"pipeline_{number}", pipeline)
        self._settings = Settings(
            supabase_db_url=SecretStr(config.dsn),
            concurrency=config.concurrency,
            health_port=_free_port(),
            grace_seconds=0,
        )

    async def run(self) -> None:
        """Work until `stop` is called."""
        configure_logging(self._settings)
        await run_worker(self._settings, [served.__name__])

    async def ready(self) -> None:
        """Return when the worker is ready to work and hears its doorbell."""
        async with httpx.AsyncClient(trust_env=False) as client:
            while not await self._is_ready(client):  # noqa: ASYNC110 - only a request tells
                await asyncio.sleep(_POLL_SECONDS)

    def stop(self) -> None:
        """End at once; the rows that still run are released."""
        os.kill(os.getpid(), signal.SIGTERM)

    async def _is_ready(self, client: httpx.AsyncClient) -> bool:
        url = f"http://127.0.0.1:{self._settings.health_port}/readyz"
        try:
            answer = await client.get(url)
        except httpx.TransportError:
            return False
        state = answer.json()
        return bool(state["ready"] and state["doorbells"] and all(state["doorbells"].values()))


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as bound:
        port: int = bound.getsockname()[1]
        return port
