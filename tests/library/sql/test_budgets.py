"""Budgets: what a paid call can use at most is reserved before it is made, and settled after it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from psycopg.types.json import Jsonb

from tests.library.sql.budgeting import BOUND, budget, line, lines, reserve
from tests.library.sql.questions import (
    ALICE,
    BOB,
    PIPELINE,
    Others,
    ask,
    ask_one,
    attach,
    look,
    one,
)
from tests.support.databases import Clock
from tests.support.queue import Connection, Queue, Row, at_once, paid, refused

pytestmark = [pytest.mark.any_version, pytest.mark.usefixtures("mid_month")]

DAY = 86400
BILLED = 0.03


@pytest.fixture
def row(owner: Connection, queue: Queue) -> Row:
    """A row of Alice's that is being worked on."""
    attach(owner, owner="account_id")
    ask_one(owner)
    return queue.claim_one(PIPELINE)


@pytest.mark.parametrize("per", ["owner", "pipeline", "all"])
def test_eight_workers_spend_no_cent_more_and_leave_none_that_a_call_could_use(
    owner: Connection, others: Others, per: str
) -> None:
    attach(owner, owner="account_id")
    scope = {"pipeline": PIPELINE, "per": per} if per != "all" else {}
    budget(owner, "cost_usd", 1, period="month", **scope)
    ask(owner, 8)
    workers = others(8)
    rows = [worker.claim_one(PIPELINE) for worker in workers]

    def work(worker: Queue, row: Row) -> int:
        calls = 0
        while True:
            answer = persisted(lambda: reserve(worker, row, BOUND))
            if "reservation" in answer:
                calls += 1
                entry = paid(row, cost_usd=BILLED) | answer
                persisted(lambda entry=entry: worker.spend(entry))  # type: ignore[misc]  # mypy cannot infer a lambda with a default
            elif not answer["refused"]["busy"]:
                return calls

    works: list[Callable[[], int]] = [
        lambda worker=worker, row=row: work(worker, row)  # type: ignore[misc]  # as above
        for worker, row in zip(workers, rows, strict=True)
    ]
    calls = sum(at_once(works))
    # After so many calls, one more could pass the limit: 31 * 0.03 + 0.05 <= 1 < 32 * 0.03 + 0.05.
    assert calls == 32
    told = line(workers[0], measure="cost_usd")
    assert (told["spent"], told["reserved"], told["reached"]) == (0.96, 0, True)


def persisted(call: Callable[[], Any]) -> Any:
    """Repeat the call while a lock is not free, as the worker's client does."""
    while True:
        try:
            return call()
        except psycopg.errors.LockNotAvailable:
            continue


def test_what_is_reserved_is_taken_from_all_budgets_or_from_none(
    owner: Connection, queue: Queue, row: Row
) -> None:
    budget(owner, "cost_usd", 1)
    budget(owner, "tokens", 100, pipeline=PIPELINE)
    refusal = reserve(queue, row, BOUND | {"tokens": 101})["refused"]
    assert (refusal["measure"], refusal["per"], refusal["busy"]) == ("tokens", "pipeline", False)
    assert line(queue, measure="cost_usd")["reserved"] == 0
    held = reserve(queue, row, BOUND | {"tokens": 100})
    assert line(queue, measure="cost_usd")["reserved"] == 0.05
    queue.spend(paid(row, cost_usd=0.01, input_tokens=7, output_tokens=3) | held)
    assert (line(queue, measure="tokens")["spent"], line(queue, measure="tokens")["reserved"]) == (
        10, 0,
    )  # fmt: skip


def test_calls_under_way_keep_others_waiting_only_for_a_moment(
    owner: Connection, queue: Queue, row: Row
) -> None:
    budget(owner, "cost_usd", 0.06)
    held = reserve(queue, row, BOUND)
    refusal = reserve(queue, row, BOUND)["refused"]
    assert refusal["busy"]
    assert refusal["wait_seconds"] < 60
    entry = paid(row, cost_usd=0.01) | held
    assert "reservation" in reserve(queue, row, BOUND, entries=Jsonb([entry]))


