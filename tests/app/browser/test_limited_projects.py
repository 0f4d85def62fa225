"""The page on projects whose Realtime drops, starts late, or allows only private channels."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import psycopg
import pytest
from playwright.sync_api import expect

from devstack.page import build
from devstack.realtime import Limits, Timing
from devstack.stack import LocalStack
from tests.app.browser.conftest import NewWindow
from tests.app.browser.window import AGAIN_MS, MINUTE_MS, Window, address
from tests.support.realtime_clock import StillClock
from tests.support.waits import holds_within

pytestmark = [pytest.mark.needs("chromium", "stack"), pytest.mark.timeout(600)]

ROWS = 90
TEN = Limits(messages_per_second=2, averaged_over=5)
COMPLETED = "[data-status=completed]"
INSERT = """
insert into job_positions (account_id, raw_job_description)
select a.id, 'Position ' || n from auth.users as a, generate_series(1, %s) as n where a.email = %s
"""
COMPLETE = "update job_positions set processing_status = 'completed'"
TELL = """
update processing.pipelines set broadcast = true where table_id = 'public.job_positions'::regclass;
select processing.add_triggers('public.job_positions');
"""
HANDLED = "select bool_and(confirmed_flush_lsn >= %s) from pg_replication_slots"


def _handled(database: psycopg.Connection[Any], lsn: Any) -> bool:
    return database.execute(HANDLED, [lsn]).fetchone() == (True,)


class Project:
    """A stack with limits, and what happens in its database."""

    def __init__(self, stack: LocalStack, new_window: NewWindow, name: str) -> None:
        self._dsn = stack.superuser_dsn
        self.email = address(name)
        self.window: Window = new_window(url=stack.url)
        self.window.page.clock.install()

    def run(self, query: str, *values: Any) -> None:
        """Run SQL as a superuser."""
        with psycopg.connect(self._dsn, autocommit=True) as database:
            database.execute(query, values or None)

    def wait_until_told(self) -> None:
        """Return when Realtime has told of each change so far to whom it concerns.

        What was read with the first mark has been told when it reads the second one.
        """
        with psycopg.connect(self._dsn, autocommit=True) as database:
            for _ in range(2):
                mark = database.execute("select pg_logical_emit_message(true, 'mark', '')")
                (lsn,) = mark.fetchone() or (None,)
                assert holds_within(60, partial(_handled, database, lsn))


@pytest.fixture
def project(new_window: NewWindow) -> Callable[..., Any]:
    """`with project(limits, timing) as project:` has a window that is not signed in."""

    @contextmanager
    def running(limits: Limits, timing: Timing | None = None) -> Iterator[Project]:
        with LocalStack(page=build(), realtime_limits=limits, realtime_timing=timing) as stack:
            project = Project(stack, new_window, "lou")
            yield project
            project.window.context.close()

    return running


def test_a_storm_over_the_limit_leaves_no_row_wrong_for_more_than_30_seconds(
    project: Callable[..., Any],
) -> None:
    with project(TEN, Timing(clock=StillClock())) as place:
        window = place.window
        window.sign_up(place.email)
        window.wait_until_live()
        place.run(INSERT, ROWS, place.email)
        rows = window.page.get_by_role("article")
        expect(rows).to_have_count(10)
        window.page.clock.fast_forward(MINUTE_MS)
        expect(window.page.get_by_text(f"Select all {ROWS}")).to_be_visible()
        place.run(COMPLETE)
        window.page.clock.fast_forward(AGAIN_MS)
        done = window.page.locator("option", has_text=f"Done ({ROWS})")
        expect(done).to_be_attached()


@pytest.mark.thorough
def test_a_row_of_the_first_seconds_of_a_late_start_is_shown(project: Callable[..., Any]) -> None:
    clock = StillClock()
    late = Timing(late_start=2, clock=clock)
    with project(Limits(knows_wait=False), late) as place:
        window = place.window
        window.sign_up(place.email)
        window.wait_until_live()
        place.run(INSERT, 1, place.email)
        place.wait_until_told()
        clock.advance(2)
        expect(window.page.get_by_role("article")).to_be_visible()


def test_a_project_of_private_channels_tells_of_each_change(project: Callable[..., Any]) -> None:
    with project(Limits(private_only=True), Timing(join_error=0)) as place:
        place.run(TELL)
        window = place.window
        window.sign_up(place.email)
        window.wait_until_live()
        place.run(INSERT, ROWS // 10, place.email)
        rows = window.page.get_by_role("article")
        expect(rows).to_have_count(ROWS // 10)
        place.run(COMPLETE)
        expect(window.page.locator(COMPLETED)).to_have_count(ROWS // 10)
        place.run("delete from job_positions where raw_job_description <> 'Position 7'")
        expect(rows).to_have_count(1)


@pytest.mark.thorough
def test_on_a_project_of_private_channels_the_next_user_of_the_page_hears_of_their_rows(
    project: Callable[..., Any],
) -> None:
    with project(Limits(private_only=True), Timing(join_error=0)) as place:
        place.run(TELL)
        window = place.window
        window.sign_up(place.email)
        window.wait_until_live()
        place.run(INSERT, 1, place.email)
        rows = window.page.get_by_role("article")
        expect(rows).to_have_count(1)
        other = address("max")
        window.become(other)
        expect(rows).to_have_count(0)
        window.wait_until_live()
        place.run(INSERT, 2, other)
        expect(rows).to_have_count(2)
