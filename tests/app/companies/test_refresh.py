"""Companies with a coming interview are researched again, once a night."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, timedelta

import pytest

from tests.app.companies.asking import DAY, ask, share
from tests.library.sql.questions import ALICE, one
from tests.support.databases import Clock, Connections, Database
from tests.support.queue import Connection


def plan_interview(
    owner: Connection, alice: Connection, name: str, in_days: float, researched_days_ago: float
) -> None:
    """Create a finished brief for a position of Alice's that has a coming interview."""
    position = one(
        alice,
        "insert into public.job_positions (raw_job_description) values (%s) returning id",
        name,
    )
    key = f"{name}.example"
    share(owner, key)
    row_id = ask(alice, name, job_position_id=position)
    owner.execute(
        "update public.company_research set processing_status = 'completed', result = '{}',"
        " company_id = (select id from public.companies where key = %s) where id = %s",
        [key, row_id],
    )
    owner.execute(
        "update public.companies set researched_at = processing.clock() - make_interval(secs => %s)"
        " where key = %s",
        [researched_days_ago * DAY, key],
    )
    owner.execute(
        "insert into public.timeline_items (account_id, position_id, title, type,"
        " interview_scheduled_date) values (%s, %s, 'Interview', 'INTERVIEW_STEP',"
        " processing.clock() + make_interval(secs => %s))",
        [ALICE, position, in_days * DAY],
    )


def due(owner: Connection) -> list[str]:
    found = owner.execute(
        "select company_name from public.company_research where processing_status = 'pending'"
        " order by company_name"
    )
    return [name for (name,) in found]


def test_companies_with_an_interview_ahead_are_refreshed(
    alice: Connection, owner: Connection
) -> None:
    plan_interview(owner, alice, "old-and-soon", 3, 8)
    plan_interview(owner, alice, "fresh-and-soon", 3, 6)
    plan_interview(owner, alice, "old-and-late", 15, 8)
    plan_interview(owner, alice, "old-and-over", -1, 8)
    assert one(owner, "select public.refresh_due_companies()") == 1
    assert due(owner) == ["old-and-soon"]
    assert one(owner, "select public.refresh_due_companies()") == 0


def test_at_most_ten_are_refreshed_at_once_the_oldest_first(
    alice: Connection, owner: Connection
) -> None:
    for n in range(12):
        plan_interview(owner, alice, f"company-{n:02}", 3, 8 + n)
    assert one(owner, "select public.refresh_due_companies()") == 10
    assert due(owner) == [f"company-{n:02}" for n in range(2, 12)]


def test_two_schedules_at_once_ask_once(
    database: Database, connect: Connections, alice: Connection, owner: Connection
) -> None:
    for n in range(4):
        plan_interview(owner, alice, f"company-{n}", 3, 8)
    services = [connect(database, "service_role") for _ in range(4)]
    with ThreadPoolExecutor(4) as threads:
        asked = list(
            threads.map(lambda each: one(each, "select public.refresh_due_companies()"), services)
        )
    assert sorted(asked) == [0, 0, 0, 4]


def test_it_runs_once_a_night_without_a_worker_of_its_own(
    database: Database, connect: Connections, alice: Connection, owner: Connection, clock: Clock
) -> None:
    plan_interview(owner, alice, "old-and-soon", 3, 8)
    schedule = "from processing.schedules where name = 'refresh-companies'"
    night = one(owner, f"select next_due {schedule}")
    assert night.astimezone(UTC).hour == 3
    clock.advance((night - one(owner, "select processing.clock()")).total_seconds())
    workers = [connect(database, "service_role") for _ in range(2)]
    ran = [
        name for each in workers for name in one(each, "select processing.run_schedules()")["ran"]
    ]
    ended = [run["outcome"] for run in ran if run["name"] == "refresh-companies"]
    assert ended == ["done"]
    assert due(owner) == ["old-and-soon"]
    assert one(owner, f"select next_due {schedule}") == night + timedelta(days=1)


@pytest.mark.parametrize(
    ("kind", "sqlstate"),
    [
        ("trigger refuse before update on public.company_research", "RJ008"),
        ("trigger refuse before update on public.company_research", "P0001"),
        (
            "constraint trigger refuse after update on public.company_research"
            " deferrable initially deferred",
            "P0001",
        ),
    ],
)
def test_a_limit_or_a_refused_row_stops_nobody_elses_refresh(
    alice: Connection, owner: Connection, kind: str, sqlstate: str
) -> None:
    plan_interview(owner, alice, "refused", 3, 9)
    plan_interview(owner, alice, "free", 3, 8)
    owner.execute(f"""
        create function test.refuse() returns trigger language plpgsql as $$ begin
            raise exception 'no' using errcode = '{sqlstate}';
        end $$;
        create {kind} for each row
        when (new.company_name = 'refused') execute function test.refuse()""")
    try:
        assert one(owner, "select public.refresh_due_companies()") == 1
        assert due(owner) == ["free"]
    finally:
        owner.execute("drop trigger refuse on public.company_research; drop function test.refuse()")
