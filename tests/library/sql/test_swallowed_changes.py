"""Rows whose change a trigger swallows, delays or refuses at commit, and tables that are gone."""

from __future__ import annotations

import psycopg
import pytest

from tests.library.sql.letters import OTHER, aside, attach_letters, line, refuses, write
from tests.library.sql.questions import PIPELINE, ask, attach, one
from tests.support.databases import Clock
from tests.support.queue import Connection, Queue, result


@pytest.fixture(autouse=True)
def attached(owner: Connection) -> None:
    attach(owner)
    attach_letters(owner)


def test_a_row_to_which_a_trigger_gives_another_status_is_not_handed_out(
    owner: Connection, queue: Queue
) -> None:
    (key,) = ask(owner)
    refuses(owner, "new.processing_status := 'pending'; return new", "new.processing_run > 0")
    assert queue.claim(PIPELINE) == []
    assert aside(queue, key)["sqlstate"] == "RJ009"
    assert one(owner, "select count(*) from processing.leases") == 0


def test_a_result_that_a_trigger_swallows_sets_its_row_aside(
    owner: Connection, queue: Queue
) -> None:
    (key,) = ask(owner)
    row = queue.claim_one(PIPELINE)
    refuses(owner, "return null")
    (answer,) = queue.finish(result(row, "complete", outputs={"answer": "42"}))
    assert (answer["outcome"], answer["sqlstate"]) == ("refused", "RJ009")
    (answer,) = queue.finish(result(row, "fail", error={"code": "boom"}, retryable=False))
    assert answer["outcome"] == "set_aside"
    assert aside(queue, key)["sqlstate"] == "RJ009"


def test_a_result_whose_trigger_outlasts_the_time_limit_sets_its_row_aside(
    owner: Connection, queue: Queue
) -> None:
    keys = ask(owner, 2)
    rows = queue.claim(PIPELINE)
    refuses(owner, "perform pg_sleep(30)", f"old.id = {keys[0]}")
    queue.connection.execute("set statement_timeout = '1500ms'")
    done = [result(row, "complete", outputs={"answer": "42"}) for row in rows]
    with pytest.raises(psycopg.errors.QueryCanceled):
        queue.finish(*done)
    answers = [queue.finish(one)[0]["outcome"] for one in done]
    assert answers == ["set_aside", "done"]
    assert aside(queue, keys[0])["sqlstate"] == "57014"


def test_a_claim_whose_trigger_outlasts_the_time_limit_goes_on_row_by_row(
    owner: Connection, queue: Queue
) -> None:
    keys = ask(owner, 3)
    write(owner)
    refuses(owner, "perform pg_sleep(30)", f"old.id = {keys[1]}")
    queue.connection.execute("set statement_timeout = '1500ms'")
    claimed: set[str] = set()
    for _ in range(4):
        answer = queue.claim_answer(PIPELINE, OTHER)
        claimed |= {row["id"] for row in answer["rows"] if row["pipeline"] == PIPELINE}
    assert claimed == {keys[0], keys[2]}
    assert aside(queue, keys[1])["sqlstate"] == "57014"


def test_a_claim_that_takes_long_goes_apart_from_others_if_asked_so(
    owner: Connection, queue: Queue
) -> None:
    keys = ask(owner, 3)
    write(owner)
    refuses(owner, "perform pg_sleep(30)", f"old.id = {keys[1]}")
    queue.connection.execute("set statement_timeout = '1500ms'")
    assert queue.claim_answer(PIPELINE, slow=False)["rows"] == []
    claimed: list[str] = []
    for _ in range(2):
        answer = queue.claim_answer(PIPELINE, OTHER, slow=False)
        claimed += [row["pipeline"] for row in answer["rows"]]
        while answer["slow"]:
            answer = queue.claim_answer(PIPELINE, OTHER, slots=5, slow=True)
            assert len(answer["rows"]) <= 1
            claimed += [row["id"] for row in answer["rows"]]
    assert claimed == [OTHER, keys[0], keys[2]]
    assert aside(queue, keys[1])["sqlstate"] == "57014"


def test_a_pipeline_whose_table_was_dropped_is_named(owner: Connection, queue: Queue) -> None:
    owner.execute("drop table public.questions")
    assert line(queue)["broken"]["sqlstate"] == "42P01"
    assert [trouble["pipeline"] for trouble in queue.call("overview")["troubles"]] == [PIPELINE]


def test_orphans_that_are_refused_at_commit_stay_set_aside(
    owner: Connection, queue: Queue, clock: Clock
) -> None:
    keys = ask(owner, 3)
    queue.claim(PIPELINE)
    owner.execute(
        "create function public.late() returns trigger language plpgsql as"
        f" $$ begin if new.id <> {keys[1]} then raise 'late'; end if; return null; end $$"
    )
    owner.execute(
        "create constraint trigger late after update on public.questions deferrable initially"
        " deferred for each row execute function public.late()"
    )
    clock.advance(60)
    assert Queue(queue.connection).take_back() == 1
    clock.advance(5)
    assert Queue(queue.connection).take_back() == 0
    assert [aside(queue, key) is not None for key in keys] == [True, False, True]


@pytest.mark.parametrize(
    "changed", ["processing_not_before := null", "processing_pipeline := 'nobody'"]
)
def test_a_row_that_a_trigger_puts_where_no_claim_finds_it_is_set_aside(
    owner: Connection, queue: Queue, changed: str
) -> None:
    (key,) = ask(owner)
    row = queue.claim_one(PIPELINE)
    refuses(owner, f"new.{changed}; return new")
    (answer,) = queue.finish(result(row, "release"))
    assert answer["outcome"] == "set_aside"
    assert aside(queue, key)["sqlstate"] == "RJ009"


def test_a_row_restored_with_another_run_than_its_lease_is_taken_back(
    owner: Connection, queue: Queue
) -> None:
    ask(owner)
    queue.claim_one(PIPELINE)
    # As a restore without triggers leaves it.
    owner.execute("alter table public.questions disable trigger user")
    owner.execute("update public.questions set processing_run = 7")
    owner.execute("alter table public.questions enable trigger user")
    assert queue.take_back() == 1
    assert queue.claim_one(PIPELINE)["run"] == 8


@pytest.mark.parametrize("moment", ["claim", "progress"])
def test_a_trigger_that_queues_its_own_row_again_whenever_it_runs_is_stopped(
    owner: Connection, queue: Queue, moment: str
) -> None:
    """What a trigger does counts as a person's, but no person does it without end."""
    (key,) = ask(owner)
    condition = f"new.processing_stage is {'null' if moment == 'claim' else 'not null'}"
    owner.execute(
        "create function public.once_more() returns trigger language plpgsql as $$ begin"
        " update public.questions set processing_status = 'pending' where id = new.id;"
        " return null; end $$"
    )
    owner.execute(
        "create trigger once_more after update on public.questions for each row when"
        f" (new.processing_status = 'processing' and {condition})"
        " execute function public.once_more()"
    )
    runs = 0
    while rows := queue.claim(PIPELINE):
        (row,) = rows
        runs += 1
        assert runs <= 11
        if moment == "progress" and runs == 11:
            with pytest.raises(psycopg.errors.DatabaseError, match="whenever it runs"):
                queue.progress(row, stage="x")
            assert queue.complete(row, answer="42") == "done"
        elif moment == "progress":
            queue.progress(row, stage="x")
    assert (aside(queue, key) or {}).get("sqlstate") == ("RJ009" if moment == "claim" else None)