def test_a_request_that_was_not_billed_gives_all_back(
    owner: Connection, queue: Queue, row: Row
) -> None:
    budget(owner, "cost_usd", 0.05)
    held = reserve(queue, row, BOUND)
    unbilled = Jsonb([held | {"in_full": False}])
    for _ in range(2):
        queue.call("spend", worker=queue.worker, entries=Jsonb([]), settled=unbilled)
    assert (line(queue)["spent"], line(queue)["reserved"]) == (0, 0)
    held = reserve(queue, row, BOUND)
    maybe = Jsonb([held | {"in_full": True}])
    queue.call("spend", worker=queue.worker, entries=Jsonb([]), settled=maybe)
    assert (line(queue)["spent"], line(queue)["reserved"]) == (0.05, 0)


def test_a_repeated_reserve_counts_once_and_ends_what_it_replaces(
    owner: Connection, queue: Queue, row: Row
) -> None:
    budget(owner, "calls", 1)
    begun = queue.call(
        "begin_call", worker=queue.worker, table_name=row["table"], row_id=row["id"],
        run=row["run"], nonce=row["nonce"], step="ask", version="1", input_hash="same",
    )  # fmt: skip
    name = str(uuid4())
    for _ in range(2):
        again = reserve(queue, row, BOUND, reservation=name, replaces=begun["reservation"])
        assert again == {"reservation": name}
    assert line(queue)["reserved"] == 1


def test_a_run_that_lost_its_lease_reserves_nothing(
    owner: Connection, queue: Queue, row: Row
) -> None:
    budget(owner, "cost_usd", 1)
    queue.release(row)
    with refused("RJ001"):
        reserve(queue, row, BOUND)
    assert one(owner, "select count(*) from processing.reservations") == 0


def test_what_a_dead_worker_reserved_is_spent_until_it_turns_out_to_be_less(
    owner: Connection, queue: Queue, others: Others, row: Row
) -> None:
    budget(owner, "cost_usd", 0.1)
    held = reserve(queue, row, BOUND)
    owner.execute("update processing.leases set deadline = processing.clock() - interval '1 s'")
    (other,) = others(1)
    assert other.take_back() == 1
    assert (line(queue)["spent"], line(queue)["reserved"]) == (0.05, 0)
    entry = paid(row, cost_usd=0.02) | held
    assert queue.spend(entry) == 1
    assert queue.spend(entry) == 0
    assert (line(queue)["spent"], line(queue)["reserved"]) == (0.02, 0)


@pytest.mark.parametrize("period", ["day", "month"])
def test_a_budget_is_whole_again_when_its_period_turns(
    owner: Connection, queue: Queue, row: Row, clock: Clock, period: str
) -> None:
    budget(owner, "cost_usd", 0.05, period=period)
    queue.spend(paid(row, cost_usd=0.05) | reserve(queue, row, BOUND))
    refusal = reserve(queue, row, BOUND)["refused"]
    assert 0 < refusal["wait_seconds"] <= (DAY if period == "day" else 31 * DAY)
    clock.advance(refusal["wait_seconds"] - 1)
    queue.heartbeat(row)
    assert "refused" in reserve(queue, row, BOUND)
    clock.advance(1)
    assert "reservation" in reserve(queue, row, BOUND)
    assert line(queue)["spent"] == 0


def test_a_budget_for_one_owner_takes_the_place_of_that_for_every_owner(
    owner: Connection, queue: Queue
) -> None:
    attach(owner, owner="account_id", daily_limits={"calls": 1})
    budget(owner, "calls", 3, pipeline=PIPELINE, owner=ALICE)
    budget(owner, "calls", 4)
    made = {ALICE: 0, BOB: 0}
    for account in made:
        ask_one(owner, account_id=account)
        row = queue.claim_one(PIPELINE)
        while "reservation" in (held := reserve(queue, row, {"calls": 1})):
            queue.spend(paid(row) | held)
            made[account] += 1
    assert made == {ALICE: 3, BOB: 1}
    ask_one(owner, account_id="c0c00000-0000-4000-8000-000000000003")
    refusal = reserve(queue, queue.claim_one(PIPELINE), {"calls": 1})["refused"]
    assert refusal["per"] == "all"


