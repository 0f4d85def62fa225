"""A worker process that dies, or loses a reply, at every point where it meets the outside.

The points are its calls of the contract, each of which commits, and its paid requests. A child
process is the worker; due-work-harness says where it dies.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from due_work_harness.process_histories import (
    FAULT_VARIABLE,
    ProcessHistory,
    die_here,
    fault_environment,
    fault_fires,
    fault_happened,
)
from pydantic import SecretStr

from liverows.base.errors import DatabaseTrouble
from liverows.base.types import Json, JsonObject
from liverows.database.client import ContractClient
from liverows.database.postgres_transport import PostgresTransport
from liverows.running.lease import LeaseTimings
from liverows.running.runner import Runner
from liverows.running.timings import RunnerTimings
from liverows.running.wake import SweepTimings
from tests.library.duework.site import SLUG, look, site
from tests.support.paid_service import PaidClient
from tests.support.pipelines.three_steps import pipeline

_forking = multiprocessing.get_context("forkserver")
_forking.set_forkserver_preload([__name__])

COMMITS = (
    "claim 1",
    "begin_call 1",
    "checkpoint 1",
    "begin_call 2",
    "checkpoint 2",
    "begin_call 3",
    "checkpoint 3",
    "finish 1",
)
"""The calls of the contract with which a worker runs one row of three paid steps, in order."""

REQUESTS = ("request read", "request think", "request write")

DEATHS = tuple(f"after {point}" for point in (*COMMITS, *REQUESTS))
LOST_REPLIES = tuple(f"reply lost: {point}" for point in COMMITS)

_FINISH = ("finish", "finish_and_claim")


@dataclass(frozen=True, slots=True)
class Child:
    """What a worker process is told."""

    dsn: str
    service_url: str
    fault: dict[str, str]
    trace: str


class MortalTransport(PostgresTransport):
    """The real transport. After the reply to a call, the process may die or lose the reply."""

    def __init__(self, told: Child) -> None:
        super().__init__(SecretStr(told.dsn))
        self._trace = Path(told.trace)
        self._seen: Counter[str] = Counter()

    async def call(self, function: str, arguments: JsonObject) -> Json:
        """Call, then fail as the test wants it."""
        answer = await super().call(function, arguments)
        point = self._point(function, arguments)
        if point is not None:
            self._note(point)
            die_here(f"after {point}")
            if fault_fires(f"reply lost: {point}"):
                raise DatabaseTrouble("the connection was lost", code="database_unreachable")
        return answer

    def _note(self, point: str) -> None:
        with self._trace.open("a") as trace:
            trace.write(f"{point}\n")

    def _point(self, function: str, arguments: JsonObject) -> str | None:
        """The name of this commit; None for calls that have nothing to do with the row."""
        name = "finish" if function in _FINISH and arguments["results"] else function
        if name not in ("claim", "begin_call", "checkpoint", "finish"):
            return None
        self._seen[name] += 1
        point = f"{name} {self._seen[name]}"
        return point if point in COMMITS else None


class MortalClient(PaidClient):
    """The real client. After an answer, the process may die."""

    async def ask(self, step: str, thing: int) -> str:
        answer = await super().ask(step, thing)
        die_here(f"after request {step}")
        return answer


def _child(told: Child) -> None:
    for name, value in told.fault.items():
        os.environ[name] = value
    quiet = os.open(os.devnull, os.O_WRONLY)
    os.dup2(quiet, 1)
    asyncio.run(_worker(told))


async def _worker(told: Child) -> None:
    loop = asyncio.get_running_loop()
    parent = multiprocessing.parent_process()
    assert parent is not None
    loop.add_reader(parent.sentinel, os._exit, 2)
    client = ContractClient(MortalTransport(told))
    runner = Runner(
        client,
        {SLUG: pipeline},
        {SLUG: MortalClient(told.service_url)},
        concurrency=4,
        timings=RunnerTimings(
            grace=5,
            retry=0.05,
            sweep=SweepTimings(calm=0.1, deaf=0.1),
            lease=LeaseTimings(heartbeat=0.2),
        ),
    )
    loop.add_signal_handler(signal.SIGTERM, runner.stop)
    try:
        await runner.run()
    finally:
        await client.close()


def start_worker(fault: dict[str, str], trace: str) -> Any:
    """Start the worker's process, as a supervisor would."""
    told = Child(site().database.dsn, site().service.url, fault, trace)
    process = _forking.Process(target=_child, args=(told,), daemon=True)
    process.start()
    return process


def work(key: str, fault: dict[str, str], trace: str = os.devnull) -> int:
    """Run a worker until it dies, or the row is done and the worker was told to stop."""
    process = start_worker(fault, trace)
    deadline = time.monotonic() + 90
    try:
        while process.is_alive() and look(key)["status"] != "completed":
            assert time.monotonic() < deadline, f"nothing ends row {key}: {look(key)}"
            process.join(0.05)
            # A worker whose claim was not answered gives the row back after half a minute.
            if fault[FAULT_VARIABLE].startswith("reply lost: claim"):
                site().clock.advance(5)
        if process.is_alive():
            process.terminate()
        process.join(60)
        return process.exitcode or 0
    finally:
        process.kill()
        process.join(60)


def run_to(point: str | None) -> tuple[str, int]:
    """A new row and a worker for it, which fails at this point."""
    key = site().things.add_one()
    with tempfile.TemporaryDirectory() as folder:
        marker = Path(folder) / "failed"
        status = work(key, fault_environment(point, marker), f"{folder}/trace")
        return key, 1 if fault_happened(marker) else status


def traced() -> list[str]:
    """The commits of a worker that nothing disturbs, in order."""
    key = site().things.add_one()
    with tempfile.TemporaryDirectory() as folder:
        trace = Path(folder) / "trace"
        work(key, fault_environment(None), str(trace))
        return trace.read_text().splitlines()


def start_again(key: str) -> None:
    """After a death: the heartbeats stay away, and another worker is started."""
    if look(key)["status"] == "completed":
        return
    site().clock.advance(60)
    work(key, fault_environment(None))


def _ended(key: str) -> tuple[Any, ...]:
    row = look(key)
    said = row["said"] == f"write of {key}"
    return row["status"], said, len(site().things.events("completed", key))


def paid_by_key(key: str) -> tuple[Any, ...]:
    """The row, and what a service that honours Idempotency-Key was paid for each step."""
    paid = site().service.payments()
    return (*_ended(key), *(paid[key, step] for step in ("read", "think", "write")))


def paid_by_call(key: str) -> tuple[Any, ...]:
    """The row, and what a service that bills every request was paid for each step."""
    paid = site().service.count()
    return (*_ended(key), *(paid[key, step] for step in ("read", "think", "write")))


NOTHING = ("pending", False, 0, 0, 0, 0)

WITH_KEYS: ProcessHistory[str, tuple[Any, ...]] = ProcessHistory(
    name="three paid steps, a service that honours Idempotency-Key",
    initial=NOTHING,
    run=run_to,
    observe=paid_by_key,
    recover=start_again,
    death_points=DEATHS,
    failure_points=LOST_REPLIES,
)
