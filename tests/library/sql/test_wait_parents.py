"""What a row may wait for, and what becomes of a wait when the row itself changes."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

import pytest

from tests.library.sql.questions import (
    PIPELINE,
    ask_one,
    attach,
    detach,
    look,
    one,
    set_status,
)
from tests.library.sql.reads import reads
from tests.library.sql.waits import (
    NOTHING,
    PARENTS,
    add_parent,
    create_parents,
    ends,
    left,
    parent,
    run_child,
    wait_for,
)
from tests.support.databases import Clock
from tests.support.queue import Connection, Queue, refused, result


@pytest.fixture(autouse=True)
def attached(owner: Connection) -> None:
    attach(owner, max_attempts=2)
    create_parents(owner)


class TestRefusal:
    @pytest.mark.parametrize(
        "table", ["public.nowhere", "pg_catalog.pg_class", "questions", "no table", "a.b.c.d", ""]
    )
    def test_of_a_table_that_is_not_attached(
        self, owner: Connection, queue: Queue, table: str
    ) -> None:
        add_parent(owner)
        row = queue.claim_one(PARENTS)
        with refused("RJ011"):
            wait_for(queue, row, ["1"], table=table)
        assert queue.complete(row) == "done"

    def test_of_the_row_itself(self, owner: Connection, queue: Queue) -> None:
        add_parent(owner)
        with refused("RJ011"):
            wait_for(queue, queue.claim_one(PARENTS), ["p"], table="public.parents")

    def test_of_a_row_that_waits_for_it(
        self, owner: Connection, queue: Queue, waiting: list[str]
    ) -> None:
        row = queue.claim(PIPELINE)[0]
        with refused("RJ011"):
            wait_for(queue, row, ["p"], table="public.parents")

    def test_of_a_lost_run(self, owner: Connection, queue: Queue, waiting: list[str]) -> None:
        row = queue.claim(PIPELINE)[0]
        set_status(owner, row["id"], "pending")
        with refused("RJ001"):
            wait_for(queue, row, ["p"], table="public.parents")

    def test_of_a_cancelled_run(self, owner: Connection, queue: Queue) -> None:
        add_parent(owner)
        row = queue.claim_one(PARENTS)
        owner.execute("update public.parents set processing_status = 'cancelled'")
        with refused("RJ002"):
            wait_for(queue, row, ["1"])

    def test_not_of_keys_that_do_not_exist(self, owner: Connection, queue: Queue) -> None:
        add_parent(owner)
        ids = ["4711", "no number", "99999999999999999999"]
        answer = wait_for(queue, queue.claim_one(PARENTS), ids)
        assert ends(answer) == dict.fromkeys(ids, "deleted")

    def test_not_of_keys_in_another_spelling(self, owner: Connection, queue: Queue) -> None:
        key = ask_one(owner)
        add_parent(owner)
        assert wait_for(queue, queue.claim_one(PARENTS), [f"00{key}"])["waits"]
        run_child(queue)
        assert ends(wait_for(queue, queue.claim_one(PARENTS), [f"00{key}"])) == {
            f"00{key}": "completed"
        }


class TestParent:
    @pytest.mark.parametrize("status", ["cancelled", "completed", "failed"])
    def test_that_a_person_ends_waits_no_more(
        self, owner: Connection, queue: Queue, waiting: list[str], status: str
    ) -> None:
        owner.execute("update public.parents set processing_status = %s", [status])
        assert left(owner) == NOTHING
        run_child(queue)
        assert parent(owner)["status"] == status

    @pytest.mark.parametrize("statement", ["delete from", "truncate"])
    def test_that_is_deleted_waits_no_more(
        self, owner: Connection, queue: Queue, waiting: list[str], statement: str
    ) -> None:
        owner.execute(f"{statement} public.parents")
        assert left(owner) == NOTHING
        run_child(queue)

    def test_whose_input_is_edited_runs_at_once(
        self, owner: Connection, queue: Queue, waiting: list[str]
    ) -> None:
        owner.execute("update public.parents set wants = 'more'")
        assert left(owner) == NOTHING
        assert queue.claim_one(PARENTS)["inputs"] == {"wants": "more"}

    def test_of_which_another_column_is_edited_waits_on(
        self, owner: Connection, queue: Queue, waiting: list[str]
    ) -> None:
        owner.execute("update public.parents set noted = 'by hand'")
        assert queue.claim(PARENTS) == []
        for _ in waiting:
            run_child(queue)
        assert len(queue.claim(PARENTS)) == 1

    def test_with_a_new_key_waits_on(
        self, owner: Connection, queue: Queue, waiting: list[str]
    ) -> None:
        owner.execute("update public.parents set id = 'q'")
        for _ in waiting:
            run_child(queue)
        assert queue.claim_one(PARENTS)["id"] == "q"

    def test_with_a_new_key_runs_although_its_last_child_has_just_ended(
        self, owner: Connection, queue: Queue, waiting: list[str]
    ) -> None:
        for row in queue.claim(PIPELINE, slots=2):
            queue.finish(result(row, "complete", outputs={}))
        owner.execute("update public.parents set id = 'q'")
        assert queue.claim_one(PARENTS)["id"] == "q"

    def test_whose_table_is_detached_harms_nobody(
        self, owner: Connection, queue: Queue, waiting: list[str]
    ) -> None:
        Queue(owner).call("detach", table="public.parents", pipeline=PARENTS)
        assert left(owner) == NOTHING
        for _ in waiting:
            run_child(queue)

    def test_is_told_of_a_detached_table_of_children(
        self, owner: Connection, queue: Queue, waiting: list[str]
    ) -> None:
        detach(owner)
        row = queue.claim_one(PARENTS)
        with refused("RJ011"):
            wait_for(queue, row, waiting)

    def test_of_which_the_recipe_ends_otherwise_leaves_nothing(
        self, owner: Connection, queue: Queue, waiting: list[str], clock: Clock
    ) -> None:
        clock.advance(3601)
        queue.fail(queue.claim_one(PARENTS), retryable=False)
        assert left(owner)["waits"] == 0
        assert left(owner)["awaited"] == 0

    def test_that_waits_for_its_next_attempt_is_not_woken_before(
        self, owner: Connection, queue: Queue, waiting: list[str], clock: Clock
    ) -> None:
        clock.advance(3601)
        queue.retry_later(queue.claim_one(PARENTS), 600)
        for _ in waiting:
            run_child(queue)
        assert queue.claim(PARENTS) == []
        clock.advance(601)
        assert len(queue.claim(PARENTS)) == 1

    def test_that_its_table_refuses_to_wake_runs_later(
        self, owner: Connection, queue: Queue, waiting: list[str], clock: Clock
    ) -> None:
        owner.execute(
            "create function public.keep() returns trigger language plpgsql as"
            " $$ begin raise 'no'; end $$;"
            "create trigger keep before update on public.parents for each row"
            " when (new.processing_status = 'pending') execute function public.keep()"
        )
        for _ in waiting:
            run_child(queue)
        assert queue.claim(PARENTS) == []
        assert queue.claim_answer(PARENTS)["next_due_seconds"] < 10
        owner.execute("drop trigger keep on public.parents")
        clock.advance(60)
        assert len(queue.claim(PARENTS)) == 1

    def test_that_takes_too_long_to_wake_stops_no_claim(
        self, owner: Connection, queue: Queue, waiting: list[str]
    ) -> None:
        for _ in waiting:
            run_child(queue)
        other = ask_one(owner)
        owner.execute(
            "create function public.doze() returns trigger language plpgsql as"
            " $$ begin perform pg_sleep(30); return new; end $$;"
            "create trigger doze before update on public.parents for each row"
            " execute function public.doze()"
        )
        queue.connection.execute("set statement_timeout = '1500ms'")
        assert [row["id"] for row in queue.claim(PIPELINE)] == [other]
        assert left(owner)["wait_looks"] > 0


def test_what_nobody_waits_for_costs_no_look(
    owner: Connection, queue: Queue, children: list[str]
) -> None:
    rows = queue.claim(PIPELINE)
    tables = ("processing.awaited", "processing.wait_looks")
    done = [result(row, "complete", outputs={}) for row in rows]
    _, read = reads(queue, partial(queue.finish_and_claim, done, PIPELINE, slots=1), *tables)
    assert (read.scans, read.rows) == (0, 0)
    _, read = reads(queue, partial(queue.claim, PIPELINE), "processing.waits")
    assert read.rows == 0


def test_prune_deletes_waits_whose_row_ended_unnoticed(
    owner: Connection, queue: Queue, waiting: list[str], clock: Clock
) -> None:
    queue.call("prune")
    assert left(owner) == {"waits": 1, "awaited": 2, "wait_looks": 0}
    clock.advance(timedelta(days=2).total_seconds())
    queue.call("prune")
    assert left(owner) == NOTHING


def test_the_row_is_due_at_the_time_limit_at_the_latest(
    owner: Connection, queue: Queue, children: list[str]
) -> None:
    add_parent(owner)
    wait_for(queue, queue.claim_one(PARENTS), children, timeout_seconds=30)
    due = datetime.fromisoformat(parent(owner)["not_before"])
    now: datetime = one(owner, "select processing.clock()")
    assert due - now <= timedelta(seconds=30)
    assert look(owner, children[0])["status"] == "pending"


def test_the_longest_time_limit_of_python_is_none(
    owner: Connection, queue: Queue, children: list[str]
) -> None:
    add_parent(owner)
    longest = timedelta.max.total_seconds()
    assert wait_for(queue, queue.claim_one(PARENTS), children, timeout_seconds=longest)["waits"]
