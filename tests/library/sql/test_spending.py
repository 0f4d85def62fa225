"""What was paid is counted, whatever became of the row; and leaves no trace of an account."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.library.sql.questions import ALICE, PIPELINE, ask_one, attach, detach, one, set_status
from tests.support.databases import Clock
from tests.support.queue import Connection, Queue, Row, at_once, paid

pytestmark = [pytest.mark.any_version, pytest.mark.usefixtures("mid_month")]


@pytest.fixture
def row(owner: Connection, queue: Queue) -> Row:
    """A row of Alice's that is being worked on."""
    attach(owner, owner="account_id")
    ask_one(owner)
    return queue.claim_one(PIPELINE)


def delete(owner: Connection, _queue: Queue, row: Row) -> None:
    owner.execute("delete from public.questions where id = %s", [row["id"]])


def cancel_and_delete(owner: Connection, queue: Queue, row: Row) -> None:
    set_status(owner, row["id"], "cancelled")
    delete(owner, queue, row)


def truncate(owner: Connection, _queue: Queue, _row: Row) -> None:
    owner.execute("truncate public.questions")


def drop(owner: Connection, _queue: Queue, _row: Row) -> None:
    owner.execute("drop table public.questions")


def give_to_another(owner: Connection, queue: Queue, row: Row) -> None:
    owner.execute("update processing.leases set deadline = processing.clock() - interval '1 s'")
    assert Queue(queue.connection).take_back() == 1


FATES: dict[str, Callable[[Connection, Queue, Row], Any]] = {
    "running": lambda owner, queue, row: None,
    "completed": lambda owner, queue, row: queue.complete(row, answer="42"),
    "failed": lambda owner, queue, row: queue.fail(row, retryable=False),
    "cancelled": lambda owner, queue, row: set_status(owner, row["id"], "cancelled"),
    "queued again": lambda owner, queue, row: set_status(owner, row["id"], "pending"),
    "deleted": delete,
    "cancelled and deleted": cancel_and_delete,
    "truncated": truncate,
    "detached": lambda owner, queue, row: detach(owner),
    "dropped": drop,
    "fenced off": give_to_another,
}


@pytest.mark.parametrize("fate", FATES)
def test_a_call_that_was_paid_counts_for_its_owner_whatever_became_of_the_row(
    owner: Connection, queue: Queue, row: Row, fate: str
) -> None:
    FATES[fate](owner, queue, row)
    assert queue.spend(paid(row, cost_usd=0.01, input_tokens=5)) == 1
    (line,) = queue.call("spending", owner=ALICE)
    assert (line["pipeline"], line["calls"], line["cost_usd"], line["input_tokens"]) == (
        PIPELINE, 1, 0.01, 5,
    )  # fmt: skip


def test_an_entry_that_is_sent_twice_counts_once(
    owner: Connection, queue: Queue, others: Callable[[int], list[Queue]], row: Row
) -> None:
    entries = [paid(row, cost_usd=0.01) for _ in range(3)]
    calls = [lambda worker=worker: worker.spend(*entries) for worker in others(4)]
    assert sum(at_once(calls)) == 3
    assert queue.spend(*entries) == 0
    assert queue.call("spending")[0]["cost_usd"] == 0.03


def test_usage_counts_for_the_day_of_the_call_and_not_of_its_writing(
    queue: Queue, row: Row, clock: Clock
) -> None:
    clock.advance(86400)
    queue.spend(paid(row, cost_usd=1, age_seconds=86400), paid(row, cost_usd=2))
    assert [line["cost_usd"] for line in queue.call("spending")] == [2, 1]


def test_the_usage_of_a_deleted_account_stays_as_sums_without_owner(
    owner: Connection, queue: Queue, row: Row
) -> None:
    queue.spend(*(paid(row, cost_usd=0.25, audio_seconds=2) for _ in range(3)))
    delete(owner, queue, row)
    assert queue.call("forget_owner", owner=ALICE) == {"lines": 3}
    queue.spend(paid(row, cost_usd=0.25, audio_seconds=2))  # of a call that was under way
    (line,) = queue.call("spending")
    assert (line["owner"], line["calls"], line["cost_usd"], line["audio_seconds"]) == (
        None, 4, 1, 8,
    )  # fmt: skip
    assert queue.call("spending", owner=ALICE) == []
    assert_no_trace(owner)


def assert_no_trace(owner: Connection) -> None:
    """No table of the contract names Alice."""
    kept = owner.execute(
        "select table_name from information_schema.tables where table_schema = 'processing'"
    ).fetchall()
    for (table,) in kept:
        trace = one(
            owner,
            f"select count(*) from processing.{table} as t where t::text like %s",
            f"%{ALICE}%",
        )
        assert trace == 0, table


def test_what_operators_were_told_and_did_about_an_owner_is_forgotten(
    owner: Connection, queue: Queue, row: Row
) -> None:
    queue.call("set_alert", alert="budgets", kind="budget", operator="ann")
    for account, amount in ((None, 1), (ALICE, 2)):
        queue.call(
            "set_budget", measure="cost_usd", most=amount, operator="ann", per="owner",
            owner=account,
        )  # fmt: skip
    queue.spend(paid(row, cost_usd=3))
    queue.complete(row, answer="42")
    told = queue.call("due_alerts", max_messages=100)["messages"]
    assert [message["details"]["owner"] for message in told if message["alert"] == "budgets"] == [
        ALICE
    ]
    wanted = {"owner": ALICE.upper(), "pipeline": PIPELINE}
    queue.call("change_rows", action="cancel", filter=wanted, operator="ann")
    delete(owner, queue, row)
    queue.call("forget_owner", owner=ALICE)
    assert_no_trace(owner)
    log = queue.call("operator_log")
    assert [line["action"] for line in log] == ["cancel", "set_budget", "set_budget", "set_alert"]
    assert log[0]["arguments"] == {"filter": {"pipeline": PIPELINE}}


@pytest.mark.parametrize("when", ["running", "set aside"])
def test_a_row_that_stays_without_its_owner_leaves_no_trace_either(
    owner: Connection, queue: Queue, row: Row, when: str
) -> None:
    owner.execute("alter table public.questions alter account_id drop not null")
    if when == "set aside":
        owner.execute(
            "insert into processing.set_aside (table_id, row_id, pipeline, kind, owner_key,"
            " priority, sqlstate, message, since, tries, look_again_at)"
            " values ('public.questions', %s, %s, 'finish', %s, 0, '23514', 'no', now(), 1, now())",
            [row["id"], PIPELINE, f"={ALICE}"],
        )
    # As `on delete set null` does; the row runs on.
    owner.execute("update public.questions set account_id = null")
    queue.call("forget_owner", owner=ALICE)
    queue.spend(paid(row, cost_usd=0.25))
    assert_no_trace(owner)
    assert queue.complete(row, answer="42") == "done"


def test_a_day_of_spending_is_a_day_in_utc(queue: Queue, row: Row) -> None:
    queue.spend(paid(row))
    (line,) = queue.call("spending")
    for zone in ("Pacific/Kiritimati", "Pacific/Pago_Pago"):
        queue.connection.execute(f"set time zone '{zone}'")
        assert queue.call("spending") == [line]
