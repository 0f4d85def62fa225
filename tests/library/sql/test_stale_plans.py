"""No row fails, waits or loses what it shows because a session planned before the table changed.

Postgres keeps the plans of a plpgsql function for the length of a session, with the types that
the columns had. A trigger of the application then refuses every row in sessions that ran it
before (42804), and works in new ones.
"""

from __future__ import annotations

import pytest
from psycopg.types.json import Jsonb

from tests.library.sql.questions import PIPELINE, ask, attach, events, look, one, statuses
from tests.support.databases import Clock
from tests.support.queue import Connection, NotFinished, Queue, result

NOTES = "create table public.seen (question text, size bigint, line jsonb)"
SEEN = "insert into public.seen (question, size)"
TRIGGERS = {
    "a field in a statement": f"{SEEN} values (new.question, new.size);",
    "a field in an expression": "if length(new.question || new.size) < 0 then return null; end if;",
    "a row variable": f"r := new; {SEEN} values (r.question, r.size);",
    "a record": f"x := new; {SEEN} values (x.question, x.size);",
    "a select into": "select * into x from public.questions where id = new.id;"
    f" {SEEN} values (x.question, x.size);",
    "a function that returns rows": f"{SEEN} select g.question, g.size"
    " from public.question_of(new.id) as g;",
    "dynamic SQL": "execute 'insert into public.seen (size) values (($1).size)' using new;",
}
CHANGES = {
    "widened": "alter table public.questions alter size type bigint",
    "given a length": "alter table public.questions alter question type varchar(400)",
    "dropped and added": "alter table public.questions drop size;"
    " alter table public.questions add size bigint default 1",
    "added": "alter table public.questions add more integer default 7",
}


def watched(owner: Connection, body: str) -> None:
    """Attach the questions, with a trigger of the application that has this body."""
    owner.execute("alter table public.questions add size integer default 1")
    owner.execute(
        f"{NOTES};"
        " create function public.question_of(key bigint) returns setof public.questions"
        " language plpgsql as $$ begin"
        " return query select * from public.questions where id = key; end $$;"
        " create function public.see() returns trigger language plpgsql as $$"
        f" declare r public.questions; x record; begin {body} return null; end $$;"
        " create trigger see after update on public.questions"
        " for each row execute function public.see()"
    )
    attach(owner)


def used(owner: Connection, queue: Queue) -> None:
    """Let the queue's session run each statement of the trigger, for each end of a run."""
    ask(owner, 4)
    rows = queue.claim(PIPELINE)
    queue.progress(rows[0], stage="Reading")
    queue.complete(rows[0], answer="42")
    queue.fail(rows[1], retryable=False)
    queue.release(rows[2])
    queue.retry_later(rows[3], 3600)
    queue.release(queue.claim_one(PIPELINE))


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("body", TRIGGERS)
def test_a_result_is_taken_after_a_change_of_the_table(
    owner: Connection, queue: Queue, body: str, change: str
) -> None:
    watched(owner, TRIGGERS[body])
    used(owner, queue)
    row, beside, other = queue.claim_one(PIPELINE), *_claimed(owner, queue, 2)
    owner.execute(CHANGES[change])
    assert queue.complete(row, answer="42") == "done"
    together = queue.finish(
        *(result(each, "complete", outputs={"answer": "43"}) for each in (beside, other))
    )
    assert [answer["outcome"] for answer in together] == ["done", "done"]
    assert statuses(owner) == {"completed": 4, "failed": 1, "pending": 1}
    assert one(owner, "select count(*) from processing.events where kind = 'output_refused'") == 0


def _claimed(owner: Connection, queue: Queue, count: int) -> list[dict[str, object]]:
    ask(owner, count)
    return [dict(row) for row in queue.claim(PIPELINE, slots=count)]


WIDENED = CHANGES["widened"]
FIELD = TRIGGERS["a field in a statement"]


@pytest.mark.parametrize("count", [1, 3])
def test_rows_are_claimed_and_not_set_aside(owner: Connection, queue: Queue, count: int) -> None:
    watched(owner, FIELD)
    used(owner, queue)
    ask(owner, count)
    owner.execute(WIDENED)
    assert len(queue.claim(PIPELINE, slots=count)) == count
    assert one(owner, "select count(*) from processing.set_aside") == 0


@pytest.mark.parametrize("action", ["fail", "retry_later", "release"])
def test_a_run_ends_as_asked(owner: Connection, queue: Queue, action: str) -> None:
    watched(owner, FIELD)
    used(owner, queue)
    row = queue.claim_one(PIPELINE)
    owner.execute(WIDENED)
    assert queue.end(row, action, error={"code": "boom", "message": "It broke."}) == "done"


def test_an_early_output_is_shown(owner: Connection, queue: Queue) -> None:
    watched(owner, FIELD)
    used(owner, queue)
    row = queue.claim_one(PIPELINE)
    owner.execute(WIDENED)
    assert queue.progress(row, stage="Reading", outputs=Jsonb({"answer": "4"})) == "done"
    assert look(owner, row["id"])["answer"] == "4"


