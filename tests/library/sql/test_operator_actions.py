"""What operators do to many rows and to pipelines: change_rows, set_limits, pause and their log."""

from __future__ import annotations

from time import monotonic
from typing import Any

import pytest

from tests.library.sql.conftest import Sessions
from tests.library.sql.questions import (
    ALICE,
    PIPELINE,
    ask,
    ask_one,
    attach,
    events,
    look,
    one,
    statuses,
)
from tests.support.queue import Connection, Queue, refused

pytestmark = pytest.mark.any_version

FAILED = {"pipeline": PIPELINE, "status": ["failed"]}


@pytest.fixture(autouse=True)
def attached(owner: Connection) -> None:
    attach(owner, owner="account_id")


def fail_all(owner: Connection, queue: Queue, count: int) -> list[str]:
    keys = ask(owner, count)
    for row in queue.claim(PIPELINE, slots=count):
        queue.fail(row, retryable=False)
    return keys


def change(queue: Queue, action: str, wanted: dict[str, Any], **more: Any) -> dict[str, int]:
    """All calls of one action; answers the sums."""
    sums = {"changed": 0, "refused": 0, "left": 0}
    after = None
    while True:
        answer = queue.call(
            "change_rows", action=action, filter=wanted, operator="ann", after=after, **more
        )
        for name in sums:
            sums[name] += answer[name]
        after = answer["next"]
        if after is None:
            return sums


def test_a_filter_is_retried_in_short_calls_and_noted_in_one_line(
    owner: Connection, queue: Queue
) -> None:
    keys = fail_all(owner, queue, 9)
    spared = ask_one(owner)
    queue.complete(queue.claim_one(PIPELINE), answer="42")
    wanted = {"pipeline": PIPELINE}
    assert change(queue, "retry", wanted, max_rows=4) == {"changed": 9, "refused": 0, "left": 1}
    assert statuses(owner) == {"pending": 9, "completed": 1}
    for key in keys:
        (event,) = events(owner, key, "operator")
        assert event["data"] == {"action": "retry", "operator": "ann", "arguments": {}}
    assert events(owner, spared, "operator") == []
    (line,) = queue.call("operator_log")
    assert (line["operator"], line["action"], line["rows"]) == ("ann", "retry", 9)
    assert (line["pipeline"], line["arguments"]) == (PIPELINE, {"filter": wanted})


def test_rows_that_all_wait_for_one_lock_do_not_each_wait_as_long(
    owner: Connection, queue: Queue, sessions: Sessions
) -> None:
    fail_all(owner, queue, 20)
    owner.execute(
        "create table public.gate (open boolean);"
        " insert into public.gate values (true);"
        " create function public.pass_gate() returns trigger language plpgsql as"
        " $$ begin perform from public.gate for update; return new; end $$;"
        " create trigger gate before update on public.questions"
        " for each row execute function public.pass_gate()"
    )
    with sessions.lend("postgres").transaction() as held:
        held.connection.execute("update public.gate set open = false")
        started = monotonic()
        assert change(queue, "retry", FAILED) == {"changed": 0, "refused": 20, "left": 0}
        # 200 ms for each row would be more than four seconds.
        assert monotonic() - started < 3.5
    assert change(queue, "retry", FAILED)["changed"] == 20


def test_completed_rows_run_again_only_where_the_filter_names_them(
    owner: Connection, queue: Queue
) -> None:
    ask_one(owner)
    queue.complete(queue.claim_one(PIPELINE), answer="42")
    wanted = {"pipeline": PIPELINE, "status": ["completed"]}
    assert change(queue, "retry", wanted)["changed"] == 1
    assert statuses(owner) == {"pending": 1}


def test_a_retry_makes_pending_rows_due_and_leaves_running_ones(
    owner: Connection, queue: Queue
) -> None:
    ask(owner, 2)
    queue.fail(queue.claim_one(PIPELINE), retry_after=600)
    held = queue.claim_one(PIPELINE)
    wanted = {"pipeline": PIPELINE}
    assert change(queue, "retry", wanted) == {"changed": 1, "refused": 0, "left": 1}
    assert queue.claim_one(PIPELINE)["attempt"] == 2
    assert queue.complete(held) == "done"


