"""The positions tab as a user sees it, from sign-up to a finished row."""

from __future__ import annotations

import psycopg
import pytest
from playwright.sync_api import expect

from devstack.stack import LocalStack
from examples.site.server import Site
from tests.app.browser.conftest import NewWindow, StartWorker
from tests.app.browser.window import POSTING, Window, address
from tests.app.browser.wire import Wire
from tests.support.waits import holds_within

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


def test_a_failed_row_says_why_and_offers_no_other_try_where_that_cannot_help(
    new_window: NewWindow, worker: StartWorker, site: Site
) -> None:
    window = new_window()
    window.sign_up(address("ben"))
    with worker():
        window.add_position(site.behind_login)
        window.expect_status("127.0.0.1", "failed")
        card = window.card("127.0.0.1")
        expect(card.get_by_role("alert")).to_contain_text("asks to sign in")
        expect(card.get_by_role("alert")).to_contain_text("Paste the text of the posting instead.")
        expect(card.get_by_role("button", name="Try again")).to_have_count(0)


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


def test_an_edited_field_stays_until_it_is_reset(
    new_window: NewWindow, worker: StartWorker, site: Site
) -> None:
    window = new_window()
    window.sign_up(address("eve"))
    with worker():
        window.add_position(site.structured)
        window.expect_status(TITLE, "completed")
        card = window.page.get_by_role("article")
        card.get_by_text("Details").click()
        card.get_by_role("button", name="Edit Title").click()
        box = card.get_by_role("textbox", name="Title")
        expect(box).to_be_focused()
        box.fill("Head of Calibration")
        box.press("Enter")
        expect(card.get_by_role("heading").first).to_have_text("Head of Calibration")
        window.watch_statuses()
        card.get_by_role("button", name="Read again").click()
        window.expect_run("completed")
        expect(card.get_by_role("heading").first).to_have_text("Head of Calibration")
        card.get_by_role("button", name="Reset to automatic: Title").click()
        expect(card.get_by_role("heading").first).to_have_text(TITLE)
        window.expect_status(TITLE, "completed")


def test_two_windows_of_one_user_stay_in_step_and_a_stranger_hears_nothing(
    new_window: NewWindow, worker: StartWorker, site: Site
) -> None:
    email = address("fay")
    first, second, stranger = new_window(), new_window(), new_window()
    first.sign_up(email)
    second.sign_in(email)
    stranger.sign_up(address("gus"))
    for window in (first, second, stranger):
        window.wait_until_live()
        window.forget_requests()
    first.add_position(site.plain)
    with worker():
        for window in (first, second):
            window.expect_status("Bench Joiner", "completed")
        first.card("Bench Joiner").get_by_text("Details").click()
        first.card("Bench Joiner").get_by_role("button", name="Edit Location").click()
        first.page.get_by_role("textbox", name="Location").fill("Ambleside")
        first.page.get_by_role("button", name="Save").click()
        expect(second.card("Bench Joiner")).to_contain_text("Ambleside")
    assert second.requests == []
    expect(stranger.page.get_by_text("No positions yet")).to_be_visible()
    assert stranger.requests == []
    # The only message that another user may get is the answer to its own heartbeat.
    assert [frame for frame in stranger.frames if '"phoenix"' not in frame] == []


def test_a_connection_cut_in_mid_run_loses_nothing_on_screen(
    new_window: NewWindow, worker: StartWorker, web: LocalStack, slow_site: Site
) -> None:
    with Wire(web.url).running() as wire:
        window = new_window(url=wire.url)
        window.sign_up(address("hal"))
        window.wait_until_live()
        with worker():
            window.add_position(slow_site.structured)
            expect(window.page.locator("[data-status=processing]")).to_be_visible()
            wire.cut()
            expect(window.page.get_by_text("Connection lost")).to_be_visible()
            wait_until_ended(web, window)
            expect(window.page.locator("[data-status=processing]")).to_be_visible()
            wire.mend()
            window.expect_status(TITLE, "completed")
        expect(window.page.get_by_text("Connection lost")).to_be_hidden()
        expect(window.card(TITLE)).to_contain_text("£34,000")
        assert len(window.sockets) >= 2


def wait_until_ended(web: LocalStack, window: Window) -> None:
    """Wait until the row has ended. The database is asked, because the window cannot know."""
    row = window.page.locator("[data-row]").get_attribute("data-row")
    with psycopg.connect(web.db_url, autocommit=True) as database:
        query = "select processing_status = 'completed' from job_positions where id = %s"
        assert holds_within(120, lambda: database.execute(query, [row]).fetchone() == (True,))