def test_a_lost_run_is_taken_back(owner: Connection, queue: Queue) -> None:
    watched(owner, FIELD)
    used(owner, queue)
    row = queue.claim_one(PIPELINE)
    owner.execute(WIDENED)
    owner.execute("update processing.leases set deadline = '-infinity'")
    queue.claim(PIPELINE, slots=1, sweep=True)
    assert "taken_back" in {event["kind"] for event in events(owner, row["id"])}
    assert one(owner, "select count(*) from processing.set_aside") == 0


def test_an_operator_changes_rows_together(owner: Connection, queue: Queue) -> None:
    watched(owner, FIELD)
    used(owner, queue)
    queue.call("change_rows", **CANCEL)
    ask(owner, 3)
    owner.execute(WIDENED)
    told = queue.call("change_rows", **CANCEL)
    assert (told["changed"], told["refused"]) == (3, 0)


CANCEL = {
    "filter": Jsonb({"pipeline": PIPELINE, "status": ["pending"]}),
    "action": "cancel",
    "operator": "ann",
}


SMALL = "drop constraint questions_score_check, alter score type smallint"
WIDER: dict[str, tuple[str, str, dict[str, object]]] = {
    "longer": ("alter answer type varchar(5)", "alter answer type text", {"answer": "longer"}),
    "larger": ("alter score type smallint", "alter score type bigint", {"score": 5_000_000_000}),
    "another type": ("alter score type smallint", "alter score type text", {"score": "five"}),
}


@pytest.mark.parametrize("name", WIDER)
def test_an_output_takes_what_fits_since_its_column_was_widened(
    owner: Connection, queue: Queue, name: str
) -> None:
    before, after, outputs = WIDER[name]
    owner.execute(f"alter table public.questions drop constraint questions_score_check, {before}")
    attach(owner)
    used(owner, queue)
    row = queue.claim_one(PIPELINE)
    owner.execute(f"alter table public.questions {after}")
    # The function that writes results is made again, and then the worker sends the result again.
    assert [queue.complete(row, **outputs) for _ in range(2)] == ["busy", "done"]
    assert one(owner, "select count(*) from processing.events where kind = 'output_refused'") == 0


@pytest.mark.parametrize("results", [1, 2])
def test_a_result_that_waits_for_a_key_names_the_trouble_until_somebody_mends_it(
    owner: Connection, queue: Queue, clock: Clock, results: int
) -> None:
    owner.execute(f"alter table public.questions {SMALL}")
    attach(owner)
    ask(owner, 3)
    rows = queue.claim(PIPELINE, slots=results)
    owner.execute(
        "alter table public.questions alter score type bigint, drop constraint questions_pkey,"
        " replica identity full"
    )
    large = [result(row, "complete", outputs={"score": 5_000_000_000}) for row in rows]
    for _ in range(3):
        assert {answer["outcome"] for answer in queue.finish(*large)} == {"busy"}
        # A claim that looks again does not take the trouble for mended.
        assert queue.claim(PIPELINE, slots=1) == []
        (trouble,) = queue.heartbeat(*rows, pipelines=[PIPELINE])["troubles"]
        assert (trouble["broken"], trouble["sqlstate"]) == (True, "RJ007")
        assert "primary key" in trouble["cure"]
        clock.advance(10)
    owner.execute("alter table public.questions add primary key (id)")
    assert "busy" in {answer["outcome"] for answer in queue.finish(*large)}
    assert {answer["outcome"] for answer in queue.finish(*large)} <= {"done", "already_done"}
    assert len(queue.claim(PIPELINE)) == 3 - results
    assert queue.heartbeat(pipelines=[PIPELINE])["troubles"] == []


def test_a_result_is_refused_at_once_where_nothing_was_widened(
    owner: Connection, queue: Queue
) -> None:
    attach(owner)
    ask(owner)
    with pytest.raises(NotFinished) as refused:
        queue.complete(queue.claim_one(PIPELINE), score=5_000_000_000)
    assert refused.value.sqlstate == "22003"


def test_a_refusal_that_no_plan_explains_stays_one(owner: Connection, queue: Queue) -> None:
    watched(owner, "insert into public.seen (size) values (new.size);")
    used(owner, queue)
    row = queue.claim_one(PIPELINE)
    owner.execute("alter table public.questions alter size type text")
    with pytest.raises(NotFinished) as refused:
        queue.complete(row, answer="42")
    assert refused.value.sqlstate == "42804"


def test_new_plans_are_made_once_in_a_transaction(owner: Connection) -> None:
    with owner.transaction():
        assert one(owner, "select processing.plans_again('42804')") is True
        assert one(owner, "select processing.plans_again('42703')") is False
    for code in ("23514", "22003", "42501", "55P03", "RJ001"):
        assert one(owner, f"select processing.plans_again('{code}')") is False
    assert one(owner, "select processing.plans_again('XX000')") is True