def test_the_limit_of_an_operator_survives_the_next_attach_and_can_be_taken_back(
    owner: Connection, queue: Queue
) -> None:
    def limit() -> tuple[Any, ...]:
        told = line(queue, measure="calls")
        return told["limit"], told["declared"], told["operator"], told["every_owner"]

    attach(owner, owner="account_id", daily_limits={"calls": 5})
    scope = {"pipeline": PIPELINE, "per": "owner"}
    for _ in range(2):
        assert budget(owner, "calls", 9, **scope)["limit"] == 9
    attach(owner, owner="account_id", daily_limits={"calls": 6})
    assert limit() == (9, 6, "ann", True)
    assert budget(owner, "calls", None, **scope)["limit"] == 6
    assert limit() == (6, 6, "ann", True)
    attach(owner, owner="account_id")
    assert lines(queue) == []
    assert budget(owner, "calls", None, **scope) is None


def test_a_lower_limit_holds_at_once_in_each_shard(
    owner: Connection, queue: Queue, others: Others, row: Row
) -> None:
    budget(owner, "calls", 80)
    for _ in range(40):
        queue.spend(paid(row) | reserve(queue, row, {"calls": 1}))
    budget(owner, "calls", 40)
    for session in others(9):
        worker = Queue(session.connection, queue.worker)
        assert "refused" in reserve(worker, row, {"calls": 1})
    budget(owner, "calls", 41)
    assert "reservation" in reserve(queue, row, {"calls": 1})


def test_rows_that_wait_start_again_when_the_limit_is_raised(
    owner: Connection, queue: Queue, row: Row
) -> None:
    attach(owner, owner="account_id", daily_limits={"calls": 0}, over_budget="wait")
    owner.execute("listen processing")
    error = {"code": "budget_reached", "message": "Today's limit is reached."}
    queue.end(row, "retry_later", error=error, retry_after=DAY)
    other = ask_one(owner)
    queue.retry_later(queue.claim_one(PIPELINE), DAY)
    assert queue.claim(PIPELINE) == []
    list(owner.notifies(timeout=0))
    budget(owner, "calls", 1, pipeline=PIPELINE, per="owner")
    assert [note.channel for note in owner.notifies(timeout=5, stop_after=1)] == ["processing"]
    assert look(owner, row["id"])["attempts"] == 0
    assert [claimed["id"] for claimed in queue.claim(PIPELINE)] == [row["id"]]
    assert look(owner, other)["status"] == "pending"


@pytest.mark.parametrize("over_budget", ["wait", "fail"])
def test_the_pipeline_says_whether_a_row_waits_or_fails(
    owner: Connection, queue: Queue, row: Row, over_budget: str
) -> None:
    attach(owner, owner="account_id", daily_limits={"calls": 0}, over_budget=over_budget)
    assert reserve(queue, row, BOUND)["refused"]["fails"] == (over_budget == "fail")


def test_what_else_than_waiting_or_failing_is_refused(owner: Connection) -> None:
    with refused("RJ007"):
        attach(owner, over_budget="guess")


def test_rows_of_all_owners_together_can_be_limited_at_any_time(owner: Connection) -> None:
    attach(owner, owner="account_id")
    budget(owner, "rows", 3, pipeline=PIPELINE)
    ask(owner, 2)
    ask(owner, 1, account_id=BOB)
    with refused("RJ008") as caught:
        ask(owner, 1, account_id=BOB)
    assert 0 < int(caught.value.diag.message_detail or 0) <= DAY
    budget(owner, "rows", None, pipeline=PIPELINE)
    ask(owner, 1)


def test_a_claim_waits_for_no_counter(owner: Connection, queue: Queue) -> None:
    attach(owner, owner="account_id", daily_limits={"calls": 5, "rows": 50})
    ask(owner, 3)
    with owner.transaction():
        for table in ("budgets", "budget_use", "reservations"):
            owner.execute(f"lock table processing.{table} in exclusive mode")
        assert len(queue.claim(PIPELINE)) == 3


def test_people_read_why_a_row_waits(owner: Connection, queue: Queue, row: Row) -> None:
    budget(owner, "cost_usd", 0.05)
    queue.spend(paid(row, cost_usd=0.01) | reserve(queue, row, BOUND))
    assert queue.call("overview")["budgets_reached"] == []
    reserve(queue, row, BOUND)
    (told,) = queue.call("overview")["budgets_reached"]
    assert (told["measure"], told["limit"], told["spent"]) == ("cost_usd", 0.05, 0.01)
    key = ask_one(owner)
    story = queue.call("explain", table_name=row["table"], row_id=key)
    assert any(reason.startswith("budget: all pipelines") for reason in story["blocked_by"])


