"""Which rows a claim answers, and what it says about the others."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.library.sql.questions import (
    PIPELINE,
    ask,
    ask_one,
    attach,
    events,
    look,
    one,
    statuses,
)
from tests.library.sql.reads import reads
from tests.support.databases import Clock
from tests.support.queue import Connection, Queue


@pytest.fixture(autouse=True)
def attached(owner: Connection) -> None:
    attach(owner, providers=["oracle"])


def in_seconds(seconds: float) -> datetime:
    return datetime.now(UTC) + timedelta(seconds=seconds)


def test_a_claim_answers_inputs_run_limits_and_what_the_user_edited(
    owner: Connection, queue: Queue
) -> None:
    key = ask_one(owner, notes="mine")
    owner.execute("update public.questions set notes = 'ours'")
    row = queue.claim_one(PIPELINE, woken_by="notify")
    assert row["id"] == key
    assert row["table"] == "public.questions"
    assert row["pipeline"] == PIPELINE
    assert row["inputs"] == {"question": "Why 1?", "notes": "ours"}
    assert row["edited"] == ["notes"]
    assert (row["run"], row["attempt"], row["max_attempts"]) == (1, 1, 3)
    assert row["timeout_seconds"] == 15 * 60
    assert 0 <= row["late_ms"] < 60_000


def test_a_claimed_row_shows_that_it_is_processing(owner: Connection, queue: Queue) -> None:
    key = ask_one(owner)
    queue.claim_one(PIPELINE)
    shown = look(owner, key)
    assert shown["status"] == "processing"
    assert (shown["attempts"], shown["run"], shown["progress"]) == (1, 1, 0)
    assert shown["started_at"] is not None
    assert shown["finished_at"] is None


def test_higher_priority_goes_first_and_within_it_the_longest_due(
    owner: Connection, queue: Queue, clock: Clock
) -> None:
    late = ask_one(owner, processing_not_before=in_seconds(200))
    early = ask_one(owner, processing_not_before=in_seconds(100))
    urgent = ask_one(owner, processing_priority=5, processing_not_before=in_seconds(300))
    last = ask_one(owner, processing_priority=-1)
    clock.advance(500)
    claimed = [queue.claim_one(PIPELINE)["id"] for _ in range(4)]
    assert claimed == [urgent, early, late, last]


def test_a_row_waits_for_its_not_before(owner: Connection, queue: Queue, clock: Clock) -> None:
    ask_one(owner, processing_not_before=in_seconds(60))
    assert queue.claim(PIPELINE) == []
    clock.advance(61)
    assert len(queue.claim(PIPELINE)) == 1


def test_an_urgent_row_that_is_not_due_holds_up_no_other(owner: Connection, queue: Queue) -> None:
    ask_one(owner, processing_priority=9, processing_not_before=in_seconds(60))
    due = ask_one(owner)
    assert queue.claim_one(PIPELINE)["id"] == due


def test_next_due_seconds_tells_when_to_look_again(owner: Connection, queue: Queue) -> None:
    assert queue.claim_answer(PIPELINE)["next_due_seconds"] is None
    ask_one(owner, processing_not_before=in_seconds(300))
    ask_one(owner, processing_not_before=in_seconds(60), processing_priority=-3)
    assert queue.claim_answer(PIPELINE)["next_due_seconds"] == pytest.approx(60, abs=20)


def test_next_due_seconds_knows_when_a_closed_provider_opens(
    owner: Connection, queue: Queue
) -> None:
    ask(owner, 2)
    queue.retry_later(queue.claim_one(PIPELINE), 120, provider="oracle")
    assert queue.claim_answer(PIPELINE)["next_due_seconds"] == pytest.approx(120, abs=20)


def test_a_paused_pipeline_hands_out_nothing_until_resumed(owner: Connection, queue: Queue) -> None:
    key = ask_one(owner)
    queue.call("pause", pipeline=PIPELINE)
    assert queue.claim(PIPELINE) == []
    reasons = queue.call("explain", table_name="public.questions", row_id=key)["blocked_by"]
    assert "the pipeline is paused" in reasons
    queue.call("pause", pipeline=PIPELINE, paused=False)
    assert len(queue.claim(PIPELINE)) == 1


def test_a_closed_provider_keeps_rows_pending_and_explain_says_why(
    owner: Connection, queue: Queue, clock: Clock
) -> None:
    first, second = ask(owner, 2)
    queue.retry_later(queue.claim_one(PIPELINE), 120, provider="oracle")
    answer = queue.claim_answer(PIPELINE)
    assert answer["rows"] == []
    assert answer["closed"]["oracle"] == pytest.approx(120, abs=20)
    for key in (first, second):
        explained = queue.call("explain", table_name="public.questions", row_id=key)
        assert any("provider oracle is closed" in why for why in explained["blocked_by"])
    clock.advance(121)
    assert {row["id"] for row in queue.claim(PIPELINE)} == {first, second}


def test_a_closed_provider_stops_only_pipelines_that_need_it(
    owner: Connection, queue: Queue
) -> None:
    attach(owner, "answer-alone", when="kind = 'alone'")
    attach(owner, providers=["oracle"], when="kind = 'plain'")
    ask(owner, 2)
    ask(owner, kind="alone")
    queue.retry_later(queue.claim_one(PIPELINE), 120, provider="oracle")
    assert [row["pipeline"] for row in queue.claim(PIPELINE, "answer-alone")] == ["answer-alone"]


def test_rows_of_a_pipeline_that_the_worker_does_not_know_stay_pending(
    owner: Connection, queue: Queue
) -> None:
    ask(owner, 3)
    assert queue.claim("unheard-of") == []
    assert statuses(owner) == {"pending": 3}
    assert len(queue.claim("unheard-of", PIPELINE)) == 3


def test_a_pipeline_whose_table_was_dropped_stops_no_other(owner: Connection, queue: Queue) -> None:
    owner.execute("create table public.gone (id bigint primary key, question text, answer text)")
    attach(owner, "lost", table="public.gone", outputs=["answer"], inputs=[], editable=[])
    owner.execute("drop table public.gone")
    ask_one(owner)
    assert len(queue.claim(PIPELINE, "lost")) == 1
    listed = {line["pipeline"] for line in queue.call("list_pipelines")}
    assert PIPELINE in listed
    assert "lost" not in listed
    owner.execute("create table public.gone (id bigint primary key, question text, answer text)")
    attach(owner, "lost", table="public.gone", outputs=["answer"], inputs=[], editable=[])
    owner.execute("insert into public.gone (id) values (1)")
    assert len(queue.claim("lost")) == 1


def test_a_claim_brings_the_checkpoints_of_earlier_runs(owner: Connection, queue: Queue) -> None:
    ask_one(owner)
    row = queue.claim_one(PIPELINE)
    assert not row["checkpoints"]
    queue.checkpoint(row, "read", output={"text": "42"}, version="7", input_hash="h")
    queue.release(row)
    assert queue.claim_one(PIPELINE)["checkpoints"] == [
        {"step": "read", "version": "7", "input_hash": "h", "output": '{"text": "42"}'}
    ]


def test_what_woke_a_row_and_how_late_is_in_its_history(
    owner: Connection, queue: Queue, clock: Clock
) -> None:
    key = ask_one(owner)
    clock.advance(3600)
    queue.complete(queue.claim_one(PIPELINE, woken_by="notify"))
    (event,) = events(owner, key, "completed")
    assert event["data"]["woken_by"] == "notify"
    assert 3_600_000 <= event["data"]["late_ms"] < 7_200_000


def test_a_person_can_not_lose_a_waiting_row_by_clearing_its_columns(
    owner: Connection, queue: Queue
) -> None:
    key = ask_one(owner)
    owner.execute(
        "update public.questions set processing_not_before = null, processing_pipeline = null"
    )
    assert queue.claim_one(PIPELINE)["id"] == key


def test_a_row_that_a_trigger_of_the_table_holds_back_is_set_aside(
    owner: Connection, queue: Queue, clock: Clock
) -> None:
    key = ask_one(owner)
    owner.execute(
        "create function public.hold_back() returns trigger language plpgsql"
        " as $$ begin return null; end $$"
    )
    owner.execute(
        "create trigger hold_back before update on public.questions for each row"
        " when (new.processing_status = 'processing') execute function public.hold_back()"
    )
    assert queue.claim(PIPELINE) == []
    assert look(owner, key)["status"] == "pending"
    assert (
        queue.call("explain", table_name="public.questions", row_id=key)["set_aside"]["sqlstate"]
        == "RJ009"
    )
    owner.execute("drop trigger hold_back on public.questions")
    clock.advance(5)
    assert [row["id"] for row in queue.claim(PIPELINE)] == [key]


def test_completed_rows_cost_a_claim_nothing(owner: Connection, queue: Queue) -> None:
    owner.execute("alter table public.questions disable trigger user")
    ask(owner, 20_000, processing_status="completed")
    owner.execute("alter table public.questions enable trigger user")
    ask(owner, 20)
    queue.claim(PIPELINE, slots=1)
    claimed, read = reads(queue, lambda: queue.claim(PIPELINE, slots=1))
    assert len(claimed) == 1
    pages = one(owner, "select pg_relation_size('public.questions') / 8192")
    assert pages > 150
    assert read.pages * 10 < pages


def test_a_table_that_was_slow_long_ago_makes_nobody_ask_again(
    owner: Connection, queue: Queue, clock: Clock
) -> None:
    attach(owner)
    owner.execute("select processing.be_careful('public.questions')")
    assert queue.claim_answer(PIPELINE)["next_due_seconds"] == 0.25
    clock.advance(120)
    assert queue.claim_answer(PIPELINE)["next_due_seconds"] is None


def test_a_slow_table_is_claimed_from_as_soon_as_its_pipeline_works_again(
    owner: Connection, queue: Queue
) -> None:
    attach(owner)
    key = ask_one(owner)
    owner.execute("select processing.be_careful('public.questions')")
    owner.execute(
        "insert into processing.broken (pipeline, sqlstate, message, since, tries, look_again_at)"
        " values (%s, '57014', 'x', processing.clock(), 1, processing.clock())",
        [PIPELINE],
    )
    assert queue.claim_answer(PIPELINE, slow=False)["slow"]
    assert queue.claim_one(PIPELINE, slow=True)["id"] == key
    assert one(owner, "select count(*) from processing.broken") == 0


def test_what_is_set_aside_in_one_pipeline_wakes_no_worker_of_another(
    owner: Connection, queue: Queue
) -> None:
    attach(owner)
    owner.execute(
        "insert into processing.broken (pipeline, sqlstate, message, since, tries, look_again_at)"
        " values ('elsewhere', '42703', 'x', processing.clock(), 1, processing.clock())"
    )
    assert queue.claim_answer(PIPELINE)["next_due_seconds"] is None
