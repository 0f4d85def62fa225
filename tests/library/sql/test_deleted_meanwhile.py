"""A person deletes a row while somebody else's call waits for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.library.sql.questions import ask_one, attach, set_status
from tests.support.databases import Connections, Database
from tests.support.queue import Connection, Queue, refused
from tests.support.waits import meanwhile, wait_until_blocked

QUESTIONS = "public.questions"
CALLS: dict[str, Callable[[Queue, str], Any]] = {
    "cancel": lambda queue, key: queue.call("cancel", table_name=QUESTIONS, row_id=key),
    "retry": lambda queue, key: queue.call("retry", table_name=QUESTIONS, row_id=key),
    "retry as an operator": lambda queue, key: queue.call(
        "retry", table_name=QUESTIONS, row_id=key, operator="Somebody"
    ),
    "retry of a failed row": lambda queue, key: queue.call(
        "retry", table_name=QUESTIONS, row_id=key, fresh=True
    ),
    "reset_edited": lambda queue, key: queue.call("reset_edited", table_name=QUESTIONS, row_id=key),
}


@pytest.mark.parametrize("name", CALLS)
def test_a_call_for_a_row_that_is_deleted_meanwhile_says_that_there_is_none(
    owner: Connection, database: Database, connect: Connections, queue: Queue, name: str
) -> None:
    attach(owner)
    key = ask_one(owner)
    if name == "retry of a failed row":
        set_status(owner, key, "failed")
    deleting = connect(database, autocommit=False)
    deleting.execute("delete from public.questions where id = %s", [key])
    with refused("P0002"), meanwhile(lambda: CALLS[name](queue, key)) as answer:
        wait_until_blocked(owner, queue.connection, answer)
        deleting.commit()
        answer.result(60)
    found = owner.execute("select count(*) from processing.events where row_id = %s", [key])
    assert found.fetchone() == (0,)
