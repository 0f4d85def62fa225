"""A row waits until other rows have ended, and is told how."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.library.sql.questions import (
    PIPELINE,
    Others,
    ask,
    ask_one,
    attach,
    events,
    one,
    set_status,
)
from tests.library.sql.waits import (
    NOTHING,
    PARENTS,
    TABLE,
    add_parent,
    create_parents,
    ends,
    is_due,
    left,
    parent,
    run_child,
    wait_for,
)
from tests.support.databases import Clock
from tests.support.queue import Connection, Queue, result


@pytest.fixture(autouse=True)
def attached(owner: Connection) -> None:
    attach(owner, max_attempts=2)
    create_parents(owner)


class TestWaiting:
    def test_ends_the_run_without_an_attempt_and_keeps_the_checkpoints(
        self, owner: Connection, queue: Queue, children: list[str]
    ) -> None:
        add_parent(owner)
        row = queue.claim_one(PARENTS)
        queue.checkpoint(row)
        wait_for(queue, row, children, stage="Waiting for the answers")
        shown = parent(owner)
        assert (shown["status"], shown["attempts"], shown["error"]) == ("pending", 0, None)
        assert shown["stage"] == "Waiting for the answers"
        assert not is_due(owner)
        assert one(owner, "select count(*) from processing.leases") == 0
        assert one(owner, "select count(*) from processing.checkpoints") == 1
        assert queue.claim(PARENTS) == []

    def test_is_told_by_explain(self, owner: Connection, queue: Queue, waiting: list[str]) -> None:
        told = queue.call("explain", table_name="public.parents", row_id="p")
        waits_for = told["waits_for"]
        assert (waits_for["table"], waits_for["open"], waits_for["rows"]) == (TABLE, 2, 2)
        assert waits_for["examples"] == waiting
        assert [event["kind"] for event in told["events"]] == ["waiting"]

    def test_is_over_when_the_last_child_has_ended(
        self, owner: Connection, queue: Queue, waiting: list[str]
    ) -> None:
        run_child(queue)
        assert queue.claim(PARENTS) == []
        run_child(queue)
        row = queue.claim_one(PARENTS)
        assert row["attempt"] == 1
        assert ends(wait_for(queue, row, waiting)) == dict.fromkeys(waiting, "completed")
        queue.complete(row, seen="both")
        assert left(owner) == NOTHING
        assert [event["kind"] for event in events(owner, "p")] == [
            "waiting", "woken", "waited", "completed",
        ]  # fmt: skip

    def test_is_over_in_the_statement_that_ends_the_last_child(
        self, owner: Connection, queue: Queue, waiting: list[str]
    ) -> None:
        done = [result(row, "complete", outputs={}) for row in queue.claim(PIPELINE)]
        answer = queue.finish_and_claim(done, PIPELINE, PARENTS, slots=5)
        assert [row["id"] for row in answer["rows"]] == ["p"]

    def test_does_not_begin_where_all_have_ended(
        self, owner: Connection, queue: Queue, children: list[str]
    ) -> None:
        for _ in children:
            run_child(queue)
        add_parent(owner)
        row = queue.claim_one(PARENTS)
        assert ends(wait_for(queue, row, children)) == dict.fromkeys(children, "completed")
        assert queue.complete(row) == "done"
        assert left(owner) == NOTHING

    def test_gets_the_same_answer_in_each_run_of_a_round(
        self, owner: Connection, queue: Queue, waiting: list[str]
    ) -> None:
        for _ in waiting:
            run_child(queue)
        row = queue.claim_one(PARENTS)
        answer = wait_for(queue, row, waiting)
        queue.release(row)
        (stored,) = queue.claim_one(PARENTS)["checkpoints"]
        assert (stored["step"], stored["input_hash"]) == ("@wait", "w")
        assert one(owner, "select %s::jsonb", stored["output"]) == answer["rows"]

    def test_is_asked_anew_by_a_person_who_queues_the_row_again(
        self, owner: Connection, queue: Queue, children: list[str]
    ) -> None:
        queue.fail(queue.claim_one(PIPELINE), retryable=False)
        run_child(queue)
        add_parent(owner)
        row = queue.claim_one(PARENTS)
        assert sorted(ends(wait_for(queue, row, children)).values()) == ["completed", "failed"]
        queue.fail(row, retryable=False)
        owner.execute("update public.questions set processing_status = 'pending'")
        owner.execute("update public.parents set processing_status = 'pending'")
        row = queue.claim_one(PARENTS)
        assert not row["checkpoints"]
        assert wait_for(queue, row, children)["waits"]

    def test_rings_as_for_any_due_row(
        self, owner: Connection, queue: Queue, waiting: list[str], others: Others
    ) -> None:
        for _ in waiting:
            run_child(queue)
        listener = others(1)[0].connection
        listener.execute("listen processing")
        queue.claim(PIPELINE)
        rung = [notice.payload for notice in listener.notifies(timeout=5, stop_after=1)]
        assert rung == [""]
        assert is_due(owner)

    @pytest.mark.parametrize("count", [100, pytest.param(1000, marks=pytest.mark.thorough)])
    def test_for_so_many_children(self, owner: Connection, queue: Queue, count: int) -> None:
        children = ask(owner, count)
        add_parent(owner)
        assert wait_for(queue, queue.claim_one(PARENTS), children)["waits"]
        while rows := queue.claim(PIPELINE, slots=count // 3):
            queue.finish(*(result(row, "complete", outputs={}) for row in rows))
        row = queue.claim_one(PARENTS)
        assert ends(wait_for(queue, row, children)) == dict.fromkeys(children, "completed")

    def test_of_one_row_for_another_that_waits(
        self, owner: Connection, queue: Queue, waiting: list[str]
    ) -> None:
        add_parent(owner, "grand")
        row = queue.claim_one(PARENTS)
        assert wait_for(queue, row, ["p"], table="public.parents")["waits"]
        for _ in waiting:
            run_child(queue)
        queue.complete(queue.claim_one(PARENTS))
        row = queue.claim_one(PARENTS)
        assert ends(wait_for(queue, row, ["p"], table="public.parents")) == {"p": "completed"}

    def test_of_two_rows_for_the_same_child(
        self, owner: Connection, queue: Queue, waiting: list[str]
    ) -> None:
        add_parent(owner, "q")
        assert wait_for(queue, queue.claim_one(PARENTS), waiting[:1])["waits"]
        run_child(queue)
        assert queue.claim_one(PARENTS)["id"] == "q"
        run_child(queue)
        assert queue.claim_one(PARENTS)["id"] == "p"


Way = Callable[[Connection, Queue, str, Clock], None]


def cancel(owner: Connection, _queue: Queue, key: str, _clock: Clock) -> None:
    set_status(owner, key, "cancelled")


def fail(_owner: Connection, queue: Queue, _key: str, _clock: Clock) -> None:
    queue.fail(queue.claim_one(PIPELINE), retryable=False)


def delete(owner: Connection, _queue: Queue, key: str, _clock: Clock) -> None:
    owner.execute("delete from public.questions where id = %s", [key])


def complete_by_hand(owner: Connection, _queue: Queue, key: str, _clock: Clock) -> None:
    set_status(owner, key, "completed")


def truncate(owner: Connection, _queue: Queue, _key: str, _clock: Clock) -> None:
    owner.execute("truncate public.questions")


def rename(owner: Connection, _queue: Queue, key: str, _clock: Clock) -> None:
    owner.execute("update public.questions set id = id + 1000 where id = %s", [key])


def exclude(owner: Connection, _queue: Queue, key: str, _clock: Clock) -> None:
    owner.execute(
        "update public.questions set kind = 'other', processing_status = null where id = %s", [key]
    )


def crash(_owner: Connection, queue: Queue, _key: str, clock: Clock) -> None:
    """Its workers die, as often as a row may kill a worker."""
    for _ in range(3):
        (_row,) = Queue(queue.connection).claim(PIPELINE)
        clock.advance(60)
        queue.take_back()


ENDS: dict[str, tuple[Way, str, str | None]] = {
    "cancelled": (cancel, "cancelled", None),
    "failed": (fail, "failed", "boom"),
    "deleted": (delete, "deleted", None),
    "completed by hand": (complete_by_hand, "completed", None),
    "truncated": (truncate, "deleted", None),
    "another key": (rename, "deleted", None),
    "no work any more": (exclude, "no_work", None),
    "crashed too often": (crash, "failed", "worker_crashed"),
}


@pytest.mark.parametrize("name", ENDS)
def test_each_way_to_end_is_noticed_and_told(
    owner: Connection, queue: Queue, clock: Clock, name: str
) -> None:
    way, status, code = ENDS[name]
    attach(owner, when="kind = 'plain'")
    key = ask_one(owner)
    add_parent(owner)
    assert wait_for(queue, queue.claim_one(PARENTS), [key])["waits"]
    way(owner, queue, key, clock)
    (told,) = wait_for(queue, queue.claim_one(PARENTS), [key])["rows"]
    assert (told["status"], told["error_code"]) == (status, code)


class TestUnfinished:
    def test_is_a_child_that_will_be_tried_again(
        self, owner: Connection, queue: Queue, clock: Clock
    ) -> None:
        key = ask_one(owner)
        add_parent(owner)
        wait_for(queue, queue.claim_one(PARENTS), [key])
        queue.fail(queue.claim_one(PIPELINE))
        clock.advance(60)
        assert queue.claim(PARENTS) == []
        run_child(queue)
        assert len(queue.claim(PARENTS)) == 1

    def test_is_a_child_that_was_queued_again_before_the_parent_ran(
        self, owner: Connection, queue: Queue, waiting: list[str]
    ) -> None:
        for _ in waiting:
            run_child(queue)
        set_status(owner, waiting[0], "pending")
        assert wait_for(queue, queue.claim_one(PARENTS), waiting)["waits"]
        run_child(queue)
        assert len(queue.claim(PARENTS)) == 1

    def test_is_a_child_that_waits_for_a_limit_of_its_owner(
        self, owner: Connection, queue: Queue
    ) -> None:
        attach(owner, owner="account_id", concurrency_per_owner=1)
        children = ask(owner, 3)
        add_parent(owner)
        wait_for(queue, queue.claim_one(PARENTS), children)
        for _ in children:
            (row,) = queue.claim(PIPELINE, slots=3)
            assert queue.claim(PARENTS) == []
            queue.complete(row)
        assert len(queue.claim(PARENTS)) == 1

    def test_is_told_when_the_time_is_over(
        self, owner: Connection, queue: Queue, children: list[str], clock: Clock
    ) -> None:
        add_parent(owner)
        row = queue.claim_one(PARENTS)
        assert wait_for(queue, row, children, timeout_seconds=600)["waits"]
        run_child(queue)
        clock.advance(500)
        assert queue.claim(PARENTS) == []
        clock.advance(101)
        answer = wait_for(queue, queue.claim_one(PARENTS), children, timeout_seconds=600)
        assert sorted(ends(answer).values()) == ["completed", "pending"]
        assert left(owner) == NOTHING

    def test_keeps_its_time_limit_in_later_runs(
        self, owner: Connection, queue: Queue, children: list[str], clock: Clock
    ) -> None:
        add_parent(owner)
        wait_for(queue, queue.claim_one(PARENTS), children, timeout_seconds=600)
        clock.advance(300)
        queue.call("retry", table_name="public.parents", row_id="p")
        assert wait_for(queue, queue.claim_one(PARENTS), children, timeout_seconds=600)["waits"]
        clock.advance(301)
        assert ends(
            wait_for(queue, queue.claim_one(PARENTS), children, timeout_seconds=600)
        ) == dict.fromkeys(children, "pending")

    def test_is_told_as_set_aside(self, owner: Connection, queue: Queue, clock: Clock) -> None:
        key = ask_one(owner)
        owner.execute("alter table public.questions add check (processing_status <> 'processing')")
        assert queue.claim(PIPELINE) == []
        add_parent(owner)
        wait_for(queue, queue.claim_one(PARENTS), [key], timeout_seconds=60)
        told = queue.call("explain", table_name="public.parents", row_id="p")
        assert told["waits_for"]["set_aside"] == 1
        clock.advance(61)
        (row,) = queue.claim(PARENTS)
        (told,) = wait_for(queue, row, [key], timeout_seconds=60)["rows"]
        assert (told["status"], told["set_aside"]) == ("pending", True)

    def test_asks_again_after_an_hour_in_any_case(
        self, owner: Connection, queue: Queue, waiting: list[str], clock: Clock
    ) -> None:
        clock.advance(3601)
        row = queue.claim_one(PARENTS)
        assert wait_for(queue, row, waiting)["waits"]
        assert parent(owner)["attempts"] == 0
