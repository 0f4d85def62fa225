"""Paid calls outside a run are reserved before, and settled after or when their time is over."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from psycopg.types.json import Jsonb

from tests.library.sql.budgeting import BOUND, budget, line, lines, reserve
from tests.library.sql.questions import ALICE, BOB, PIPELINE, Others, ask_one, attach, one
from tests.support.databases import Clock, Database
from tests.support.queue import Connection, Queue, at_once, refused

pytestmark = pytest.mark.usefixtures("mid_month")

BILLED = 0.03
USED = {"model": "m", "step": "look", "input_tokens": 7, "output_tokens": 3, "cost_usd": BILLED}
SUMS = "select sum(spent + reserved) from processing.budget_use"


@pytest.fixture(autouse=True)
def attached(owner: Connection) -> None:
    attach(owner, owner="account_id")


def outside(queue: Queue, amounts: dict[str, float] = BOUND, **more: Any) -> dict[str, Any]:
    """Reserve for a call outside a run; answers `refused`, or {} and the reservation."""
    arguments = {"pipeline": PIPELINE, "owner": ALICE, "reservation": str(uuid4())} | more
    answer: dict[str, Any] = queue.call("reserve_outside", amounts=Jsonb(amounts), **arguments)
    return answer or {"reservation": arguments["reservation"]}


def settle(queue: Queue, held: dict[str, Any], used: dict[str, Any] | None, **more: Any) -> bool:
    answer = queue.call(
        "settle_outside",
        reservation=held["reservation"],
        used=None if used is None else Jsonb(used),
        **more,
    )
    return bool(answer["settled"])


def sums(queue: Queue, **wanted: Any) -> tuple[float, float]:
    told = line(queue, **wanted)
    return told["spent"], told["reserved"]


SCOPES = [
    {"pipeline": PIPELINE, "per": "owner"},
    {"pipeline": PIPELINE, "owner": ALICE},
    {"pipeline": PIPELINE, "per": "pipeline"},
    {"per": "owner"},
    {},
]


@pytest.mark.parametrize("scope", SCOPES)
def test_requests_at_the_same_time_spend_no_cent_more_and_leave_none_that_a_call_could_use(
    owner: Connection, others: Others, scope: dict[str, str]
) -> None:
    budget(owner, "cost_usd", 1, period="month", **scope)
    most: list[float] = []

    def work(queue: Queue) -> int:
        calls = 0
        while True:
            answer = outside(queue)
            if "reservation" in answer:
                calls += 1
                most.append(one(owner, SUMS))
                assert settle(queue, answer, USED)
            elif not answer["refused"]["busy"]:
                return calls

    works: list[Callable[[], int]] = [lambda queue=each: work(queue) for each in others(8)]  # type: ignore[misc]  # mypy cannot infer a lambda with a default
    # After so many calls, one more could pass the limit: 31 * 0.03 + 0.05 <= 1 < 32 * 0.03 + 0.05.
    assert sum(at_once(works)) == 32
    assert max(most) <= 1
    (told,) = [each for each in lines(Queue(owner)) if each["measure"] == "cost_usd"]
    assert (told["spent"], told["reserved"], told["reached"]) == (0.96, 0, True)


def test_the_same_reservation_at_the_same_time_is_made_once(
    owner: Connection, others: Others
) -> None:
    budget(owner, "cost_usd", 10)
    reservations = [str(uuid4()) for _ in range(20)]

    def work(queue: Queue) -> list[str]:
        return [outside(queue, reservation=each)["reservation"] for each in reservations]

    works: list[Callable[[], list[str]]] = [lambda queue=each: work(queue) for each in others(4)]  # type: ignore[misc]  # mypy cannot infer a lambda with a default
    assert at_once(works) == [reservations] * 4
    spent, reserved = sums(Queue(owner), measure="cost_usd")
    assert (spent, round(reserved, 9)) == (0, 1)


def test_runs_and_calls_outside_them_share_one_limit(owner: Connection, queue: Queue) -> None:
    budget(owner, "cost_usd", 0.1)
    ask_one(owner)
    row = queue.claim_one(PIPELINE)
    reserve(queue, row, BOUND)
    held = outside(queue)
    assert "refused" in reserve(queue, row, BOUND)
    assert "refused" in outside(queue)
    assert settle(queue, held, None, billed=False)
    assert "reservation" in reserve(queue, row, BOUND)


@pytest.mark.parametrize(
    ("used", "more", "spent"),
    [
        (USED, {}, BILLED),
        ({"cost_usd": 0.2}, {}, 0.2),
        (None, {}, 0.05),
        (None, {"billed": False}, 0),
    ],
)
def test_a_call_settles_to_what_was_billed_or_to_its_bound(
    owner: Connection, queue: Queue, used: dict[str, Any] | None, more: Any, spent: float
) -> None:
    budget(owner, "cost_usd", 1)
    held = outside(queue)
    assert sums(queue, measure="cost_usd") == (0, 0.05)
    assert settle(queue, held, used, **more)
    assert sums(queue, measure="cost_usd") == (spent, 0)
    if used is not None:
        assert not settle(queue, held, used), "a second time changes nothing"
        assert sums(queue, measure="cost_usd") == (spent, 0)


def test_a_process_that_dies_between_the_two_costs_its_bound_when_its_time_is_over(
    owner: Connection, queue: Queue, database: Database, clock: Clock
) -> None:
    budget(owner, "cost_usd", 0.06)
    reservation = str(uuid4())
    dying = (
        "import sys, psycopg\n"
        f"with psycopg.connect({database.dsn!r}, autocommit=True) as connection:\n"
        '    connection.execute("select processing.reserve_outside('
        f"'{PIPELINE}', '{ALICE}', '{reservation}', '{{\\\"cost_usd\\\": 0.05}}', 30)\")\n"
        "    print('reserved', flush=True)\n"
        "    sys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", dying], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"reserved\n"
        process.kill()
    assert sums(queue, measure="cost_usd") == (0, 0.05)
    assert outside(queue)["refused"]["busy"], "until then it may still use what it has reserved"
    clock.advance(31)
    refusal = outside(queue)["refused"]
    assert (refusal["busy"], refusal["used"], refusal["reserved"]) == (False, 0.05, 0)
    assert sums(queue, measure="cost_usd") == (0.05, 0)
    held = {"reservation": reservation}
    assert settle(queue, held, USED), "what was billed may still be told"
    assert sums(queue, measure="cost_usd") == (BILLED, 0)


def test_the_usage_counts_in_the_day_of_its_owner(owner: Connection, queue: Queue) -> None:
    for _ in range(2):
        assert settle(queue, outside(queue), USED)
    assert settle(queue, outside(queue, owner=BOB), USED)
    assert settle(queue, outside(queue, pipeline=None, owner=None), USED)
    told = {(day["pipeline"], day["owner"]): day for day in queue.call("spending")}
    assert set(told) == {(PIPELINE, ALICE), (PIPELINE, BOB), ("", None)}
    day = told[PIPELINE, ALICE]
    assert (day["calls"], day["input_tokens"], day["cost_usd"]) == (2, 14, 2 * BILLED)


def test_budgets_that_do_not_hold_for_the_call_are_not_touched(
    owner: Connection, queue: Queue
) -> None:
    budget(owner, "cost_usd", 1)
    budget(owner, "calls", 0, pipeline=PIPELINE, per="owner")
    held = outside(queue, pipeline=None, owner=None)
    assert settle(queue, held, USED)
    assert sums(queue, measure="cost_usd") == (BILLED, 0)
    assert outside(queue)["refused"]["measure"] == "calls"


def test_a_user_who_is_forgotten_leaves_no_name_behind(owner: Connection, queue: Queue) -> None:
    budget(owner, "cost_usd", 1, pipeline=PIPELINE, per="owner")
    budget(owner, "cost_usd", 1)
    held, lost = outside(queue), outside(queue)
    settle(queue, outside(queue), USED)
    settle(queue, lost, None)
    queue.call("forget_owner", owner=ALICE)
    assert settle(queue, held, USED)
    for table in ("reservations", "usage", "budget_use"):
        assert (
            one(owner, f"select count(*) from processing.{table} as x where x::text ~ '{ALICE}'")
            == 0
        )
    assert line(queue, per="all")["spent"] == 2 * BILLED + 0.05


@pytest.mark.parametrize("measure", ["calls", "cost_usd", "audio_seconds"])
def test_an_amount_that_nobody_knows_is_refused_once_nothing_is_left(
    owner: Connection, queue: Queue, measure: str
) -> None:
    budget(owner, measure, 0)
    amounts: Any = {"tokens": 1, measure: None}
    assert outside(queue, amounts)["refused"]["measure"] == measure
    budget(owner, measure, 1)
    assert "reservation" in outside(queue, amounts)


@pytest.mark.parametrize("measure", ["tokens", "calls"])
def test_a_report_in_a_measure_that_follows_from_others_is_refused(
    owner: Connection, queue: Queue, measure: str
) -> None:
    budget(owner, "tokens", 5000)
    held = outside(queue, {"tokens": 3000})
    with refused("22023"):
        settle(queue, held, {measure: 3000})
    assert sums(queue, measure="tokens") == (0, 3000)


@pytest.mark.parametrize(
    "wrong",
    [
        {"amounts": []},
        {"amounts": {"rows": 1}},
        {"amounts": {"cost_usd": -1}},
        {"amounts": {"cost_usd": "1"}},
        {"seconds": 0},
        {"seconds": 3601},
        {"seconds": float("nan")},
        {"reservation": None},
    ],
)
def test_wrong_arguments_are_refused(queue: Queue, wrong: dict[str, Any]) -> None:
    with refused("22023"):
        outside(queue, **wrong)


def test_an_unknown_pipeline_is_refused(queue: Queue) -> None:
    with refused("RJ003"):
        outside(queue, pipeline="unheard-of")


def test_a_wrong_report_leaves_the_reservation_open(owner: Connection, queue: Queue) -> None:
    budget(owner, "cost_usd", 1)
    held = outside(queue)
    with refused("22023"):
        settle(queue, held, {"cost_usd": -1})
    assert sums(queue, measure="cost_usd") == (0, 0.05)
    assert settle(queue, held, USED)


def test_a_worker_s_own_reservation_is_not_settled_from_outside(
    owner: Connection, queue: Queue
) -> None:
    budget(owner, "cost_usd", 1)
    ask_one(owner)
    held = reserve(queue, queue.claim_one(PIPELINE), BOUND)
    assert not settle(queue, held, USED)
    assert sums(queue, measure="cost_usd") == (0, 0.05)


@pytest.mark.parametrize("role", ["anon", "authenticated"])
def test_users_may_not_reserve(owner: Connection, role: str) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege), owner.transaction():
        owner.execute(f"set local role {role}")
        outside(Queue(owner))


def test_eight_callers_near_several_limits_never_wait_in_a_circle(
    owner: Connection, others: Others
) -> None:
    """Postgres would end one of them with 40P01 then."""
    budget(owner, "cost_usd", 40)
    budget(owner, "cost_usd", 60, period="month")
    budget(owner, "calls", 10_000)
    budget(owner, "cost_usd", 30, per="owner")
    operator, *callers = others(9)

    def work(caller: Queue) -> None:
        for turn in range(30):
            bound = {"cost_usd": (0.05, 0.5, 2)[turn % 3]}
            with suppress(psycopg.errors.LockNotAvailable):
                held = outside(
                    caller, bound, owner=(ALICE, BOB)[turn % 2], seconds=(0.05, 60)[turn % 2]
                )
                if "reservation" in held and turn % 4:
                    settle(caller, held, USED)

    def change() -> None:
        for turn in range(30):
            with suppress(psycopg.errors.LockNotAvailable):
                budget(operator.connection, "cost_usd", 40 + turn)

    calls: list[Callable[[], None]] = [change, *(partial(work, caller) for caller in callers)]
    at_once(calls)
    assert all(told["spent"] + told["reserved"] <= told["limit"] for told in lines(operator))
