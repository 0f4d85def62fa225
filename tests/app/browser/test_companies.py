"""The companies tab shows a brief with its sources, and a batch with its counters."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from examples.site.server import Site
from tests.app.browser.conftest import NewWindow, StartWorker
from tests.app.browser.window import Window, address

pytestmark = [pytest.mark.needs("chromium", "stack"), pytest.mark.timeout(600)]

NAME = "Brightwater Instruments"


def open_companies(new_window: NewWindow) -> Window:
    window = new_window()
    window.sign_up(address("kim"))
    window.open_tab("Companies")
    window.wait_until_live()
    return window


def ask(window: Window, companies: str) -> None:
    window.page.get_by_label("Company, or one per line").fill(companies)
    window.page.get_by_role("button", name="Research").click()


def test_each_claim_of_a_brief_shows_its_source(
    new_window: NewWindow, worker: StartWorker, site: Site
) -> None:
    window = open_companies(new_window)
    window.forget_requests()
    ask(window, f"{NAME} {site.base_url}")
    window.expect_status(NAME, "pending")
    with worker():
        window.expect_status(NAME, "completed")
    # The page may only now read the list of batches for the first time, which has nothing to do
    # with this run.
    of_the_run = [request for request in window.requests if "/batch_jobs?" not in request]
    assert of_the_run == ["POST /functions/v1/api/research-direct"]
    card = window.card(NAME)
    expect(card.get_by_label("What was found where")).to_contain_text("Website: ok")
    card.get_by_text("Brief").click()
    claim = card.get_by_role("listitem").filter(has_text="Lune Flow Meter")
    mark = claim.get_by_role("button", name="Source 3")
    mark.first.focus()
    tip = claim.get_by_role("link").first
    expect(tip).to_have_attribute("href", f"{site.base_url}/company/products")
    box = card.get_by_role("checkbox").first
    box.check()
    window.page.reload()
    window.card(NAME).get_by_text("Brief").click()
    expect(window.card(NAME).get_by_role("checkbox").first).to_be_checked()


def test_the_counters_of_a_batch_move_by_themselves(
    new_window: NewWindow, worker: StartWorker
) -> None:
    window = open_companies(new_window)
    window.forget_requests()
    ask(window, "Nobody Knows Limited\nNor Anybody\nNor Them")
    batch = window.page.get_by_role("article", name="3 companies")
    expect(batch.locator("[data-counter=open]")).to_have_text("3")
    batch.get_by_text("Companies", exact=True).click()
    window.card("Nor Them").get_by_role("button", name="Cancel").click()
    expect(batch.locator("[data-counter=failed]")).to_have_text("1")
    with worker():
        expect(batch.locator("[data-counter=completed]")).to_have_text("2")
    expect(batch.locator("[data-counter=open]")).to_have_text("0")
    requests = window.requests
    assert requests[0] == "POST /functions/v1/api/research-batch"
    assert [request.endswith("/cancel") for request in requests[1:]] == [True], requests
