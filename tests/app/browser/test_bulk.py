"""One thing is done to many rows: counted, asked once, and told in a sentence."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Request, Route, expect

from devstack.stack import LocalStack
from tests.app.browser.conftest import NewWindow
from tests.app.browser.table_rows import TIMEOUT, opened
from tests.app.browser.window import Window

pytestmark = [pytest.mark.needs("chromium", "stack"), pytest.mark.timeout(600)]


def confirm(window: Window, question: str, answer: str) -> None:
    """Answer the dialog that asks this."""
    dialog = window.page.get_by_role("alertdialog", name=question)
    dialog.get_by_role("button", name=answer, exact=True).click()
    expect(dialog).to_have_count(0)


def note(deletions: list[str], request: Request) -> None:
    """Note the request if it deletes rows."""
    if request.method == "DELETE":
        deletions.append(request.url)


def cut_deletions(route: Route) -> None:
    """Let everything through but deletions, as if the network failed for them."""
    if route.request.method == "DELETE":
        route.abort()
    else:
        route.continue_()


def batch_of(window: Window, *companies: str) -> Locator:
    """Ask for research of several companies at once; the card of the batch."""
    window.open_tab("Companies")
    window.page.get_by_label("Company, or one per line").fill("\n".join(companies))
    window.page.get_by_role("button", name="Research").click()
    return window.page.get_by_role("article", name=f"{len(companies)} companies")


def result(window: Window) -> Locator:
    """The sentence about what came of the rows."""
    return window.page.locator("[role=tabpanel]:not([hidden]) .result")


def test_selected_rows_are_cancelled_after_one_question(
    new_window: NewWindow, web: LocalStack
) -> None:
    window, rows = opened(new_window, web, "cancel")
    rows.add(3, "pending", "Waiting")
    rows.add(1, "completed", "Done")
    page = window.page
    for name in ("Waiting 1", "Waiting 2", "Done 1"):
        page.get_by_label(f"Select {name}").check()
    expect(page.get_by_text("3 selected")).to_be_visible()
    cancel = page.get_by_role("button", name="Cancel (2)")
    cancel.click()
    page.keyboard.press("Escape")
    expect(page.get_by_role("alertdialog")).to_have_count(0)
    expect(cancel).to_be_focused()
    # One of them ends before the person has answered.
    cancel.press("Enter")
    rows.run("update public.job_positions set processing_status = 'completed'"
             " where job_title = 'Waiting 2'")  # fmt: skip
    confirm(window, "Cancel 2 positions?", "Cancel them")
    expect(result(window)).to_have_text("1 cancelled, 1 was already done.")
    expect(result(window)).to_be_focused()
    statuses = {row["job_title"]: row["status"] for row in rows.positions()}
    assert statuses == {
        "Waiting 1": "cancelled", "Waiting 2": "completed", "Waiting 3": "pending",
        "Done 1": "completed",
    }  # fmt: skip


def test_all_that_match_and_may_succeed_are_run_again(
    new_window: NewWindow, web: LocalStack
) -> None:
    window, rows = opened(new_window, web, "retry")
    rows.add(30, "failed", "Baker", error=TIMEOUT)
    rows.add(3, "failed", "Baker behind a wall")
    rows.add(2, "failed", "Potter", error=TIMEOUT)
    rows.add(2, "completed", "Baker's help")
    page = window.page
    page.get_by_role("searchbox").fill("baker")
    page.get_by_label("Select all 35").check()
    page.get_by_role("button", name="Retry failed (30)").click()
    confirm(window, "Run 30 positions again?", "Run again")
    expect(result(window)).to_have_text("30 queued again.")
    assert sum(row["status"] == "pending" for row in rows.positions()) == 30
    assert sum(row["status"] == "failed" for row in rows.positions()) == 5


def test_a_refused_row_is_told_with_its_reason(new_window: NewWindow, web: LocalStack) -> None:
    window, rows = opened(new_window, web, "refused")
    rows.add(98, "pending", "Open")
    rows.add(4, "failed", "Failed", error=TIMEOUT)
    page = window.page
    page.get_by_label("Status").select_option("failed")
    page.get_by_label("Select all 4").check()
    page.get_by_role("button", name="Retry failed (4)").click()
    confirm(window, "Run 4 positions again?", "Run again")
    expect(result(window)).to_contain_text("2 queued again. 2 not: Too much is waiting")


def test_a_hundred_and_twenty_are_deleted_in_portions_with_the_keyboard_alone(
    new_window: NewWindow, web: LocalStack
) -> None:
    window, rows = opened(new_window, web, "delete")
    rows.add(120, title="Old")
    rows.add(1, title="New")
    page = window.page
    page.get_by_role("searchbox").fill("old")
    all_of_them = page.get_by_label("Select all 120")
    all_of_them.focus()
    page.keyboard.press("Space")
    expect(page.get_by_text("120 selected")).to_be_visible()
    deletions: list[str] = []
    page.on("request", lambda request: note(deletions, request))
    for _ in range(2):  # past Archive to Delete
        page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Delete (120)")).to_be_focused()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("alertdialog", name="Delete 120 positions? This cannot be undone.")
    expect(dialog.get_by_role("button", name="Go back")).to_be_focused()
    page.keyboard.press("Shift+Tab")
    expect(dialog.get_by_role("button", name="Delete")).to_be_focused()
    page.keyboard.press("Enter")
    expect(result(window)).to_have_text("120 deleted.")
    assert [row["job_title"] for row in rows.positions()] == ["New 1"]
    assert len(deletions) == 2


def test_selected_rows_are_archived_and_taken_back(new_window: NewWindow, web: LocalStack) -> None:
    window, rows = opened(new_window, web, "archive")
    rows.add(3)
    page = window.page
    page.get_by_label("Select Job 1").check()
    page.get_by_label("Select Job 2").check()
    page.get_by_role("button", name="Archive (2)").click()
    confirm(window, "Archive 2 positions?", "Archive")
    expect(result(window)).to_have_text("2 archived.")
    expect(page.get_by_role("article")).to_have_count(1)
    page.get_by_label("Archive", exact=True).select_option("archived")
    page.get_by_label("Select all 2").check()
    page.get_by_role("button", name="Take out of the archive (2)").click()
    confirm(window, "Take 2 positions out", "Take out")
    expect(result(window)).to_have_text("2 taken out of the archive.")


def test_rows_that_a_filter_hides_are_not_touched(new_window: NewWindow, web: LocalStack) -> None:
    window, rows = opened(new_window, web, "hidden")
    rows.add(1, title="Seen")
    rows.add(1, title="Hidden")
    page = window.page
    page.get_by_label("Select all 2").check()
    page.get_by_role("searchbox").fill("seen")
    page.get_by_role("button", name="Delete (1)").click()
    confirm(window, "Delete 1 position?", "Delete")
    expect(result(window)).to_have_text("1 deleted.")
    assert [row["job_title"] for row in rows.positions()] == ["Hidden 1"]


def test_a_batch_is_cancelled_run_again_and_deleted_as_a_whole(
    new_window: NewWindow, web: LocalStack
) -> None:
    window, rows = opened(new_window, web, "batch")
    page = window.page
    batch = batch_of(window, "One Limited", "Two Limited", "Three Limited")
    batch.get_by_role("button", name="Cancel (3)").click()
    confirm(window, "Cancel 3 companies of this batch?", "Cancel them")
    expect(batch.locator(".result")).to_have_text("3 cancelled.")
    expect(batch.locator("[data-counter=failed]")).to_have_text("3")
    rows.run("update public.company_research set processing_status = 'failed' where batch_id = "
             "(select batch_id from public.company_research where company_name = 'One Limited' "
             "order by created_at desc limit 1)")  # fmt: skip
    batch.get_by_role("button", name="Retry failed (3)").click()
    confirm(window, "Run 3 companies of this batch again?", "Run again")
    expect(batch.locator(".result")).to_have_text("3 queued again.")
    assert_a_batch_that_is_not_deleted_stays_and_says_so(window, batch)
    batch.get_by_role("button", name="Delete (3)").click()
    confirm(window, "Delete 3 companies of this batch?", "Delete")
    expect(batch).to_have_count(0)
    expect(page.get_by_text("No research yet")).to_be_visible()


def assert_a_batch_that_is_not_deleted_stays_and_says_so(window: Window, batch: Locator) -> None:
    """Press Delete while no deletion gets through."""
    window.page.route("**/rest/v1/company_research?*", cut_deletions)
    batch.get_by_role("button", name="Delete (3)").click()
    confirm(window, "Delete 3 companies of this batch?", "Delete")
    expect(batch.locator(".result")).to_contain_text("3 not: The server cannot be reached")
    window.page.unroute("**/rest/v1/company_research?*")
    window.page.reload()
    expect(batch.get_by_role("button", name="Delete (3)")).to_be_visible()
