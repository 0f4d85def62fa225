"""Who counts as alive, and when rows are taken back from those who do not."""

from __future__ import annotations

from datetime import timedelta

import pytest

from liverows.base.sentences import SENTENCES, in_one
from tests.library.sql.letters import aside, refuses
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
from tests.support.queue import Connection, Queue, Row, refused, result

LEASE = 60


@pytest.fixture(autouse=True)
def attached(owner: Connection) -> None:
    attach(
        owner,
        lease=timedelta(seconds=LEASE),
        timeout=timedelta(seconds=600),
        grace=timedelta(seconds=60),
    )


def test_a_worker_that_beats_keeps_its_rows(
    owner: Connection, queue: Queue, others: Others, clock: Clock
) -> None:
    ask_one(owner)
    row = queue.claim_one(PIPELINE)
    (peer,) = others(1)
    for _ in range(4):
        clock.advance(LEASE - 15)
        assert queue.heartbeat(row)["lost"] == []
        assert peer.claim(PIPELINE) == []
    assert queue.complete(row) == "done"


def test_a_worker_that_stops_beating_loses_its_rows_after_the_lease(
    owner: Connection, queue: Queue, others: Others, clock: Clock
) -> None:
    key = ask_one(owner)
    row = queue.claim_one(PIPELINE)
    (peer,) = others(1)
    clock.advance(LEASE - 15)
    assert peer.take_back() == 0
    clock.advance(16)
    assert peer.claim_one(PIPELINE)["id"] == key
    assert queue.heartbeat(row)["lost"][0]["reason"] == "lost"
    (event,) = events(owner, key, "taken_back")
    assert (event["run"], event["data"]["worker"]) == (row["run"], queue.worker)


def test_a_late_worker_that_still_claims_is_not_its_own_victim(
    owner: Connection, queue: Queue, clock: Clock
) -> None:
    ask(owner, 2)
    row = queue.claim_one(PIPELINE)
    clock.advance(LEASE + 5)
    queue.claim(PIPELINE)
    assert queue.complete(row) == "done"


def test_a_claim_without_a_sweep_takes_nothing_back(
    owner: Connection, queue: Queue, others: Others, clock: Clock
) -> None:
    ask_one(owner)
    queue.claim_one(PIPELINE)
    clock.advance(LEASE + 1)
    assert others(1)[0].claim(PIPELINE, sweep=False) == []


def test_no_heartbeat_extends_the_absolute_deadline_of_a_lease(
    owner: Connection, queue: Queue, others: Others, clock: Clock
) -> None:
    key = ask_one(owner)
    row = queue.claim_one(PIPELINE)
    (peer,) = others(1)
    for _ in range(14):
        clock.advance(45)
        queue.heartbeat(row)
        assert peer.take_back() == 0
    clock.advance(31)
    queue.heartbeat(row)
    assert peer.take_back() == 1
    shown = look(owner, key)
    assert (shown["status"], shown["attempts"]) == ("pending", 1)
    assert (shown["error"]["code"], shown["error"]["attempt"]) == ("timeout", 1)
    with refused("RJ001"):
        queue.complete(row)


def test_a_row_that_always_runs_too_long_ends_failed(
    owner: Connection, queue: Queue, clock: Clock
) -> None:
    key = ask_one(owner)
    for _ in range(3):
        row = queue.claim_one(PIPELINE)
        clock.advance(661)
        queue.heartbeat(row)
        assert queue.take_back() == 1
        clock.advance(60)
    error = look(owner, key)["error"]
    assert look(owner, key)["status"] == "failed"
    assert (error["code"], error["retryable"], error["attempt"]) == ("timeout", True, 3)
    assert error["message"] == in_one(SENTENCES["timeout"])
    assert ledger(owner, key)["crashes"] == 0


def test_a_worker_that_signs_off_is_gone_unless_it_still_holds_rows(
    owner: Connection, queue: Queue
) -> None:
    ask_one(owner)
    row = queue.claim_one(PIPELINE)
    assert queue.call("sign_off", worker=queue.worker) == {"left_over": 1}
    assert one(owner, "select count(*) from processing.workers") == 1
    queue.release(row)
    assert queue.call("sign_off", worker=queue.worker) == {"left_over": 0}
    assert one(owner, "select count(*) from processing.workers") == 0


def test_rows_of_a_worker_that_nobody_knows_are_taken_back(
    owner: Connection, queue: Queue, others: Others
) -> None:
    ask_one(owner)
    queue.claim_one(PIPELINE)
    owner.execute("delete from processing.workers")
    assert others(1)[0].take_back() == 1


