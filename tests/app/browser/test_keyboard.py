"""Every task can be done with the keyboard alone, and the keyboard never loses its place."""

from __future__ import annotations

import psycopg
import pytest
from playwright.sync_api import Locator, expect

from devstack.stack import LocalStack
from tests.app.browser.conftest import NewWindow
from tests.app.browser.window import PASSWORD, Window, address
from tests.support.desk import fill

pytestmark = [pytest.mark.needs("chromium", "stack"), pytest.mark.timeout(600)]

MOST_TABS = 120
HAS_FOCUS = "element => element === document.activeElement"


class Keyboard:
    """The hands of a user without a mouse."""

    def __init__(self, window: Window) -> None:
        self.window = window
        self.page = window.page

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def type(self, text: str) -> None:
        self.page.keyboard.insert_text(text)

    def go(self, goal: Locator, *, back: bool = False) -> None:
        """Press Tab until the element has the focus."""
        for _ in range(MOST_TABS):
            if goal.evaluate(HAS_FOCUS):
                return
            self.press("Shift+Tab" if back else "Tab")
        raise AssertionError(f"no Tab leads to {goal}")

    def use(self, goal: Locator, key: str = "Enter", *, back: bool = False) -> None:
        """Go to a control and press a key on it."""
        self.go(goal, back=back)
        self.press(key)

    def button(self, name: str, within: Locator | None = None) -> Locator:
        place = within if within is not None else self.page
        return place.get_by_role("button", name=name, exact=True)


def signed_in(new_window: NewWindow, web: LocalStack, *rows: str) -> Keyboard:
    """A window of a user who has these rows of `desk_rows.json`."""
    user = web.sign_up()
    fill(web, user, only=lambda key: key in rows)
    window = new_window()
    window.sign_in(user.email, user.password)
    window.wait_until_live()
    return Keyboard(window)


def test_signing_up_and_out(new_window: NewWindow) -> None:
    window = new_window()
    window.page.goto(window.url)
    keyboard, page = Keyboard(window), window.page
    keyboard.use(keyboard.button("I am new here"))
    expect(keyboard.button("I have an account")).to_be_focused()
    keyboard.go(page.get_by_label("E-mail"), back=True)
    keyboard.type(address("ren"))
    keyboard.press("Tab")
    keyboard.type("short")
    keyboard.press("Enter")
    expect(page.get_by_label("Password")).to_be_focused()
    keyboard.type(PASSWORD)
    keyboard.press("Enter")
    expect(page.get_by_role("tab", name="Positions")).to_be_focused()
    keyboard.use(keyboard.button("Sign out"))
    expect(page.get_by_label("E-mail")).to_be_focused()


def test_a_refused_sign_in_leaves_the_focus_where_it_was(new_window: NewWindow) -> None:
    window = new_window()
    window.page.goto(window.url)
    keyboard, page = Keyboard(window), window.page
    keyboard.go(page.get_by_label("E-mail"))
    keyboard.type(address("nobody"))
    keyboard.press("Tab")
    keyboard.type(PASSWORD)
    keyboard.use(keyboard.button("Sign in"))
    expect(page.get_by_role("alert")).to_be_visible()
    expect(keyboard.button("Sign in")).to_be_focused()


def test_adding_a_link_and_cancelling_it(new_window: NewWindow, web: LocalStack) -> None:
    keyboard = signed_in(new_window, web)
    box = keyboard.page.get_by_label("Link or text of a job posting")
    keyboard.go(box)
    keyboard.type("https://brightwater-instruments.example/careers/4711")
    keyboard.use(keyboard.button("Add position"))
    card = keyboard.page.get_by_role("article")
    status = card.locator("[data-status]")
    expect(status).to_have_attribute("data-status", "pending")
    expect(keyboard.button("Add position")).to_be_focused()
    keyboard.use(keyboard.button("Cancel", card))
    expect(status).to_have_attribute("data-status", "cancelled")
    expect(keyboard.button("Try again", card)).to_be_focused()
    keyboard.press("Enter")
    expect(status).to_have_attribute("data-status", "pending")
    expect(keyboard.button("Cancel", card)).to_be_focused()


def test_editing_a_field(new_window: NewWindow, web: LocalStack) -> None:
    keyboard = signed_in(new_window, web, "@calibration")
    card = keyboard.page.get_by_role("article")
    summary = card.locator("summary", has_text="Details")
    keyboard.use(summary)
    expect(summary).to_be_focused()
    edit, box = keyboard.button("Edit Title", card), card.get_by_role("textbox", name="Title")
    keyboard.use(edit)
    expect(box).to_be_focused()
    keyboard.press("Escape")
    expect(edit).to_be_focused()
    keyboard.press("Enter")
    expect(box).to_be_focused()
    keyboard.use(keyboard.button("Keep as it was", card))
    expect(edit).to_be_focused()
    keyboard.press("Enter")
    expect(box).to_be_focused()
    keyboard.press("ControlOrMeta+a")
    keyboard.type("Head of Calibration")
    keyboard.press("Enter")
    expect(card.get_by_role("heading").first).to_have_text("Head of Calibration")
    expect(edit).to_be_focused()
    website = card.get_by_role("textbox", name="Website")
    keyboard.use(keyboard.button("Edit Website", card))
    expect(website).to_be_focused()
    keyboard.press("ControlOrMeta+a")
    keyboard.type("no address")
    keyboard.press("Enter")
    expect(keyboard.page.get_by_role("alert").filter(has_text="ebsite")).to_be_visible()
    expect(website).to_be_focused()
    keyboard.press("Escape")
    reset = keyboard.button("Reset to automatic: Title", card)
    keyboard.use(reset, back=True)
    expect(reset).to_be_hidden()
    expect(card.locator(":focus")).to_be_visible()


