"""Workers in their own processes, so that a test can freeze, stop and kill them.

They are forked from a process that has already imported everything, so a worker starts within
milliseconds.
"""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from liverows.base.log import configure_logging
from liverows.base.settings import Settings
from liverows.database.client import ContractClient
from liverows.database.postgres_transport import PostgresTransport
from liverows.doorbells.notify import NotifyDoorbell, NotifyTimings
from liverows.recipe.registry import discover
from liverows.running.lease import LeaseTimings
from liverows.running.runner import Runner
from liverows.running.timings import RunnerTimings
from tests.support.doorbells import until
from tests.support.paid_service import PaidClient
from tests.support.things import Things

PACKAGE = "tests.support.pipelines"

_forking = multiprocessing.get_context("forkserver")
_forking.set_forkserver_preload([__name__, f"{PACKAGE}.three_steps", f"{PACKAGE}.may_poison"])


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerOptions:
    """The options of a worker process; times are in seconds."""

    database_url: str
    service_url: str
    pipelines: tuple[str, ...]
    log_file: Path
    concurrency: int = 10
    heartbeat: float = 5.0
    grace: float = 20.0


class Fleet:
    """Worker processes on one table; `processes` lists those that should be alive."""

    def __init__(self, things: Things, options: WorkerOptions) -> None:
        self.things = things
        self.options = options
        self.processes: list[BaseProcess] = []

    def start(self) -> BaseProcess:
        """Start one more worker; it may not be ready yet."""
        process = _forking.Process(target=_work, args=(self.options,), daemon=True)
        process.start()
        self.processes.append(process)
        return process

    async def start_ready(self, count: int) -> list[BaseProcess]:
        """Start so many more workers, and wait until each holds its session lock."""
        known = len(self.locked())
        started = [self.start() for _ in range(count)]
        await until(lambda: len(self.locked()) >= known + count, deadline=60)
        return started

    def locked(self) -> dict[int, dict[str, Any]]:
        """The signed-on workers that hold a session lock, by process id."""
        return {
            int(worker["name"].rpartition(":")[2]): worker
            for worker in self.things.workers()
            if worker["lock_key"] is not None
        }

    def kill(self, process: BaseProcess) -> None:
        """Send SIGKILL, and wait until the process has ended."""
        process.kill()
        process.join(60)
        with suppress(ValueError):
            self.processes.remove(process)

    def of(self, pid: int) -> BaseProcess | None:
        """The living worker with this process id."""
        return next((process for process in self.processes if process.pid == pid), None)

    def log_lines(self, event: str) -> list[dict[str, Any]]:
        """What the workers logged with this event word."""
        lines = self.options.log_file.read_text().splitlines()
        return [line for text in lines if (line := json.loads(text))["event"] == event]

    @asynccontextmanager
    async def supervised(self) -> AsyncIterator[None]:
        """While the block runs, start another worker for each one that dies."""

        async def watch() -> None:
            while True:
                for process in [one for one in self.processes if not one.is_alive()]:
                    self.processes.remove(process)
                    self.start()
                await asyncio.sleep(0.02)  # a poll, as processes join the list meanwhile

        watching = asyncio.create_task(watch())
        try:
            yield
        finally:
            watching.cancel()

    def end(self) -> None:
        """Kill all remaining workers."""
        for process in self.processes:
            process.kill()
        for process in self.processes:
            process.join(60)


def build_runner(store: ContractClient, options: WorkerOptions, client: PaidClient) -> Runner:
    """A worker as the application builds one, with a NOTIFY doorbell and test pipelines."""
    found = discover(PACKAGE)
    runner = Runner(
        store,
        {slug: found[slug] for slug in options.pipelines},
        dict.fromkeys(options.pipelines, client),
        concurrency=options.concurrency,
        timings=RunnerTimings(grace=options.grace, lease=LeaseTimings(heartbeat=options.heartbeat)),
    )
    runner.doorbells.append(
        NotifyDoorbell(
            SecretStr(options.database_url),
            store.ping,
            on_connected=runner.leases.lock,
            on_lost=runner.leases.unlock,
            on_stop=runner.leases.told_to_stop,
            timings=NotifyTimings(backoff_cap=1),
        )
    )
    return runner


def _work(options: WorkerOptions) -> None:
    log = options.log_file.open("a")
    os.dup2(log.fileno(), sys.stdout.fileno())
    os.dup2(log.fileno(), sys.stderr.fileno())
    configure_logging(Settings(_env_file=None, log_format="json"), log)
    asyncio.run(_run(options))


async def _run(options: WorkerOptions) -> None:
    loop = asyncio.get_running_loop()
    parent = multiprocessing.parent_process()
    assert parent is not None
    # End when the test process ends; otherwise this worker would look for its database for ever.
    loop.add_reader(parent.sentinel, os._exit, 1)
    store = ContractClient(PostgresTransport(SecretStr(options.database_url)))
    runner = build_runner(store, options, PaidClient(options.service_url))
    loop.add_signal_handler(signal.SIGTERM, runner.stop)
    try:
        await runner.run()
    finally:
        await store.close()
