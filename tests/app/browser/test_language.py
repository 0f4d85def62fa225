"""The page speaks the language of its user, and remembers another choice."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.app.browser.conftest import NewWindow
from tests.app.browser.window import PASSWORD, Window, address

pytestmark = [pytest.mark.needs("chromium", "stack"), pytest.mark.timeout(600)]


def german(new_window: NewWindow, name: str) -> Window:
    """A new user whose browser asks for German."""
    window = new_window(locale="de-AT")
    window.page.goto(window.url)
    window.page.get_by_role("button", name="Ich bin neu hier").click()
    window.page.get_by_label("E-Mail").fill(address(name))
    window.page.get_by_label("Passwort").fill(PASSWORD)
    window.page.get_by_role("button", name="Registrieren").click()
    expect(window.page.get_by_role("tab").first).to_be_visible()
    return window


def add(window: Window, posting: str) -> None:
    """Add a position on the German page."""
    window.page.get_by_label("Link oder Text einer Stellenanzeige").fill(posting)
    window.page.get_by_role("button", name="Stelle hinzufügen").click()


def language_of(window: Window) -> str | None:
    return window.page.locator("html").get_attribute("lang")


def test_another_language_can_be_chosen_and_is_remembered(new_window: NewWindow) -> None:
    window = new_window(locale="en-GB")
    window.page.goto(window.url)
    expect(window.page.get_by_role("button", name="Sign in")).to_be_visible()
    assert language_of(window) == "en"
    window.page.get_by_label("Language").select_option("de")
    expect(window.page.get_by_role("button", name="Anmelden")).to_be_visible()
    window.page.reload()
    expect(window.page.get_by_role("button", name="Anmelden")).to_be_visible()
    assert language_of(window) == "de"


def test_what_the_sign_in_refuses_is_said_in_the_language_of_the_page(
    new_window: NewWindow,
) -> None:
    window = new_window(locale="de")
    window.page.goto(window.url)
    window.page.get_by_label("E-Mail").fill(address("nobody"))
    window.page.get_by_label("Passwort").fill("not the password")
    window.page.get_by_role("button", name="Anmelden").click()
    expect(window.page.get_by_role("alert")).to_contain_text("oder das Passwort ist falsch")


def test_to_confirm_a_mail_is_asked_for_and_is_no_error(new_window: NewWindow) -> None:
    window = new_window(locale="en-GB")
    page = window.page
    user = {"id": "11111111-1111-4111-8111-111111111111", "aud": "authenticated"}
    page.route("**/auth/v1/signup*", lambda route: route.fulfill(json=user))
    page.goto(window.url)
    page.get_by_role("button", name="I am new here").click()
    page.get_by_label("E-mail").fill(address("mia"))
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign up").click()
    expect(page.get_by_role("status").filter(has_text="confirm")).to_be_visible()
    expect(page.get_by_role("alert")).to_have_count(0)


def test_a_page_that_is_loaded_only_in_part_says_so_in_words(new_window: NewWindow) -> None:
    window = new_window(locale="de")
    window.page.route("**/config.json", lambda route: route.abort())
    window.page.goto(window.url)
    expect(window.page.get_by_role("alert")).to_contain_text("nicht geladen werden")


def test_where_the_browser_forbids_to_remember_anything_the_page_works_for_the_visit(
    new_window: NewWindow, tmp_path: Path
) -> None:
    window = new_window(locale="de")
    page = window.page
    page.add_init_script(
        "Object.defineProperty(window, 'localStorage', "
        "{get: () => { throw new DOMException('forbidden', 'SecurityError'); }})"
    )
    page.goto(window.url)
    page.get_by_label("Sprache").select_option("en")
    page.get_by_role("button", name="I am new here").click()
    page.get_by_label("E-mail").fill(address("otto"))
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign up").click()
    window.open_tab("Interviews")
    page.get_by_label("Language").select_option("de")
    expect(page.get_by_role("heading", name="Eine Aufnahme")).to_be_visible()
    # It goes up in parts, which the browser would remember.
    recording = tmp_path / "second round.wav"
    recording.write_bytes(b"RIFF" + bytes(7 * 1024 * 1024))
    page.get_by_label("Tonaufnahme").set_input_files(recording)
    page.get_by_role("button", name="Hochladen und auswerten").click()
    expect(window.card("Second round")).to_be_visible()
