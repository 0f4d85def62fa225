"""A user runs a row again ten times a day, whatever the day, and loses nothing by a refusal."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.library.sql.questions import ALICE, PIPELINE, ask_one, attach, look, one
from tests.library.sql.ticks import go_to
from tests.support.databases import Clock
from tests.support.queue import Connection, Queue, refused

pytestmark = pytest.mark.any_version

ROW = {"table_name": "public.questions"}


@pytest.fixture(autouse=True)
def attached(owner: Connection) -> None:
    attach(owner, owner="account_id")


@pytest.mark.parametrize("fresh", [True, False])
def test_a_user_runs_the_same_row_ten_times_a_day_again_and_the_operator_always(
    owner: Connection, queue: Queue, clock: Clock, fresh: bool
) -> None:
    key = ask_one(owner, account_id=ALICE)
    user = ROW | {"row_id": key, "fresh": fresh, "requested_by": ALICE}
    for _ in range(10):
        queue.complete(queue.claim_one(PIPELINE), answer="42")
        assert queue.call("retry", **user)["status"] == "pending"
    assert queue.call("retry", **user)["status"] == "pending", "one that waits is due at once"
    queue.complete(queue.claim_one(PIPELINE), answer="42")
    before = look(owner, key)
    with refused("RJ008") as caught:
        queue.call("retry", **user)
    assert look(owner, key) == before
    detail = caught.value.diag.message_detail
    assert detail is not None
    assert 86_000 < int(detail) <= 86_400
    assert queue.call("retry", **(user | {"requested_by": None}))["status"] == "pending"
    queue.complete(queue.claim_one(PIPELINE), answer="42")
    clock.advance(86_400)
    assert queue.call("retry", **user)["status"] == "pending"


def test_the_day_of_ten_runs_has_24_hours_where_clocks_change(
    owner: Connection, queue: Queue, clock: Clock
) -> None:
    go_to(owner, clock, datetime(2031, 3, 9, 5, tzinfo=UTC))
    owner.execute("set timezone = 'America/New_York'")
    user = ROW | {"row_id": ask_one(owner, account_id=ALICE), "requested_by": ALICE}
    for _ in range(10):
        queue.complete(queue.claim_one(PIPELINE), answer="42")
        Queue(owner).call("retry", **user)
    queue.complete(queue.claim_one(PIPELINE), answer="42")
    clock.advance(23.5 * 3600)
    with refused("RJ008"):
        Queue(owner).call("retry", **user)
    clock.advance(0.5 * 3600)
    assert Queue(owner).call("retry", **user)["status"] == "pending"


def test_a_refused_fresh_retry_keeps_the_checkpoints(owner: Connection, queue: Queue) -> None:
    key = ask_one(owner, account_id=ALICE)
    user = ROW | {"row_id": key, "fresh": True, "requested_by": ALICE}
    for _ in range(10):
        queue.complete(queue.claim_one(PIPELINE))
        queue.call("retry", **user)
    row = queue.claim_one(PIPELINE)
    queue.checkpoint(row)
    queue.complete(row)
    with refused("RJ008"):
        queue.call("retry", **user)
    assert one(owner, "select count(*) from processing.checkpoints where row_id = %s", key) == 1
