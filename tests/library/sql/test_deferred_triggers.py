"""A session cannot slip deferred checks of its own into functions that run as their owner.

The contract runs deferred checks early, where an error costs only one row. Up to Postgres 17, a
deferred trigger runs with the rights of whoever makes its constraint immediate.
"""

from __future__ import annotations

import pytest

from tests.library.sql.questions import PIPELINE, ask, attach, one
from tests.support.databases import Connections, Database
from tests.support.queue import Connection, NotFinished, Queue

# Each is noticed by what it runs, with the rights of whoever runs it.
NOTICED = """
create function pg_temp.note() returns void language plpgsql as $$
begin
    perform pg_catalog.set_config('test.ran_as', pg_catalog.concat(
        pg_catalog.current_setting('test.ran_as', true), current_user, ' '), false);
end $$;
"""
TRAPS = {
    "a trigger": """
create function pg_temp.trap() returns trigger language plpgsql as $$
begin
    perform pg_temp.note();
    return null;
end $$;
create temp table trap (here integer);
create constraint trigger trap after insert on pg_temp.trap deferrable initially deferred
    for each row execute function pg_temp.trap();
""",
    "an index": """
create function pg_temp.here(value integer) returns integer language plpgsql immutable as $$
begin
    perform pg_temp.note();
    return 1;
end $$;
create temp table trap (here integer,
    exclude using btree (pg_temp.here(here) with =) deferrable initially deferred);
""",
}


@pytest.fixture
def worker(owner: Connection, database: Database, connect: Connections) -> Connection:
    attach(owner)
    owner.execute("grant liverows_worker to postgres")
    return connect(database, "liverows_worker")


@pytest.mark.parametrize("trap", TRAPS)
def test_no_contract_function_runs_a_deferred_check_of_the_session_as_its_owner(
    owner: Connection, worker: Connection, trap: str
) -> None:
    ask(owner, 4)
    worker.execute(NOTICED + TRAPS[trap])
    queue = Queue(worker)
    with worker.transaction():
        worker.execute("insert into pg_temp.trap values (1), (2)")
        done, failed, early = queue.claim(PIPELINE, slots=3)
        queue.progress(early, percent=5, outputs={"answer": "4"})
        assert queue.complete(done, answer="42") == "done"
        assert queue.fail(failed, retryable=False) == "done"
        queue.call("redrive", pipeline=PIPELINE)
        queue.call("retry", table_name="public.questions", row_id=failed["id"])
        queue.call("set_budget", measure="calls", most=1, operator="ann", pipeline=PIPELINE)
        queue.call("run_schedules")
        queue.call("take_back", worker=queue.worker)
        worker.execute("delete from pg_temp.trap")
    ran_as = str(one(worker, "select pg_catalog.current_setting('test.ran_as', true)")).split()
    assert set(ran_as) == {"liverows_worker"}, "only by the session itself, at its commit"


def test_a_session_with_temporary_tables_still_checks_each_row_by_itself(
    owner: Connection, worker: Connection
) -> None:
    owner.execute(
        "create function public.refuse() returns trigger language plpgsql as $$"
        " begin if new.answer = 'no' then raise 'no'; end if; return null; end $$;"
        " create constraint trigger refuse after update on public.questions"
        " deferrable initially deferred for each row execute function public.refuse()"
    )
    ask(owner, 2)
    worker.execute("create temp table own (key integer unique deferrable initially deferred)")
    queue = Queue(worker)
    bad, good = queue.claim(PIPELINE, slots=2)
    with pytest.raises(NotFinished):
        queue.complete(bad, answer="no")
    assert queue.complete(good, answer="yes") == "done"


def test_checks_of_temporary_tables_wait_for_the_commit(
    owner: Connection, worker: Connection
) -> None:
    ask(owner)
    worker.execute("create temp table own (key integer unique deferrable initially deferred)")
    with worker.transaction():
        worker.execute("insert into pg_temp.own values (1), (1)")
        Queue(worker).claim_one(PIPELINE)
        worker.execute("delete from pg_temp.own")