def test_a_heartbeat_goes_on_after_a_pipeline_was_detached_or_its_table_dropped(
    owner: Connection, queue: Queue
) -> None:
    ask(owner, 2)
    held = queue.claim(PIPELINE)
    owner.execute("select processing.detach('public.questions', 'answer-question')")
    assert [row["reason"] for row in queue.heartbeat(*held)["lost"]] == ["lost", "lost"]
    owner.execute("drop table public.questions")
    assert [row["reason"] for row in queue.heartbeat(*held)["lost"]] == ["lost", "lost"]


def test_a_heartbeat_says_whether_others_hold_rows(
    owner: Connection, queue: Queue, others: Others
) -> None:
    ask_one(owner)
    (peer,) = others(1)
    row = queue.claim_one(PIPELINE)
    assert queue.heartbeat(row)["others_hold"] is False
    assert peer.heartbeat()["others_hold"] is True


# Crashes count apart from attempts.


def crash(worker: Queue, clock: Clock) -> list[Row]:
    """The worker claims all it can get and dies."""
    rows = worker.claim(PIPELINE, slots=100)
    clock.advance(LEASE + 1)
    return rows


def test_a_crash_spends_no_attempt_and_the_row_is_next_claimed_alone(
    owner: Connection, queue: Queue, others: Others, clock: Clock
) -> None:
    keys = set(ask(owner, 10))
    crash(queue, clock)
    (peer,) = others(1)
    for _ in range(10):
        row, *more = peer.claim(PIPELINE, slots=10)
        assert more == []
        assert (row["attempt"], row["run"]) == (1, 2)
        assert peer.claim(PIPELINE, slots=10) == [], "nothing beside a suspect"
        peer.complete(row)
        keys.remove(row["id"])
    assert keys == set()
    assert one(owner, "select count(*) from processing.crashes") == 0


def test_rows_of_dead_workers_stop_no_claims_of_a_table_that_was_slow(
    owner: Connection, queue: Queue, others: Others, clock: Clock
) -> None:
    suspects = ask(owner, 2)
    crash(queue, clock)
    healthy = ask(owner, 2)
    (peer,) = others(1)
    owner.execute("select processing.be_careful('public.questions')")
    assert peer.claim_answer(PIPELINE, slow=False)["slow"]

    claimed: list[str] = []
    for _ in range(4):
        row = peer.claim_one(PIPELINE, slow=True)
        claimed.append(row["id"])
        if row["id"] in suspects:
            assert peer.claim(PIPELINE, slow=True) == [], "nothing beside a suspect"
        assert peer.complete(row) == "done"
    assert sorted(claimed[:2]) == sorted(suspects)
    assert sorted(claimed[2:]) == sorted(healthy)


def test_a_row_under_which_every_worker_dies_ends_failed_as_worker_crashed(
    owner: Connection, others: Others, clock: Clock
) -> None:
    key = ask_one(owner)
    for worker in others(3):
        assert len(crash(worker, clock)) == 1
    assert others(1)[0].claim(PIPELINE) == []
    shown = look(owner, key)
    assert (shown["status"], shown["attempts"]) == ("failed", 0)
    assert shown["error"]["code"] == "worker_crashed"
    assert shown["error"]["message"] == in_one(SENTENCES["worker_crashed"])
    assert set(shown["error"]) == {"code", "message", "stage", "retryable", "attempt", "at"}
    assert shown["error"]["retryable"] is False, "it would end the next workers too"


def test_one_crash_is_too_many_only_for_a_row_that_was_alone(
    owner: Connection, others: Others, clock: Clock
) -> None:
    """Its neighbours may not even have begun."""
    attach(owner, max_crashes=1)
    neighbours = ask(owner, 5)
    first, second = others(2)
    assert len(crash(first, clock)) == 5
    (suspect,) = crash(second, clock)
    left = set(neighbours) - {suspect["id"]}
    (peer,) = others(1)
    for _ in left:
        peer.complete(peer.claim_one(PIPELINE))
    assert look(owner, suspect["id"])["status"] == "failed"
    assert statuses(owner) == {"completed": 4, "failed": 1}


def test_a_poison_row_among_fifty_neighbours_fails_alone(
    owner: Connection, others: Others, clock: Clock
) -> None:
    keys = ask(owner, 51)
    poison = keys[25]
    deaths = 0
    (worker,) = others(1)
    while statuses(owner).get("pending", 0) + statuses(owner).get("processing", 0):
        rows = worker.claim(PIPELINE, slots=51)
        if poison in {row["id"] for row in rows}:
            deaths += 1
            clock.advance(LEASE + 1)
            (worker,) = others(1)
            worker.heartbeat()
            continue
        for row in rows:
            assert row["attempt"] == 1
            worker.complete(row)
    assert statuses(owner) == {"completed": 50, "failed": 1}
    assert deaths == 3
    assert look(owner, poison)["error"]["code"] == "worker_crashed"
    spent = "select max(processing_attempts) from public.questions where processing_status = %s"
    assert one(owner, spent, "completed") == 1


