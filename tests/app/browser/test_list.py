"""The list of positions stays small on screen however many rows there are, and stays as chosen."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from devstack.stack import LocalStack
from tests.app.browser.conftest import NewWindow
from tests.app.browser.deaf import Deaf
from tests.app.browser.table_rows import TableRows, opened
from tests.app.browser.window import Window, address

pytestmark = [pytest.mark.needs("chromium", "stack"), pytest.mark.timeout(600)]

MANY = 10_000
FEWER = 2_000
"""As many pages as nobody turns, at a fraction of the cost."""
PER_PAGE = 25
MOST_NODES = 2_500
"""A page of 25 finished positions has about 1,000 elements."""

WATCH_CARDS = """() => {
    window.touched = new Set();
    new MutationObserver(changes => {
        for (const {target} of changes) {
            const element = target.nodeType === 1 ? target : target.parentElement;
            const card = element?.closest('[data-row]');
            if (card) touched.add(card.dataset.row);
        }
    }).observe(document.body, {
        subtree: true, childList: true, attributes: true, characterData: true});
}"""

COUNT_ADDRESSES = """() => {
    window.addresses = [];
    const replace = history.replaceState.bind(history);
    history.replaceState = (...given) => { addresses.push(given[2]); replace(...given); };
}"""


def reload(window: Window) -> None:
    """Load the page again, and wait until it shows its rows."""
    window.page.reload()
    window.wait_until_live()


@pytest.mark.parametrize("many", [FEWER, pytest.param(MANY, marks=pytest.mark.thorough)])
def test_of_many_rows_one_page_is_on_screen_and_an_event_paints_one_card(
    new_window: NewWindow, web: LocalStack, many: int
) -> None:
    window, rows = opened(new_window, web, "many")
    page = window.page
    page.goto("about:blank")  # so that nobody is told of each of these rows
    ids = rows.add(many)
    page.goto(window.url)
    window.wait_until_live()
    expect(page.get_by_role("article")).to_have_count(PER_PAGE)
    expect(page.get_by_text(f"Page 1 of {many // PER_PAGE}")).to_be_visible()
    expect(page.get_by_label(f"Select all {many:,}")).to_be_visible()
    nodes = page.evaluate("document.querySelectorAll('*').length")
    assert nodes < MOST_NODES

    page.evaluate(WATCH_CARDS)
    change = "update public.job_positions set job_title = %(title)s where id = %(id)s"
    rows.run(change, title="Of another page", id=ids[0])
    rows.run(change, title="Of this page", id=ids[-3])
    expect(window.card("Of this page")).to_be_visible()
    assert page.evaluate("[...touched]") == [ids[-3]]

    page.get_by_role("searchbox").fill("of another")
    expect(page.get_by_role("article")).to_have_count(1)
    expect(window.card("Of another page")).to_be_visible()


def test_a_search_waits_until_the_typing_pauses(new_window: NewWindow, web: LocalStack) -> None:
    window, rows = opened(new_window, web, "typing")
    rows.add(30, title="Baker")
    rows.add(1, title="Potter")
    page = window.page
    expect(page.get_by_role("article")).to_have_count(PER_PAGE)
    page.evaluate(COUNT_ADDRESSES)
    # In one task, because a busy machine may pause between real keys.
    page.get_by_role("searchbox").evaluate(
        """field => { for (const text of ['p', 'po', 'pot', 'pott']) {
            field.value = text;
            field.dispatchEvent(new Event('input', {bubbles: true}));
        } }"""
    )
    expect(page.get_by_role("article")).to_have_count(1)
    assert page.evaluate("addresses") == ["#positions?search=pott"]


def test_search_filter_order_and_page_stand_in_the_address(
    new_window: NewWindow, web: LocalStack
) -> None:
    window, rows = opened(new_window, web, "chosen")
    rows.add(60, "failed", "Baker")
    rows.add(2, "completed", "Baker of bread")
    rows.add(2, "failed", "Potter")
    page = window.page
    page.get_by_role("searchbox").fill("baker company")
    page.get_by_label("Status").select_option("failed")
    page.get_by_label("Order").select_option("title")
    expect(page.get_by_role("heading", level=2).first).to_have_text("Baker 1")
    page.get_by_role("button", name="Next").click()
    expect(page.get_by_text("Page 2 of 3")).to_be_visible()
    chosen = "#positions?search=baker+company&status=failed&sort=title&page=2"
    assert page.url.endswith(chosen)
    reload(window)
    assert page.url.endswith(chosen)
    expect(page.get_by_role("searchbox")).to_have_value("baker company")
    expect(page.get_by_label("Status")).to_have_value("failed")
    expect(page.get_by_role("heading", level=2).first).to_have_text("Baker 26")
    page.go_back()
    expect(page.get_by_role("heading", level=2).first).to_have_text("Baker 1")
    page.get_by_role("searchbox").fill("nobody")
    page.get_by_role("button", name="Show all").click()
    expect(page.get_by_text("Page 1 of 3")).to_be_visible()
    assert page.url.endswith("#positions")


def test_an_archived_position_is_out_of_sight_until_it_is_asked_for(
    new_window: NewWindow, web: LocalStack
) -> None:
    window, rows = opened(new_window, web, "archive")
    rows.add(2)
    card = window.card("Job 1")
    card.get_by_role("button", name="Archive").click()
    expect(card).to_have_count(0)
    expect(window.card("Job 2")).to_be_visible()
    window.page.get_by_label("Archive").select_option("archived")
    expect(card).to_contain_text("Archived")
    card.get_by_role("button", name="Take out of the archive").click()
    expect(card).to_have_count(0)
    window.page.get_by_label("Archive").select_option("current")
    expect(card).to_be_visible()
    assert [row["status"] for row in rows.positions()] == ["completed", "completed"]


def test_notes_are_kept_as_typed_and_run_nothing_again(
    new_window: NewWindow, web: LocalStack
) -> None:
    window, rows = opened(new_window, web, "notes")
    (id,) = rows.add(1)
    card = window.page.get_by_role("article")
    card.get_by_text("Details").click()
    notes = card.get_by_label("My notes")
    notes.fill("Ask about the kiln.\n\nAnd ")
    # A change of the row arrives while the person still types.
    rows.run("update public.job_positions set job_title = 'Potter' where id = %(id)s", id=id)
    expect(window.card("Potter")).to_be_visible()
    expect(notes).to_have_value("Ask about the kiln.\n\nAnd ")
    notes.press_sequentially("the shifts.")
    notes.blur()
    expect(window.page.get_by_text("Notes saved")).to_be_visible()
    reload(window)
    card.get_by_text("Details").click()
    expect(notes).to_have_value("Ask about the kiln.\n\nAnd the shifts.")
    (row,) = rows.positions()
    assert (row["status"], row["processing_outdated"]) == ("completed", [])
    window.page.get_by_role("searchbox").fill("kiln")
    expect(window.page.get_by_role("article")).to_have_count(1)


def test_a_field_keeps_what_was_typed_while_its_row_is_out_of_the_list(
    new_window: NewWindow, web: LocalStack
) -> None:
    window, rows = opened(new_window, web, "edit")
    rows.add(1, title="Baker")
    card = window.card("Baker 1")
    card.get_by_text("Details").click()
    card.get_by_role("button", name="Edit Location").click()
    field = card.get_by_role("textbox", name="Location")
    field.fill("Ambleside")
    window.page.get_by_role("searchbox").fill("nobody")
    expect(card).to_have_count(0)
    window.page.get_by_role("searchbox").fill("")
    expect(field).to_have_value("Ambleside")


def test_rows_that_cannot_be_read_are_said_so_until_they_can(new_window: NewWindow) -> None:
    window = new_window()
    refusal = {"code": "42501", "message": "permission denied for table job_positions"}
    window.page.route(
        "**/rest/v1/job_positions?*",
        lambda route: route.fulfill(
            status=403, json=refusal, headers={"access-control-allow-origin": "*"}
        ),
    )
    window.sign_up(address("unreadable"))
    note = window.page.get_by_role("status").filter(has_text="cannot be read at present")
    expect(note).to_be_visible()
    expect(window.page.locator("[aria-busy]")).to_have_count(0)
    window.page.unroute("**/rest/v1/job_positions?*")
    expect(note).to_have_count(0)
    expect(window.page.get_by_text("No positions yet")).to_be_visible()


def test_notes_that_could_not_be_saved_are_still_there_when_the_card_opens_again(
    new_window: NewWindow, web: LocalStack
) -> None:
    window, rows = opened(new_window, web, "unsaved")
    rows.add(1)
    card = window.page.get_by_role("article")
    card.get_by_text("Details").click()
    window.page.route("**/functions/v1/api/job-positions/*", lambda route: route.abort())
    notes = card.get_by_label("My notes")
    notes.fill("Ask about the kiln.")
    notes.blur()
    expect(window.page.get_by_text("The server cannot be reached")).to_be_visible()
    card.get_by_text("Details").click()
    expect(notes).to_have_count(0)
    card.get_by_text("Details").click()
    expect(notes).to_have_value("Ask about the kiln.")


def test_notes_that_are_changed_back_are_saved_before_any_event_has_come(
    new_window: NewWindow, web: LocalStack
) -> None:
    window = new_window()
    window.changed_for_good = True
    wire = Deaf(window.page)
    email = address("back")
    window.sign_up(email)
    rows = TableRows(web, email)
    rows.add(1)
    card = window.page.get_by_role("article")
    card.get_by_text("Details").click()
    wire.deaf = True
    for text in ("Ask about the kiln.", ""):
        with window.page.expect_response("**/functions/v1/api/job-positions/*"):
            card.get_by_label("My notes").fill(text)
    assert [row["notes"] for row in rows.positions()] == [None]


def test_only_a_failure_that_happens_now_interrupts_a_screen_reader(
    new_window: NewWindow, web: LocalStack
) -> None:
    window, rows = opened(new_window, web, "alerts")
    rows.add(3, "failed", "Old")
    (id,) = rows.add(1, "completed", "New")
    reload(window)
    expect(window.page.get_by_text("The site does not show this page")).to_have_count(3)
    expect(window.page.get_by_role("alert")).to_have_count(0)
    rows.run(
        "update public.job_positions set processing_status = 'failed', processing_error = "
        "jsonb_build_object('code', 'of_my_own', 'message', 'Not this time.') where id = %(id)s",
        id=id,
    )
    expect(window.page.get_by_role("alert")).to_have_count(1)
    expect(window.page.get_by_role("alert")).to_contain_text("Not this time.")


def test_notes_arrive_in_the_order_in_which_they_were_typed(
    new_window: NewWindow, web: LocalStack
) -> None:
    window, rows = opened(new_window, web, "order")
    rows.add(1)
    save = "**/functions/v1/api/job-positions/*"
    held = window.hold_first(save, "PATCH")
    card = window.page.get_by_role("article")
    card.get_by_text("Details").click()
    notes = card.get_by_label("My notes")
    with window.page.expect_request(save):
        notes.fill("First")
        notes.blur()
    notes.fill("Second")
    notes.blur()
    page = window.page
    with (
        page.expect_response(lambda answer: "First" in str(answer.request.post_data)),
        page.expect_response(lambda answer: "Second" in str(answer.request.post_data)),
    ):
        held[0].continue_()
    (row,) = rows.positions()
    assert row["notes"] == "Second"
