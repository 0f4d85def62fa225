"""The measurements. Each starts with a new database and returns named numbers."""

from __future__ import annotations

import statistics
import time
from collections.abc import Sequence
from typing import TypeAlias

import psycopg

from bench.conversation import Child
from bench.observe import commit_times, cpu_seconds, growth, resident_mib
from bench.realtime_stand_in import KEY, StandInConfig
from bench.stage import Stage, staged
from bench.systems import OURS, System
from bench.worker_config import DoorbellName
from devstack.postgres import PostgresServer

Numbers: TypeAlias = dict[str, float]

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
    """Measure the time from the call of the insert to the result's commit record, in ms."""
    with staged(server, system) as stage:
        worker = stage.worker()
        enqueued = stage.enqueue(worker, rows, per_second)
        finished = stage.finish_times()
        waits = [finished[row.row_id] - row.called_at for row in enqueued]
        span = enqueued[-1].called_at - enqueued[0].called_at
    return {**_percentiles(waits), "offered /s": (rows - 1) / span}


def drain(
    server: PostgresServer, system: System, *, rows: int, concurrency: int, far: bool = False
) -> Numbers:
    """Measure how fast a worker that is warmed up works on rows inserted in one transaction."""
    with staged(server, system) as stage:
        dsn = stage.far_dsn(FAR_DELAY_SECONDS) if far else stage.dsn
        round_trip = _round_trip_ms(dsn) if far else None
        worker = stage.worker(concurrency=concurrency, dsn=dsn)
        stage.warm_up(worker, WARM_UP_ROWS)
        worker_cpu, backend_cpu = worker.ask("cpu")["seconds"], stage.observer.backend_cpu()
        stage.insert(rows)
        stage.wait_done(worker)
        worker_cpu = worker.ask("cpu")["seconds"] - worker_cpu
        backend_spent = growth(backend_cpu, stage.observer.backend_cpu())
        finished = sorted(stage.finish_times().values())[-rows:]
        memory = resident_mib(worker.pid)
        numbers = {
            "rows/s": _rate(finished),
            "commits/row": stage.transactions_per_row(worker),
            "worker ms/row": worker_cpu / rows * 1000,
            "postgres ms/row": backend_spent / rows * 1000,
            "RSS MiB": memory,
        }
    return numbers if round_trip is None else {**numbers, "select 1 ms": round_trip}


def sleeping(
    server: PostgresServer, system: System, *, rows: int, concurrency: int, seconds: float
) -> Numbers:
    """Measure rows whose handlers wait, as for a network: the time from the insert's commit to
    the commit of the last result."""
    with staged(server, system) as stage:
        worker = stage.worker(concurrency=concurrency, seconds=seconds)
        stage.warm_up(worker, concurrency)
        transaction = stage.insert(rows)
        stage.wait_done(worker)
        with stage.connection() as connection:
            [began] = commit_times(connection, [transaction]).values()
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
        before = _used(stage, worker)
        time.sleep(seconds)
        transactions, worker_cpu, backend_cpu = _used(stage, worker)
        return {
            "xact/s": (transactions - before[0]) / seconds,
            "connections": len(stage.observer.backends()),
            "RSS MiB": resident_mib(worker.pid),
            "worker CPU s/min": (worker_cpu - before[1]) / seconds * 60,
            "postgres CPU s/min": growth(before[2], backend_cpu) / seconds * 60,
        }


def takeover(server: PostgresServer, *, rows: int) -> Numbers:
    """Kill a worker that holds rows with SIGKILL, while another worker has free slots."""
    with staged(server, OURS) as stage:
        victim = stage.worker(concurrency=rows, seconds=600.0)
        stage.insert(rows)
        victim.tell(f"tell_at {rows}")
        victim.expect("reached")
        heir = stage.worker(concurrency=rows)
        time.sleep(1.0)
        killed_at = time.time()
        victim.kill()
        stage.wait_done(heir)
        starts = [at - killed_at for _, at in heir.ask("starts")["starts"]]
    return {"first s": min(starts), "last s": max(starts)}


def _realtime(stage: Stage, doorbell: DoorbellName) -> dict[str, str]:
    """The settings that a worker with this doorbell needs."""
    if doorbell != "realtime":
        return {}
    config = StandInConfig(dsn=stage.server.dsn(stage.name))
    stand_in = stage.process("bench.realtime_stand_in", config)
    return {"realtime_url": stand_in.expect("ready")["url"], "realtime_key": KEY}


def _used(stage: Stage, worker: Child) -> tuple[int, float, dict[int, float]]:
    return stage.observer.transactions(), cpu_seconds(worker.pid), stage.observer.backend_cpu()


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
