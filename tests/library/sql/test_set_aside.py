"""What one row or one table makes the database say costs only that row, or that pipeline."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import pytest

from tests.library.hostile import raising
from tests.library.sql.letters import OTHER, aside, attach_letters, line, refuses, write
from tests.library.sql.questions import ALICE, PIPELINE, ask, ask_one, attach, look, one, statuses
from tests.library.sql.reads import Reads, reads
from tests.support.databases import Clock, Connections, Database
from tests.support.queue import Connection, Queue, result

SQLSTATES = sorted([*raising.SQLSTATES, "RJ007"])
CLASSES = [list(group) for _, group in itertools.groupby(SQLSTATES, key=lambda state: state[:2])]


@pytest.fixture(autouse=True)
def attached(owner: Connection) -> None:
    attach(owner)
    attach_letters(owner)


@pytest.mark.any_version
@pytest.mark.parametrize("sqlstates", CLASSES, ids=lambda states: f"class {states[0][:2]}")
def test_whatever_a_trigger_raises_for_one_row_its_neighbours_are_claimed(
    owner: Connection, queue: Queue, clock: Clock, sqlstates: list[str]
) -> None:
    for number, sqlstate in enumerate(sqlstates, 1):
        keys = ask(owner, 3)
        write(owner)
        refuses(owner, f"raise exception 'no' using errcode = '{sqlstate}'", f"old.id = {keys[1]}")
        claimed = set()
        for _ in range(3):  # a time limit ends a call, and the next one goes on
            claimed |= {(row["pipeline"], row["id"]) for row in queue.claim(PIPELINE, OTHER)}
        assert claimed == {(PIPELINE, keys[0]), (PIPELINE, keys[2]), (OTHER, str(number))}, sqlstate
        assert aside(queue, keys[1])["kind"] == "claim", sqlstate
        assert aside(queue, keys[1])["sqlstate"] == sqlstate
        owner.execute("drop trigger guard on public.questions")
        clock.advance(10)
        assert [row["id"] for row in queue.claim(PIPELINE, OTHER)] == [keys[1]], sqlstate
        assert aside(queue, keys[1]) is None, sqlstate


def test_a_row_that_no_longer_fits_a_check_is_set_aside_until_somebody_mends_it(
    owner: Connection, queue: Queue, clock: Clock
) -> None:
    bad = ask_one(owner, notes="bad")
    owner.execute(
        "alter table public.questions add constraint fine check (notes <> 'bad') not valid"
    )
    good = ask_one(owner)
    assert [row["id"] for row in queue.claim(PIPELINE)] == [good]
    assert aside(queue, bad) | {"since": 0, "look_again_at": 0, "cure": ""} == {
        "kind": "claim", "sqlstate": "23514", "constraint": "fine", "column": None,
        "message": aside(queue, bad)["message"], "tries": 1,
        "since": 0, "look_again_at": 0, "cure": "",
    }  # fmt: skip
    assert line(queue)["set_aside"] == 1
    clock.advance(10)
    assert queue.claim(PIPELINE) == []
    assert aside(queue, bad)["tries"] == 2
    owner.execute("update public.questions set notes = 'mended' where id = %s", [bad])
    assert [row["id"] for row in queue.claim(PIPELINE)] == [bad]


def test_rows_that_a_trigger_keeps_as_they_are_do_not_starve_those_behind(
    owner: Connection, queue: Queue
) -> None:
    ask(owner, 12, kind="frozen")
    refuses(owner, "return null", "old.kind = 'frozen'")
    good = ask_one(owner)
    assert [row["id"] for row in queue.claim(PIPELINE)] == [good]
    assert line(queue)["set_aside"] == 12


def test_a_deferred_constraint_costs_only_its_row(owner: Connection, queue: Queue) -> None:
    keys = ask(owner, 3)
    write(owner)
    owner.execute(
        "create function public.late() returns trigger language plpgsql as"
        f" $$ begin if new.id = {keys[1]} then raise 'late'; end if; return null; end $$"
    )
    owner.execute(
        "create constraint trigger late after update on public.questions deferrable initially"
        " deferred for each row execute function public.late()"
    )
    claimed = {(row["pipeline"], row["id"]) for row in queue.claim(PIPELINE, OTHER)}
    assert claimed == {(PIPELINE, keys[0]), (PIPELINE, keys[2]), (OTHER, "1")}
    assert aside(queue, keys[1])["sqlstate"] == "P0001"


def test_a_deferred_key_that_is_broken_by_a_result_is_named_as_the_output_to_blame(
    owner: Connection, queue: Queue
) -> None:
    owner.execute("create table public.firms (id integer primary key)")
    owner.execute(
        "alter table public.questions add constraint firm foreign key (score)"
        " references public.firms deferrable initially deferred"
    )
    ask(owner, 3)
    rows = queue.claim(PIPELINE)
    answers = queue.finish(
        *(
            result(row, "complete", outputs={"answer": "42", "score": 7 if place == 1 else None})
            for place, row in enumerate(rows)
        )
    )
    assert [answer["outcome"] for answer in answers] == ["done", "refused", "done"]
    assert (answers[1]["outputs"], answers[1]["constraint"]) == (["score"], "firm")


@pytest.mark.parametrize("state", ["23514", "P0001", "RJ000", "RJ004", "RJ006", "RJ008", "RJ099"])
def test_an_output_that_a_trigger_refuses_is_named_whatever_it_raises(
    owner: Connection, queue: Queue, state: str
) -> None:
    """Also our own codes: a trigger may insert into another queue that is full."""
    owner.execute(
        "create function public.picky() returns trigger language plpgsql as $$ begin"
        f" if new.score = 7 then raise 'no' using errcode = '{state}'; end if; return new; end $$"
    )
    owner.execute(
        "create trigger picky before update on public.questions"
        " for each row execute function public.picky()"
    )
    ask(owner)
    (row,) = queue.claim(PIPELINE)
    (answer,) = queue.finish(result(row, "complete", outputs={"answer": "42", "score": 7}))
    assert (answer["outcome"], answer["outputs"]) == ("refused", ["score"])


def test_a_renamed_input_sets_its_pipeline_aside_until_attach_is_called_again(
    owner: Connection, queue: Queue, clock: Clock
) -> None:
    (key,) = ask(owner)
    write(owner)
    owner.execute("alter table public.questions rename column notes to remarks")
    assert [row["table"] for row in queue.claim(PIPELINE, OTHER)] == ["public.letters"]
    broken = line(queue)["broken"]
    assert (broken["sqlstate"], broken["tries"]) == ("42703", 1)
    assert "notes" in broken["message"]
    explained = queue.call("explain", table_name="public.questions", row_id=key)
    assert any("no longer fits" in reason for reason in explained["blocked_by"])
    attach(owner, inputs=["question", "remarks"], outputs=["answer"], editable=[])
    clock.advance(1)
    assert [row["id"] for row in queue.claim(PIPELINE, OTHER)] == [key]
    assert line(queue)["broken"] is None


def test_a_renamed_output_sets_its_pipeline_aside_and_keeps_the_result(
    owner: Connection, queue: Queue, clock: Clock
) -> None:
    first, second = ask(owner, 2)
    row = queue.claim_one(PIPELINE)
    owner.execute("alter table public.questions rename column answer to reply")
    done = result(row, "complete", outputs={"score": 1})
    (answer,) = queue.finish(done)
    assert answer["outcome"] == "busy"
    assert queue.claim(PIPELINE) == []
    assert line(queue)["broken"]["sqlstate"] == "42703"
    attach(owner, outputs=["reply", "score"], editable=[])
    (answer,) = queue.finish(done)
    assert answer["outcome"] == "done"
    clock.advance(2)
    assert [row["id"] for row in queue.claim(PIPELINE)] == [second]
    assert look(owner, first)["status"] == "completed"


@pytest.mark.parametrize(
    "change",
    [
        "alter table public.questions rename to queries",
        "create schema desk; alter table public.questions set schema desk",
        "alter table public.questions rename column id to number",
        "alter table public.questions alter column account_id type text",
    ],
)
def test_a_rename_that_can_be_known_safely_mends_itself(
    owner: Connection, queue: Queue, clock: Clock, change: str
) -> None:
    owner.execute("drop policy own on public.questions")
    attach(owner, owner="account_id")
    (key,) = ask(owner)
    owner.execute(change)
    clock.advance(1)
    try:
        (row,) = queue.claim(PIPELINE)
        assert row["id"] == key
        (answer,) = queue.finish(result(row, "complete", outputs={"answer": "42"}))
        assert answer["outcome"] == "done"
    finally:
        owner.execute("drop schema if exists desk cascade")


@pytest.mark.parametrize(
    ("change", "claimed"),
    [
        ("alter table public.questions alter column account_id type text", True),
        ("alter table public.questions rename column id to number", True),
        ("begin; lock table public.questions", False),
    ],
)
def test_a_table_with_many_rows_set_aside_may_change_and_stops_no_other_pipeline(
    owner: Connection, queue: Queue, clock: Clock, change: str, claimed: bool
) -> None:
    owner.execute("drop policy own on public.questions")
    attach(owner, owner="account_id")
    ask(owner, 12)
    refuses(owner, "raise exception 'no'", "old.question <> 'Fine?'")
    assert queue.claim(PIPELINE) == []
    owner.execute("insert into public.questions (question) values ('Fine?')")
    write(owner)
    clock.advance(61)
    owner.execute(change)
    tables = {row["table"] for row in queue.claim(PIPELINE, OTHER)}
    owner.execute("rollback" if not claimed else "select")
    assert tables == {"public.letters"} | ({"public.questions"} if claimed else set())


def test_an_owner_of_a_new_type_mends_itself_whoever_had_the_last_turn(
    owner: Connection, queue: Queue
) -> None:
    owner.execute("alter table public.questions add who text")
    attach(owner, owner="who")
    ask(owner, who="guest")
    queue.complete(queue.claim_one(PIPELINE))
    owner.execute("delete from public.questions")
    owner.execute("alter table public.questions alter who type uuid using who::uuid")
    ask(owner, 2, who=ALICE)
    assert len(queue.claim(PIPELINE)) == 2


def test_a_key_that_outgrows_its_type_mends_itself(owner: Connection, queue: Queue) -> None:
    owner.execute(
        "create table public.small (id integer generated by default as identity primary key,"
        " wants text, said text)"
    )
    Queue(owner).call(
        "attach", table="public.small", pipeline="small", inputs=["wants"], outputs=["said"]
    )
    owner.execute("insert into public.small (wants) values ('x')")
    (row,) = queue.claim("small")
    owner.execute("alter table public.small alter column id type bigint")
    owner.execute("insert into public.small (id, wants) values (9000000000, 'y')")
    assert [found["id"] for found in queue.claim("small")] == ["9000000000"]
    (answer,) = queue.finish(result(row, "complete", outputs={"said": "42"}))
    assert answer["outcome"] == "done"


def test_a_row_whose_end_is_refused_is_set_aside_and_runs_again_when_the_cause_is_gone(
    owner: Connection, queue: Queue, clock: Clock, others: Any
) -> None:
    attach(owner, lease="2 seconds")
    bad, good = ask(owner, 2)
    rows = queue.claim(PIPELINE)
    refuses(owner, "raise exception 'no'", f"old.id = {bad}")
    answers = queue.finish(
        result(rows[0], "fail", error={"code": "boom"}, retryable=False),
        result(rows[1], "complete", outputs={"answer": "42"}),
    )
    assert [answer["outcome"] for answer in answers] == ["set_aside", "done"]
    assert aside(queue, bad)["kind"] == "finish"
    (peer,) = others(1)
    clock.advance(2)
    assert peer.take_back() == 0
    assert queue.heartbeat(timeout=0)["lost"] == []
    assert aside(queue, bad)["tries"] == 2
    owner.execute("drop trigger guard on public.questions")
    clock.advance(10)
    assert peer.take_back() == 1
    assert [row["id"] for row in peer.claim(PIPELINE)] == [bad]
    assert look(owner, good)["status"] == "completed"


def test_a_row_that_cannot_be_taken_back_holds_up_no_other(
    owner: Connection, queue: Queue, clock: Clock, others: Any
) -> None:
    keys = ask(owner, 3)
    queue.claim(PIPELINE)
    refuses(owner, "raise exception 'no'", f"old.id = {keys[1]}")
    clock.advance(60)
    (peer,) = others(1)
    assert peer.take_back() == 2
    assert aside(queue, keys[1])["kind"] == "finish"
    assert statuses(owner) == {"pending": 2, "processing": 1}


def test_a_heartbeat_passes_over_a_row_that_cannot_be_handed_back(
    owner: Connection, queue: Queue, clock: Clock
) -> None:
    keys = ask(owner, 3)
    queue.claim(PIPELINE)
    refuses(owner, "raise exception 'no'", f"old.id = {keys[1]}")
    clock.advance(60)
    queue.heartbeat(timeout=30)
    assert statuses(owner) == {"pending": 2, "processing": 1}
    (trouble,) = queue.heartbeat(pipelines=[PIPELINE])["troubles"]
    assert (trouble["sqlstate"], trouble["rows"]) == ("P0001", 1)


def test_a_table_that_somebody_holds_locked_stops_no_other_pipeline(
    owner: Connection, queue: Queue, database: Database, connect: Connections
) -> None:
    ask(owner)
    write(owner)
    editor = connect(database, autocommit=False)
    editor.execute("alter table public.questions add column later text")
    assert [row["table"] for row in queue.claim(PIPELINE, OTHER)] == ["public.letters"]
    assert one(owner, "select sqlstate from processing.broken") == "55P03"
    editor.rollback()


def test_sixty_inputs_are_answered(owner: Connection, queue: Queue) -> None:
    names = [f"c{number}" for number in range(60)]
    owner.execute(
        f"create table public.wide (id integer primary key, {' text, '.join(names)} text)"
    )
    Queue(owner).call(
        "attach", table="public.wide", pipeline="wide", inputs=names[:59], outputs=["c59"]
    )
    owner.execute("insert into public.wide (id, c58) values (1, 'x')")
    (row,) = queue.claim("wide")
    assert len(row["inputs"]) == 59
    assert row["inputs"]["c58"] == "x"


@pytest.fixture(params=[None, "account_id"], ids=["no owners", "owners"])
def owners(request: pytest.FixtureRequest, owner: Connection) -> Iterator[str | None]:
    attach(owner, owner=request.param)
    yield request.param


def cost_of_a_claim(owner: Connection, queue: Queue) -> Reads:
    """What a claim of ten new rows reads."""
    ask(owner, 10)
    claimed, read = reads(queue, lambda: queue.claim(PIPELINE, sweep=False))
    assert len(claimed) == 10
    return read


def set_aside_all(owner: Connection, queue: Queue, rows: int) -> None:
    """Have rows of the kind frozen refused until so many are set aside, and no look is due."""
    refuses(owner, "raise exception 'no'", "old.kind = 'frozen'")
    while one(owner, "select count(*) from processing.set_aside") < rows:
        queue.claim(PIPELINE, sweep=False)
    owner.execute("update processing.set_aside set look_again_at = 'infinity'")
    cost_of_a_claim(owner, queue)
    # Fronts are checked again once a minute, and this may have taken as long.
    owner.execute("update processing.fronts set walked_at = processing.clock()")


@pytest.mark.on_oldest
def test_many_rows_that_are_set_aside_cost_a_claim_little(
    owner: Connection, queue: Queue, owners: str | None
) -> None:
    """3,000 rows at the head of the queue: at most half more rows are read than without them.

    Pages have more room, because a larger table has higher indexes, and a vacuum that has just
    ended spreads the new versions of rows over more pages.
    """
    cost_of_a_claim(owner, queue)
    usual = cost_of_a_claim(owner, queue)
    ask(owner, 3000, kind="frozen")
    set_aside_all(owner, queue, 3000)
    cost = cost_of_a_claim(owner, queue)
    assert cost.rows <= 1.5 * usual.rows
    assert cost.pages <= 3 * usual.pages


def test_many_owners_whose_only_row_is_set_aside_are_not_asked_for(
    owner: Connection, queue: Queue
) -> None:
    """Only the index is walked over: asking each would take 100 times as many pages."""
    attach(owner, owner="account_id")
    cost_of_a_claim(owner, queue)
    usual = cost_of_a_claim(owner, queue)
    owner.execute(
        "insert into public.questions (kind, account_id)"
        " select 'frozen', gen_random_uuid() from generate_series(1, 1000)"
    )
    set_aside_all(owner, queue, 1000)
    assert cost_of_a_claim(owner, queue).pages <= 3 * usual.pages
