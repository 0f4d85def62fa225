"""`attach(…, broadcast => true)` from the worker's write to the owner's socket."""

from __future__ import annotations

from typing import Any

import pytest

from tests.library.realtime.running import OWNER, STRANGER, running, token_of
from tests.library.realtime.talking import talking
from tests.library.sql.questions import PIPELINE, ask_one, attach, create_questions
from tests.support.databases import Connections, Database
from tests.support.queue import Queue

TOPIC = f"realtime:processing:{OWNER}"


@pytest.fixture
def queue(database: Database, connect: Connections) -> Queue:
    """A worker on a table whose rows' changes are sent to their owners."""
    owner = connect(database)
    create_questions(owner)
    attach(owner, owner="account_id", broadcast=True)
    return Queue(owner)


async def test_the_owner_hears_each_change_and_nobody_else_may_join(
    database: Database, queue: Queue
) -> None:
    with running(database.superuser_dsn) as realtime:
        async with (
            talking(realtime.socket_url()) as owner,
            talking(realtime.socket_url()) as stranger,
            talking(realtime.socket_url()) as visitor,
        ):
            joined = await owner.join(TOPIC, token=token_of(OWNER), private=True)
            refused = await stranger.join(TOPIC, token=token_of(STRANGER), private=True)
            unknown = await visitor.join(TOPIC, private=True)
            assert [reply["status"] for reply in (joined, refused, unknown)] == [
                "ok", "error", "error",
            ]  # fmt: skip

            key = ask_one(queue.connection, account_id=OWNER)
            ask_one(queue.connection, account_id=STRANGER)
            row = next(row for row in queue.claim(PIPELINE) if row["id"] == key)
            queue.progress(row, stage="Reading", percent=40)
            queue.complete(row, answer="42")
            heard = [await _heard(owner) for _ in range(4)]
    assert heard == [
        {"status": status, "stage": stage, "progress": progress}
        for status, stage, progress in (
            ("pending", None, 0), ("processing", None, 0), ("processing", "Reading", 40),
            ("completed", None, 100),
        )
    ]  # fmt: skip


async def _heard(talk: Any) -> dict[str, Any]:
    """What the next message says of its one row, without the id."""
    message = (await talk.hear_until("broadcast"))["payload"]
    assert message["event"] == "rows"
    assert message["payload"]["table"] == "public.questions"
    (row,) = message["payload"]["rows"]
    return {name: value for name, value in row.items() if name != "id"}
