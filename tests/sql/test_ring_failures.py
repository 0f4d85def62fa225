"""A ring or a broadcast that fails costs time and never fails whoever caused it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.sql.questions import PIPELINE, ask_one, attach, look
from tests.support.queue import Connection, Queue

BREAK = """
create or replace function realtime.send({}) returns void language plpgsql as
$$ begin raise exception 'no room'; end $$
"""


@pytest.fixture
def silent(sessions: object, owner: Connection) -> Iterator[None]:
    """`realtime.send` raises for as long as the test lasts."""
    admin = sessions.lend("supabase_admin")  # type: ignore[attr-defined]  # a class of the conftest
    definition, arguments = admin.execute(
        "select pg_get_functiondef(f), pg_get_function_arguments(f)"
        " from (select 'realtime.send(jsonb,text,text,boolean)'::regprocedure::oid) as x (f)"
    ).fetchone()
    admin.execute(BREAK.format(arguments))
    yield
    admin.execute(definition)


@pytest.mark.usefixtures("silent")
def test_a_row_is_inserted_and_done_while_realtime_refuses_everything(
    owner: Connection, queue: Queue
) -> None:
    attach(owner, owner="account_id", broadcast=True)
    queue.heartbeat(listens=["realtime"])
    key = ask_one(owner)
    queue.complete(queue.claim_one(PIPELINE), answer="42")
    assert look(owner, key)["status"] == "completed"
