"""The page while a worker runs that has no key of any service: one worker for all these tests."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from playwright.sync_api import expect

from devstack.stack import LocalStack
from examples.site.server import Site
from tests.app.browser.conftest import NewWindow, worker_of
from tests.app.browser.test_language import add, german, language_of
from tests.app.browser.window import Window, address
from tests.app.browser.wire import Wire
from tests.support.waits import holds_within

pytestmark = [
    pytest.mark.needs("chromium", "stack"),
    pytest.mark.timeout(600),
    pytest.mark.usefixtures("working"),
]

TITLE = "Calibration Engineer"


@pytest.fixture(scope="module")
def working(
    web: LocalStack, allowed: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[None]:
    """The worker."""
    with worker_of(web, allowed, tmp_path_factory.mktemp("worker"))():
        yield


def test_a_failed_row_says_why_and_offers_no_other_try_where_that_cannot_help(
    new_window: NewWindow, site: Site
) -> None:
    window = new_window()
    window.sign_up(address("ben"))
    window.add_position(site.behind_login)
    window.expect_status("127.0.0.1", "failed")
    card = window.card("127.0.0.1")
    expect(card.get_by_role("alert")).to_contain_text("asks to sign in")
    expect(card.get_by_role("alert")).to_contain_text("Paste the text of the posting instead.")
    expect(card.get_by_role("button", name="Try again")).to_have_count(0)


def test_an_edited_field_stays_until_it_is_reset(new_window: NewWindow, site: Site) -> None:
    window = new_window()
    window.sign_up(address("eve"))
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
    new_window: NewWindow, site: Site
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
    new_window: NewWindow, web: LocalStack, slow_site: Site
) -> None:
    with Wire(web.url).running() as wire:
        window = new_window(url=wire.url)
        window.sign_up(address("hal"))
        window.wait_until_live()
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


def test_an_upload_is_not_offered_where_no_speech_service_is_set_up(new_window: NewWindow) -> None:
    window = new_window()
    window.sign_up(address("ida"))
    window.open_tab("Interviews")
    window.wait_until_live()
    expect(window.page.locator("[data-note=no-speech]")).to_contain_text("A transcript can")
    expect(window.page.locator("[data-note=no-model]")).to_contain_text("no scores or feedback")
    expect(window.page.get_by_label("Audio, up to 50 MB")).to_have_count(0)
    expect(window.page.get_by_role("button", name="Fill in an example")).to_be_visible()
    window.open_tab("Companies")
    note = window.page.locator("#panel-companies [data-note=no-model]")
    expect(note).to_contain_text("word for word")


def test_a_failure_and_a_refusal_are_said_in_the_language_of_the_browser(
    new_window: NewWindow, site: Site
) -> None:
    window = german(new_window, "greta")
    assert language_of(window) == "de"
    add(window, "http://192.168.0.1/job")
    expect(window.page.get_by_role("alert")).to_contain_text("führt in ein privates Netz.")
    add(window, site.behind_login)
    window.expect_status("127.0.0.1", "failed")
    card = window.card("127.0.0.1")
    expect(card).to_contain_text("Fehlgeschlagen")
    expect(card).to_contain_text("Fügen Sie stattdessen den Text der Anzeige ein.")
    expect(card).not_to_contain_text("login_required")
