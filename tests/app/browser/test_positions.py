"""The positions tab as a user sees it, from sign-up to a finished row."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Route, expect

from devstack.stack import LocalStack
from examples.site.server import Site
from tests.app.browser.conftest import NewWindow, StartWorker
from tests.app.browser.window import CAPABILITIES, POSTING, address
from tests.support.desk import fill

pytestmark = [pytest.mark.needs("chromium", "stack"), pytest.mark.timeout(600)]

TITLE = "Calibration Engineer"


def test_a_row_comes_alive_without_a_poll(
    new_window: NewWindow, worker: StartWorker, site: Site
) -> None:
    window = new_window()
    window.sign_up(address("ada"))
    window.wait_until_live()
    window.watch_statuses()
    window.forget_requests()
    window.add_position(site.structured)
    window.expect_status("127.0.0.1", "pending")
    with worker():
        window.expect_status(TITLE, "completed")
    assert window.statuses() == ["pending", "processing", "completed"]
    assert window.requests == ["POST /functions/v1/api/job-positions/by-url"]
    assert len(window.sockets) == 1
    card = window.card(TITLE)
    expect(card).to_contain_text("Brightwater Instruments")
    expect(card).to_contain_text("£34,000")
    card.get_by_text("Details").click()
    mark = card.get_by_role("button", name="Source of Pay")
    mark.hover()
    expect(card.locator(".tip:visible", has_text="Structured data").first).to_be_visible()
    assert window.requests == ["POST /functions/v1/api/job-positions/by-url"]


def test_what_is_added_waits_where_no_worker_runs_and_that_is_said(
    new_window: NewWindow, worker: StartWorker, site: Site
) -> None:
    window = new_window()
    window.sign_up(address("ned"))
    note = window.page.locator("#panel-positions [data-note=waits]")
    expect(note).to_contain_text("Nothing is being worked on at the moment")
    expect(note).to_have_attribute("role", "status")
    with worker():
        window.add_position(site.structured)
        expect(note).to_have_count(0)


def test_a_row_that_runs_just_after_nobody_was_there_takes_the_note_away(
    new_window: NewWindow, web: LocalStack
) -> None:
    user = web.sign_up()
    fill(web, user, only="@calibration".__eq__)
    window = new_window()
    answers: list[dict[str, Any]] = [
        {"positions": {"served": served, "services": {}}} for served in (False, True)
    ]
    window.page.route(f"**{CAPABILITIES}", lambda route: route.fulfill(json=answers.pop(0)))
    window.page.route("**/rest/v1/job_positions*", running)
    window.sign_in(user.email, user.password)
    expect(window.page.locator("#panel-positions [data-note=waits]")).to_have_count(0)
    assert answers == []


def running(route: Route) -> None:
    """Answer a read of rows as if a worker had taken each of them."""
    answer = route.fetch()
    rows = [row | {"processing_status": "processing"} for row in answer.json()]
    route.fulfill(response=answer, json=rows)


def test_a_waiting_row_can_be_cancelled_and_deleted(new_window: NewWindow) -> None:
    window = new_window()
    window.sign_up(address("cleo"))
    window.add_position(POSTING)
    window.expect_status("Junior Data Analyst", "pending")
    card = window.card("Junior Data Analyst")
    card.get_by_role("button", name="Cancel").click()
    window.expect_status("Junior Data Analyst", "cancelled")
    card.get_by_role("button", name="Try again").click()
    window.expect_status("Junior Data Analyst", "pending")
    card.get_by_role("button", name="Cancel").click()
    window.expect_status("Junior Data Analyst", "cancelled")
    card.get_by_role("button", name="Delete").click()
    window.page.get_by_role("alertdialog").get_by_role("button", name="Delete").click()
    expect(card).to_have_count(0)
    expect(window.page.get_by_text("No positions yet")).to_be_visible()


def test_a_press_is_shown_at_once_and_taken_back_if_it_is_refused(new_window: NewWindow) -> None:
    window = new_window()
    window.sign_up(address("pia"))
    window.add_position(POSTING)
    window.expect_status("Junior Data Analyst", "pending")
    held = window.hold_first("**/processing/job_positions/*/cancel")
    with window.page.expect_request("**/processing/job_positions/*/cancel"):
        window.card("Junior Data Analyst").get_by_role("button", name="Cancel").dblclick()
    window.expect_status("Junior Data Analyst", "cancelled")
    refusal = {"error": {"code": "too_many_runs", "message": "Not again today."}}
    held[0].fulfill(status=429, json=refusal)
    window.expect_status("Junior Data Analyst", "pending")
    problem = window.page.get_by_role("alert")
    expect(problem).to_contain_text("as often as one day allows")
    window.page.get_by_role("heading", name="Job desk").click()
    expect(problem).to_have_count(0)


def test_an_address_that_leads_inside_is_refused_in_words(new_window: NewWindow) -> None:
    window = new_window()
    window.sign_up(address("dora"))
    window.add_position("http://192.168.0.1/job")
    expect(window.page.get_by_role("alert")).to_contain_text("private network")
