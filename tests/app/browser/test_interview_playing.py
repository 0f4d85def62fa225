"""A time on an interview plays the recording from there, if there is a recording and a time."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Route, expect

from devstack.stack import LocalStack
from tests.app.browser.conftest import NewWindow
from tests.app.browser.scored import Rows, scores
from tests.app.browser.window import Window, address

pytestmark = [pytest.mark.needs("chromium", "stack"), pytest.mark.timeout(600)]

GOOD = scores(6, 7, 5, 8, 7, 4, 6)
SIGNED = re.compile(r"/storage/v1/object/sign/interviews/.*token=")


@pytest.fixture
def window(new_window: NewWindow) -> Window:
    return new_window()


@pytest.fixture
def rows(window: Window, web: LocalStack) -> Rows:
    email = address("pia")
    window.sign_up(email)
    return Rows(web, email)


def opened(window: Window, name: str) -> Locator:
    """The card of this interview, with its analysis open."""
    window.open_tab("Interviews")
    card = window.card(name)
    card.get_by_text("Analysis", exact=True).click()
    expect(card.locator(".turns > li")).to_have_count(6)
    expect(card.locator("details.question")).to_have_count(2)
    return card


def play_buttons(card: Locator) -> Locator:
    return card.get_by_role("button", name=re.compile("^Play "))


def wait_until_at(window: Window, seconds: float) -> None:
    window.page.wait_for_function(
        "seconds => document.querySelector('audio')?.currentTime >= seconds", arg=seconds
    )


def test_question_quote_and_turn_play_from_their_time_by_click_and_by_key(
    window: Window, rows: Rows
) -> None:
    rows.interview("First round", GOOD)
    card = opened(window, "First round")
    card.get_by_role("button", name="Play question 2 from 0:09").click()
    wait_until_at(window, 9.8)
    expect(card.locator("[aria-current]")).to_contain_text("turned out to be wrong")
    card.locator("details.question").first.locator("summary").press("Enter")
    card.get_by_role("button", name="Play this quote from 0:04").press("Enter")
    expect(card.locator("[aria-current]")).to_contain_text("I ran a calibration laboratory")
    card.get_by_role("button", name="Play your turn from 0:21").press("Space")
    wait_until_at(window, 21.4)
    expect(card.locator("[aria-current]")).to_have_count(1)
    expect(card.locator("[aria-current]")).to_contain_text("How many references")


def test_nothing_offers_to_play_without_a_recording_or_its_times(
    window: Window, rows: Rows
) -> None:
    rows.interview("Pasted", GOOD, kind="MOCK_ANALYSE", sound=False)
    rows.interview("Without times", GOOD, times=False)
    rows.interview("Gone", GOOD)
    rows.forget_sound("Gone")
    pasted = opened(window, "Pasted")
    expect(pasted.locator(".turns")).to_contain_text("0:13")
    expect(pasted.locator("audio")).to_have_count(0)
    without_times = opened(window, "Without times")
    expect(without_times.locator("audio")).to_have_count(1)
    gone = opened(window, "Gone")
    expect(gone.locator("[data-note=recording]")).to_contain_text("was deleted")
    for card in (pasted, without_times, gone):
        expect(play_buttons(card)).to_have_count(0)


def test_an_address_that_expired_is_renewed_once_and_playing_goes_on(
    window: Window, rows: Rows
) -> None:
    rows.interview("Long ago", GOOD)
    refused: list[str] = []

    def expired(route: Route) -> None:
        if refused:
            route.continue_()
        else:
            refused.append(route.request.url)
            route.fulfill(status=400, json={"error": "InvalidJWT", "message": "exp"})

    window.page.route(SIGNED, expired)
    card = opened(window, "Long ago")
    button = card.get_by_role("button", name="Play question 2 from 0:09")
    button.click()
    wait_until_at(window, 9.8)
    assert len(refused) == 1
    expect(card.locator("[data-note=recording]")).to_have_count(0)


def test_a_recording_that_cannot_be_loaded_is_said_and_nothing_offers_to_play(
    window: Window, rows: Rows
) -> None:
    rows.interview("Broken", GOOD)
    asked: list[str] = []

    def broken(route: Route) -> None:
        asked.append(route.request.url)
        route.fulfill(status=400, json={"error": "InvalidJWT", "message": "exp"})

    window.page.route(SIGNED, broken)
    card = opened(window, "Broken")
    note = card.locator("[data-note=recording]")
    expect(note).to_contain_text("cannot be played")
    expect(note).to_have_attribute("role", "status")
    expect(play_buttons(card)).to_have_count(0)
    assert len(set(asked)) <= 2, "renewed once"
    window.page.unroute(SIGNED)
    note.get_by_role("button", name="Try again").click()
    expect(play_buttons(card).first).to_be_visible()


def test_no_button_is_inside_a_summary_and_each_is_at_least_24_pixels(
    window: Window, rows: Rows
) -> None:
    rows.interview("Sizes", GOOD)
    card = opened(window, "Sizes")
    for question in card.locator("details.question").all():
        question.locator("summary").click()
    expect(window.page.locator("summary :is(button, a, input)")).to_have_count(0)
    small = card.evaluate(
        """card => [...card.querySelectorAll('.time, .questions summary, .inner summary, .ref')]
            .map(one => [one.textContent.trim().slice(0, 30), one.getBoundingClientRect()])
            .filter(([, {width, height}]) => width > 0 && (width < 23.9 || height < 23.9))
            .map(([text, {width, height}]) => `${text} ${width} x ${height}`)"""
    )
    assert small == []


def test_a_name_can_be_given_and_changed(window: Window, rows: Rows) -> None:
    rows.interview(None, GOOD)
    window.open_tab("Interviews")
    card = window.page.get_by_role("article")
    expect(card.get_by_role("heading", level=2)).to_contain_text("Interview, ")
    card.get_by_text("Analysis", exact=True).click()
    card.get_by_role("button", name="Edit Name").click()
    card.get_by_label("Name").fill("Brightwater, second round")
    card.get_by_role("button", name="Save").click()
    expect(window.card("Brightwater, second round")).to_be_visible()


def test_a_question_has_an_address_and_the_whole_interview_can_be_printed(
    window: Window, rows: Rows
) -> None:
    key = rows.interview("First round", GOOD)
    rows.interview("שיחה שנייה", GOOD, day="2026-03-02")
    page = window.page
    page.goto("about:blank")
    page.goto(f"{window.url}/#interviews/{key}?question=2")
    card = window.card("First round")
    asked = card.locator("details.question").nth(1)
    expect(asked).to_have_attribute("open", "")
    expect(asked.locator("summary")).to_be_focused()
    expect(asked.get_by_role("link", name="Link to this question")).to_have_attribute(
        "href", f"#interviews/{key}?question=2"
    )
    expect(card.locator("details.question").first).not_to_have_attribute("open", "")
    card.get_by_role("link", name="Q1").click()
    expect(page).to_have_url(f"{window.url}/#interviews/{key}?question=1")
    page.evaluate("window.print = () => { window.printed = document.title; }")
    card.locator("details.question").first.locator("summary").click()
    card.get_by_role("button", name="Print").click()
    assert page.evaluate("window.printed") == "First round: analysis"
    page.emulate_media(media="print")
    expect(card.get_by_text("You say what you did, and when.")).to_have_count(2)
    expect(card.get_by_text("You say what you did, and when.").first).to_be_visible()
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    page.emulate_media(media="screen")
    expect(card.locator("details.question[open]")).to_have_count(1)
    page.get_by_role("link", name="All interviews").click()
    expect(window.card("שיחה שנייה").get_by_role("heading").get_by_role("link")).to_have_css(
        "unicode-bidi", "plaintext"
    )
