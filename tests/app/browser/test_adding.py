"""Links and pasted texts become positions, as a person expects of the Enter key and of names."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from devstack.stack import LocalStack
from tests.app.browser.conftest import NewWindow
from tests.app.browser.table_rows import opened
from tests.app.browser.window import Window, address

pytestmark = [pytest.mark.needs("chromium", "stack"), pytest.mark.timeout(600)]

FIELD = "Link or text of a job posting"


def test_enter_adds_a_link_and_makes_a_line_in_a_text(
    new_window: NewWindow, web: LocalStack
) -> None:
    window, rows = opened(new_window, web, "enter")
    field = window.page.get_by_label(FIELD)
    field.fill("https://example.com/jobs/1")
    field.press("Shift+Enter")
    expect(field).to_have_value("https://example.com/jobs/1\n")
    field.press("Enter")
    expect(window.card("example.com/jobs/1")).to_be_visible()
    expect(field).to_have_value("")
    field.fill("Wanted: a night baker")
    field.press("Enter")
    expect(field).to_have_value("Wanted: a night baker\n")
    field.press_sequentially("Bread at four.")
    window.page.get_by_role("button", name="Add position").click()
    expect(window.page.get_by_role("article")).to_have_count(2)
    texts = [row["raw_job_description"] for row in rows.positions()]
    assert texts == [None, "Wanted: a night baker\nBread at four."]


def test_several_links_add_several_positions_and_a_refused_one_stays(
    new_window: NewWindow,
) -> None:
    window = new_window()
    window.sign_up(address("several"))
    field = window.page.get_by_label(FIELD)
    links = ["https://example.com/jobs/1", "http://192.168.0.1/job", "https://example.com/jobs/2"]
    field.fill("\n".join(links))
    field.press("Enter")
    expect(window.page.get_by_role("article")).to_have_count(0)
    field.fill("\n".join(links))
    window.page.get_by_role("button", name="Add position").click()
    expect(window.page.get_by_role("article")).to_have_count(2)
    expect(field).to_have_value("http://192.168.0.1/job")
    expect(window.page.get_by_role("alert")).to_contain_text("2 added; 1 could not be added")


def test_what_is_typed_while_a_request_is_on_its_way_stays(new_window: NewWindow) -> None:
    window = new_window()
    window.sign_up(address("hasty"))
    page = window.page
    add = "**/functions/v1/api/job-positions/by-url"
    held = window.hold_first(add)
    field = page.get_by_label(FIELD)
    field.fill("https://example.com/jobs/1")
    with page.expect_request(add):
        field.press("Enter")
    field.fill("https://example.com/jobs/2")
    with page.expect_response(add):
        held[0].continue_()
    expect(page.get_by_role("button", name="Add position")).to_be_enabled()
    expect(field).to_have_value("https://example.com/jobs/2")
    expect(window.card("example.com/jobs/1")).to_be_visible()
    assert_a_company_that_is_typed_meanwhile_stays(window)


def assert_a_company_that_is_typed_meanwhile_stays(window: Window) -> None:
    """The form of the companies keeps it in another way than that of the positions."""
    window.open_tab("Companies")
    page = window.page
    ask = "**/functions/v1/api/research-direct"
    held = window.hold_first(ask)
    field = page.get_by_label("Company, or one per line")
    field.fill("One Limited")
    send = page.get_by_role("button", name="Research")
    with page.expect_request(ask):
        send.click()
    field.fill("Two Limited")
    with page.expect_response(ask):
        held[0].continue_()
    expect(send).to_be_enabled()
    expect(field).to_have_value("Two Limited")


def test_pasted_postings_have_names_and_keep_their_lines(
    new_window: NewWindow, web: LocalStack
) -> None:
    window, rows = opened(new_window, web, "pasted")
    for text in ("Job description\n\nBread every night\nfrom two to ten", "we make pots of clay"):
        window.add_position(text)
        expect(window.page.get_by_label(FIELD)).to_have_value("")
    expect(window.card("we make pots of clay")).to_be_visible()
    card = window.card("Bread every night")
    card.get_by_text("Details").click()
    first = card.get_by_text("Bread every night").last
    line = first.evaluate("element => parseFloat(getComputedStyle(element).lineHeight)")
    assert first.evaluate("element => element.offsetHeight") > 3 * line
    rows.run(
        "update public.job_positions set job_title = 'Night baker', job_description ="
        " raw_job_description where starts_with(raw_job_description, 'Job')"
    )
    expect(window.card("Night baker")).to_be_visible()
    shown = window.card("Night baker").locator(".prose p").last
    expect(shown).to_have_css("white-space-collapse", "preserve-breaks")