def test_cancel_and_priority_change_what_waits(owner: Connection, queue: Queue) -> None:
    first, second = ask(owner, 2)
    wanted = {"pipeline": PIPELINE, "status": ["pending"]}
    assert change(queue, "priority", wanted, arguments={"priority": 7})["changed"] == 2
    assert look(owner, second)["priority"] == 7
    assert change(queue, "priority", wanted, arguments={"priority": 7})["left"] == 2
    queue.claim_one(PIPELINE)
    assert change(queue, "cancel", {"pipeline": PIPELINE})["changed"] == 2
    assert statuses(owner) == {"cancelled": 2}
    assert queue.heartbeat()["lost"] == []
    assert look(owner, first)["status"] == "cancelled"


@pytest.mark.parametrize("ending", ["fail", "complete"])
def test_a_retry_from_a_step_reuses_the_steps_before_it(
    owner: Connection, queue: Queue, ending: str
) -> None:
    ask_one(owner)
    row = queue.claim_one(PIPELINE)
    for step in ("read", "think", "write"):
        queue.checkpoint(row, step)
    if ending == "fail":
        queue.fail(row, retryable=False)
    else:
        queue.complete(row, answer="42")
    wanted = {"pipeline": PIPELINE, "status": ["failed", "completed"]}
    assert change(queue, "retry_from", wanted, arguments={"step": "think"})["changed"] == 1
    again = queue.claim_one(PIPELINE)
    assert [stored["step"] for stored in again["checkpoints"]] == ["read"]
    assert one(owner, "select string_agg(keep, '') from processing.checkpoints") == "round"


def test_a_retry_from_a_step_forgets_nothing_of_completed_rows_that_the_filter_does_not_name(
    owner: Connection, queue: Queue
) -> None:
    ask_one(owner)
    row = queue.claim_one(PIPELINE)
    queue.checkpoint(row, "think", keep="content")
    queue.complete(row, answer="42")
    left = {"changed": 0, "refused": 0, "left": 1}
    assert change(queue, "retry_from", {"pipeline": PIPELINE}, arguments={"step": "think"}) == left
    assert one(owner, "select step from processing.checkpoints") == "think"


def test_a_fresh_retry_forgets_every_step(owner: Connection, queue: Queue) -> None:
    ask_one(owner)
    row = queue.claim_one(PIPELINE)
    queue.checkpoint(row, "read", keep="content")
    queue.fail(row, retryable=False)
    assert change(queue, "retry_fresh", FAILED)["changed"] == 1
    assert not queue.claim_one(PIPELINE)["checkpoints"]


def test_edited_columns_are_given_back(owner: Connection, queue: Queue) -> None:
    key = ask_one(owner)
    queue.complete(queue.claim_one(PIPELINE), answer="42", score=1)
    owner.execute("update public.questions set answer = 'mine', score = 9")
    wanted = {"pipeline": PIPELINE, "status": ["completed"]}
    columns = {"columns": ["answer"]}
    assert change(queue, "give_back", wanted, arguments=columns)["changed"] == 1
    assert look(owner, key)["edited"] == ["score"]
    assert change(queue, "give_back", wanted, arguments=columns)["left"] == 1
    assert change(queue, "give_back", wanted)["changed"] == 1
    assert look(owner, key)["edited"] == []


def test_a_row_that_refuses_costs_only_itself_and_is_told(owner: Connection, queue: Queue) -> None:
    first, second, third = fail_all(owner, queue, 3)
    owner.execute(
        f"alter table public.questions add constraint secret check"
        f" (id <> {second} or processing_status <> 'pending') not valid"
    )
    answer = queue.call("change_rows", action="retry", filter=FAILED, operator="ann")
    assert (answer["changed"], answer["refused"], answer["left"]) == (2, 1, 0)
    assert answer["examples"] == [
        {"id": second, "message": "the database refuses the change: 23514"}
    ]
    assert [look(owner, key)["status"] for key in (first, third)] == ["pending"] * 2
    assert events(owner, second, "operator") == []


