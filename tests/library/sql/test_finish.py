"""How a run ends: with complete, fail, retry_later or release, one by one and in batches."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.library.sql.questions import (
    PIPELINE,
    Others,
    ask,
    ask_one,
    attach,
    events,
    ledger,
    look,
    one,
    statuses,
)
from tests.support.databases import Clock
from tests.support.queue import Connection, Queue, refused, result

STORE = """
create table public.answers_log (question_id bigint primary key, said jsonb not null);
create function public.store_answer(key bigint, handover jsonb) returns void
language sql set search_path = '' as $$
    insert into public.answers_log values (key, handover -> 'said')
$$
"""


def wait_of(owner: Connection, key: str) -> float:
    """Seconds from the end of the run until the row is due."""
    row = look(owner, key)
    due: datetime = row["not_before"]
    return (due - datetime.fromisoformat(row["error"]["at"])).total_seconds()


@pytest.fixture(autouse=True)
def attached(owner: Connection) -> None:
    owner.execute(STORE)
    attach(
        owner, store="public.store_answer", retry_base=timedelta(seconds=10), providers=["oracle"]
    )


def test_complete_writes_the_outputs_and_closes_the_run(owner: Connection, queue: Queue) -> None:
    key = ask_one(owner)
    row = queue.claim_one(PIPELINE)
    queue.progress(row, stage="Reading", percent=40)
    assert queue.complete(row, answer="42", score=3, handover={"said": "x"}) == "done"
    shown = look(owner, key)
    assert (shown["status"], shown["answer"], shown["score"]) == ("completed", "42", 3)
    assert (shown["stage"], shown["progress"], shown["error"]) == (None, 100, None)
    assert shown["finished_at"] >= shown["started_at"]
    assert ledger(owner, key)["leases"] == 0


def test_complete_leaves_outputs_alone_that_it_does_not_name(
    owner: Connection, queue: Queue
) -> None:
    key = ask_one(owner, notes="from the start", answer="old")
    queue.complete(queue.claim_one(PIPELINE), handover={"said": 1}, answer=None)
    shown = look(owner, key)
    assert (shown["answer"], shown["notes"]) == (None, "from the start")


@pytest.mark.parametrize(
    ("outputs", "sqlstate"),
    [
        ({"question": "Who?"}, "RJ004"),
        ({"account_id": "00000000-0000-0000-0000-000000000000"}, "RJ004"),
        ({"processing_run": 99}, "RJ004"),
        ({"unheard_of": 1}, "RJ004"),
        ({"score": -1}, "23514"),
        ({"score": "many"}, "22P02"),
        ({"score": [1]}, "22P02"),
    ],
    ids=str,
)
def test_a_bad_output_is_refused_and_rolls_everything_back(
    owner: Connection, queue: Queue, outputs: dict[str, Any], sqlstate: str
) -> None:
    key = ask_one(owner)
    row = queue.claim_one(PIPELINE)
    before = look(owner, key), ledger(owner, key)
    with refused(sqlstate):
        queue.complete(row, handover={"said": "x"}, **({"answer": "42"} | outputs))
    (event,) = events(owner, key)
    assert (event["kind"], event["data"]["sqlstate"]) == ("output_refused", sqlstate)
    after = look(owner, key), ledger(owner, key) | {"events": 0}
    assert after == before
    assert one(owner, "select count(*) from public.answers_log") == 0
    assert queue.complete(row, handover={"said": "x"}, answer="42") == "done"


def test_an_output_that_the_user_edited_is_kept_and_the_history_says_so(
    owner: Connection, queue: Queue
) -> None:
    key = ask_one(owner)
    row = queue.claim_one(PIPELINE)
    owner.execute("update public.questions set notes = 'by hand'")
    queue.complete(row, handover={"said": 1}, answer="42", notes="by machine")
    shown = look(owner, key)
    assert (shown["answer"], shown["notes"], shown["edited"]) == ("42", "by hand", ["notes"])
    (event,) = events(owner, key, "completed")
    assert event["data"]["kept_edits"] == ["notes"]


def test_an_edited_output_that_is_reset_to_automatic_is_written_again(
    owner: Connection, queue: Queue
) -> None:
    key = ask_one(owner)
    owner.execute("update public.questions set notes = 'by hand'")
    owner.execute("update public.questions set processing_edited = '{}'")
    queue.complete(queue.claim_one(PIPELINE), handover={"said": 1}, notes="by machine")
    assert look(owner, key)["notes"] == "by machine"


def test_the_worker_s_own_outputs_do_not_count_as_edited(owner: Connection, queue: Queue) -> None:
    key = ask_one(owner)
    row = queue.claim_one(PIPELINE)
    queue.progress(row, outputs={"answer": "4", "notes": "early"})
    queue.complete(row, handover={"said": 1}, answer="42", notes="late")
    shown = look(owner, key)
    assert (shown["answer"], shown["notes"], shown["edited"]) == ("42", "late", [])


def test_the_store_function_runs_in_the_same_transaction(owner: Connection, queue: Queue) -> None:
    key = ask_one(owner)
    row = queue.claim_one(PIPELINE)
    queue.complete(row, handover={"said": ["a", "b"]}, answer="42")
    assert one(owner, "select said from public.answers_log where question_id = %s", key) == [
        "a",
        "b",
    ]


def test_a_store_function_runs_with_the_settings_that_the_server_has(
    owner: Connection, queue: Queue
) -> None:
    owner.execute(
        "create table public.plans_seen as"
        " select name, setting, 0::bigint as key from pg_settings with no data;"
        " create or replace function public.store_answer(key bigint, handover jsonb) returns void"
        " language sql set search_path = '' as $$"
        " insert into public.plans_seen select s.name, s.setting, store_answer.key"
        " from pg_catalog.pg_settings as s where s.name ~ '^enable_' $$"
    )
    ask(owner, 2)
    first, second = queue.claim(PIPELINE)
    assert queue.complete(first, handover={}, answer="42") == "done"
    queue.finish(result(second, "complete", outputs={"answer": "42"}, handover={}))
    own = dict(owner.execute("select name, setting from pg_settings where name ~ '^enable_'"))
    for row in (first, second):
        seen = owner.execute(
            "select name, setting from public.plans_seen where key = %s", [row["id"]]
        )
        assert dict(seen) == own


def test_a_store_function_that_fails_rolls_the_row_back(owner: Connection, queue: Queue) -> None:
    key = ask_one(owner)
    row = queue.claim_one(PIPELINE)
    with refused("23502"):
        queue.complete(row, handover={"unsaid": 1}, answer="42")
    shown = look(owner, key)
    assert (shown["status"], shown["answer"]) == ("processing", None)
    assert ledger(owner, key)["leases"] == 1


def test_a_handover_without_a_store_function_is_refused(owner: Connection, queue: Queue) -> None:
    attach(owner)
    ask_one(owner)
    with refused("RJ004"):
        queue.complete(queue.claim_one(PIPELINE), handover={"said": 1})


def test_one_bad_row_in_a_batch_of_ten_fails_alone(owner: Connection, queue: Queue) -> None:
    ask(owner, 10)
    rows = queue.claim(PIPELINE)
    results = [
        result(row, "complete", outputs={"score": number - 4}, handover={"said": number})
        for number, row in enumerate(rows)
        if number != 4
    ]
    results[3]["outputs"] = {"score": -1}
    results.append(result(rows[4], "complete", outputs={}, handover={"unsaid": 1}))
    answers = queue.finish(
        *[
            entry | {"outputs": {"score": 1}} if number not in (3, 9) else entry
            for number, entry in enumerate(results)
        ]
    )
    bad = {results[3]["id"], results[9]["id"]}
    assert {answer["id"] for answer in answers if answer["outcome"] == "refused"} == bad
    assert {answer["outcome"] for answer in answers if answer["id"] not in bad} == {"done"}
    assert statuses(owner) == {"completed": 8, "processing": 2}
    assert one(owner, "select count(*) from public.answers_log") == 8


def test_a_batch_of_every_action_answers_each_row(owner: Connection, queue: Queue) -> None:
    keys = ask(owner, 4)
    held = {row["id"]: row for row in queue.claim(PIPELINE)}
    error = {"code": "boom", "message": "It broke."}
    answers = queue.finish(
        result(held[keys[0]], "complete", outputs={"answer": "1"}, handover={"said": 1}),
        result(held[keys[1]], "fail", error=error, retryable=False),
        result(held[keys[2]], "retry_later", error=error, retry_after=60),
        result(held[keys[3]], "release"),
    )
    assert [answer["outcome"] for answer in answers] == ["done"] * 4
    assert [look(owner, key)["status"] for key in keys] == [
        "completed",
        "failed",
        "pending",
        "pending",
    ]


def test_a_row_that_can_not_be_failed_leaves_its_neighbours_alone(
    owner: Connection, queue: Queue
) -> None:
    keys = ask(owner, 3)
    rows = queue.claim(PIPELINE)
    owner.execute(
        f"alter table public.questions add check (id <> {keys[1]} or processing_status <> 'failed')"
    )
    answers = queue.finish(
        *[result(row, "fail", error={"code": "boom"}, retryable=False) for row in rows]
    )
    assert [answer["outcome"] for answer in answers] == ["done", "set_aside", "done"]
    assert statuses(owner) == {"failed": 2, "processing": 1}


def test_finish_and_claim_does_both_in_one_call(owner: Connection, queue: Queue) -> None:
    first, second = ask(owner, 2)
    row = queue.claim_one(PIPELINE)
    done = result(row, "complete", outputs={"answer": "1"}, handover={"said": 1})
    answer = queue.finish_and_claim([done], PIPELINE, slots=5)
    assert answer["finished"] == []
    assert [entry["id"] for entry in answer["rows"]] == [second]
    assert look(owner, first)["status"] == "completed"


def test_a_permanent_failure_ends_the_row_with_its_error(owner: Connection, queue: Queue) -> None:
    key = ask_one(owner)
    queue.fail(queue.claim_one(PIPELINE), retryable=False, code="bad_input", message="Too long.")
    shown = look(owner, key)
    assert shown["status"] == "failed"
    assert shown["finished_at"] is not None
    assert datetime.fromisoformat(shown["error"].pop("at")) <= shown["finished_at"]
    assert shown["error"] == {
        "code": "bad_input",
        "message": "Too long.",
        "stage": "Reading",
        "retryable": False,
        "attempt": 1,
    }


@pytest.mark.parametrize("error", [None, "boom", ["boom"]])
def test_an_error_that_is_no_object_leaves_an_object_on_the_row(
    owner: Connection, queue: Queue, error: Any
) -> None:
    key = ask_one(owner)
    queue.end(queue.claim_one(PIPELINE), "fail", error=error, retryable=False)
    shown = look(owner, key)
    assert (shown["status"], shown["error"]["retryable"]) == ("failed", False)


def test_a_retryable_failure_waits_longer_each_time_within_its_jitter(
    owner: Connection, queue: Queue, clock: Clock
) -> None:
    attach(owner, max_attempts=6, retry_base=timedelta(seconds=10), retry_cap=timedelta(seconds=60))
    key = ask_one(owner)
    for full in (10, 20, 40, 60, 60):
        queue.fail(queue.claim_one(PIPELINE))
        assert full / 2 - 1 <= wait_of(owner, key) <= full
        assert look(owner, key)["error"]["retryable"] is True
        clock.advance(full + 1)
    queue.fail(queue.claim_one(PIPELINE))
    shown = look(owner, key)
    # The attempts are spent, and a person may try again.
    assert (shown["status"], shown["attempts"], shown["error"]["retryable"]) == ("failed", 6, True)


def test_waits_are_spread_by_jitter_also_at_the_cap(owner: Connection) -> None:
    waits = [
        wait.total_seconds()
        for (wait,) in owner.execute(
            "select processing.retry_delay('10 s', '60 s', 9) from generate_series(1, 300)"
        ).fetchall()
    ]
    assert 30 <= min(waits) < 36
    assert 54 < max(waits) <= 60


def test_retry_after_is_a_floor_under_the_wait(owner: Connection, queue: Queue) -> None:
    key = ask_one(owner)
    queue.fail(queue.claim_one(PIPELINE), retry_after=500)
    assert 490 < wait_of(owner, key) <= 500


def test_retry_later_spends_no_attempt_and_waits_as_long_as_asked(
    owner: Connection, queue: Queue, clock: Clock
) -> None:
    key = ask_one(owner)
    for _ in range(5):
        queue.retry_later(queue.claim_one(PIPELINE), 100)
        assert 90 < wait_of(owner, key) <= 100
        clock.advance(101)
    shown = look(owner, key)
    assert (shown["status"], shown["attempts"]) == ("pending", 0)
    assert shown["error"]["code"] == "rate_limited"


def test_retry_later_can_spend_an_attempt_and_then_ends_at_the_last(
    owner: Connection, queue: Queue, clock: Clock
) -> None:
    attach(owner, max_attempts=2)
    key = ask_one(owner)
    queue.retry_later(queue.claim_one(PIPELINE), 5, spends_attempt=True)
    assert look(owner, key)["attempts"] == 1
    clock.advance(6)
    queue.retry_later(queue.claim_one(PIPELINE), 5, spends_attempt=True)
    assert look(owner, key)["status"] == "failed"


def test_retry_later_closes_the_provider_for_every_worker_and_never_shortens_it(
    owner: Connection, queue: Queue
) -> None:
    ask(owner, 3)
    rows = queue.claim(PIPELINE, slots=2)
    queue.retry_later(rows[0], 300, provider="oracle")
    queue.retry_later(rows[1], 10, provider="oracle")
    answer = queue.claim_answer(PIPELINE)
    assert answer["rows"] == []
    assert answer["closed"]["oracle"] == pytest.approx(300, abs=20)


def test_release_gives_the_row_back_at_once_and_refunds_the_attempt(
    owner: Connection, queue: Queue
) -> None:
    key = ask_one(owner)
    first = queue.claim_one(PIPELINE)
    queue.release(first)
    shown = look(owner, key)
    assert (shown["status"], shown["attempts"], shown["error"]) == ("pending", 0, None)
    again = queue.claim_one(PIPELINE)
    assert (again["attempt"], again["run"]) == (1, first["run"] + 1)


def test_a_released_row_keeps_its_place_among_those_that_wait(
    owner: Connection, queue: Queue, others: Others, clock: Clock
) -> None:
    """A worker that stops, or claimed more than it can run, makes nobody last."""
    first = ask_one(owner)
    held = queue.claim_one(PIPELINE)
    clock.advance(60)
    ask(owner, 3)
    queue.release(held)
    (peer,) = others(1)
    row = peer.claim_one(PIPELINE)
    assert row["id"] == first
    assert row["late_ms"] == pytest.approx(60_000, abs=30_000)


@pytest.mark.parametrize("seconds", [1e14, 1e300, -1e14])
@pytest.mark.parametrize("action", ["fail", "retry_later"])
def test_a_wait_that_no_clock_can_name_is_no_reason_to_set_the_row_aside(
    owner: Connection, queue: Queue, action: str, seconds: float
) -> None:
    ask_one(owner)
    row = queue.claim_one(PIPELINE)
    done = queue.end(row, action, error={}, retryable=True, retry_after=seconds, provider="oracle")
    assert (done, look(owner, row["id"])["status"]) == ("done", "pending")
