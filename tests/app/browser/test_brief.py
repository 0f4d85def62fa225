"""A brief is worth reading without a model, and prints as one document."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from devstack.stack import LocalStack
from tests.app.browser.conftest import NewWindow
from tests.app.browser.deaf import Deaf
from tests.app.browser.scored import Rows
from tests.app.browser.window import Window, address

pytestmark = [pytest.mark.needs("chromium", "stack"), pytest.mark.timeout(600)]

NAME = "Brightwater Instruments"
SITE = "https://www.brightwater.example"


def claim(text: str, *sources: str) -> dict[str, Any]:
    return {"text": text, "sources": list(sources), "basis": "stated"}


WITHOUT_MODEL: dict[str, Any] = {
    "companyName": NAME,
    "overview": claim(
        "We build flow meters for rivers and pipes, and calibrate those of others.", "s1"
    ),
    "executiveSummary": None,
    "products": [claim("Lune Flow Meter", "s2"), claim("Kent Sluice Gauge", "s2")],
    "techStack": [{"name": "Python", "evidence": ["s3"], "basis": "stated"}],
    "salaryRange": None,
    "keyTalkingPoints": [
        claim("Founded: 1998", "s1"),
        claim("Based in: Kendal, United Kingdom", "s1"),
        claim("Open role: Calibration Engineer", "s3"),
        claim("Open role: Field Technician", "s3"),
    ],
    "cultureInsights": claim("We finish at four on Fridays, and mean it.", "s3"),
    "companyValues": [claim("Care before speed", "s1")],
    "topChallenges": [],
    "redFlags": [],
    "keyTopics": ["Python"],
    "interviewQuestions": [
        {"text": "Why do you want to work here?", "kind": "company", "why": "x", "generic": True}
    ],
    "preparationTips": ["Say what you do not know, and how you would find it out."],
    "smartQuestions": ["What is the hardest part of this role at the moment?"],
    "sources": [
        {"id": f"s{number}", "url": f"{SITE}{path}", "title": title, "kind": "website"}
        for number, path, title in (
            (1, "/", "Brightwater Instruments"),
            (2, "/products", "Our range"),
            (3, "/careers", "Work with us"),
        )
    ],
    "metadata": {
        "researchedAt": "2026-05-02T09:00:00Z",
        "model": None,
        "generic": ["interviewQuestions", "preparationTips", "smartQuestions"],
    },
}
CHECKLIST = ["Read the company's own description of itself", "Prepare three stories"]


@pytest.fixture
def window(new_window: NewWindow) -> Window:
    return new_window()


@pytest.fixture
def card(window: Window, web: LocalStack) -> Locator:
    """The card of a company with its brief open; another company is below it."""
    email = address("kim")
    window.sign_up(email)
    rows = Rows(web, email)
    rows.brief("Another Company", {**WITHOUT_MODEL, "companyName": "Another Company"})
    rows.brief(NAME, WITHOUT_MODEL, CHECKLIST)
    window.open_tab("Companies")
    card = window.card(NAME)
    card.get_by_text("Brief", exact=True).click()
    expect(card.locator(".brief")).to_be_visible()
    return card


def under(card: Locator, heading: str) -> Locator:
    """The list under a heading of the brief."""
    return card.get_by_role("heading", name=heading, exact=True).locator(
        "xpath=following-sibling::*[1]/li"
    )


def test_without_a_model_what_the_company_says_stands_first_and_in_order(card: Locator) -> None:
    expect(card.locator("figure.own-words")).to_contain_text("In the company’s own words")
    expect(card.locator("figure.own-words blockquote")).to_contain_text("We build flow meters")
    expect(under(card, "Products")).to_have_count(2)
    expect(under(card, "Open roles").first).to_contain_text("Calibration Engineer")
    expect(card.get_by_text("Open role:")).to_have_count(0)
    expect(under(card, "Where")).to_contain_text("Kendal, United Kingdom")
    expect(under(card, "At a glance")).to_contain_text("Founded: 1998")
    headings = [one.inner_text() for one in card.locator("h3").all()]
    assert headings.index("At a glance") < headings.index("Technology")
    assert headings.index("Checklist") < headings.index("For any company")


def test_with_a_model_only_sentences_of_the_source_stand_in_quotation_marks(
    window: Window, web: LocalStack
) -> None:
    email = address("kim")
    window.sign_up(email)
    told = {"text": "Made for rivers.", "sources": ["s1"], "basis": "stated"}
    quoted = {"text": "We meter the Kent.", "sources": ["s1"], "basis": "quoted"}
    points = {"overview": quoted, "keyTalkingPoints": [told, quoted]}
    metadata = {**WITHOUT_MODEL["metadata"], "model": "a-model"}
    Rows(web, email).brief(NAME, {**WITHOUT_MODEL, **points, "metadata": metadata})
    window.open_tab("Companies")
    card = window.card(NAME)
    card.get_by_text("Brief", exact=True).click()
    expect(card.locator(".brief q")).to_have_text(["We meter the Kent."] * 2)
    expect(card.locator(".brief")).to_contain_text("Made for rivers.")


def test_advice_that_fits_any_company_stands_apart_and_says_so(card: Locator) -> None:
    general = card.locator(".general")
    expect(general).to_contain_text("does not draw on what was found")
    expect(general).to_contain_text("Why do you want to work here?")
    expect(general).to_contain_text("the hardest part of this role")
    expect(card.get_by_role("heading", name="Questions to expect")).to_have_count(1)


def test_printing_shows_one_brief_without_buttons_and_with_the_addresses_of_links(
    window: Window, card: Locator
) -> None:
    before = window.page.title()
    window.page.evaluate("window.print = () => { window.printed = document.title; }")
    card.get_by_role("button", name="Print").click()
    assert window.page.evaluate("window.printed") == f"{NAME}: brief"
    window.page.emulate_media(media="print")
    expect(card.locator(".brief")).to_be_visible()
    expect(window.card("Another Company")).to_be_hidden()
    for gone in (
        "header.top",
        ".tools",
        ".selection",
        ".pick",
        "form.ask",
        ".actions",
        ".tip >> nth=0",
        "details > summary >> nth=0",
    ):
        expect(window.page.locator(gone).first).to_be_hidden()
    expect(card.get_by_role("button", name="Print")).to_be_hidden()
    address_shown = window.page.evaluate(
        "getComputedStyle(document.querySelector('.sources a'), '::after').content"
    )
    assert "attr" in address_shown or SITE in address_shown
    pages = window.page.pdf(format="A4", prefer_css_page_size=True)
    assert 1 <= len(re.findall(rb"/Type /Page\b(?!s)", pages)) <= 3
    expect(card).not_to_have_attribute("data-printing", "")
    window.page.emulate_media(media="screen")
    expect(window.card("Another Company")).to_be_visible()
    assert window.page.title() == before


def test_without_any_finding_the_brief_says_so(window: Window, web: LocalStack) -> None:
    email = address("kim")
    window.sign_up(email)
    empty: dict[str, Any] = {
        **WITHOUT_MODEL, "overview": None, "products": [], "techStack": [], "keyTalkingPoints": [],
        "cultureInsights": None, "companyValues": [], "sources": [],
    }  # fmt: skip
    Rows(web, email).brief(NAME, empty)
    window.open_tab("Companies")
    card = window.card(NAME)
    card.get_by_text("Brief", exact=True).click()
    expect(card.locator(".brief .lead")).to_contain_text("Nothing about this company")
    expect(card.locator(".general")).to_be_visible()


def test_a_tick_is_kept_when_the_next_one_follows_before_it_has_come_back(
    window: Window, web: LocalStack
) -> None:
    window.changed_for_good = True
    wire = Deaf(window.page)
    email = address("kim")
    window.sign_up(email)
    Rows(web, email).brief(NAME, WITHOUT_MODEL, CHECKLIST)
    window.open_tab("Companies")
    card = window.card(NAME)
    card.get_by_text("Brief", exact=True).click()
    wire.deaf = True
    for item in CHECKLIST:
        with window.page.expect_response("**/rest/v1/company_research?id=eq.*"):
            card.get_by_label(item).check()
    window.page.reload()
    card.get_by_text("Brief", exact=True).click()
    for item in CHECKLIST:
        expect(card.get_by_label(item)).to_be_checked()
