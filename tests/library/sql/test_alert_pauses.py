"""While an alert is paused nobody is told; afterwards what still fires is."""

from __future__ import annotations

import pytest

from tests.library.sql.questions import PIPELINE, ask, attach, one
from tests.support.databases import Clock
from tests.support.queue import Connection, Queue, refused

ENDED = 130
"""Seconds after which what does not fire any more has ended."""


@pytest.fixture(autouse=True)
def only_wanted(owner: Connection) -> None:
    """One alert about the age of the queue; every pipeline but the test's is paused."""
    attach(owner, owner="account_id")
    owner.execute("delete from processing.alerts")
    owner.execute("update processing.pipelines set paused = pipeline <> %s", [PIPELINE])
    Queue(owner).call(
        "set_alert", alert="mine", kind="queue_age", operator="ada", settings={"seconds": 60}
    )


def pause(queue: Queue, owner: Connection, seconds: int | None) -> str | None:
    until = None
    if seconds is not None:
        until = one(owner, f"select processing.clock() + interval '{seconds} seconds'")
    answer: str | None = queue.call("pause_alert", alert="mine", until=until, operator="bob")[
        "paused_until"
    ]
    return answer


def told(queue: Queue) -> list[str]:
    """The states of the messages that are due now; they arrive."""
    messages = queue.call("due_alerts")["messages"]
    for message in messages:
        queue.call("alert_told", message=message["message"])
    return [message["state"] for message in messages]


def test_what_still_fires_after_the_pause_is_told_then(
    owner: Connection, queue: Queue, clock: Clock
) -> None:
    ask(owner, 1)
    assert pause(queue, owner, 600) is not None
    clock.advance(120)
    assert told(queue) == []
    (alert,) = queue.call("alerts")
    assert len(alert["firing"]) == 1
    assert alert["paused_until"] is not None
    clock.advance(500)
    assert told(queue) == ["firing"]
    assert queue.call("alerts")[0]["paused_until"] is None


def test_what_ended_within_the_pause_is_told_to_nobody_who_did_not_hear_of_it(
    owner: Connection, queue: Queue, clock: Clock
) -> None:
    ask(owner, 1)
    pause(queue, owner, 600)
    clock.advance(120)
    assert told(queue) == []
    queue.claim(PIPELINE)
    for _ in range(5):
        clock.advance(ENDED)
        assert told(queue) == []


def test_a_pause_can_be_ended_and_is_noted_in_the_log(
    owner: Connection, queue: Queue, clock: Clock
) -> None:
    ask(owner, 1)
    pause(queue, owner, 600)
    clock.advance(120)
    assert told(queue) == []
    assert pause(queue, owner, None) is None
    clock.advance(20)
    assert told(queue) == ["firing"]
    log = [(line["operator"], line["action"]) for line in queue.call("operator_log")]
    assert log[:2] == [("bob", "resume_alert"), ("bob", "pause_alert")]


def test_a_pause_has_an_end_and_an_alert(owner: Connection, queue: Queue) -> None:
    with refused("22023"):
        pause(queue, owner, 32 * 86400)
    with refused("22023"):
        queue.call("pause_alert", alert="unheard-of", until=None, operator="bob")


def test_rows_that_wait_for_a_time_or_are_set_aside_make_the_queue_no_older(
    owner: Connection, queue: Queue, clock: Clock
) -> None:
    refusing, delayed = ask(owner, 2)
    owner.execute(
        "update public.questions set processing_not_before = now() + interval '1 day'"
        " where id = %s",
        [delayed],
    )
    owner.execute(
        "create function public.refuse() returns trigger language plpgsql as"
        f" $$ begin if new.id = {refusing} then raise 'no'; end if; return new; end $$;"
        "create trigger refuse before update on public.questions"
        " for each row execute function public.refuse()"
    )
    assert queue.claim(PIPELINE) == []
    clock.advance(300)
    assert told(queue) == []
    (line,) = queue.call("overview", pipeline=PIPELINE)["pipelines"]
    assert (line["set_aside"], line["oldest_due_seconds"]) == (1, None)
    ask(owner, 1)
    clock.advance(120)
    assert told(queue) == ["firing"]
    (line,) = queue.call("overview", pipeline=PIPELINE)["pipelines"]
    assert 119 < line["oldest_due_seconds"] < 200


def test_rows_that_wait_for_a_budget_are_told_apart(owner: Connection, queue: Queue) -> None:
    attach(owner, owner="account_id", daily_limits={"calls": 1}, over_budget="wait")
    ask(owner, 3)
    for row in queue.claim(PIPELINE, slots=2):
        queue.end(row, "retry_later", error={"code": "budget_reached"}, retry_after=3600)
    (line,) = queue.call("overview", pipeline=PIPELINE)["pipelines"]
    assert (line["pending"], line["due"], line["over_budget"]) == (3, 1, 0)
    queue.call(
        "reserve_outside",
        pipeline=PIPELINE,
        owner=one(owner, "select account_id::text from public.questions limit 1"),
        reservation=one(owner, "select gen_random_uuid()::text"),
        amounts={},
        seconds=60,
    )
    refusal = queue.call(
        "reserve_outside",
        pipeline=PIPELINE,
        owner=one(owner, "select account_id::text from public.questions limit 1"),
        reservation=one(owner, "select gen_random_uuid()::text"),
        amounts={"calls": 2},
        seconds=60,
    )
    assert refusal["refused"]["measure"] == "calls"
    (line,) = queue.call("overview", pipeline=PIPELINE)["pipelines"]
    assert (line["pending"], line["due"], line["over_budget"]) == (3, 1, 2)
