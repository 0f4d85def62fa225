"""A session cannot slip types of its own into functions that run with their owner's rights."""

from __future__ import annotations

import pytest

from liverows.database.functions import FUNCTIONS
from tests.library.sql.questions import PIPELINE, ask, attach, one
from tests.support.databases import Connections, Database
from tests.support.queue import Connection, Queue

HOSTILE = ("jsonb", "text", "uuid", "regclass", "timestamptz", "name", "date", "int4", "numeric")

# The check runs with the rights of whoever converts a value to the type.
SLIPPED_IN = """
create function pg_temp.ran_as(value pg_catalog.anyelement) returns boolean language plpgsql as $$
begin
    if current_user <> 'liverows_worker' then
        perform pg_catalog.set_config('test.ran_as', current_user, false);
    end if;
    return true;
end $$;
create domain pg_temp.{name} as pg_catalog.{name} check (pg_temp.ran_as(value));
"""


def hostile(connection: Connection, type_name: str) -> None:
    connection.execute(SLIPPED_IN.replace("{name}", type_name))


def ran_as(connection: Connection) -> object:
    return one(connection, "select pg_catalog.current_setting('test.ran_as', true)")


@pytest.fixture
def worker(owner: Connection, database: Database, connect: Connections) -> Connection:
    attach(owner, owner="account_id")
    ask(owner, 2)
    owner.execute("grant liverows_worker to postgres")
    return connect(database, "liverows_worker")


@pytest.mark.parametrize("type_name", HOSTILE)
def test_no_contract_function_runs_a_function_of_the_session_as_its_owner(
    worker: Connection, type_name: str
) -> None:
    hostile(worker, type_name)
    for function, arguments in FUNCTIONS.items():
        values = ", ".join(f"{name} => null" for name in arguments)
        try:
            worker.execute(f"select processing.{function}({values})")
        except Exception as error:
            assert getattr(error, "sqlstate", None), error
    queue = Queue(worker)
    row, _other = queue.claim(PIPELINE, slots=2)
    queue.checkpoint(row)
    queue.progress(row, percent=5, outputs={"answer": "4"})
    queue.complete(row, answer="42")
    queue.call("take_back", worker=queue.worker)
    assert ran_as(worker) in (None, "")


def test_the_trap_itself_works(owner: Connection, worker: Connection) -> None:
    """A function with an empty search_path falls into it."""
    owner.execute(
        "create function public.careless() returns text language sql security definer"
        " set search_path = '' as $$ select '{}'::jsonb::pg_catalog.text $$;"
        " grant execute on function public.careless() to liverows_worker"
    )
    hostile(worker, "jsonb")
    worker.execute("select public.careless()")
    assert ran_as(worker) == "postgres"
