"""What needs a person is told once, again if it lasts, and at its end; by whoever is alive."""

from __future__ import annotations

from typing import Any

import pytest
from psycopg.types.json import Jsonb

from tests.library.sql.conftest import Sessions
from tests.library.sql.questions import ALICE, BOB, PIPELINE, ask, ask_one, attach, detach
from tests.support.databases import Clock, Connections, Database
from tests.support.queue import Connection, Queue, paid, refused

pytestmark = pytest.mark.any_version

ENDED = 130
"""Seconds after which what does not fire any more has ended."""
OWNERS = {"alice": ALICE, "bob": BOB}


@pytest.fixture(autouse=True)
def only_wanted(owner: Connection) -> None:
    """No alert but those that a test makes; every pipeline but the test's is paused."""
    attach(owner, owner="account_id")
    owner.execute("delete from processing.alerts")
    owner.execute("update processing.pipelines set paused = pipeline <> %s", [PIPELINE])


def watch(queue: Queue, kind: str, **settings: Any) -> None:
    queue.call("set_alert", alert="mine", kind=kind, operator="ada", settings=settings)


def told(queue: Queue, *, problem: str | None = None) -> list[tuple[str, str]]:
    """The messages that are due now, as subject and state; they are sent, with this result."""
    messages = due(queue)
    for message in messages:
        queue.call("alert_told", message=message["message"], problem=problem)
    return [(message["subject"], message["state"]) for message in messages]


def due(queue: Queue) -> list[dict[str, Any]]:
    messages: list[dict[str, Any]] = queue.call("due_alerts")["messages"]
    return messages


def fail(queue: Queue, rows: int, **error: Any) -> None:
    for row in queue.claim(PIPELINE, slots=rows):
        queue.fail(row, retryable=False, **error)


def test_failures_of_one_signature_are_told_from_so_many_on(
    owner: Connection, queue: Queue, clock: Clock
) -> None:
    watch(queue, "failures", rows=3, within_seconds=600)
    ask(owner, 3)
    fail(queue, 2)
    assert told(queue) == []
    clock.advance(20)
    fail(queue, 1)
    (message,) = due(queue)
    found = message["details"]
    assert (found["pipeline"], found["rows"]) == (PIPELINE, 3)
    assert found["signature"] == queue.call("failures")[0]["signature"]
    assert set(found["example"]) == {"table", "id"}
    assert "text" not in found


def test_a_row_that_failed_while_nobody_asked_is_told_and_an_old_one_is_not(
    owner: Connection, queue: Queue, clock: Clock
) -> None:
    watch(queue, "failures")
    ask(owner, 2)
    fail(queue, 1, code="old")
    clock.advance(3600)
    assert due(queue) == []
    fail(queue, 1, code="young")
    clock.advance(3600)
    (message,) = due(queue)
    found = message["details"]
    assert found["code"] == "young"
    assert found["within_seconds"] == pytest.approx(3600, abs=60)


def test_a_message_comes_once_then_as_a_reminder_and_at_the_end(
    owner: Connection, queue: Queue, clock: Clock
) -> None:
    watch(queue, "queue_age", seconds=100, repeat_seconds=1000)
    key = ask_one(owner)
    clock.advance(90)
    assert told(queue) == []
    clock.advance(20)
    assert told(queue) == [(PIPELINE, "firing")]
    for _ in range(9):
        clock.advance(100)
        assert told(queue) == []
    clock.advance(110)
    (reminder,) = due(queue)
    assert reminder["reminder"] is True
    queue.call("alert_told", message=reminder["message"])
    queue.call("cancel", table_name="public.questions", row_id=key)
    clock.advance(ENDED)
    assert told(queue) == [(PIPELINE, "ended")]
    clock.advance(20)
    assert told(queue) == []


def test_what_comes_and_goes_is_told_once(owner: Connection, queue: Queue, clock: Clock) -> None:
    watch(queue, "queue_age", seconds=100)
    heard = []
    for _ in range(5):
        key = ask_one(owner)
        clock.advance(110)
        heard += told(queue)
        queue.call("cancel", table_name="public.questions", row_id=key)
        clock.advance(20)
        heard += told(queue)
    clock.advance(ENDED)
    assert heard + told(queue) == [(PIPELINE, "firing"), (PIPELINE, "ended")]


def test_a_table_that_cannot_be_read_ends_nothing(
    owner: Connection, queue: Queue, clock: Clock, sessions: Sessions
) -> None:
    watch(queue, "queue_age", seconds=100)
    ask_one(owner)
    clock.advance(110)
    assert told(queue) == [(PIPELINE, "firing")]
    with sessions.lend("postgres").transaction() as held:
        held.connection.execute("lock table public.questions")
        clock.advance(ENDED)
        assert told(queue) == []
    detach(owner)
    clock.advance(ENDED)
    assert told(queue) == [(PIPELINE, "ended")]


