"""The stage of one measurement: a new database, and the processes that use it."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg

from bench.conversation import Child
from bench.data_api import DataApiConfig
from bench.enqueuer import WARM_UP_ROWS, Enqueued, EnqueuerConfig
from bench.observe import OWN_NAME, Connection, Observer, finish_times
from bench.proxy import ProxyConfig
from bench.systems import System
from bench.worker_config import WorkerConfig
from devstack.project import create_project
from liverows.testing.databases import OWNER, create_database, drop_database
from liverows.testing.postgres import PostgresServer

TEMPLATE = "bench_template"
SERVER_SETTINGS = {"track_commit_timestamp": "on"}
"""With commit times the same measure fits every system. They cost each commit 10 bytes."""

_DONE_SECONDS = 120.0
_POLL_SECONDS = 0.02
_numbers = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Inserted:
    """The transaction that inserted rows, and how many bytes of WAL the server had written by its
    end."""

    transaction: str
    wal: float


@contextmanager
def durable_server() -> Iterator[PostgresServer]:
    """A server that flushes each commit to disk, with the template database of every stage."""
    with PostgresServer(durable=True, settings=SERVER_SETTINGS) as server:
        create_project(server, TEMPLATE)
        yield server


class Stage:
    """A new database with one system in it. `staged` makes it."""

    def __init__(self, server: PostgresServer, system: System, name: str) -> None:
        self.server = server
        self.system = system
        self.name = name
        self.dsn = server.dsn(name, user=OWNER)
        self.observer: Observer = Observer(server.dsn(), name)
        self._children = ExitStack()
        self._expected = 0
        self._first_transactions = 0

    def open(self) -> None:
        """Create the tables."""
        with self.connection() as connection:
            connection.execute(self.system.schema)
        self._first_transactions = self.observer.transactions_when_quiet()

    def close(self) -> None:
        """End the processes that were started."""
        self._children.close()
        self.observer.__exit__()

    @contextmanager
    def connection(self) -> Iterator[Connection]:
        """A connection for the benchmark itself."""
        with psycopg.connect(
            self.dsn, autocommit=True, application_name=f"{OWN_NAME} stage"
        ) as connection:
            yield connection

    def worker(self, **config: Any) -> Child:
        """Start a worker; returns when its doorbell works."""
        system = self.system
        chosen = {"dsn": self.dsn, **config}
        child = self._start(
            "bench.worker",
            WorkerConfig(
                system=system.kind, ahead=system.ahead, pipelines=system.pipelines, **chosen
            ),
        )
        child.expect("ready")
        return child

    def far_dsn(self, delay: float) -> str:
        """The database behind a proxy that delays each direction by so many seconds."""
        proxy = self._start("bench.proxy", ProxyConfig(port=self.server.port, delay=delay))
        port = proxy.expect("ready")["port"]
        return self.dsn.replace(f":{self.server.port}/", f":{port}/")

    def data_api(self) -> dict[str, str]:
        """Serve the Data API of this database; returns what a worker needs to use it."""
        dsn = self.server.dsn(self.name, user="authenticator")
        config = DataApiConfig(dsn=dsn, folder=str(self.server.folder("postgrest")))
        served = self._start("bench.data_api", config).expect("ready")
        return {"data_api_url": served["url"], "data_api_key": served["key"]}

    def process(self, module: str, config: Any) -> Child:
        """Start any other process of the benchmark."""
        return self._start(module, config)

    def insert(self, rows: int) -> Inserted:
        """Insert rows in one transaction."""
        self._expected += rows
        with self.connection() as connection, connection.transaction():
            connection.execute(self.system.insert_many, (rows,))
            row = connection.execute(
                "select pg_current_xact_id()::xid::text, pg_current_wal_insert_lsn() - '0/0'"
            ).fetchone()
        assert row is not None
        return Inserted(str(row[0]), float(row[1]))

    def enqueue(self, worker: Child, rows: int, per_second: float) -> list[Enqueued]:
        """Insert rows one by one from another process; returns when all of them are done."""
        config = EnqueuerConfig(
            dsn=self.dsn, statement=self.system.insert_one, rows=rows, per_second=per_second
        )
        enqueuer = self._start("bench.enqueuer", config)
        enqueuer.expect("ready")
        self._expected += WARM_UP_ROWS
        self.wait_done(worker)
        time.sleep(0.2)
        self._expected += rows
        enqueuer.tell("go")
        answer = enqueuer.expect("enqueued", seconds=rows / per_second + _DONE_SECONDS)
        self.wait_done(worker)
        return [Enqueued(*row) for row in answer["rows"]]

    def wait_done(self, worker: Child) -> None:
        """Wait until every row inserted so far is durably done.

        The worker must have run every row of the stage. The database is asked only after the
        worker has started all of them, so that asking does not disturb the measurement.
        """
        worker.tell(f"tell_at {self._expected}")
        worker.expect("reached", seconds=_DONE_SECONDS)
        self.wait_done_by_all(_POLL_SECONDS)

    def wait_done_by_all(self, poll_seconds: float = 0.25) -> None:
        """Wait until every row inserted so far is durably done, by whichever worker."""
        deadline = time.monotonic() + _DONE_SECONDS
        with self.connection() as connection:
            while time.monotonic() < deadline:
                row = connection.execute(
                    f"select count(*) from ({self.system.finished}) as done"
                ).fetchone()
                if row == (self._expected,):
                    return
                time.sleep(poll_seconds)
        raise TimeoutError(f"{self._expected} rows were not finished: {row}")

    def warm_up(self, worker: Child, rows: int) -> None:
        """Let the worker do some rows that do not count."""
        self.insert(rows)
        self.wait_done(worker)

    def finish_times(self) -> dict[str, float]:
        """When each row was durably done."""
        with self.connection() as connection:
            return finish_times(connection, self.system.finished)

    def transactions_per_row(self, worker: Child) -> float:
        """End the worker and all that it reached the database through; returns its transactions per
        row, including those of its start. PostgREST would keep its sessions open."""
        worker.stop()
        self._children.close()
        used = self.observer.transactions_when_quiet() - self._first_transactions
        return used / self._expected

    def _start(self, module: str, config: Any) -> Child:
        return self._children.enter_context(Child(module, config))


@contextmanager
def staged(server: PostgresServer, system: System) -> Iterator[Stage]:
    """A stage; everything is removed at the end of the block."""
    name = f"bench_{next(_numbers)}"
    create_database(server, name, template=TEMPLATE)
    stage = Stage(server, system, name)
    try:
        stage.open()
        yield stage
    finally:
        stage.close()
        drop_database(server, name)