def test_deleting_leads_to_the_next_row_and_at_last_to_the_form(
    new_window: NewWindow, web: LocalStack
) -> None:
    keyboard = signed_in(new_window, web, "@calibration", "@login")
    first = keyboard.page.get_by_role("article").first
    question = keyboard.page.get_by_role("alertdialog")
    delete = keyboard.button("Delete", first)
    keyboard.use(delete)
    expect(keyboard.button("Go back", question)).to_be_focused()
    keyboard.press("Escape")
    expect(question).to_have_count(0)
    expect(delete).to_be_focused()
    keyboard.press("Enter", "Enter")
    expect(question).to_have_count(0)
    expect(delete).to_be_focused()
    keyboard.press("Enter")
    keyboard.use(keyboard.button("Delete", question), back=True)
    expect(keyboard.page.get_by_role("article")).to_have_count(1)
    expect(keyboard.page.locator(".cards :focus")).to_be_visible()
    keyboard.use(keyboard.button("Delete", keyboard.page.get_by_role("article")))
    keyboard.use(keyboard.button("Delete", question), back=True)
    expect(keyboard.page.get_by_role("article")).to_have_count(0)
    expect(keyboard.page.get_by_label("Link or text of a job posting")).to_be_focused()


def test_a_row_that_is_deleted_elsewhere_takes_no_focus_with_it(
    new_window: NewWindow, web: LocalStack
) -> None:
    keyboard = signed_in(new_window, web, "@calibration", "@login")
    keyboard.use(keyboard.button("Delete", keyboard.page.get_by_role("article").first))
    question = keyboard.page.get_by_role("alertdialog")
    expect(question).to_be_visible()
    row = keyboard.page.locator("article").first.get_attribute("data-row")
    with psycopg.connect(web.superuser_dsn, autocommit=True) as database:
        database.execute("delete from job_positions where id = %s", [row])
    expect(keyboard.page.locator("article")).to_have_count(1)
    keyboard.press("Escape")
    expect(question).to_have_count(0)
    expect(keyboard.page.locator(".cards :focus")).to_be_visible()


@pytest.mark.thorough
def test_adding_a_transcript(new_window: NewWindow, web: LocalStack) -> None:
    keyboard = signed_in(new_window, web)
    keyboard.use(keyboard.page.get_by_role("tab", name="Positions"), "ArrowRight", back=True)
    expect(keyboard.page.get_by_role("tab", name="Interviews")).to_be_focused()
    keyboard.go(keyboard.page.get_by_label("One line per turn"))
    keyboard.type("Ada: Why us?\nBen: Because you measure twice.")
    analyse = keyboard.button("Analyse")
    keyboard.use(analyse)
    expect(keyboard.page.get_by_role("article")).to_have_count(1)
    expect(analyse).to_be_focused()


@pytest.mark.thorough
def test_correcting_who_the_candidate_is(new_window: NewWindow, web: LocalStack) -> None:
    rows = ("@calibration", "@interview", "@question-1", "@question-2")
    keyboard = signed_in(new_window, web, *rows)
    keyboard.use(keyboard.page.get_by_role("tab", name="Positions"), "ArrowRight", back=True)
    card = keyboard.page.get_by_role("article")
    keyboard.use(card.locator("summary", has_text="Analysis"))
    keyboard.use(card.locator("summary", has_text="Tell me about a time"))
    keyboard.use(card.locator("summary", has_text="The roles are wrong?"))
    keyboard.use(card.get_by_role("radio").nth(1), "ArrowUp")
    expect(card.get_by_role("radio").first).to_be_checked()
    again = keyboard.button("Analyse again", card)
    keyboard.use(again)
    expect(card.locator("[data-status]").first).to_have_attribute("data-status", "pending")
    expect(again).to_be_focused()


@pytest.mark.thorough
def test_researching_a_company(new_window: NewWindow, web: LocalStack) -> None:
    keyboard = signed_in(new_window, web)
    keyboard.use(keyboard.page.get_by_role("tab", name="Positions"), "End", back=True)
    expect(keyboard.page.get_by_role("tab", name="Companies")).to_be_focused()
    keyboard.go(keyboard.page.get_by_label("Company, or one per line"))
    keyboard.type("Brightwater Instruments")
    keyboard.press("Tab")
    keyboard.type("Calibration Engineer")
    keyboard.press("Enter")
    expect(keyboard.window.card("Brightwater Instruments")).to_be_visible()
    expect(keyboard.page.get_by_label("Role you apply for")).to_be_focused()
    card = keyboard.window.card("Brightwater Instruments")
    keyboard.use(keyboard.button("Cancel", card))
    expect(keyboard.button("Try again", card)).to_be_focused()
