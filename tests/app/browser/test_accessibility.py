"""axe finds no fault in names, roles, contrast and order, in both colour schemes and on phones."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from devstack.page import WEB
from examples.site.server import Site
from tests.app.browser.conftest import NewWindow, StartWorker
from tests.app.browser.window import Window, address

pytestmark = [pytest.mark.needs("chromium", "stack"), pytest.mark.timeout(600)]

AXE = WEB / "node_modules" / "axe-core" / "axe.min.js"
PHONE = {"width": 360, "height": 740}


def violations(window: Window) -> list[str]:
    """Each broken rule with an element that breaks it."""
    window.page.evaluate(AXE.read_text())
    found: list[str] = window.page.evaluate(
        """async () => (await axe.run()).violations
            .map(rule => `${rule.id}: ${rule.nodes[0].html} ${rule.nodes[0].failureSummary}`)"""
    )
    return found


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_is_in_the_way_of_anybody(
    new_window: NewWindow, worker: StartWorker, site: Site, scheme: str
) -> None:
    # Without reduced motion, axe would judge colours in the middle of an animation.
    window = new_window(color_scheme=scheme, reduced_motion="reduce")
    window.page.goto(window.url)
    expect(window.page.get_by_role("button", name="Sign in")).to_be_visible()
    assert violations(window) == []
    window.sign_up(address("mia"))
    with worker():
        window.add_position(site.behind_login)
        expect(window.page.locator("[data-status=failed]")).to_be_visible()
        window.add_position(site.structured)
        window.expect_status("Calibration Engineer", "completed")
        window.card("Calibration Engineer").get_by_text("Details").click()
        assert violations(window) == []
        window.open_tab("Interviews")
        window.page.get_by_role("button", name="Fill in an example").click()
        window.page.get_by_role("button", name="Analyse", exact=True).click()
        expect(window.page.locator("[data-status=completed]:visible")).to_be_visible()
        window.page.get_by_text("Analysis").click()
        assert violations(window) == []
        window.open_tab("Companies")
        window.page.get_by_label("Company, or one per line").fill(f"Brightwater {site.base_url}")
        window.page.get_by_role("button", name="Research").click()
        window.expect_status("Brightwater", "completed")
        window.page.get_by_text("Brief").click()
        assert violations(window) == []


def test_tabs_answer_to_the_keyboard_and_a_phone_needs_no_sideways_scrolling(
    new_window: NewWindow, site: Site
) -> None:
    window = new_window(viewport=PHONE)
    window.sign_up(address("noa"))
    window.add_position(site.structured)
    expect(window.page.get_by_role("article")).to_be_visible()
    window.page.get_by_role("article").get_by_text("Details").click()
    for tab, key in (("Positions", "ArrowRight"), ("Interviews", "ArrowRight")):
        assert sideways(window) <= 0
        window.page.get_by_role("tab", name=tab).press(key)
    companies = window.page.get_by_role("tab", name="Companies")
    expect(companies).to_be_focused()
    expect(companies).to_have_attribute("aria-selected", "true")
    expect(window.page.get_by_role("tabpanel", name="Companies")).to_be_visible()
    assert sideways(window) <= 0
    companies.press("ArrowRight")
    expect(window.page.get_by_role("tab", name="Positions")).to_be_focused()


def sideways(window: Window) -> int:
    """How many pixels the page is wider than the window."""
    page = "document.documentElement"
    wider: int = window.page.evaluate(f"{page}.scrollWidth - {page}.clientWidth")
    return wider