def test_an_owner_over_a_limit_is_refused_with_the_reason(owner: Connection, queue: Queue) -> None:
    fail_all(owner, queue, 3)
    queue.call("set_limits", pipeline=PIPELINE, limits={"max_open_per_owner": 1}, operator="ann")
    answer = queue.call("change_rows", action="retry", filter=FAILED, operator="ann")
    assert (answer["changed"], answer["refused"]) == (1, 2)
    assert "open" in answer["examples"][0]["message"]


def test_a_locked_row_is_left_alone_and_nobody_waits(
    owner: Connection, queue: Queue, sessions: Sessions
) -> None:
    first, _second = fail_all(owner, queue, 2)
    blocker = sessions.lend("postgres")
    with blocker.transaction():
        blocker.execute("select from public.questions where id = %s for update", [first])
        assert change(queue, "retry", FAILED) == {"changed": 1, "refused": 0, "left": 1}
    assert change(queue, "retry", FAILED) == {"changed": 1, "refused": 0, "left": 0}


@pytest.mark.parametrize(
    ("more", "named"),
    [
        ({"filter": {}}, "empty filter"),
        ({"filter": {"status": []}}, "empty filter"),
        ({"action": "explode"}, "explode"),
        ({"operator": " "}, "operator"),
        ({"action": "retry_from"}, "step"),
        ({"action": "priority", "arguments": {"priority": 40_000}}, "priority"),
        ({"action": "priority", "arguments": {"priority": 1.5}}, "priority"),
        ({"arguments": {"step": "read"}}, "step"),
        ({"action": "give_back", "arguments": {"columns": "answer"}}, "columns"),
        ({"max_rows": 0}, "max_rows"),
    ],
)
def test_a_wrong_action_is_refused_by_name(
    owner: Connection, queue: Queue, more: dict[str, Any], named: str
) -> None:
    fail_all(owner, queue, 1)
    with refused("22023") as caught:
        queue.call(
            "change_rows", **({"action": "retry", "filter": FAILED, "operator": "ann"} | more)
        )
    assert named in str(caught.value)
    assert statuses(owner) == {"failed": 1}
    assert queue.call("operator_log") == []


# Pipelines.


def test_limits_hold_from_the_next_claim_on(owner: Connection, queue: Queue) -> None:
    ask(owner, 4)
    limits = {"concurrency": 2, "max_attempts": 1}
    told = queue.call("set_limits", pipeline=PIPELINE, limits=limits, operator="ann")
    assert (told["concurrency"], told["max_attempts"]) == (2, 1)
    rows = queue.claim(PIPELINE, slots=4)
    assert [row["max_attempts"] for row in rows] == [1, 1]
    queue.fail(rows[0])
    assert statuses(owner)["failed"] == 1
    told = queue.call("set_limits", pipeline=PIPELINE, limits={"concurrency": None}, operator="ann")
    assert (told["concurrency"], told["max_attempts"]) == (None, 1)
    assert len(queue.claim(PIPELINE, slots=4)) == 2


@pytest.mark.parametrize(
    "limits",
    [{}, {"speed": 1}, {"concurrency": 0}, {"concurrency": 1.5}, {"concurrency": "2"},
     {"max_attempts": None}, {"max_attempts": 101}],
)  # fmt: skip
def test_a_wrong_limit_changes_nothing(queue: Queue, limits: dict[str, Any]) -> None:
    with refused("22023"):
        queue.call("set_limits", pipeline=PIPELINE, limits=limits, operator="ann")
    assert queue.call("operator_log") == []


