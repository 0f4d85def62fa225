"""Tables are attached and detached one after the other, also where several people do so at once."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from threading import Event
from typing import Any

import pytest

from tests.library.sql.questions import PIPELINE, ask, attach, detach, statuses
from tests.support.databases import Connections, Database
from tests.support.queue import Connection, Queue, at_once, result
from tests.support.waits import meanwhile, wait_until_blocked

pytestmark = pytest.mark.any_version

NAMES = ["apples", "pears", "plums", "figs"]
ROUNDS = 5


@pytest.fixture(autouse=True)
def tables(owner: Connection) -> None:
    for name in NAMES:
        owner.execute(
            f"create table public.{name} (id integer primary key, account_id uuid, q text, a text)"
        )


def attach_fruit(connection: Connection, name: str) -> None:
    # The policy by which owners listen is one for all tables: the first one that
    # broadcasts brings it, the last one takes it away.
    attach(
        connection, name, table=f"public.{name}", inputs=["q"], outputs=["a"], editable=[],
        owner="account_id", broadcast=True,
    )  # fmt: skip


def detach_fruit(connection: Connection, name: str) -> None:
    Queue(connection).call("detach", table=f"public.{name}", pipeline=name)


def claimable(owner: Connection, queue: Queue) -> set[str]:
    """The tables of which a new row is claimed."""
    for name in NAMES:
        owner.execute(f"insert into public.{name} (id) values (1)")
    found = owner.execute("select pipeline from processing.pipelines").fetchall()
    attached = {name for (name,) in found if name in NAMES}
    claimed = {row["pipeline"] for row in queue.claim(*attached)}
    assert claimed == attached
    return claimed


def test_an_attach_that_waits_for_another_one_holds_nothing_that_it_needs(
    owner: Connection, queue: Queue, database: Database, connect: Connections
) -> None:
    first, second = connect(database, autocommit=False), connect(database)
    attach(first)
    with meanwhile(partial(attach_fruit, second, "pears")) as answer:
        wait_until_blocked(owner, second, answer)
        attach_fruit(first, "plums")
        detach(first)
        first.commit()
        answer.result(60)
    assert claimable(owner, queue) == {"pears", "plums"}


def test_a_detach_that_waits_for_an_attach_comes_after_it(
    owner: Connection, queue: Queue, database: Database, connect: Connections
) -> None:
    first, second = connect(database, autocommit=False), connect(database)
    attach_fruit(owner, "pears")
    attach_fruit(first, "plums")
    with meanwhile(partial(detach_fruit, second, "pears")) as answer:
        wait_until_blocked(owner, second, answer)
        first.commit()
        answer.result(60)
    assert claimable(owner, queue) == {"plums"}


def test_tables_come_and_go_at_once_while_claims_go_on(
    owner: Connection, others: Any, database: Database, connect: Connections
) -> None:
    attach(owner)
    ask(owner, 100)
    worker, after = others(2)
    finished = [Event() for _ in NAMES]

    def come_and_go(connection: Connection, name: str, end: Event) -> None:
        try:
            for _ in range(ROUNDS):
                attach_fruit(connection, name)
                detach_fruit(connection, name)
            attach_fruit(connection, name)
        finally:
            end.set()

    def work() -> None:
        while not all(end.is_set() for end in finished):
            # Without a sweep, which reads every table that is attached.
            rows = worker.claim(PIPELINE, slots=3, sweep=False)
            assert len(rows) == 3
            worker.finish(*[result(row, "release") for row in rows])

    calls: list[Callable[[], None]] = [
        partial(come_and_go, connect(database), name, end)
        for name, end in zip(NAMES, finished, strict=True)
    ]
    at_once([*calls, work])
    assert statuses(owner) == {"pending": 100}
    detach(owner)
    assert claimable(owner, after) == set(NAMES)
