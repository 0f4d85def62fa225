"""`python -m bench.years`: whether calls cost the same after years as on the first day.

An almost empty queue, and one with years of finished rows, are asked the same questions, with
fresh and with stale statistics; a table of the pages of 8 kB that each call reads is printed.
Then everything that is due is pruned, and many rows run without a vacuum between them.
"""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Annotated
from uuid import uuid4

import psycopg
import typer
from rich.console import Console
from rich.table import Table

from bench.observe import cpu_seconds, machine_busy
from bench.past import (
    LAST_DAY,
    PIPELINE,
    PLAIN,
    PLAIN_PIPELINE,
    TABLE,
    Connection,
    Past,
    Sizes,
    of_scale,
)
from bench.stage import TEMPLATE
from devstack.project import create_project
from liverows.testing.databases import OWNER, create_database
from liverows.testing.postgres import PostgresServer

SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "autovacuum": "off",
    "max_wal_size": "8GB",
    "shared_buffers": "1GB",
    "maintenance_work_mem": "512MB",
}
"""The data is on disk. Nothing is measured that depends on fsync, and vacuum is run by hand."""

WORKER = "5ca1ab1e-0000-4000-8000-000000000001"
FEW = 500
"""So many rows wait in the queue without a past."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What one call read and wrote."""

    pages: float
    wal: float
    ms: float


