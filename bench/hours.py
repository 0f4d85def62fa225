"""`python -m bench.hours`: a day at 10,000 rows a minute, faster than a day.

A real worker drains one simulated minute after the other: so many rows are inserted, the worker
runs them, and then the database's clock is moved to the next
minute. Each simulated hour `prune` is called as a worker calls it. Vacuum is Postgres' own. What
must stay flat is printed: memory, connections, dead tuples, sizes of indexes, pages per claim.

Vacuum takes as long as in a real day, so it comes late for a day that passes faster. With `--past`
so many rows have ended before, and each minute lasts a minute.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Annotated, Any

import psycopg
import typer
from rich.console import Console
from rich.table import Table

from bench.noop import PIPELINE, TABLE
from bench.observe import resident_mib
from bench.past import Connection
from bench.stage import TEMPLATE, Stage, staged
from bench.systems import MANY_OWNERS
from devstack.project import create_project
from liverows.testing.databases import MOVABLE_CLOCK
from liverows.testing.postgres import PostgresServer

SETTINGS = {
    "track_commit_timestamp": "on",
    "fsync": "off",
    "synchronous_commit": "off",
    "max_wal_size": "8GB",
    "shared_buffers": "512MB",
}

DEADLINE_SECONDS = 300.0

INSERT = f"""
insert into public.{TABLE} (account_id, body)
select ('00000000-0000-4000-8000-' || lpad((random() * 10000)::integer::text, 12, '0'))::uuid,
    repeat('b', 200)
from generate_series(1, %s)
"""

PAST = f"""
insert into public.{TABLE} (account_id, body, result, processing_status, processing_pipeline,
    processing_run, processing_not_before, processing_started_at, processing_finished_at)
select ('00000000-0000-4000-8000-' || lpad((n %% 10000)::text, 12, '0'))::uuid, repeat('b', 200),
    repeat('b', 200), 'completed', '{PIPELINE}', 1, x.at, x.at, x.at
from generate_series(%(first)s::bigint, %(last)s) as n
cross join lateral (select now() - interval '1 day' * n / %(rows)s) as x (at)
"""
PART = 200_000

OPEN = f"""
select exists (select from processing.leases) or exists (select from public.{TABLE}
    where processing_status = 'pending' and processing_pipeline = '{PIPELINE}')
"""

SIZES = f"""
select (select count(*) from pg_stat_activity where datname = current_database()),
    (select sum(n_dead_tup) from pg_stat_user_tables where relname = '{TABLE}'),
    (select sum(n_dead_tup) from pg_stat_user_tables where schemaname = 'processing'),
    pg_relation_size('public.due_{PIPELINE.replace("-", "_")}'),
    pg_relation_size('public.due_by_owner_{PIPELINE.replace("-", "_")}'),
    pg_total_relation_size('processing.leases'),
    pg_relation_size('processing.events'), pg_indexes_size('processing.events'),
    pg_total_relation_size('processing.checkpoints'),
    (select sum(vacuum_count + autovacuum_count) from pg_stat_user_tables where relname = '{TABLE}')
"""

CLAIM = f"""
explain (analyze, buffers, timing off, format json)
select processing.claim(worker => gen_random_uuid(), pipelines => '{{{PIPELINE}}}', slots => 10,
    sweep => false)