def test_the_overview_names_the_owners_whose_budget_is_reached_and_no_others(
    owner: Connection, queue: Queue
) -> None:
    attach(owner, owner="account_id", daily_limits={"calls": 2, "tokens": 9})
    for account, calls in ((ALICE, 2), (BOB, 1)):
        ask_one(owner, account_id=account)
        row = queue.claim_one(PIPELINE)
        for _ in range(calls):
            queue.spend(paid(row) | reserve(queue, row, {"calls": 1}))
    (told,) = queue.call("overview")["budgets_reached"]
    assert (told["owner"], told["measure"], told["spent"]) == (ALICE, "calls", 2)
    budget(owner, "tokens", 0, pipeline=PIPELINE, per="owner")
    reached = queue.call("overview")["budgets_reached"]
    assert {told["measure"] for told in reached} == {"calls", "tokens"}


def test_a_deleted_account_stays_in_the_total_only(
    owner: Connection, queue: Queue, row: Row
) -> None:
    budget(owner, "cost_usd", 1)
    budget(owner, "cost_usd", 1, owner=ALICE)
    held = reserve(queue, row, BOUND)
    queue.call("forget_owner", owner=ALICE)
    for table in ("budgets", "budget_use", "reservations"):
        named = f"select count(*) from processing.{table} as t where t::text like %s"
        assert one(owner, named, f"%{ALICE}%") == 0
    queue.spend(paid(row, cost_usd=0.01) | held)
    assert (line(queue)["spent"], line(queue)["reserved"]) == (0.01, 0)


def test_to_forget_a_nameless_owner_gives_no_budget_back(
    owner: Connection, queue: Queue, row: Row
) -> None:
    budget(owner, "cost_usd", 1)
    held = reserve(queue, row, BOUND)
    before = line(queue)["reserved"]
    queue.call("forget_owner", owner="")
    assert line(queue)["reserved"] == before > 0
    queue.spend(paid(row, cost_usd=0.01) | held)
    queue.call("forget_owner", owner="")
    assert (line(queue)["spent"], line(queue)["reserved"]) == (0.01, 0)


def test_old_counters_are_pruned_and_those_of_this_month_stay(
    owner: Connection, queue: Queue, row: Row, clock: Clock
) -> None:
    budget(owner, "calls", 9)
    budget(owner, "calls", 99, period="month", owner=ALICE)
    reserve(queue, row, BOUND)
    for days, left in ((3, 1), (90, 0)):
        clock.advance(days * DAY)
        queue.call("prune")
        kept = "select count(distinct budget) from processing.budget_use where starts_on < %s"
        assert one(owner, kept, "2999-01-01") == left


@pytest.mark.parametrize(
    "wrong",
    [
        {"measure": "euros"}, {"most": -1}, {"period": "week"}, {"per": "team"}, {"operator": ""},
        {"per": "pipeline"}, {"per": "all", "pipeline": PIPELINE}, {"per": "all", "owner": "x"},
    ],
    ids=str,
)  # fmt: skip
def test_arguments_that_make_no_budget_are_refused(owner: Connection, wrong: Any) -> None:
    attach(owner, owner="account_id")
    with refused("22023"):
        Queue(owner).call(
            "set_budget", **({"measure": "calls", "most": 1, "operator": "ann"} | wrong)
        )


def test_a_limit_holds_however_its_owner_is_spelled_or_is_refused(
    owner: Connection, queue: Queue, row: Row
) -> None:
    assert budget(owner, "calls", 1, owner=ALICE.upper())["owner"] == ALICE
    assert "refused" in reserve(queue, row, {"calls": 2})
    assert budget(owner, "calls", None, owner=f"{{{ALICE}}}") is None
    with refused("22023"):
        budget(owner, "calls", 1, owner="Alice")
    queue.spend(paid(row))
    assert queue.call("forget_owner", owner=ALICE.upper())["lines"] == 1
    attach(owner)
    with refused("22023"):
        budget(owner, "calls", 1, per="owner", pipeline=PIPELINE)


def test_a_budget_of_an_unknown_pipeline_is_refused(owner: Connection) -> None:
    with refused("RJ003"):
        budget(owner, "calls", 1, pipeline="nobody-knows")