class Asker:
    """Asks questions on one connection, and counts."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def cost(self, query: str) -> tuple[str, Cost]:
        """The first value that the query answers, as text, and its cost. Triggers count, too."""
        plan = self.connection.execute(
            "explain (analyze, buffers, wal, timing off, format json) select public.run(%s)",
            [query],
        ).fetchone()
        assert plan is not None
        told = plan[0][0]
        root = told["Plan"]
        (answer,) = self.connection.execute(
            "select current_setting('bench.answer')"
        ).fetchone() or ("",)
        pages = root["Shared Hit Blocks"] + root["Shared Read Blocks"]
        return answer, Cost(pages, root["WAL Bytes"], told["Execution Time"])

    def claim(self, slots: int, pipeline: str = PIPELINE) -> tuple[list[dict[str, str]], Cost]:
        """Claim rows."""
        answer, cost = self.cost(
            f"select processing.claim(worker => '{WORKER}', pipelines => '{{{pipeline}}}',"
            f" slots => {slots}, sweep => false)"
        )
        rows = [row for batch in json.loads(answer)["batches"] for row in batch["rows"]]
        return rows, cost

    def finish(self, rows: list[dict[str, str]], pipeline: str = PIPELINE) -> Cost:
        """Complete rows."""
        table = TABLE if pipeline == PIPELINE else PLAIN
        results = json.dumps(
            [
                {key: row[key] for key in ("id", "run", "nonce")}
                | {"action": "complete", "table": table, "pipeline": pipeline}
                | {"outputs": {"answer": "42"}}
                for row in rows
            ]
        )  # fmt: skip
        answer, cost = self.cost(
            f"select processing.finish(worker => '{WORKER}', results => '{results}')"
        )
        assert answer.count('"done"') == len(rows), answer
        return cost


def questions(known: int, turn: str) -> dict[str, str]:
    """What people and pages ask; `known` is the key of a finished row. Each turn has its owners."""
    insert = f"insert into {TABLE} (account_id, body) select '{turn} ' || n, 'b'"
    of = f'"pipeline": "{PIPELINE}"'
    asked = {
        "insert 1": f"{insert} from generate_series(1, 1) as n returning id",
        "insert 100": f"with new as ({insert} from generate_series(1, 100) as n returning id)"
        " select count(*) from new",
        "explain": f"select processing.explain('{TABLE}', '{known}')",
        "inspect": f"select processing.inspect('{TABLE}', '{known}')",
        "overview, counting": "select processing.overview()",
        "overview": "select processing.overview()",
        "history: a day": "select processing.history()",
        "history: 30 days": "select processing.history(since => now() - interval '30 days',"
        " bucket_seconds => 3600)",
        "spending: a day": "select processing.spending(since => now() - interval '1 day')",
        "spending: 30 days": "select processing.spending(since => now() - interval '30 days')",
        "failures: a day": "select processing.failures(filter => jsonb_build_object('since',"
        " now() - interval '1 day'))",
    }
    for name, status in (("all", ""), ("waiting", "pending"), ("failed", "failed"),
                         ("completed", "completed")):  # fmt: skip
        wanted = f', "status": ["{status}"]' if status else ""
        asked[f"list_rows: {name}"] = f"select processing.list_rows(filter => '{{{of}{wanted}}}')"
    return asked


def measure(asker: Asker, repeat: int, known: int) -> dict[str, Cost]:
    """The median costs of all calls. Rows are inserted for owners who had none before."""
    taken: dict[str, list[Cost]] = {}
    asker.cost(f"select processing.heartbeat(worker => '{WORKER}', held => '[]',"
               f" info => '{{\"pipelines\": [\"{PIPELINE}\"]}}')")  # fmt: skip
    for turn in range(repeat + 2):
        costs: dict[str, Cost] = {}
        for slots in (1, 10, 100):
            rows, costs[f"claim {slots}"] = asker.claim(slots)
            assert len(rows) == slots
            costs[f"finish {slots}"] = asker.finish(rows)
        for name, query in questions(known, uuid4().hex).items():
            if name == "overview, counting":
                asker.connection.execute("delete from processing.many_waiting")
            _, costs[name] = asker.cost(query)
        if turn >= 2:  # plans and catalogs are cached now
            for name, cost in costs.items():
                taken.setdefault(name, []).append(cost)
    return {
        name: Cost(*(statistics.median(getattr(c, part) for c in costs)
                     for part in ("pages", "wal", "ms")))
        for name, costs in taken.items()
    }  # fmt: skip


def compared(first_day: dict[str, Cost], later: dict[str, dict[str, Cost]]) -> Table:
    """A table of the pages per call, and how many times those of the first day they are."""
    table = Table("call", "pages, first day", *(f"pages, {name}" for name in later), "ratio",
                  "ms, first day", *(f"ms, {name}" for name in later), "kB of WAL")  # fmt: skip
    for name, first in first_day.items():
        costs = [found[name] for found in later.values()]
        table.add_row(
            name, f"{first.pages:,.0f}", *(f"{cost.pages:,.0f}" for cost in costs),
            f"{max(cost.pages for cost in costs) / first.pages:.2f}",
            f"{first.ms:.1f}", *(f"{cost.ms:.1f}" for cost in costs),
            f"{costs[-1].wal / 1000:.1f}",
        )  # fmt: skip
    return table


def pruned(asker: Asker) -> Table:
    """Prune until nothing is left, and tell what each call cost."""
    table = Table("prune", "deleted", "ms", "ms of CPU", "CPU / 10,000", "pages / deleted", "kinds")
    backend = asker.connection.info.backend_pid
    for number in range(1, 20):
        before = cpu_seconds(backend)
        answer, cost = asker.cost("select processing.prune(answers_older_than => '3 years')")
        cpu = (cpu_seconds(backend) - before) * 1000
        told = json.loads(answer)
        deleted = sum(count for kind, count in told.items() if kind != "looked_at")
        per = max(deleted, 1)
        table.add_row(
            str(number), f"{deleted:,}", f"{cost.ms:,.0f}", f"{cpu:,.0f}",
            f"{cpu * 10_000 / per:,.0f}" if deleted else "", f"{cost.pages / per:,.1f}",
            ", ".join(f"{kind} {count:,}" for kind, count in told.items() if count),
        )  # fmt: skip
        if not any(told.values()):
            break
    return table


def worn(asker: Asker, passes: int, pipeline: str) -> Table:
    """Run rows with no vacuum between them, and tell what a claim of 10 costs meanwhile."""
    table = Table(f"{pipeline}: rows since vacuum", "pages per claim of 10", "ms")
    done, told = 0, 0
    while done <= passes:
        rows, cost = asker.claim(10, pipeline)
        asker.finish(rows, pipeline)
        if done >= told:
            table.add_row(f"{done:,}", f"{cost.pages:,.0f}", f"{cost.ms:.1f}")
            told = max(told * 2, passes // 32)
        more, _ = asker.claim(100, pipeline)
        asker.finish(more, pipeline)
        done += len(rows) + len(more)
        if not more:
            break
    return table


@contextmanager
def prepared(
    server: PostgresServer, name: str, console: Console
) -> Iterator[tuple[Past, Asker, Connection]]:
    """A database with the queue, and the means to fill and to ask it."""
    create_database(server, name, template=TEMPLATE)
    with (
        psycopg.connect(server.dsn(name, user=OWNER), autocommit=True) as owner,
        psycopg.connect(server.dsn(name), autocommit=True) as admin,
    ):
        started = time.perf_counter()

        def told(what: str) -> None:
            console.print(f"{time.perf_counter() - started:6.0f} s  {what}")

        yield Past(owner, admin, told), Asker(owner), admin


def catch_up(owner: Connection) -> None:
    """Bring the sums of the history up to date, as calls in the past would have done."""
    owner.execute("update processing.history_end set summed_until = now() - interval '31 days'")
    behind = "select summed_until < now() - interval '1 minute' from processing.history_end"
    while owner.execute(behind).fetchone() == (True,):
        owner.execute("select processing.history()")
    owner.execute("vacuum analyze processing.history")


def ask_all(
    server: PostgresServer, sizes: Sizes, repeat: int, passes: int, console: Console
) -> None:
    """Fill both queues, ask, and print."""
    with prepared(server, "first_day", console) as (past, asker, admin):
        past.begin(FEW, sizes.owners)
        past.fill(Sizes(LAST_DAY, FEW, sizes.owners, 2 * LAST_DAY, 0))
        admin.execute("vacuum analyze")
        catch_up(asker.connection)
        first_day = measure(asker, repeat, LAST_DAY - 1)
    later: dict[str, dict[str, Cost]] = {}
    with prepared(server, "years", console) as (past, asker, admin):
        past.begin(FEW, sizes.owners)
        past.fill(sizes)
        past_rows = sizes.finished - 1
        later["stale"] = measure(asker, repeat, past_rows)
        admin.execute("vacuum analyze")
        catch_up(asker.connection)
        later["fresh"] = measure(asker, repeat, past_rows)
        console.print(compared(first_day, later))
        console.print(pruned(asker))
        admin.execute("vacuum analyze")
        console.print(worn(asker, min(passes, sizes.waiting // 2), PIPELINE))
        past.add_plain(passes + 1000)
        console.print(worn(asker, passes, PLAIN_PIPELINE))
        admin.execute("vacuum analyze")
        later = {"vacuumed": measure(asker, repeat, past_rows)}
        console.print("After these passes, and a vacuum:", compared(first_day, later))


def main(
    rows: Annotated[int, typer.Option(min=20_000, help="Finished rows.")] = 10_000_000,
    repeat: Annotated[int, typer.Option(min=3, help="How often each call is made.")] = 7,
    passes: Annotated[int, typer.Option(help="Rows that run without a vacuum.")] = 50_000,
) -> None:
    """Fill a queue with years of rows, and measure."""
    console = Console(width=150)
    sizes = of_scale(rows)
    with PostgresServer(durable=True, settings=SETTINGS) as server:
        create_project(server, TEMPLATE)
        with psycopg.connect(server.dsn(), autocommit=True) as connection:
            (version,) = connection.execute("show server_version").fetchone() or ("",)
        busy = machine_busy()
        console.print(f"Postgres {version}, {sizes}, others kept {busy:.0%} of the machine busy")
        ask_all(server, sizes, repeat, passes, console)


if __name__ == "__main__":
    typer.run(main)
