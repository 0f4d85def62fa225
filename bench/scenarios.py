"""The measurements. Each starts with a new database and returns named numbers."""

from __future__ import annotations

import statistics
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Literal, TypeAlias

import psycopg

from bench.conversation import Child
from bench.enqueuer import WARM_UP_ROWS as ENQUEUER_WARM_UP_ROWS
from bench.observe import commit_times, growth, resident_mib
from bench.realtime_stand_in import KEY, StandInConfig
from bench.stage import Stage, staged
from bench.systems import OURS, System
from bench.worker_config import DoorbellName
from liverows.testing.postgres import PostgresServer

Numbers: TypeAlias = dict[str, float]
Link: TypeAlias = Literal["near", "far", "data api"]
"""How a worker reaches the database: by a login, by a login with a delay, or by the Data API, with
the doorbell of Realtime."""
Beside: TypeAlias = Literal["nothing", "long transaction"]
"""What else happens: with a long transaction, the rows of an earlier drain leave dead tuples."""

WARM_UP_ROWS = 300
FAR_DELAY_SECONDS = 0.005


def pickup(
    server: PostgresServer,
    system: System,
    *,
    rows: int,
    per_second: float,
    doorbell: DoorbellName = "notify",
) -> Numbers:
    """Measure the time from the insert's commit record to the start of the handler, in ms."""
    with staged(server, system) as stage:
        worker = stage.worker(doorbell=doorbell, **_realtime(stage, doorbell))
        enqueued = stage.enqueue(worker, rows, per_second)
        with stage.connection() as connection:
            committed = commit_times(connection, [row.transaction for row in enqueued])
        started = dict(worker.ask("starts")["starts"])
        waits = [started[row.row_id] - committed[row.transaction] for row in enqueued]
    return _percentiles(waits)


def end_to_end(server: PostgresServer, system: System, *, rows: int, per_second: float) -> Numbers:
    """Measure the time from the call of the insert to the result's commit record, in ms, and the
    CPU that a row costs at this rate."""
    with staged(server, system) as stage:
        worker = stage.worker()
        before = Usage.of(stage, worker)
        enqueued = stage.enqueue(worker, rows, per_second)
        used = before.until(stage, worker).per_row(rows + ENQUEUER_WARM_UP_ROWS)
        finished = stage.finish_times()
        waits = [finished[row.row_id] - row.called_at for row in enqueued]
        span = enqueued[-1].called_at - enqueued[0].called_at
    return {**_percentiles(waits), "offered /s": (rows - 1) / span, **used}


def drain(
    server: PostgresServer,
    system: System,
    *,
    rows: int,
    concurrency: int,
    steps: int = 0,
    link: Link = "near",
    beside: Beside = "nothing",
) -> Numbers:
    """Measure how fast a worker that is warmed up works on rows inserted in one transaction."""
    with staged(server, system) as stage, ExitStack() as stack:
        reached, round_trip = _reached(stage, link)
        worker = stage.worker(concurrency=concurrency, steps=steps, **reached)
        if beside == "long transaction":
            _hold_snapshot(stack, stage)
            stage.warm_up(worker, rows)
        stage.warm_up(worker, WARM_UP_ROWS)
        before = Usage.of(stage, worker)
        inserted = stage.insert(rows)
        stage.wait_done(worker)
        used = before.until(stage, worker).per_row(rows)
        wal = stage.observer.wal_bytes() - inserted.wal
        finished = sorted(stage.finish_times().values())[-rows:]
        memory = resident_mib(worker.pid)
        stack.close()
        numbers = {
            "rows/s": _rate(finished),
            "commits/row": stage.transactions_per_row(worker),
            "WAL kB/row": wal / rows / 1000,
            **used,
            "RSS MiB": memory,
        }
    return numbers if round_trip is None else {**numbers, "select 1 ms": round_trip}


def shared_drain(
    server: PostgresServer, system: System, *, rows: int, concurrency: int, processes: int
) -> Numbers:
    """Measure how fast so many worker processes together work on rows of one transaction."""
    with staged(server, system) as stage:
        workers = [stage.worker(concurrency=concurrency) for _ in range(processes)]
        stage.insert(WARM_UP_ROWS)
        stage.wait_done_by_all()
        stage.insert(rows)
        stage.wait_done_by_all()
        finished = sorted(stage.finish_times().values())[-rows:]
        busy = [len(worker.ask("starts")["starts"]) for worker in workers]
    return {"rows/s": _rate(finished), "least worker's share": min(busy) * processes / sum(busy)}


def sleeping(
    server: PostgresServer, system: System, *, rows: int, concurrency: int, seconds: float
) -> Numbers:
    """Measure rows whose handlers wait, as for a network: the time from the insert's commit to
    the commit of the last result."""
    with staged(server, system) as stage:
        worker = stage.worker(concurrency=concurrency, seconds=seconds)
        stage.warm_up(worker, concurrency)
        inserted = stage.insert(rows)
        stage.wait_done(worker)
        with stage.connection() as connection:
            [began] = commit_times(connection, [inserted.transaction]).values()
        took = max(stage.finish_times().values()) - began
    ideal = rows * seconds / concurrency
    return {"seconds": took, "ideal": ideal, "over ideal": took / ideal}


