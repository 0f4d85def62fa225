"""Schedules: each due moment is run once, and an error stops nothing else."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import Any

import psycopg
import pytest

from tests.library.sql.questions import one
from tests.library.sql.ticks import FAIL, TABLE, TICK, go_to, noted, run, schedule, stored
from tests.support.databases import Clock, Connections, Database
from tests.support.queue import Connection, Queue, at_once, refused

pytestmark = pytest.mark.any_version


@pytest.fixture(autouse=True)
def ticks(owner: Connection) -> None:
    owner.execute(TABLE)


def next_seconds(owner: Connection) -> Any:
    return Queue(owner).call("run_schedules")["next_seconds"]


HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


# What is run, and when.


def test_a_schedule_runs_at_its_moment_and_then_at_the_next(
    owner: Connection, clock: Clock
) -> None:
    due = schedule(owner)
    assert due.strftime("%H:%M:%S") == "03:00:00"
    assert run(owner) == []
    for _ in range(2):
        go_to(owner, clock, due)
        (ran,) = run(owner)
        assert (ran["name"], ran["outcome"], ran["rows"]) == ("tick", "done", 1)
        assert run(owner) == []
        due += DAY
    assert noted(owner) == [due - 2 * DAY, due - DAY]
    found = stored(owner)
    assert (found["runs"], found["next_due"], found["last_due"]) == (2, due, due - DAY)


def test_the_answer_says_when_to_call_again(owner: Connection, clock: Clock) -> None:
    assert next_seconds(owner) is None
    go_to(owner, clock, schedule(owner, "later", "0 4 * * *"))
    run(owner)
    due = schedule(owner)
    now: datetime = one(owner, "select processing.clock()")
    assert next_seconds(owner) == pytest.approx((due - now).total_seconds(), abs=30)
    go_to(owner, clock, due)
    assert next_seconds(owner) == pytest.approx(3600, abs=30)


def test_a_call_with_a_limit_says_that_more_is_due(owner: Connection, clock: Clock) -> None:
    due = schedule(owner)
    schedule(owner, "another")
    go_to(owner, clock, due)
    answer = Queue(owner).call("run_schedules", max_schedules=1)
    assert [ran["name"] for ran in answer["ran"]] == ["another"]
    assert answer["next_seconds"] == 0
    assert [ran["name"] for ran in run(owner, max_schedules=1)] == ["tick"]


def test_the_statement_sees_the_due_moment_and_the_date_of_its_zone(
    owner: Connection, clock: Clock
) -> None:
    due = schedule(owner, cron="30 0 * * *", time_zone="pacific/auckland")
    go_to(owner, clock, due)
    run(owner)
    assert noted(owner) == [due]
    (seen,) = owner.execute("select seen from ticks").fetchone() or ([],)
    assert seen == ["postgres", "Pacific/Auckland", "nobody"]
    assert one(owner, "select current_setting('timezone')") != "Pacific/Auckland"


def test_each_moment_runs_once_for_eight_callers_at_once(
    owner: Connection, database: Database, connect: Connections, clock: Clock
) -> None:
    slow = "insert into public.ticks (due) select $1 from (select pg_sleep(0.2)) as slept"
    due = schedule(owner, statement=slow)
    for name in ("second", "third"):
        schedule(owner, name, statement=slow)
    go_to(owner, clock, due)
    callers = [Queue(connect(database, "service_role")) for _ in range(8)]
    answers = at_once([partial(each.call, "run_schedules") for each in callers])
    assert noted(owner) == [due] * 3
    assert sorted(ran["name"] for answer in answers for ran in answer["ran"]) == [
        "second", "third", "tick",
    ]  # fmt: skip
    # Who found the schedules locked looks again soon, in case the one who runs them dies.
    assert all(answer["next_seconds"] > 0 for answer in answers)
    assert [stored(owner, name)["runs"] for name in ("tick", "second", "third")] == [1, 1, 1]


def test_a_statement_may_call_run_schedules_itself(owner: Connection, clock: Clock) -> None:
    nested = "insert into public.ticks (due) select $1 from processing.run_schedules()"
    due = schedule(owner, statement=nested)
    go_to(owner, clock, due)
    assert [ran["outcome"] for ran in run(owner)] == ["done"]
    assert (noted(owner), stored(owner)["runs"]) == ([due], 1)


def test_a_statement_may_remove_its_schedule_and_so_run_once(
    owner: Connection, clock: Clock
) -> None:
    due = schedule(owner, statement="select processing.unschedule('tick')")
    go_to(owner, clock, due)
    assert [ran["outcome"] for ran in run(owner)] == ["done"]
    assert owner.execute("select from processing.schedules").fetchall() == []


# What was missed.


@pytest.mark.parametrize("missed", ["skip", "once"])
def test_a_moment_of_the_last_five_minutes_is_not_missed(
    owner: Connection, clock: Clock, missed: str
) -> None:
    due = schedule(owner, missed=missed)
    go_to(owner, clock, due + timedelta(minutes=4))
    assert [ran["outcome"] for ran in run(owner)] == ["done"]
    assert noted(owner) == [due]


@pytest.mark.parametrize(("missed", "outcome"), [("skip", "skipped"), ("once", "done")])
def test_what_was_missed_is_skipped_or_run_once(
    owner: Connection, clock: Clock, missed: str, outcome: str
) -> None:
    due = schedule(owner, missed=missed)
    go_to(owner, clock, due + 3 * DAY + HOUR)
    assert [(ran["outcome"], ran["due"][:10]) for ran in run(owner)] == [
        (outcome, (due + 3 * DAY).date().isoformat())
    ]
    assert run(owner) == []
    assert noted(owner) == ([due + 3 * DAY] if missed == "once" else [])
    found = stored(owner)
    assert (found["next_due"], found["skipped"]) == (due + 4 * DAY, missed == "skip")


@pytest.mark.parametrize("missed", ["skip", "once"])
def test_of_many_moments_that_passed_the_last_one_runs(
    owner: Connection, clock: Clock, missed: str
) -> None:
    due = schedule(owner, cron="* * * * *", missed=missed)
    go_to(owner, clock, due + timedelta(hours=30, seconds=10))
    assert [ran["outcome"] for ran in run(owner)] == ["done"]
    assert noted(owner) == [due + timedelta(hours=30)]


# Errors.


def test_a_failing_statement_stops_no_other_and_is_noted(owner: Connection, clock: Clock) -> None:
    due = schedule(owner, "a-bad", statement=FAIL)
    schedule(owner, "b-good")
    go_to(owner, clock, due)
    bad, good = run(owner)
    assert (bad["outcome"], bad["sqlstate"], bad["again"]) == ("failed", "22012", True)
    assert (good["outcome"], noted(owner)) == ("done", [due])
    error = stored(owner, "a-bad")["last_error"]
    assert (error["sqlstate"], error["message"]) == ("22012", "division by zero")
    assert stored(owner, "b-good")["last_error"] is None


def test_a_failed_moment_is_tried_three_times(owner: Connection, clock: Clock) -> None:
    due = schedule(owner, statement=FAIL)
    go_to(owner, clock, due)
    tries = []
    for minutes in (1, 2, 3):
        (ran,) = run(owner)
        tries.append((ran["tries"], ran["again"]))
        assert run(owner) == []
        clock.advance(60 * minutes)
    assert tries == [(1, True), (2, True), (3, False)]
    assert run(owner) == []
    assert (stored(owner)["next_due"], stored(owner)["tries"]) == (due + DAY, 0)


def test_a_second_try_that_works_runs_for_the_moment_that_failed(
    owner: Connection, clock: Clock
) -> None:
    owner.execute("create table public.gate ()")
    due = schedule(owner, statement="insert into public.ticks (due) select $1 from public.gate")
    owner.execute("drop table public.gate")
    go_to(owner, clock, due)
    assert [ran["outcome"] for ran in run(owner)] == ["failed"]
    owner.execute("create table public.gate (); insert into public.gate default values")
    clock.advance(60)
    assert [ran["outcome"] for ran in run(owner)] == ["done"]
    assert noted(owner) == [due]
    assert (stored(owner)["last_error"], stored(owner)["next_due"]) == (None, due + DAY)


def test_a_failure_is_not_tried_again_once_the_next_moment_comes(
    owner: Connection, clock: Clock
) -> None:
    due = schedule(owner, cron="* * * * *", statement=FAIL)
    go_to(owner, clock, due)
    assert [ran["again"] for ran in run(owner)] == [False]
    assert stored(owner)["next_due"] == due + timedelta(minutes=1)


def test_a_time_limit_fails_the_schedule_and_not_the_call(owner: Connection, clock: Clock) -> None:
    due = schedule(owner, statement="select pg_sleep(30)")
    go_to(owner, clock, due)
    owner.execute("set statement_timeout = '1s'")
    assert [ran["sqlstate"] for ran in run(owner)] == ["57014"]
    assert stored(owner)["tries"] == 1


def test_a_schedule_whose_zone_is_gone_stops_no_other(owner: Connection, clock: Clock) -> None:
    due = schedule(owner, "a-lost")
    schedule(owner, "b-good")
    owner.execute("update processing.schedules set time_zone = 'Gone/Away' where name = 'a-lost'")
    go_to(owner, clock, due)
    assert [ran["outcome"] for ran in run(owner)] == ["failed", "done"]
    assert next_seconds(owner) > 0


def test_a_schedule_that_is_never_due_stops_no_other(owner: Connection, clock: Clock) -> None:
    """The owner may write into the table, past the checks of `schedule`."""
    due = schedule(owner, "a-never")
    schedule(owner, "b-good")
    owner.execute("update processing.schedules set cron = '0 0 31 2 *' where name = 'a-never'")
    go_to(owner, clock, due)
    assert [ran["outcome"] for ran in run(owner)] == ["failed", "done"]
    assert stored(owner, "a-never")["look_at"] > due


# Setting a schedule.


def test_the_same_name_replaces_and_keeps_what_is_due(owner: Connection, clock: Clock) -> None:
    due = schedule(owner)
    go_to(owner, clock, due + timedelta(seconds=5))
    assert schedule(owner, statement=TICK, missed="once") == due
    assert [ran["outcome"] for ran in run(owner)] == ["done"]
    assert schedule(owner, cron="0 4 * * *") == due + HOUR
    assert schedule(owner, cron="0 4 * * *", time_zone="Asia/Tokyo") != due + HOUR
    assert one(owner, "select count(*) from processing.schedules") == 1


def test_what_was_due_in_a_pause_is_not_missed(owner: Connection, clock: Clock) -> None:
    due = schedule(owner, missed="once")
    Queue(owner).call("pause_schedule", name="tick")
    go_to(owner, clock, due + HOUR)
    assert (run(owner), next_seconds(owner)) == ([], None)
    assert schedule(owner, missed="once") == due
    assert run(owner) == []
    assert Queue(owner).call("pause_schedule", name="tick", paused=False) == due + DAY
    assert run(owner) == []
    with refused("RJ003"):
        Queue(owner).call("pause_schedule", name="unknown")


def test_unschedule_removes(owner: Connection, clock: Clock) -> None:
    go_to(owner, clock, schedule(owner))
    assert one(owner, "select processing.unschedule('tick')") is True
    assert one(owner, "select processing.unschedule('tick')") is False
    assert run(owner) == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"cron": "0 25 * * *"}, "25 is no hour"),
        ({"cron": "0 0 31 feb *"}, "is never due"),
        ({"cron": None}, "0 fields and not five"),
        ({"time_zone": "Europe/Nowhere"}, "no time zone Europe/Nowhere"),
        ({"time_zone": "UTC+2"}, "no time zone UTC\\+2"),
        ({"time_zone": "Berlin2"}, "no time zone Berlin2"),
        ({"time_zone": None}, "no time zone null"),
        ({"missed": "twice"}, "skip or once"),
        ({"missed": None}, "skip or once"),
        ({"name": ""}, "needs a name"),
        ({"name": "x" * 101}, "needs a name"),
        ({"statement": None}, "needs a statement"),
        ({"statement": "insert into public.nothing values (1)"}, '"public.nothing" does not exist'),
        ({"statement": "insert into ticks values (now())"}, '"ticks" does not exist'),
        ({"statement": "inser into public.ticks"}, 'syntax error at or near "inser"'),
        ({"statement": "select 1 where"}, "syntax error at end of input"),
        ({"statement": ""}, "syntax error"),
        ({"statement": "select 1; select 2"}, "multi-query"),
        ({"statement": "select 1; drop table public.ticks"}, "multi-query"),
        ({"statement": "analyze delete from public.ticks"}, "syntax error"),
        ({"statement": "vacuum"}, "syntax error"),
        ({"statement": "insert into public.ticks values ($2)"}, "no parameter \\$2"),
        ({"statement": "delete from pg_catalog.pg_authid"}, "permission denied"),
    ],
)
def test_a_schedule_that_cannot_work_is_refused_at_once(
    owner: Connection, arguments: dict[str, Any], message: str
) -> None:
    owner.execute("insert into public.ticks values (now())")
    with refused("RJ007") as caught:
        schedule(owner, **arguments)
    assert caught.match(message)
    assert caught.value.diag.message_hint
    assert one(owner, "select count(*) from public.ticks") == 1
    assert owner.execute("select from processing.schedules").fetchall() == []


def test_the_check_runs_nothing(owner: Connection) -> None:
    owner.execute(
        "create function public.count_up() returns int language sql volatile"
        " as $$ insert into public.ticks values (now()) returning 1 $$"
    )
    schedule(owner, statement="select public.count_up()")
    schedule(owner, "delete", statement="delete from public.ticks -- all of them")
    assert noted(owner) == []


def test_overview_shows_schedules(owner: Connection, queue: Queue, clock: Clock) -> None:
    due = schedule(owner, statement=FAIL, time_zone="Europe/Berlin", missed="once")
    go_to(owner, clock, due)
    run(owner)
    (shown,) = queue.call("overview")["schedules"]
    assert (shown["name"], shown["cron"], shown["time_zone"]) == (
        "tick",
        "0 3 * * *",
        "Europe/Berlin",
    )
    assert (shown["last_error"]["sqlstate"], shown["missed"]) == ("22012", "once")
    assert "statement" not in shown


def test_a_change_rings(owner: Connection, database: Database, connect: Connections) -> None:
    listener = connect(database)
    listener.execute("listen processing")
    schedule(owner)
    Queue(owner).call("pause_schedule", name="tick")
    heard = [note.payload for note in listener.notifies(timeout=10, stop_after=2)]
    assert heard == ["schedules", "schedules"]


def test_a_second_session_waits_for_no_lock_to_run_the_others(
    owner: Connection, database: Database, connect: Connections, clock: Clock
) -> None:
    due = schedule(owner, "a-held")
    schedule(owner, "b-free")
    go_to(owner, clock, due)
    with psycopg.connect(database.dsn) as holder:
        holder.execute("select from processing.schedules where name = 'a-held' for update")
        assert [ran["name"] for ran in run(connect(database, "service_role"))] == ["b-free"]
    assert [ran["name"] for ran in run(owner)] == ["a-held"]
