"""`python -m bench.fleet`: many worker processes over one Postgres.

Two questions, each with a new database. *Drain*: how do rows per second, and what a row costs,
change with the number of workers? *Limits*: are the limits of a pipeline exact while all workers
claim at once, and does an owner with few rows wait for one with many?
"""

from __future__ import annotations

import statistics
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Annotated, Any

import psycopg
import typer
from rich.console import Console
from rich.table import Table

from bench.conversation import Child
from bench.noop import PIPELINE, TABLE
from bench.observe import OWN_NAME, cpu_seconds, machine_busy
from bench.stage import SERVER_SETTINGS, TEMPLATE, Stage, staged
from bench.systems import OURS
from bench.worker_config import WorkerConfig
from devstack.project import create_project
from liverows.testing.postgres import PostgresServer

SLOTS = 4
"""Rows that one worker runs at a time."""
LIMIT = 30
"""Rows of the pipeline that may run at a time, of all workers together."""
LIMIT_PER_OWNER = 5
SMALL_OWNERS = 20
SMALL_ROWS = 20
"""Rows of each owner who has few."""
HANDLER_SECONDS = 0.1

_CONNECTIONS_PER_WORKER = 3
_ROWS = f"""
insert into public.{TABLE} (account_id, body)
select case when n <= %(many)s then '00000000-0000-4000-8000-000000000000'::uuid
    else ('00000000-0000-4000-8000-' || lpad((1 + n %% %(owners)s)::text, 12, '0'))::uuid end, 'x'
from generate_series(1, %(many)s + %(owners)s * %(few)s) as n
"""
_RUNNING = f"""
select t.account_id::text, count(*) from public.{TABLE} as t
where t.processing_status = 'processing' group by t.account_id
"""
_WAITS = f"""
select t.account_id::text,
    extract(epoch from t.processing_started_at - t.created_at)::double precision
from (select *, min(processing_started_at) over () as created_at from public.{TABLE}) as t
"""


@dataclass
class Samples:
    """The rows that ran, of the pipeline and of one owner, in each look at the table."""

    looks: int = 0
    most: int = 0
    most_of_an_owner: int = 0
    at_limit: int = 0
    stop: threading.Event = field(default_factory=threading.Event)

    def look(self, dsn: str) -> None:
        """Count the rows that run, again and again, each time in one snapshot."""
        with psycopg.connect(
            dsn, autocommit=True, application_name=f"{OWN_NAME} samples"
        ) as connection:
            while not self.stop.wait(0.02):
                counts: dict[str, int] = dict(connection.execute(_RUNNING).fetchall())
                running = sum(counts.values())
                self.looks += 1
                self.most = max(self.most, running)
                self.most_of_an_owner = max([self.most_of_an_owner, *counts.values()])
                self.at_limit += running == LIMIT


def main(
    workers: Annotated[
        list[int] | None, typer.Option(min=1, help="Worker processes; may be repeated.")
    ] = None,
    rows: Annotated[int, typer.Option(min=100, help="Rows of each drain.")] = 20_000,
    limited: Annotated[int, typer.Option(min=100, help="Rows of the owner with many.")] = 2_000,
) -> None:
    """Measure 1, 10, 25 and 50 workers, and the limits with the largest number."""
    counts = workers or [1, 10, 25, 50]
    console = Console(width=110)
    settings = {
        **SERVER_SETTINGS,
        "max_connections": str(_CONNECTIONS_PER_WORKER * max(counts) + 50),
    }
    with PostgresServer(durable=True, settings=settings) as server:
        create_project(server, TEMPLATE)
        busy = machine_busy()
        console.print(drains(server, counts, rows))
        console.print(limits(server, max(counts), limited))
    console.print(f"Others kept {busy:.0%} of the machine busy at the start.")


def drains(server: PostgresServer, counts: list[int], rows: int) -> Table:
    """Rows that do nothing, inserted in one transaction: what a row costs, by number of workers."""
    table = Table(
        "workers", "rows/s", "commits/row", "WAL kB/row", "worker ms/row", "postgres ms/row",
        "connections", "least worker's share", title=f"Drain: {rows:,} rows without work",
    )  # fmt: skip
    for count in counts:
        with staged(server, OURS) as stage:
            numbers = _drain(stage, _started(stage, count), rows)
        table.add_row(f"{count}", *(f"{number:.2f}" for number in numbers))
    return table