def test_the_end_of_what_was_told_is_told_although_a_reminder_of_it_was_lost(
    owner: Connection, queue: Queue, clock: Clock
) -> None:
    watch(queue, "queue_age", seconds=100, repeat_seconds=1000)
    key = ask_one(owner)
    clock.advance(110)
    assert told(queue) == [(PIPELINE, "firing")]
    clock.advance(1100)
    assert told(queue, problem="status_503") == [(PIPELINE, "firing")]
    queue.call("cancel", table_name="public.questions", row_id=key)
    clock.advance(ENDED)
    assert told(queue) == [(PIPELINE, "ended")]


def test_what_lasts_is_told_however_long_the_receiver_was_away(
    owner: Connection, queue: Queue, clock: Clock
) -> None:
    watch(queue, "queue_age", seconds=1)
    ask_one(owner)
    clock.advance(10)
    for _ in range(40):
        assert told(queue, problem="ConnectError") == [(PIPELINE, "firing")]
        clock.advance(3700)


def test_a_pipeline_that_is_broken_and_has_rows_set_aside_for_the_same_reason_is_told(
    owner: Connection, queue: Queue, clock: Clock
) -> None:
    watch(queue, "trouble", seconds=100)
    key = ask_one(owner)
    owner.execute(
        "insert into processing.set_aside (table_id, row_id, pipeline, kind, owner_key,"
        " priority, sqlstate, message, since, tries, look_again_at) values"
        " ('public.questions', %s, %s, 'finish', '', 0, '42703', 'no', now(), 1, now())",
        [key, PIPELINE],
    )
    owner.execute(
        "insert into processing.broken (pipeline, sqlstate, message, since, tries, look_again_at)"
        " values (%s, '42703', 'no', now(), 1, now())",
        [PIPELINE],
    )
    clock.advance(110)
    (message,) = due(queue)
    assert (message["subject"], message["details"]["broken"]) == (f"{PIPELINE} 42703", True)


def spend(queue: Queue, owner: Connection, **costs: float) -> None:
    """Pay for a row of each owner, named by a key of OWNERS."""
    for name, cost in costs.items():
        ask_one(owner, account_id=OWNERS[name])
        row = queue.claim_one(PIPELINE)
        queue.spend(paid(row, cost_usd=cost))
        queue.complete(row, answer="42")


def limit(queue: Queue, dollars: float) -> int:
    """What each owner may spend a day; answers the budget's id."""
    budget: dict[str, int] = queue.call(
        "set_budget", measure="cost_usd", most=dollars, operator="ada", pipeline=PIPELINE,
        per="owner",
    )  # fmt: skip
    return budget["budget"]


@pytest.mark.usefixtures("mid_month")
def test_a_budget_of_which_the_share_is_used_is_told_by_owner_until_its_limit_is_raised(
    owner: Connection, queue: Queue, clock: Clock
) -> None:
    budget = limit(queue, 10)
    watch(queue, "budget", share=0.8)
    spend(queue, owner, alice=10, bob=7)
    (message,) = due(queue)
    queue.call("alert_told", message=message["message"])
    found = message["details"]
    assert message["subject"] == f"{budget} of {ALICE}"
    assert (found["owner"], found["reached"], found["share"]) == (ALICE, True, 0.8)
    assert (found["spent"], found["limit"], found["measure"]) == (10, 10, "cost_usd")
    spend(queue, owner, bob=1)
    clock.advance(20)
    (message,) = due(queue)
    queue.call("alert_told", message=message["message"])
    assert (message["details"]["owner"], message["details"]["reached"]) == (BOB, False)
    limit(queue, 12)
    clock.advance(ENDED)
    assert told(queue) == [(f"{budget} of {BOB}", "ended")]
    limit(queue, 100)
    clock.advance(ENDED)
    assert told(queue) == [(f"{budget} of {ALICE}", "ended")]


@pytest.mark.usefixtures("mid_month")
def test_every_owner_who_has_reached_a_budget_is_told(owner: Connection, queue: Queue) -> None:
    budget = limit(queue, 1)
    owner.execute(
        "insert into processing.budget_use"
        " (budget, owner, starts_on, shard, room, for_limit, spent)"
        " select %s, 'o' || n, processing.first_day('day', processing.clock()), 0, 0, 1, 2"
        " from generate_series(1, 30) as n",
        [budget],
    )
    watch(queue, "budget")
    assert len({subject for _ in range(3) for subject, _ in told(queue)}) == 30


def test_what_ended_before_anybody_was_told_is_told_to_nobody(
    owner: Connection, queue: Queue, clock: Clock
) -> None:
    watch(queue, "queue_age", seconds=100)
    key = ask_one(owner)
    clock.advance(120)
    assert told(queue, problem="status_503") == [(PIPELINE, "firing")]
    queue.call("cancel", table_name="public.questions", row_id=key)
    clock.advance(3600)
    assert told(queue) == []


