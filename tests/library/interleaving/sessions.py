"""Sessions with real transactions, which a test can leave open, and the database under them."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import psycopg
from psycopg.types.json import Jsonb

from tests.library.interleaving.state import (
    DAILY_TOKENS,
    MAX_ATTEMPTS,
    MAX_CRASHES,
    MAX_OPEN,
    RETRY_BASE,
    RETRY_CAP,
    Change,
    Limits,
    State,
    together,
)
from tests.support.databases import Database
from tests.support.queue import Connection, Queue

PIPELINE = "answer-job"
TABLE = "public.jobs"

TABLE_SQL = """
create table public.jobs (
    id bigint primary key,
    owner text not null,
    question text not null,
    answer text
)
"""
FROZEN_CLOCK = """
create schema if not exists test;
create table test.moment (seconds double precision not null);
insert into test.moment values (0);
grant usage on schema test to public;
grant select on test.moment to public;
create or replace function processing.clock() returns timestamptz
language sql volatile set search_path = ''
as $$ select '2100-01-01 00:00+00'::timestamptz + make_interval(secs => m.seconds)
    from test.moment as m $$;
"""
"""Time stands still until the test moves it, so that a replay sees the same moments."""

SEEN_SQL = """
select pg_catalog.jsonb_build_object(
    'rows', (select coalesce(jsonb_object_agg(t.id::text, jsonb_build_array(
        t.processing_status, t.processing_run, t.processing_attempts, t.question, t.answer,
        t.processing_edited, t.processing_outdated,
        extract(epoch from t.processing_not_before - '2100-01-01 00:00+00'), t.owner,
        t.processing_priority)), '{}') from public.jobs as t),
    'leases', (select coalesce(jsonb_object_agg(l.row_id || '/' || l.table_id::oid,
        jsonb_build_array(l.row_id, l.nonce, l.worker, l.run, l.owner)), '{}')
        from processing.leases as l),
    'stopping', (select coalesce(jsonb_object_agg(s.nonce, s.row_id), '{}')
        from processing.stopping_leases as s),
    'checkpoints', (select coalesce(jsonb_agg(jsonb_build_array(
        c.row_id, c.step, c.input_hash, c.run, c.output, c.keep)), '[]')
        from processing.checkpoints as c),
    'crashes', (select coalesce(jsonb_object_agg(c.row_id, c.crashes), '{}')
        from processing.crashes as c),
    'workers', (select coalesce(jsonb_object_agg(w.worker, extract(epoch from
        w.beat_at - '2100-01-01 00:00+00')), '{}') from processing.workers as w),
    'tidied', (select extract(epoch from t.at - '2100-01-01 00:00+00') from processing.tidied as t),
    'used', (select coalesce(sum(u.spent + u.reserved), 0) from processing.budget_use as u
        where u.starts_on = (processing.clock() at time zone 'UTC')::date),
    'aside', (select count(*) from processing.set_aside))
"""

EMPTY_SQL = """
delete from public.jobs;
delete from processing.leases;
delete from processing.stopping_leases;
delete from processing.checkpoints;
delete from processing.crashes;
delete from processing.events;
delete from processing.unwritten;
delete from processing.usage;
delete from processing.reservations;
delete from processing.budget_use;
delete from processing.workers;
delete from processing.failed_rows;
delete from processing.edited_inputs;
delete from processing.operator_actions;
delete from processing.history;
update processing.history_end set summed_until = processing.clock() - interval '1 hour';
update processing.tidied set at = processing.clock() - interval '1 day', id = 0;
"""


@dataclass(frozen=True, slots=True)
class Refused:
    """The database refused a statement with this SQLSTATE."""

    sqlstate: str


@dataclass(slots=True)
class Session:
    """One connection, whose transaction may stay open while others go on."""

    name: str
    connection: Connection
    worker: str = ""
    changes: list[Change] = field(default_factory=list)
    """What its open transaction has changed so far."""
    locks: set[str] = field(default_factory=set)
    """Keys of rows that it may have locked, and `*` for the pipeline."""
    open: bool = False
    limits: list[Limits] = field(default_factory=list)
    """The limits of runs that held since its transaction began, and hold no more."""
    before: State | None = None
    """What it saw when its last call began."""
    waiting: Future[Any] | None = None
    """Its statement that waits for a lock of another session."""
    _thread: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1))

    @property
    def pid(self) -> int:
        return self.connection.info.backend_pid

    def queue(self, worker: str | None = None) -> Queue:
        return Queue(self.connection, worker or self.worker)

    def start(self, call: Callable[[], Any]) -> Future[Any]:
        """Run the call in the session's own thread; a refusal is a result like others."""

        def run() -> Any:
            try:
                return call()
            except psycopg.DatabaseError as error:
                return Refused(error.sqlstate or "?")

        self.open = True
        return self._thread.submit(run)

    def view(self, committed: State) -> State:
        """What this session sees: all that is committed, and its own changes."""
        seen = committed.copied()
        together(self.changes)(seen)
        return seen

    def end(self, *, commit: bool) -> list[Change]:
        """End the transaction; returns what it has changed, nothing after a rollback."""
        if commit:
            self.connection.commit()
        else:
            self.connection.rollback()
        made = self.changes if commit else []
        self.changes, self.locks, self.limits, self.open = [], set(), [], False
        return made

    def close(self) -> None:
        self._thread.shutdown(wait=True)
        self.connection.close()


