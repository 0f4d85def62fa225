"""A row that waits misses no end, whatever meets at the same moment."""

from __future__ import annotations

from functools import partial

import pytest

from tests.library.sql.questions import (
    PIPELINE,
    Others,
    ask,
    ask_one,
    attach,
)
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
from tests.support.databases import Clock, Connections, Database
from tests.support.queue import Connection, Queue, Row, at_once, refused, result
from tests.support.waits import meanwhile, wait_until_blocked


@pytest.fixture(autouse=True)
def attached(owner: Connection) -> None:
    attach(owner, max_attempts=2)
    create_parents(owner)


class TestMeeting:
    """Calls that meet at the same moment, made slow by transactions that the test ends."""

    @pytest.fixture
    def slow(self, database: Database, connect: Connections) -> Queue:
        return Queue(connect(database, "service_role", autocommit=False))

    def test_a_child_that_is_about_to_end_is_waited_for_or_seen(
        self, owner: Connection, queue: Queue, slow: Queue, clock: Clock
    ) -> None:
        """It has ended, but not committed, when the parent looks."""
        key = ask_one(owner)
        add_parent(owner)
        child = slow.claim_one(PIPELINE)
        slow.connection.commit()
        row = queue.claim_one(PARENTS)
        slow.complete(child)
        assert wait_for(queue, row, [key])["waits"]
        slow.connection.commit()
        clock.advance(11)
        assert ends(wait_for(queue, queue.claim_one(PARENTS), [key])) == {key: "completed"}

    def test_a_child_that_ends_while_the_parent_stops_wakes_it(
        self, owner: Connection, queue: Queue, slow: Queue
    ) -> None:
        key = ask_one(owner)
        add_parent(owner)
        child = queue.claim_one(PIPELINE)
        row = slow.claim_one(PARENTS)
        slow.connection.commit()
        assert wait_for(slow, row, [key])["waits"]
        with meanwhile(partial(queue.complete, child, answer="42")) as answer:
            wait_until_blocked(owner, queue.connection, answer)
            slow.connection.commit()
            answer.result(10)
        assert len(queue.claim(PARENTS)) == 1

    def test_children_that_a_claim_passed_over_meanwhile_are_told_of_again(
        self, owner: Connection, queue: Queue, slow: Queue, children: list[str]
    ) -> None:
        add_parent(owner)
        row = slow.claim_one(PARENTS)
        slow.connection.commit()
        owner.execute("listen processing")
        assert wait_for(slow, row, children)["waits"]
        assert queue.claim(PIPELINE) == []
        assert list(owner.notifies(timeout=0)) == []
        slow.connection.commit()
        assert [told.payload for told in owner.notifies(timeout=10, stop_after=1)] == [""]
        assert len(queue.claim(PIPELINE)) == len(children)

    def test_two_last_children_that_end_at_the_same_time_wake_it(
        self, owner: Connection, queue: Queue, slow: Queue, waiting: list[str]
    ) -> None:
        first = slow.claim_one(PIPELINE)
        slow.connection.commit()
        last = queue.claim_one(PIPELINE)
        slow.complete(first)
        queue.complete(last)
        assert queue.claim(PARENTS) == []
        slow.connection.commit()
        assert len(queue.claim(PARENTS)) == 1

    def test_also_where_results_travel_with_claims(
        self, owner: Connection, queue: Queue, slow: Queue, waiting: list[str]
    ) -> None:
        first = slow.claim_one(PIPELINE)
        slow.connection.commit()
        last = queue.claim_one(PIPELINE)
        slow.finish_and_claim([result(first, "complete", outputs={})], PARENTS, slots=1)
        answer = queue.finish_and_claim([result(last, "complete", outputs={})], PARENTS, slots=1)
        assert answer["rows"] == []
        slow.connection.commit()
        assert len(queue.claim(PARENTS)) == 1

    def test_a_person_who_deletes_a_child_slowly_wakes_it_at_the_end(
        self, owner: Connection, queue: Queue, database: Database, connect: Connections
    ) -> None:
        key = ask_one(owner)
        add_parent(owner)
        wait_for(queue, queue.claim_one(PARENTS), [key])
        person = connect(database, autocommit=False)
        person.execute("delete from public.questions")
        assert queue.claim(PARENTS) == []
        person.commit()
        assert ends(wait_for(queue, queue.claim_one(PARENTS), [key])) == {key: "deleted"}

    def test_a_change_of_the_parent_that_is_undone_loses_no_end(
        self,
        owner: Connection, queue: Queue, database: Database, connect: Connections,
        waiting: list[str], clock: Clock,
    ) -> None:  # fmt: skip
        person = connect(database, autocommit=False)
        person.execute("delete from public.parents")
        for _ in waiting:
            run_child(queue)
        assert queue.claim(PARENTS) == []
        person.rollback()
        clock.advance(60)
        assert len(queue.claim(PARENTS)) == 1

    def test_a_parent_that_somebody_has_locked_is_busy_and_not_lost(
        self, owner: Connection, queue: Queue, database: Database, connect: Connections
    ) -> None:
        key = ask_one(owner)
        add_parent(owner)
        row = queue.claim_one(PARENTS)
        person = connect(database, autocommit=False)
        person.execute("update public.parents set noted = 'by hand'")
        with refused("55P03"):
            wait_for(queue, row, [key])
        assert left(owner) == NOTHING
        person.commit()
        assert wait_for(queue, row, [key])["waits"]

    def test_a_waiting_parent_that_somebody_has_locked_is_woken_later(
        self,
        owner: Connection, queue: Queue, database: Database, connect: Connections,
        waiting: list[str], clock: Clock,
    ) -> None:  # fmt: skip
        person = connect(database, autocommit=False)
        person.execute("update public.parents set noted = 'by hand'")
        for _ in waiting:
            run_child(queue)
        assert queue.claim(PARENTS) == []
        person.commit()
        clock.advance(60)
        assert len(queue.claim(PARENTS)) == 1

    @pytest.mark.parametrize("rounds", [2, pytest.param(10, marks=pytest.mark.thorough)])
    def test_many_workers_that_end_children_at_once_wake_it_once(
        self, owner: Connection, queue: Queue, others: Others, rounds: int
    ) -> None:
        for round_ in range(rounds):
            key = f"p{round_}"
            children = ask(owner, 24)
            add_parent(owner, key)
            wait_for(queue, queue.claim_one(PARENTS), children)
            held = [(peer, peer.claim(PIPELINE, slots=4)) for peer in others(6)]

            def end(peer: Queue, rows: list[Row]) -> None:
                for row in rows:
                    peer.finish_and_claim([result(row, "complete", outputs={})], slots=1)

            at_once([partial(end, peer, rows) for peer, rows in held])
            (row,) = queue.claim(PARENTS)
            assert ends(wait_for(queue, row, children)) == dict.fromkeys(children, "completed")
            queue.complete(row)
            queue.call("prune")
            assert left(owner) == NOTHING

    @pytest.mark.parametrize("count", [30, pytest.param(60, marks=pytest.mark.thorough)])
    def test_parents_that_stop_while_children_end_miss_none(
        self, owner: Connection, queue: Queue, others: Others, clock: Clock, count: int
    ) -> None:
        """Two workers end children in batches while two stop parents that wait for all of them."""
        children = ask(owner, count)
        first, second, third, fourth = others(4)
        for number in range(10):
            add_parent(owner, f"p{number}")
        rows = [(peer, row) for peer in (first, second) for row in peer.claim(PARENTS, slots=5)]
        held = [(peer, peer.claim(PIPELINE, slots=count // 2)) for peer in (third, fourth)]

        def stop(peer: Queue) -> None:
            for stopping, row in rows:
                if stopping is peer:
                    wait_for(peer, row, children)

        def end(peer: Queue, batch: list[Row]) -> None:
            for start in range(0, len(batch), 3):
                owed = {row["id"]: row for row in batch[start : start + 3]}
                # A parent that looks holds a child for a moment; workers send such a result again.
                while owed:
                    answers = peer.finish(
                        *(result(row, "complete", outputs={}) for row in owed.values())
                    )
                    assert {answer["outcome"] for answer in answers} <= {"done", "busy"}
                    owed = {a["id"]: owed[a["id"]] for a in answers if a["outcome"] == "busy"}

        at_once([
            *(partial(stop, peer) for peer in (first, second)),
            *(partial(end, peer, batch) for peer, batch in held),
        ])  # fmt: skip
        clock.advance(11)
        # A claim looks at a limited number of ends.
        for _ in range(3):
            queue.claim(PARENTS, slots=20)
        assert {parent(owner, row["id"])["status"] for _, row in rows} == {"processing"}