def test_actions_on_a_pipeline_are_logged_with_their_operator(queue: Queue) -> None:
    queue.call("pause", pipeline=PIPELINE, operator="ann")
    queue.call("pause", pipeline=PIPELINE, paused=False, operator="bob")
    queue.call("pause", pipeline=PIPELINE)
    queue.call("set_limits", pipeline=PIPELINE, limits={"concurrency": 3}, operator="ann")
    lines = queue.call("operator_log")
    assert [(line["operator"], line["action"]) for line in lines] == [
        ("ann", "set_limits"), ("bob", "resume"), ("ann", "pause")
    ]  # fmt: skip
    assert lines[0]["arguments"] == {"concurrency": 3}
    assert len(queue.call("operator_log", max_rows=1)) == 1
    first = queue.call("operator_log", before=lines[1]["id"])
    assert first == lines[2:]
    for wanted, chosen in (
        ({"operator": "bob"}, [1]), ({"action": "pause"}, [2]), ({"pipeline": PIPELINE}, [0, 1, 2]),
        ({"pipeline": "other"}, []), ({"since": lines[1]["at"]}, [0, 1]),
        ({"until": lines[1]["at"]}, [1, 2]), ({"operator": "ann", "action": "set_limits"}, [0]),
    ):  # fmt: skip
        assert queue.call("operator_log", **wanted) == [lines[number] for number in chosen]
    with refused("RJ003"):
        queue.call("set_limits", pipeline="unheard-of", limits={"concurrency": 3}, operator="ann")


# One row.


def test_inspect_shows_runs_with_their_steps(owner: Connection, queue: Queue) -> None:
    key = ask_one(owner, account_id=ALICE)
    first = queue.claim_one(PIPELINE, woken_by="notify")
    usage = {"model": "m", "cost_usd": 0.25}
    queue.checkpoint(first, "read", details={"attempts": 2, "seconds": 1.5, "usage": usage})
    queue.fail(first, code="boom")
    queue.call("retry", table_name="public.questions", row_id=key)
    second = queue.claim_one(PIPELINE)
    queue.checkpoint(second, "think", details={"attempts": 1, "seconds": 0.5, "usage": None})
    queue.complete(second, answer="42")
    before, after = queue.call("inspect", table_name="public.questions", row_id=key)["runs"]
    assert (before["end"], before["woken_by"], before["worker"]) == (
        "retry",
        "notify",
        queue.worker,
    )
    (read,) = before["steps"]
    assert (read["step"], read["tries"], read["cost_usd"], read["reused"]) == (
        "read",
        2,
        0.25,
        False,
    )
    assert read["started_at"] < read["ended_at"]
    assert [(step["step"], step["reused"]) for step in after["steps"]] == [
        ("think", False), ("read", True)
    ]  # fmt: skip
    assert (after["end"], after["error"]) == ("completed", None)


def test_inspect_hides_contents_unless_asked(owner: Connection, queue: Queue) -> None:
    key = ask_one(owner, account_id=ALICE)
    queue.complete(queue.claim_one(PIPELINE), answer="x" * 2000)
    owner.execute("update public.questions set score = 3")
    ask = {"table_name": "public.questions", "row_id": key}
    shown = queue.call("inspect", **ask)
    assert shown["inputs"]["question"]["preview"] is None
    assert shown["inputs"]["question"]["bytes"] > 0
    assert shown["outputs"]["answer"]["preview"] is None
    assert [name for name, one in shown["outputs"].items() if one["edited"]] == ["score"]
    told = queue.call("inspect", **ask, contents=True)
    assert told["inputs"]["question"]["preview"] == "Why 1?"
    assert told["outputs"]["answer"]["preview"] == "x" * 500
    with refused("P0002"):
        queue.call("inspect", table_name="public.questions", row_id="999")


def test_inspect_shows_the_run_that_goes_on(owner: Connection, queue: Queue) -> None:
    key = ask_one(owner)
    row = queue.claim_one(PIPELINE)
    queue.checkpoint(row, "read")
    (run,) = queue.call("inspect", table_name="public.questions", row_id=key)["runs"]
    assert (run["run"], run["end"], run["ended_at"]) == (row["run"], None, None)
    assert [step["step"] for step in run["steps"]] == ["read"]