def _drain(stage: Stage, workers: list[Child], rows: int) -> list[float]:
    stage.insert(50 * len(workers))
    stage.wait_done_by_all()
    own = sum(cpu_seconds(worker.pid) for worker in workers)
    servers = sum(stage.observer.backend_cpu().values())
    commits = stage.observer.transactions()
    connections = len(stage.observer.backends())
    before = Counter({n: _runs(worker) for n, worker in enumerate(workers)})
    inserted = stage.insert(rows)
    stage.wait_done_by_all()
    finished = sorted(stage.finish_times().values())[-rows:]
    wal = stage.observer.wal_bytes() - inserted.wal
    own = sum(cpu_seconds(worker.pid) for worker in workers) - own
    servers = sum(stage.observer.backend_cpu().values()) - servers
    done = [_runs(worker) - before[n] for n, worker in enumerate(workers)]
    for worker in workers:
        worker.stop()
    commits = stage.observer.transactions_when_quiet() - commits
    return [
        (rows - 1) / (finished[-1] - finished[0]), commits / rows, wal / rows / 1000,
        own * 1000 / rows, servers * 1000 / rows, connections,
        min(done) * len(done) / sum(done),
    ]  # fmt: skip


def limits(server: PostgresServer, count: int, many: int) -> Table:
    """One owner with many rows beside owners with few, while the pipeline's limits hold."""
    with staged(server, OURS) as stage:
        with stage.connection() as connection:
            connection.execute(
                "select processing.set_limits(pipeline => %s, limits => jsonb_build_object("
                "'concurrency', %s::integer, 'concurrency_per_owner', %s::integer),"
                " operator => 'bench')",
                (PIPELINE, LIMIT, LIMIT_PER_OWNER),
            )
        workers = _started(stage, count, seconds=HANDLER_SECONDS)
        samples = Samples()
        looking = threading.Thread(target=samples.look, args=(stage.dsn,))
        looking.start()
        began = time.monotonic()
        seconds = _run_all(stage, many) - began
        samples.stop.set()
        looking.join()
        with stage.connection() as connection:
            waits = connection.execute(_WAITS).fetchall()
        shares = [_runs(worker) for worker in workers]
    return _limits_table(samples, waits, shares, seconds, many)


def _run_all(stage: Stage, many: int) -> float:
    """Insert the rows of all owners at once; returns the time when the last one was done."""
    total = many + SMALL_OWNERS * SMALL_ROWS
    with stage.connection() as connection:
        connection.execute(_ROWS, {"many": many, "owners": SMALL_OWNERS, "few": SMALL_ROWS})
        deadline = time.monotonic() + 60 + total * HANDLER_SECONDS
        while time.monotonic() < deadline:
            row = connection.execute(f"select count(*) from ({OURS.finished}) as done").fetchone()
            if row == (total,):
                return time.monotonic()
            time.sleep(0.25)
    raise TimeoutError(f"{total} rows were not finished: {row}")


def _limits_table(
    samples: Samples, waits: list[Any], shares: list[int], seconds: float, many: int
) -> Table:
    largest = f"{0:08}-0000-4000-8000-{0:012}"
    of_few = [wait for owner, wait in waits if owner != largest]
    of_many = [wait for owner, wait in waits if owner == largest]
    table = Table(
        "what", "measured", title=f"Limits: {len(shares)} workers, {SLOTS} slots each, "
        f"{many:,} rows of one owner and {SMALL_ROWS} of each of {SMALL_OWNERS}"
    )  # fmt: skip
    table.add_row("limit of the pipeline", f"{LIMIT}; at most {samples.most} ran")
    table.add_row("limit of an owner", f"{LIMIT_PER_OWNER}; at most {samples.most_of_an_owner} ran")
    table.add_row("looks at the table", f"{samples.looks}, {samples.at_limit} at the limit")
    table.add_row("seconds until all were done", f"{seconds:.1f}")
    for name, group in (("owners with few", of_few), ("owner with many", of_many)):
        last = max(group)
        table.add_row(
            f"wait, {name}", f"median {statistics.median(group):.1f} s, last {last:.1f} s"
        )
    table.add_row("rows of a worker", f"{min(shares)} to {max(shares)}")
    return table


def _started(stage: Stage, count: int, *, seconds: float = 0) -> list[Child]:
    """So many workers, started together; returns when all of them claim and listen."""
    config = WorkerConfig(system="ours", dsn=stage.dsn, concurrency=SLOTS, seconds=seconds)
    children = [stage.process("bench.worker", config) for _ in range(count)]
    for child in children:
        child.expect("ready", seconds=300)
    return children


def _runs(worker: Child) -> int:
    return len(worker.ask("starts")["starts"])


if __name__ == "__main__":
    typer.run(main)
