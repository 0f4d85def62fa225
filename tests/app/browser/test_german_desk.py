"""A browser that asks for German gets the whole desk in German."""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import expect

from devstack.sentences import PAGE
from devstack.stack import LocalStack
from tests.app.browser.conftest import NewWindow
from tests.app.browser.scored import Rows, scores
from tests.app.browser.window import PASSWORD, POSTING, Window, address

pytestmark = [pytest.mark.needs("chromium", "stack"), pytest.mark.timeout(600)]

ENGLISH: dict[str, str] = json.loads((PAGE / "en.json").read_text())
GERMAN: dict[str, str] = json.loads((PAGE / "de.json").read_text())

# A text of two values and one short word fits too much of what rows contain.
FITS_TOO_MUCH = {"brief.payRange", "bulk.progress"}

VISIBLE = """() => {
    const said = [document.title];
    for (const element of document.body.querySelectorAll('*')) {
        if (!element.checkVisibility() || element.closest('option[lang]')) continue;
        for (const name of ['aria-label', 'aria-valuetext', 'title', 'placeholder'])
            said.push(element.getAttribute(name) ?? '');
        for (const node of element.childNodes)
            if (node.nodeType === Node.TEXT_NODE) said.push(...node.data.split(' · '));
    }
    return said.map((text) => text.trim().replaceAll(/\\s+/g, ' ')).filter(Boolean);
}"""


def english_only() -> dict[str, re.Pattern[str]]:
    """What no German page shows: each English text that is not German as well."""
    german = set(GERMAN.values())
    return {
        key: re.compile("".join(map(pattern_of, re.split(r"(\{\w+\})", text))))
        for key, text in ENGLISH.items()
        if text not in german and key not in FITS_TOO_MUCH
    }


def pattern_of(part: str) -> str:
    """Any value at the place of one, and digits at the place of a number."""
    if not part.startswith("{"):
        return re.escape(part)
    return r"\d+" if part in ("{number}", "{count}") else ".+"


def expect_no_english(window: Window) -> None:
    shown: list[str] = window.page.evaluate(VISIBLE)
    assert len(shown) > 5
    patterns = english_only()
    found = {
        text: key for text in shown for key, pattern in patterns.items() if pattern.fullmatch(text)
    }
    assert found == {}


def open_tab(window: Window, key: str) -> None:
    window.page.get_by_role("tab", name=GERMAN[key]).click()
    expect(window.page.locator("[aria-busy]:visible")).to_have_count(0)


def open_details(window: Window, name: str) -> None:
    card = window.card(name)
    card.locator("summary").first.click()
    expect(card.locator("details").first).to_have_attribute("open", "")


def test_the_desk_is_shown_in_german(new_window: NewWindow, web: LocalStack) -> None:
    email = address("greta")
    window = new_window(locale="de-DE")
    page = window.page
    page.goto(window.url)
    page.get_by_role("button", name=GERMAN["signIn.iAmNew"]).click()
    expect_no_english(window)
    page.get_by_label(GERMAN["signIn.email"]).fill(email)
    page.get_by_label(GERMAN["signIn.password"]).fill(PASSWORD)
    page.get_by_role("button", name=GERMAN["signIn.signUp"]).click()
    expect(page.get_by_text(GERMAN["list.empty.positions"])).to_be_visible()
    assert page.locator("html").get_attribute("lang") == "de"
    expect_no_english(window)

    page.get_by_label(GERMAN["position.label"]).fill(POSTING)
    page.get_by_role("button", name=GERMAN["position.add"]).click()
    open_details(window, "Junior Data Analyst")
    expect_no_english(window)
    page.get_by_label(GERMAN["list.selectAll"].format(count=1)).check()
    page.get_by_role("button", name=GERMAN["bulk.button.cancel"].format(count=1)).click()
    expect(page.get_by_role("alertdialog")).to_contain_text("1 Stelle abbrechen?")
    expect_no_english(window)
    page.get_by_role("button", name=GERMAN["dialog.no"]).click()

    rows = Rows(web, email)
    rows.interview("Brightwater", scores(8, 7, 6, 5, 4, None, 7), day="2026-02-01", sound=False)
    rows.interview("Fellside", scores(7, 7, 6.5, 5, 4, None, 8), sound=False)
    open_tab(window, "tab.interviews")
    open_details(window, "Fellside")
    expect(window.card("Fellside").locator("svg.radar")).to_contain_text("6,5")
    expect_no_english(window)

    rows.brief("Brightwater", {"products": [{"text": "Meters", "sources": []}]}, ["Sleep"])
    open_tab(window, "tab.companies")
    open_details(window, "Brightwater")
    expect_no_english(window)
