"""A ring or a broadcast that fails costs time and never fails whoever caused it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.library.sql.questions import PIPELINE, ask_one, attach, look
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


@pytest.fixture
def queue_usage(sessions: object) -> Iterator[Callable[[float], None]]:
    """Sets how full Postgres says its queue of notifications is, for as long as the test lasts."""
    admin = sessions.lend("supabase_admin")  # type: ignore[attr-defined]  # a class of the conftest

    def say(share: float) -> None:
        admin.execute(
            "create or replace function pg_catalog.pg_notification_queue_usage() returns float8"
            f" language sql as 'select {share}::float8'"
        )

    # Postgres calls its own function by number, so a new one of the name stands in its place.
    admin.execute("alter function pg_catalog.pg_notification_queue_usage() rename to real_usage")
    yield say
    admin.execute("drop function if exists pg_catalog.pg_notification_queue_usage()")
    admin.execute("alter function pg_catalog.real_usage() rename to pg_notification_queue_usage")


@pytest.mark.parametrize(("share", "rings"), [(0.5, True), (0.51, False), (1.0, False)])
def test_a_queue_of_notifications_that_fills_is_left_alone_and_the_row_is_found(
    owner: Connection,
    queue: Queue,
    queue_usage: Callable[[float], None],
    share: float,
    rings: bool,
) -> None:
    attach(owner)
    queue_usage(share)
    owner.execute("listen processing")
    key = ask_one(owner)
    assert bool(list(owner.notifies(timeout=0))) is rings
    queue.complete(queue.claim_one(PIPELINE), answer="42")
    assert look(owner, key)["status"] == "completed"
