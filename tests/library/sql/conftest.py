"""A small table of questions, attached as a queue, for the tests of the SQL contract."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from liverows.testing.postgres import PostgresServer
from tests.library.sql.questions import ask, create_questions
from tests.library.sql.waits import PARENTS, add_parent, wait_for
from tests.support.databases import Database, fresh_database
from tests.support.queue import Connection, Queue

RESET = """
do $$
declare
    one record;
begin
    for one in
        select c.oid::regclass as name from pg_class as c
        where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'
            and c.relname not in (select * from test.tables)
    loop
        execute format('drop table %s cascade', one.name);
    end loop;
    for one in
        select f.oid::regprocedure as name from pg_proc as f
        where f.pronamespace in ('public'::regnamespace, 'processing'::regnamespace)
            and f.oid not in (select * from test.functions)
    loop
        execute format('drop function %s', one.name);
    end loop;
    delete from processing.queues as q
    where not exists (select from pg_class as c where c.oid = q.table_id);
    delete from processing.leases;
    delete from processing.stopping_leases;
    delete from processing.checkpoints;
    delete from processing.paid_calls;
    delete from processing.traces;
    delete from processing.events;
    delete from processing.usage;
    delete from processing.budgets where pipeline is null or not exists (
        select from processing.pipelines as p where p.pipeline = budgets.pipeline);
    delete from processing.budgets where chosen is not null;
    delete from processing.budget_use;
    delete from processing.reservations;
    delete from processing.edited_inputs;
    delete from processing.crashes;
    delete from processing.failed_rows;
    delete from processing.operator_actions;
    delete from processing.history;
    update processing.history_end set summed_until = now() - interval '1 hour';
    update processing.tidied set at = now() - interval '1 hour', id = 0, days_until = '-infinity';
    delete from processing.waits;
    delete from processing.awaited;
    delete from processing.wait_looks;
    delete from processing.set_aside;
    delete from processing.fronts;
    delete from processing.broken;
    delete from processing.looks;
    delete from processing.careful;
    delete from processing.workers;
    delete from processing.schedules;
    delete from processing.providers;
    delete from processing.turns as t
    where not exists (select from processing.pipelines as p where p.pipeline = t.pipeline);
    update processing.turns set last_owner = null;
    delete from realtime.messages;
    drop policy if exists "processing: own rows" on realtime.messages;
    update test.clock set offset_by = '0';
end
$$
"""

BASELINE = """
create table test.tables as
    select relname from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r';
create table test.functions as
    select oid from pg_proc
    where pronamespace in ('public'::regnamespace, 'processing'::regnamespace);
"""


HERE = Path(__file__).parent
ON_BOTH = {
    "test_access", "test_claim", "test_fence", "test_finish", "test_generated", "test_hygiene",
    "test_locks", "test_scans", "test_stand_in", "test_surface",
}  # fmt: skip
"""Modules whose scans, locks or rights may differ between versions of Postgres, and those of the
promises that matter most: the short run has them on 15 and on 18."""

LENDINGS = 20
"""After so many tests a connection is closed.

Postgres keeps the plans of every trigger of every table that it has seen, also of dropped
ones, and walks through all of them at each change of a table: after 500 tests that was half
of the time.
"""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests of this folder for which one version is enough, and the oldest one is it."""
    for item in items:
        if (
            item.path.parent == HERE
            and item.path.stem not in ON_BOTH
            and not item.get_closest_marker("any_version")
        ):
            item.add_marker("on_oldest")


class Sessions:
    """Keeps connections for some tests, because a cold one costs more than most tests."""

    def __init__(self, database: Database) -> None:
        self._dsns = {
            "supabase_admin": database.superuser_dsn,
            "postgres": database.dsn,
            "service_role": database.dsn_as("service_role"),
        }
        self._idle: dict[str, list[Connection]] = {role: [] for role in self._dsns}
        self._lent: list[tuple[str, Connection]] = []
        self._lendings: Counter[Connection] = Counter()

    def lend(self, role: str) -> Connection:
        """A connection as new, for this test."""
        idle = self._idle[role]
        connection = idle.pop() if idle else self._connect(role)
        if not _lives(connection):
            connection = self._connect(role)
        self._lent.append((role, connection))
        return connection

    def _connect(self, role: str) -> Connection:
        # `discard all` would drop prepared statements behind the driver's back.
        return psycopg.connect(self._dsns[role], autocommit=True, prepare_threshold=None)

    def take_back(self) -> None:
        """Forget what the test has set, and keep what still works."""
        for role, connection in self._lent:
            self._lendings[connection] += 1
            if self._lendings[connection] == LENDINGS:
                del self._lendings[connection]
                connection.close()
                continue
            if _lives(connection, "discard all"):
                self._idle[role].append(connection)
        self._lent.clear()

    def close(self) -> None:
        for connections in self._idle.values():
            for connection in connections:
                connection.close()


def _lives(connection: Connection, statement: str = "select") -> bool:
    """Run a statement outside any transaction. If the test, or one that restarted the server, has
    ended the session, close the connection and return False."""
    try:
        connection.rollback()
        connection.execute(statement)
    except psycopg.OperationalError:
        connection.close()
        return False
    return True


@pytest.fixture(scope="session")
def shared_database(postgres_server: PostgresServer, project_template: str) -> Iterator[Database]:
    """One database for all tests of the SQL: a fresh one for each would cost most of the time."""
    with fresh_database(postgres_server, project_template) as database:
        with psycopg.connect(database.superuser_dsn, autocommit=True) as connection:
            connection.execute(BASELINE)
        yield database


@pytest.fixture(scope="session")
def all_sessions(shared_database: Database) -> Iterator[Sessions]:
    sessions = Sessions(shared_database)
    yield sessions
    sessions.close()


@pytest.fixture
def sessions(all_sessions: Sessions) -> Iterator[Sessions]:
    yield all_sessions
    all_sessions.take_back()


@pytest.fixture
def database(shared_database: Database, sessions: Sessions) -> Database:
    """The shared database, as empty as after the migrations."""
    sessions.lend("supabase_admin").execute(RESET)
    return shared_database


@pytest.fixture
def owner(database: Database, sessions: Sessions) -> Connection:
    """A connection as `postgres`, to whom the table `public.questions` belongs."""
    connection = sessions.lend("postgres")
    create_questions(connection)
    return connection


@pytest.fixture
def queue(owner: Connection, sessions: Sessions) -> Queue:
    """A worker with the rights of `service_role`."""
    return Queue(sessions.lend("service_role"))


@pytest.fixture
def others(owner: Connection, sessions: Sessions) -> Callable[[int], list[Queue]]:
    """`others(8)`: so many further workers, each on a connection of its own."""

    def further(count: int) -> list[Queue]:
        return [Queue(sessions.lend("service_role")) for _ in range(count)]

    return further


@pytest.fixture
def children(owner: Connection) -> list[str]:
    """The keys of two new questions."""
    return ask(owner, 2)


@pytest.fixture
def waiting(owner: Connection, queue: Queue, children: list[str]) -> list[str]:
    """The keys of two questions, for which the row `p` of the parents waits."""
    add_parent(owner)
    assert wait_for(queue, queue.claim_one(PARENTS), children)["waits"]
    return children