def test_a_suspect_is_found_behind_the_rows_of_many_other_owners(
    owner: Connection, queue: Queue, others: Others, clock: Clock
) -> None:
    attach(owner, owner="account_id", lease=timedelta(seconds=LEASE))
    suspect = ask_one(owner, account_id="ffffffff-ffff-4fff-8fff-ffffffffffff")
    crash(queue, clock)
    for number in range(60):
        ask(owner, account_id=f"00000000-0000-4000-8000-{number:012}")
    (peer,) = others(1)
    assert peer.claim_one(PIPELINE)["id"] == suspect


def test_a_suspect_that_may_not_run_yet_keeps_no_worker_idle(
    owner: Connection, queue: Queue, others: Others, clock: Clock
) -> None:
    attach(owner, owner="account_id", lease=timedelta(seconds=LEASE))
    ask_one(owner)
    crash(queue, clock)
    busy, idle = others(2)
    ask_one(owner)
    busy.claim_one(PIPELINE, sweep=False)
    attach(owner, owner="account_id", concurrency_per_owner=1, lease=timedelta(seconds=LEASE))
    neighbour = ask_one(owner, account_id="b0b00000-0000-4000-8000-000000000002")
    assert [row["id"] for row in idle.claim(PIPELINE, slots=5)] == [neighbour]


def test_a_busy_worker_runs_empty_to_give_a_suspect_its_turn(
    owner: Connection, queue: Queue, others: Others, clock: Clock
) -> None:
    suspect = ask_one(owner)
    crash(queue, clock)
    (busy,) = others(1)
    ask(owner, 5)
    row = busy.claim_one(PIPELINE, sweep=False)
    busy.take_back()
    assert busy.claim(PIPELINE, slots=1) == [], "it takes nothing new"
    busy.complete(row)
    assert busy.claim_one(PIPELINE)["id"] == suspect


@pytest.mark.parametrize(("sqlstate", "slow"), [("P0001", None), ("57014", True)])
def test_a_suspect_that_was_set_aside_is_claimed_alone_as_well(
    owner: Connection, queue: Queue, others: Others, clock: Clock, sqlstate: str, slow: bool | None
) -> None:
    suspect = ask_one(owner)
    crash(queue, clock)
    (peer,) = others(1)
    assert peer.take_back() == 1
    refuses(owner, f"raise exception 'no' using errcode = '{sqlstate}'", f"old.id = {suspect}")
    for _ in range(2):
        assert peer.claim(PIPELINE, slots=10) == []
    assert aside(queue, suspect)["sqlstate"] == sqlstate
    ask_one(owner)
    running = peer.claim(PIPELINE, slots=10)
    assert len(running) == 1
    clock.advance(10)
    ask_one(owner)
    with_the_cause = peer.claim(PIPELINE, slots=10, slow=slow)
    assert suspect not in {row["id"] for row in with_the_cause}
    assert aside(queue, suspect)["tries"] > 1
    owner.execute("drop trigger guard on public.questions")
    clock.advance(10)
    for _ in range(2):
        running += peer.claim(PIPELINE, slots=10, slow=slow)
    assert suspect not in {row["id"] for row in running}, "nothing beside a suspect"
    for row in [*with_the_cause, *running]:
        peer.complete(row)
    assert [row["id"] for row in peer.claim(PIPELINE, slots=10)] == [suspect]


def test_a_row_under_which_a_worker_died_is_a_suspect_though_the_table_refused_to_take_it_back(
    owner: Connection, queue: Queue, others: Others, clock: Clock
) -> None:
    suspect = ask_one(owner)
    crash(queue, clock)
    refuses(owner, "raise exception 'no'")
    (peer,) = others(1)
    assert peer.take_back() == 0
    owner.execute("drop trigger guard on public.questions")
    clock.advance(10)
    assert peer.take_back() == 1
    ask(owner, 2)
    assert [row["id"] for row in peer.claim(PIPELINE, slots=10)] == [suspect]


def test_a_suspect_whose_earlier_result_had_to_wait_gets_its_turn(
    owner: Connection, queue: Queue, others: Others, clock: Clock
) -> None:
    suspect = ask_one(owner)
    refuses(owner, "raise exception 'locked' using errcode = '55P03'", "old.processing_run > 0")
    (answer,) = queue.finish(result(queue.claim_one(PIPELINE), "complete"))
    assert answer["outcome"] == "busy"
    owner.execute("drop trigger guard on public.questions")
    clock.advance(LEASE + 1)
    second, third = others(2)
    assert len(crash(second, clock)) == 1
    assert [row["id"] for row in third.claim(PIPELINE)] == [suspect]
    assert aside(third, suspect) is None
