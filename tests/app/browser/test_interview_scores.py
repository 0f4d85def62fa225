"""How the seven dimensions moved: only what can be compared is compared."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from devstack.stack import LocalStack
from tests.app.browser.conftest import NewWindow
from tests.app.browser.scored import Rows, scores
from tests.app.browser.window import Window, address

pytestmark = [pytest.mark.needs("chromium", "stack"), pytest.mark.timeout(600)]

MARCH = scores(4, 6, 5, 6, 5, None, 5)
APRIL = scores(5.5, 6, 6, None, 5, 3, 6)
MAY = scores(7, 6, 5, 8, 6, 6.5, 6)


@pytest.fixture
def window(new_window: NewWindow) -> Window:
    return new_window()


@pytest.fixture
def rows(window: Window, web: LocalStack) -> Rows:
    email = address("sol")
    window.sign_up(email)
    return Rows(web, email)


def test_three_interviews_show_how_each_dimension_moved_and_gaps_stay_gaps(
    window: Window, rows: Rows
) -> None:
    rows.interview("March", MARCH, day="2026-03-02")
    rows.interview("April", APRIL, day="2026-04-02", warnings=["questions_unscored"])
    rows.interview("May", MAY, day="2026-05-02")
    rows.interview("A mock", scores(*[9] * 7), kind="MOCK_ANALYSE", day="2026-05-09", sound=False)
    window.open_tab("Interviews")
    history = window.page.get_by_role("region", name="Scores of your last 3 recorded interviews")
    history.locator("summary").click()
    expect(history.get_by_role("rowheader", name="Structure")).to_be_visible()
    lines = {
        row.get_by_role("rowheader").inner_text(): [
            row.get_by_role("img").get_attribute("aria-label"),
            *[cell.inner_text() for cell in row.get_by_role("cell").all()[1:]],
        ]
        for row in history.get_by_role("row").all()[1:]
    }
    assert lines["Structure"] == ["4, 5.5 (partly scored), 7", "7", "+1.5"]
    assert lines["Specificity"] == ["6, not scored, 8", "8", "–"]
    assert lines["Results"] == ["not scored, 3 (partly scored), 6.5", "6.5", "+3.5"]
    assert lines["Clarity"][2] == "−1"
    assert lines["Relevance"][2] == "0"
    expect(history.locator("figcaption").nth(0)).to_contain_text("May")
    expect(history.locator("figcaption").nth(1)).to_contain_text("April")
    expect(history.locator("figcaption").nth(1)).to_contain_text("partly scored")
    expect(history).to_contain_text("hollow point")
    expect(history.locator("svg.course").nth(3).locator("circle")).to_have_count(2)
    # One interview of a kind claims nothing.
    expect(window.page.locator(".history")).to_have_count(1)


def test_a_card_shows_the_interview_before_by_the_same_rules_as_a_dashed_line(
    window: Window, rows: Rows
) -> None:
    rows.interview("Old rules", MAY, day="2026-02-02", rubric="6")
    rows.interview("March", MARCH, day="2026-03-02")
    rows.interview("May", MAY, day="2026-05-02")
    window.open_tab("Interviews")
    history = window.page.get_by_role("region", name="Scores of your last 2 recorded interviews")
    history.locator("summary").click()
    expect(history).to_contain_text("One earlier interview was scored by other rules")
    card = window.card("May")
    card.get_by_text("Analysis", exact=True).click()
    expect(card.locator(".radar .earlier")).to_have_count(1)
    expect(card).to_contain_text("Dashed: March")
    first = window.card("March")
    first.get_by_text("Analysis", exact=True).click()
    expect(first.locator(".radar .earlier")).to_have_count(0)
    # March has no score for results: the line is broken there, and no area is filled.
    expect(first.locator(".radar .area")).to_have_count(0)
    expect(first.locator(".radar .dot")).to_have_count(6)


@pytest.mark.thorough
def test_one_interview_of_a_kind_claims_nothing(window: Window, rows: Rows) -> None:
    rows.interview("March", MARCH, day="2026-03-02")
    rows.interview("A mock", MAY, kind="MOCK_ANALYSE", day="2026-04-02", sound=False)
    rows.interview("Without a model", None, day="2026-05-02")
    window.open_tab("Interviews")
    expect(window.card("March")).to_be_visible()
    expect(window.page.locator(".history")).to_have_count(0)