"""


COLUMNS = (
    "time", "rows", "rows/s", "worker MiB", "connections", "pages per claim of 10", "dead rows",
    "dead lines", "due index MiB", "by owner MiB", "leases MiB", "events MiB", "their indexes",
    "checkpoints MiB", "vacuums",
)  # fmt: skip


@dataclass(slots=True)
class Day:
    """The simulated day of one stage."""

    stage: Stage
    worker_pid: int
    connection: Connection
    admin: Connection
    retention: str
    pruned: int = 0

    def minute(self, rows: int) -> None:
        """Insert the rows of a minute, wait until they have run, and move the clock."""
        self.connection.execute(INSERT, [rows])
        deadline = time.monotonic() + DEADLINE_SECONDS
        while self.connection.execute(OPEN).fetchone() != (False,):
            if time.monotonic() > deadline:
                raise TimeoutError("the worker does not finish the rows of a minute")
            time.sleep(0.05)
        self.admin.execute("update test.clock set offset_by = offset_by + interval '1 minute'")

    def real_minute(self, rows: int) -> None:
        """Insert the rows of a minute, a sixtieth each second, for as long as a minute lasts."""
        began = time.monotonic()
        for second in range(60):
            self.connection.execute(INSERT, [rows // 60])
            time.sleep(max(0.0, began + second + 1 - time.monotonic()))

    def remember(self, rows: int) -> None:
        """Add rows that have ended within the last day."""
        self.admin.execute("set session_replication_role = replica")
        for first in range(0, rows, PART):
            last = min(first + PART, rows) - 1
            self.admin.execute(PAST, {"first": first, "last": last, "rows": rows})
        self.admin.execute("reset session_replication_role")
        self.admin.execute(f"vacuum analyze public.{TABLE}")

    def prune(self) -> None:
        """Prune as a worker does once an hour."""
        while True:
            told: dict[str, int] = self._one(
                f"select processing.prune(events_older_than => '{self.retention}')"
            )
            self.pruned += sum(count for kind, count in told.items() if kind != "looked_at")
            if all(count < 10_000 for kind, count in told.items() if kind != "workers"):
                return

    def claim_pages(self) -> int:
        """The pages that a claim of ten rows reads now; it is rolled back."""
        with self.connection.transaction(force_rollback=True):
            self.connection.execute(INSERT, [20])
            plan = self._one(CLAIM)[0]["Plan"]
        pages: int = plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]
        return pages

    def sample(self) -> tuple[Any, ...]:
        """What must stay flat."""
        self.connection.execute("select pg_stat_force_next_flush()")
        sizes = self.admin.execute(SIZES).fetchone() or ()
        return (resident_mib(self.worker_pid), self.claim_pages(), *sizes)

    def _one(self, query: str) -> Any:
        (value,) = self.connection.execute(query).fetchone() or (None,)
        return value


def shown(minute: int, rows: int, per_second: float, sample: tuple[Any, ...]) -> list[str]:
    """The line of a table."""
    memory, pages, connections, dead, dead_own, *sizes, vacuums = sample
    return [
        f"{minute // 60}:{minute % 60:02}", f"{rows:,}", f"{per_second:,.0f}", f"{memory:.0f}",
        str(connections), str(pages), f"{int(dead or 0):,}", f"{int(dead_own or 0):,}",
        *(f"{size / 2**20:,.1f}" for size in sizes), str(vacuums),
    ]  # fmt: skip


def main(
    minutes: Annotated[int, typer.Option(min=2, help="Simulated minutes.")] = 1440,
    rows: Annotated[int, typer.Option(min=100, help="Rows per simulated minute.")] = 10_000,
    sample_every: Annotated[int, typer.Option(help="Minutes between two samples.")] = 60,
    prune_every: Annotated[int, typer.Option(help="Minutes between two calls of prune.")] = 60,
    retention: Annotated[str, typer.Option(help="How long events stay.")] = "2 hours",
    steps: Annotated[int, typer.Option(help="Steps with a checkpoint per row.")] = 0,
    past: Annotated[int, typer.Option(help="Rows that ended before; time is then real.")] = 0,
) -> None:
    """Simulate a day."""
    console = Console(width=170)
    # Autovacuum looks each minute, and in a day that passes faster more often.
    settings = SETTINGS if past else {**SETTINGS, "autovacuum_naptime": "5s"}
    with PostgresServer(durable=True, settings=settings) as server:
        with psycopg.connect(create_project(server, TEMPLATE), autocommit=True) as admin:
            admin.execute(MOVABLE_CLOCK)
        with (
            staged(server, MANY_OWNERS) as stage,
            psycopg.connect(server.dsn(stage.name), autocommit=True) as admin,
            stage.connection() as connection,
        ):
            worker = stage.worker(steps=steps)
            day = Day(stage, worker.pid, connection, admin, retention)
            day.remember(past)
            table = Table(*COLUMNS)
            started, told = time.perf_counter(), 0
            for minute in range(1, minutes + 1):
                (day.real_minute if past else day.minute)(rows)
                worker.ask("forget")  # or its list of starts would grow
                if minute % prune_every == 0:
                    day.prune()
                if minute % sample_every == 0 or minute == minutes:
                    now = time.perf_counter()
                    speed = (minute - told) * rows / (now - started)
                    line = shown(minute, minute * rows, speed, day.sample())
                    table.add_row(*line)
                    console.print(" | ".join(line))
                    started, told = time.perf_counter(), minute
            console.print(table)
            console.print(f"{day.pruned:,} lines were pruned.")


if __name__ == "__main__":
    typer.run(main)
