"""Every place of the page has an address, and Back goes one place back and not off the page."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from devstack.stack import LocalStack
from tests.app.browser.conftest import NewWindow
from tests.app.browser.table_rows import TableRows, opened
from tests.app.browser.window import address

pytestmark = [pytest.mark.needs("chromium", "stack"), pytest.mark.timeout(600)]


def test_a_row_has_an_address_and_back_goes_to_the_list_as_it_was_left(
    new_window: NewWindow, web: LocalStack
) -> None:
    window, rows = opened(new_window, web, "there-and-back")
    ids = rows.add(60, title="Baker")
    page = window.page
    page.get_by_label("Order").select_option("title")
    page.get_by_role("button", name="Next").click()
    link = page.get_by_role("link", name="Baker 30", exact=True)
    link.click()
    expect(page).to_have_url(re.compile(f"#positions/{ids[29]}$"))
    expect(page).to_have_title("Baker 30 · Job desk")
    expect(page.get_by_role("article")).to_have_count(1)
    expect(page.get_by_role("heading", name="Baker 30")).to_be_focused()
    expect(page.get_by_label("My notes")).to_be_visible()
    page.go_back()
    expect(page.get_by_text("Page 2 of 3")).to_be_visible()
    expect(page).to_have_title("Positions · Job desk")
    expect(link).to_be_focused()
    expect(page.get_by_label("My notes")).to_have_count(0)
    page.go_forward()
    expect(page.get_by_role("heading", name="Baker 30")).to_be_focused()
    page.get_by_role("link", name="All positions").click()
    expect(page.get_by_text("Page 2 of 3")).to_be_visible()
    expect(link).to_be_focused()


def test_a_place_stays_when_the_page_is_loaded_again(
    new_window: NewWindow, web: LocalStack
) -> None:
    window, rows = opened(new_window, web, "again")
    (position,) = rows.add(1, title="Potter")
    (research,) = rows.add_research("Brightwater")
    interview = rows.add_interview("With the head of kilns")
    page = window.page
    for tab, id, name in (
        ("positions", position, "Potter 1"),
        ("companies", research, "Brightwater"),
        ("interviews", interview, "With the head of kilns"),
    ):
        page.goto(f"{window.url}#{tab}/{id}")
        page.reload()
        expect(page.get_by_role("article")).to_have_count(1)
        expect(window.card(name)).to_be_visible()
        expect(page.get_by_role("tab", name=tab)).to_have_attribute("aria-selected", "true")
        expect(page).to_have_title(f"{name} · Job desk")
        assert page.url.endswith(f"#{tab}/{id}")


@pytest.mark.parametrize(
    "tab",
    [
        "positions",
        pytest.param("interviews", marks=pytest.mark.thorough),
        pytest.param("companies", marks=pytest.mark.thorough),
    ],
)
def test_an_address_of_no_row_says_so(new_window: NewWindow, web: LocalStack, tab: str) -> None:
    window, rows = opened(new_window, web, "nowhere")
    rows.add(1)
    page = window.page
    page.goto(f"{window.url}#{tab}/00000000-0000-4000-8000-000000000000")
    page.reload()
    expect(page.get_by_text("at this address")).to_be_visible()
    expect(page).to_have_title("Not found · Job desk")
    page.get_by_role("link", name=f"All {tab}").click()
    expect(page.get_by_text("at this address")).to_have_count(0)


def test_another_users_row_is_as_unknown_as_none(new_window: NewWindow, web: LocalStack) -> None:
    (id,) = TableRows(web, web.sign_up().email).add(1)
    window, _ = opened(new_window, web, "stranger")
    window.page.goto(f"{window.url}#positions/{id}")
    window.page.reload()
    expect(window.page.get_by_text("There is no position at this address")).to_be_visible()


def test_back_goes_from_tab_to_tab(new_window: NewWindow, web: LocalStack) -> None:
    window, rows = opened(new_window, web, "tabs")
    rows.add(2, title="Baker")
    page = window.page
    page.get_by_role("link", name="Baker 2").click()
    page.get_by_role("tab", name="Companies").click()
    expect(page).to_have_title("Companies · Job desk")
    page.go_back()
    expect(page).to_have_title("Baker 2 · Job desk")
    page.go_back()
    expect(page.get_by_role("article")).to_have_count(2)
    expect(page).to_have_title("Positions · Job desk")


def test_a_row_that_is_deleted_while_it_is_open_says_so(
    new_window: NewWindow, web: LocalStack
) -> None:
    window, rows = opened(new_window, web, "gone")
    (id,) = rows.add(1, title="Baker")
    window.page.get_by_role("link", name="Baker 1").click()
    rows.run("delete from public.job_positions where id = %(id)s", id=id)
    expect(window.page.get_by_text("There is no position at this address")).to_be_visible()


def test_the_next_user_of_a_window_begins_at_the_list(
    new_window: NewWindow, web: LocalStack
) -> None:
    window, rows = opened(new_window, web, "first")
    rows.add(1, title="Baker")
    window.page.get_by_role("link", name="Baker 1").click()
    window.become(address("second"))
    expect(window.page.get_by_text("No positions yet")).to_be_visible()


def test_a_search_that_was_only_begun_does_not_take_the_person_back_from_a_row(
    new_window: NewWindow, web: LocalStack
) -> None:
    window, rows = opened(new_window, web, "begun")
    (id,) = rows.add(1, title="Baker")
    expect(window.page.get_by_role("link", name="Baker 1")).to_be_visible()
    # The address is read when the search, which waits for a pause in typing, would have followed.
    address_then = window.page.evaluate(
        """() => {
            const field = document.querySelector('[type=search]');
            field.value = 'bak';
            field.dispatchEvent(new Event('input', {bubbles: true}));
            document.querySelector('article h2 a').click();
            return new Promise(read => setTimeout(() => read(location.hash), 400));
        }"""
    )
    assert address_then == f"#positions/{id}"