def idle(server: PostgresServer, system: System, *, seconds: float, settle: float) -> Numbers:
    """Measure a worker that has worked and now has nothing to do; counting begins `settle` seconds
    later."""
    with staged(server, system) as stage:
        worker = stage.worker()
        stage.warm_up(worker, 100)
        time.sleep(settle)
        before, transactions = Usage.of(stage, worker), stage.observer.transactions()
        time.sleep(seconds)
        transactions = stage.observer.transactions() - transactions
        used = before.until(stage, worker)
        return {
            "xact/s": transactions / seconds,
            "connections": len(stage.observer.backends()),
            "RSS MiB": resident_mib(worker.pid),
            "worker CPU s/min": used.worker / seconds * 60,
            "postgres CPU s/min": used.postgres / seconds * 60,
        }


def takeover(server: PostgresServer, *, rows: int) -> Numbers:
    """Kill a worker that holds rows with SIGKILL, while another worker has free slots."""
    with staged(server, OURS) as stage:
        holder = _holder(stage, rows)
        heir = stage.worker(concurrency=rows)
        time.sleep(1.0)
        killed_at = time.time()
        holder.kill()
        return _run_again(stage, heir, killed_at)


def restart(server: PostgresServer, system: System, *, rows: int) -> Numbers:
    """Kill the only worker with SIGKILL while it holds rows, and start another one at once."""
    with staged(server, system) as stage:
        holder = _holder(stage, rows)
        killed_at = time.time()
        holder.kill()
        return _run_again(stage, stage.worker(concurrency=rows), killed_at)


def _holder(stage: Stage, rows: int) -> Child:
    """A worker whose handlers run all rows of the stage and do not end."""
    holder = stage.worker(concurrency=rows, seconds=600.0)
    stage.insert(rows)
    holder.tell(f"tell_at {rows}")
    holder.expect("reached")
    return holder


def _run_again(stage: Stage, heir: Child, killed_at: float) -> Numbers:
    """The seconds from the kill until the first and until the last row runs again."""
    stage.wait_done(heir)
    starts = [at - killed_at for _, at in heir.ask("starts")["starts"]]
    return {"first s": min(starts), "last s": max(starts)}


def start(server: PostgresServer, system: System) -> Numbers:
    """Measure a new process until it works: until its doorbell rings and its first claim is
    answered, or until the raw loop listens."""
    with staged(server, system) as stage:
        began = time.monotonic()
        worker = stage.worker()
        took = time.monotonic() - began
        return {
            "CPU s": worker.ask("cpu")["seconds"],
            "seconds": took,
            "RSS MiB": resident_mib(worker.pid),
        }


def _realtime(stage: Stage, doorbell: DoorbellName) -> dict[str, str]:
    """The settings that a worker with this doorbell needs."""
    if doorbell != "realtime":
        return {}
    config = StandInConfig(dsn=stage.server.dsn(stage.name))
    stand_in = stage.process("bench.realtime_stand_in", config)
    return {"realtime_url": stand_in.expect("ready")["url"], "realtime_key": KEY}


@dataclass(frozen=True, slots=True)
class Used:
    """The CPU seconds that a worker, and the server processes that serve it, used in a time."""

    worker: float
    postgres: float

    def per_row(self, rows: int) -> Numbers:
        """What each of so many rows has cost, in ms."""
        return {
            "worker ms/row": self.worker / rows * 1000,
            "postgres ms/row": self.postgres / rows * 1000,
        }


@dataclass(frozen=True, slots=True)
class Usage:
    """The CPU seconds that a worker, and each server process that serves it, have used so far."""

    worker: float
    backends: dict[int, float]

    @classmethod
    def of(cls, stage: Stage, worker: Child) -> Usage:
        """Read them now."""
        return cls(worker.ask("cpu")["seconds"], stage.observer.backend_cpu())

    def until(self, stage: Stage, worker: Child) -> Used:
        """What was used from then until now."""
        now = Usage.of(stage, worker)
        return Used(now.worker - self.worker, growth(self.backends, now.backends))


def _reached(stage: Stage, link: Link) -> tuple[dict[str, str], float | None]:
    """How a worker reaches the database, and the ms of a round trip where it is far away."""
    if link == "far":
        dsn = stage.far_dsn(FAR_DELAY_SECONDS)
        return {"dsn": dsn}, _round_trip_ms(dsn)
    if link == "data api":
        bell = _realtime(stage, "realtime")
        return {**stage.data_api(), "doorbell": "realtime", **bell}, None
    return {}, None


def _hold_snapshot(stack: ExitStack, stage: Stage) -> None:
    """Keep a transaction open, so that no vacuum removes what is deleted or updated from now on."""
    connection = stack.enter_context(stage.connection())
    connection.execute("begin isolation level repeatable read")
    connection.execute("select count(*) from pg_catalog.pg_class")


def _percentiles(seconds: Sequence[float]) -> Numbers:
    cuts = statistics.quantiles(seconds, n=100, method="inclusive")
    chosen = {"p50 ms": cuts[49], "p95 ms": cuts[94], "p99 ms": cuts[98], "max ms": max(seconds)}
    return {name: value * 1000 for name, value in chosen.items()}


def _rate(finished: Sequence[float]) -> float:
    """Rows per second between the first and the last commit; rows of the first commit do not
    count."""
    first, last = finished[0], finished[-1]
    return sum(moment > first for moment in finished) / (last - first)


def _round_trip_ms(dsn: str) -> float:
    """The median time of `select 1`."""
    with psycopg.connect(dsn, autocommit=True, application_name="bench stage") as connection:
        connection.execute("select 1")
        taken = []
        for _ in range(20):
            began = time.perf_counter()
            connection.execute("select 1")
            taken.append(time.perf_counter() - began)
    return statistics.median(taken) * 1000
