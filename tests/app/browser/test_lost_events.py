"""Events that never arrive, as on a project over its limit: the page is right all the same."""

from __future__ import annotations

import psycopg
import pytest
from playwright.sync_api import expect

from devstack.stack import LocalStack
from tests.app.browser.conftest import NewWindow
from tests.app.browser.deaf import Deaf
from tests.app.browser.window import (
    AGAIN_MS,
    LATE_MS,
    MINUTE_MS,
    POSTING,
    Window,
    address,
)

pytestmark = [pytest.mark.needs("chromium", "stack"), pytest.mark.timeout(600)]

TITLE = "Junior Data Analyst"
SHOW = """state => {
    Object.defineProperty(document, 'hidden', {value: state === 'hidden', configurable: true});
    document.dispatchEvent(new Event('visibilitychange', {bubbles: true}));
}"""


def watching(new_window: NewWindow, name: str) -> tuple[Window, Deaf]:
    """A signed-in window with a pending row; its clock can be moved."""
    window = new_window()
    window.changed_for_good = True
    wire = Deaf(window.page)
    window.page.clock.install()
    window.sign_up(address(name))
    window.wait_until_live()
    window.add_position(POSTING)
    window.expect_status(TITLE, "pending")
    return window, wire


def complete(web: LocalStack, window: Window) -> None:
    """What a worker does, told by no event."""
    row = window.page.locator("[data-row]").get_attribute("data-row")
    with psycopg.connect(web.superuser_dsn, autocommit=True) as database:
        database.execute("set session_replication_role = replica")
        database.execute(
            "update job_positions set processing_status = 'completed',"
            " updated_at = clock_timestamp() where id = %s",
            [row],
        )


def test_a_lost_end_is_shown_within_30_seconds_and_the_desk_says_so(
    new_window: NewWindow, web: LocalStack
) -> None:
    window, wire = watching(new_window, "ivy")
    note = window.page.get_by_role("status").filter(has_text="Catching up")
    wire.deaf = True
    complete(web, window)
    wire.fast_forward(AGAIN_MS)
    window.expect_status(TITLE, "completed")
    wire.fast_forward(LATE_MS)
    expect(note).to_be_visible()
    wire.fast_forward(AGAIN_MS)
    expect(note).to_be_hidden()
    window.forget_requests()
    wire.fast_forward(AGAIN_MS)
    assert window.checks_until_focus() == ["changed"]


def test_a_lost_new_row_is_shown_after_a_minute(new_window: NewWindow) -> None:
    window, wire = watching(new_window, "joe")
    wire.deaf = True
    with window.page.expect_response("**/functions/v1/**"):
        window.add_position(POSTING.replace("Junior", "Senior"))
    window.page.clock.fast_forward(MINUTE_MS)
    window.expect_status("Senior Data Analyst", "pending")


def test_a_hidden_page_asks_nothing_and_is_right_when_it_is_shown(
    new_window: NewWindow, web: LocalStack
) -> None:
    window, wire = watching(new_window, "kim")
    window.page.evaluate(SHOW, "hidden")
    window.forget_requests()
    wire.deaf = True
    complete(web, window)
    for _ in range(3):
        window.page.clock.fast_forward(MINUTE_MS)
    # What the page has asked before this request has been noted before it.
    with window.page.expect_request("**/?asked"):
        window.page.evaluate("fetch('/?asked').then(() => null)")
    assert window.reads() == []
    # How it reads depends on whether the socket has been lost meanwhile, because the moved clock
    # lets its heartbeat run out.
    window.page.evaluate(SHOW, "visible")
    window.expect_status(TITLE, "completed")