class World:
    """The database of the test, and an observer who sees what is committed."""

    def __init__(self, database: Database) -> None:
        self.database = database
        with psycopg.connect(database.superuser_dsn, autocommit=True) as connection:
            connection.execute(FROZEN_CLOCK)
            connection.execute(f"alter database {database.name} set deadlock_timeout = '50ms'")
            connection.execute("grant update on test.moment to postgres")
        self.observer: Connection = psycopg.connect(database.dsn, autocommit=True)
        self.observer.execute(TABLE_SQL)
        self.now = 0.0
        self._attach()

    def _attach(self) -> None:
        arguments = {
            "table": TABLE, "pipeline": PIPELINE, "inputs": ["question"], "outputs": ["answer"],
            "owner": "owner", "editable": ["answer"], "max_attempts": MAX_ATTEMPTS,
            "max_crashes": MAX_CRASHES,
            "max_open_per_owner": MAX_OPEN, "lease": "30 seconds", "timeout": "10 minutes",
            "grace": "1 minute", "retry_base": f"{RETRY_BASE} seconds",
            "retry_cap": f"{RETRY_CAP} seconds",
        }  # fmt: skip
        queue = Queue(self.observer)
        queue.call("attach", **arguments)
        queue.call("set_budget", measure="input_tokens", most=DAILY_TOKENS, operator="test",
                   pipeline=PIPELINE)  # fmt: skip

    def empty(self, concurrency: int | None, per_owner: int | None) -> None:
        """Start anew: no row, no worker, and these limits."""
        with self.observer.transaction():
            self.observer.execute(EMPTY_SQL)
            limits = Jsonb({"concurrency": concurrency, "concurrency_per_owner": per_owner})
            queue = Queue(self.observer)
            queue.call("set_limits", pipeline=PIPELINE, limits=limits, operator="test")
            queue.call("pause", pipeline=PIPELINE, paused=False)

    def session(self, name: str) -> Session:
        connection = psycopg.connect(self.database.dsn)
        # SQL draws the wait after a failure, and a replay must draw the same one.
        connection.execute("select setseed(0.5)")
        connection.commit()
        return Session(name, connection)

    def move(self, seconds: float) -> None:
        """Let so much time pass, for every session at its next statement."""
        self.now = round(self.now + seconds, 3)
        self.observer.execute("update test.moment set seconds = %s", [self.now])

    def waits_for(self, session: Session) -> int | None:
        """The process that holds the lock for which the session waits, if it waits."""
        found = self.observer.execute(
            "select (pg_blocking_pids(pid))[1] from pg_stat_activity"
            " where pid = %s and wait_event_type = 'Lock' and state = 'active'",
            [session.pid],
        ).fetchone()
        blocker: int | None = found[0] if found else None
        return blocker

    def settled(self, session: Session, call: Future[Any]) -> bool:
        """Wait until the call has ended, or waits for a lock; whether it has ended."""
        deadline = time.monotonic() + 120
        patience = 0.02
        while True:
            if _ended(call, patience):
                return True
            if self.waits_for(session) and not call.done():
                return False
            patience = min(patience * 2, 0.05)
            assert time.monotonic() < deadline, f"{session.name} does not come to an end"

    def seen(self, connection: Connection | None = None) -> Mapping[str, Any]:
        """All that the connection sees; the observer by default, who sees what is committed."""
        found = (connection or self.observer).execute(SEEN_SQL).fetchone()
        assert found is not None
        seen: Mapping[str, Any] = found[0]
        return seen

    def close(self) -> None:
        self.observer.close()


def _ended(call: Future[Any], seconds: float) -> bool:
    try:
        call.result(seconds)
    except TimeoutError:
        return call.done()
    return True