def test_a_message_that_did_not_arrive_comes_again_with_the_same_id_and_growing_waits(
    owner: Connection, queue: Queue, clock: Clock
) -> None:
    watch(queue, "queue_age", seconds=1)
    ask_one(owner)
    clock.advance(10)
    (first,) = due(queue)
    queue.call("alert_told", message=first["message"], problem="ConnectError")
    waits = []
    for _ in range(4):
        waited = 0
        while not (again := due(queue)):
            clock.advance(10)
            waited += 10
        assert [message["message"] for message in again] == [first["message"]]
        queue.call("alert_told", message=first["message"], problem="ConnectError")
        waits.append(waited)
    assert waits == sorted(waits) and waits[-1] > waits[0]
    (alert,) = queue.call("alerts")
    assert alert["firing"][0]["problem"] == "ConnectError"


def test_the_message_of_a_process_that_died_is_told_by_another(
    owner: Connection, queue: Queue, clock: Clock
) -> None:
    watch(queue, "queue_age", seconds=1)
    ask_one(owner)
    clock.advance(10)
    (lost,) = due(queue)
    clock.advance(50)
    assert due(queue) == []
    clock.advance(11)
    (again,) = due(queue)
    assert again["message"] == lost["message"]


def test_two_processes_at_once_do_not_tell_the_same(
    owner: Connection, queue: Queue, clock: Clock, database: Database, connect: Connections
) -> None:
    watch(queue, "queue_age", seconds=1)
    ask_one(owner)
    clock.advance(10)
    other = Queue(connect(database, "service_role", autocommit=False))
    assert len(due(other)) == 1
    assert due(queue) == []
    other.connection.commit()
    assert due(queue) == []


def test_a_pipeline_without_a_living_worker_is_told(queue: Queue, clock: Clock) -> None:
    watch(queue, "no_worker", seconds=60)
    queue.heartbeat(pipelines=[PIPELINE])
    assert told(queue) == []
    clock.advance(600)
    assert told(queue) == [(PIPELINE, "firing")]
    clock.advance(ENDED)
    queue.heartbeat(pipelines=[PIPELINE])
    assert told(queue) == [(PIPELINE, "ended")]


def test_a_doorbell_that_a_worker_does_not_hear_is_told(queue: Queue, clock: Clock) -> None:
    watch(queue, "deaf_doorbell", seconds=100)
    for seconds in (0, 99):
        queue.heartbeat(deaf={"realtime": seconds})
        assert told(queue) == []
        clock.advance(20)
    queue.heartbeat(deaf={"realtime": 101})
    assert told(queue) == [(f"{queue.worker} realtime", "firing")]
    clock.advance(ENDED)
    queue.heartbeat(deaf={"realtime": 0})
    assert told(queue) == [(f"{queue.worker} realtime", "ended")]


def test_what_the_database_refuses_is_told(owner: Connection, queue: Queue, clock: Clock) -> None:
    watch(queue, "trouble", seconds=100)
    ask_one(owner)
    owner.execute(
        "alter table public.questions"
        " add constraint never_runs check (processing_status <> 'processing')"
    )
    assert queue.claim(PIPELINE) == []
    assert told(queue) == []
    clock.advance(110)
    assert told(queue) == [(f"{PIPELINE} 23514", "firing")]


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ({"kind": "weather"}, "weather"),
        ({"alert": "Mine!"}, "name"),
        ({"settings": {"rows": 0}}, "rows = 0"),
        ({"settings": {"seconds": 5}}, "seconds = 5"),
        ({"settings": {"repeat_seconds": 1}}, "repeat_seconds = 1"),
        ({"settings": {"repeat_seconds": 1e12}}, "repeat_seconds = 1"),
        ({"settings": {"within_seconds": 1e300}}, "within_seconds = 1"),
        ({"settings": {"tell_end": "yes"}}, 'tell_end = "yes"'),
        ({"settings": Jsonb([])}, "object"),
        ({"operator": " "}, "operator"),
    ],
)
def test_a_wrong_alert_is_refused_and_the_message_names_what_is_wrong(
    queue: Queue, arguments: dict[str, Any], named: str
) -> None:
    right = {"alert": "mine", "kind": "failures", "operator": "ada", "settings": {}}
    with refused("22023") as caught:
        queue.call("set_alert", **(right | arguments))
    assert named in str(caught.value)


def test_who_set_and_removed_an_alert_is_in_the_log_of_operators(queue: Queue) -> None:
    watch(queue, "failures", rows=5)
    queue.call("remove_alert", alert="mine", operator="bob")
    log = [(line["operator"], line["action"]) for line in queue.call("operator_log")]
    assert log[:2] == [("bob", "remove_alert"), ("ada", "set_alert")]
    assert queue.call("alerts") == []
    with refused("22023"):
        queue.call("remove_alert", alert="mine", operator="bob")


def test_the_age_of_a_queue_is_found_in_every_priority_and_counts_at_most_10_000_rows(
    owner: Connection, queue: Queue, clock: Clock
) -> None:
    watch(queue, "queue_age", seconds=100)
    ask(owner, 2)
    clock.advance(90)
    for priority in (2, 1, -1):
        ask(owner, 3333, processing_priority=priority)
    assert due(queue) == []
    clock.advance(20)
    (message,) = due(queue)
    assert message["details"]["oldest_due_seconds"] >= 110
    assert (message["details"]["due"], message["details"]["more"]) == (10_000, True)
