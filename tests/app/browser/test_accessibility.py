"""Nothing on the page is in anybody's way: names, roles, contrast, order, sizes and motion.

Every view is looked at in both colour schemes, in the forced colours of a contrast theme, and 320
pixels wide, as on a small phone or with 400 % zoom. Its rows have every state, and times.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import expect

from devstack.stack import LocalStack, User
from tests.app.browser.conftest import NewWindow
from tests.app.browser.looks import faults, open_everything
from tests.app.browser.window import Window
from tests.support.desk import clear, fill

pytestmark = [pytest.mark.needs("chromium", "stack"), pytest.mark.timeout(600)]

TABS = ("Positions", "Interviews", "Companies")
# What a window can change while it is open.
LOOKS: dict[str, dict[str, Any]] = {
    "light": {"color_scheme": "light", "forced_colors": "none"},
    "dark": {"color_scheme": "dark", "forced_colors": "none"},
    "forced": {"color_scheme": "light", "forced_colors": "active"},
}
PHONE: dict[str, Any] = {
    "viewport": {"width": 320, "height": 640}, "has_touch": True, "is_mobile": True
}  # fmt: skip


@pytest.fixture(scope="module")
def owner(web: LocalStack) -> Iterator[User]:
    """A user with rows in every state."""
    user = web.sign_up()
    fill(web, user)
    yield user
    clear(web, user)


def one_of_both(size: str, other: str) -> pytest.MarkDecorator:
    """The test has a window of this size, and in `make test-all` also one of the other."""
    also = pytest.param(other, marks=pytest.mark.thorough)
    return pytest.mark.parametrize("window", [size, also], indirect=True)


@pytest.fixture(params=["desktop", "phone"])
def window(request: pytest.FixtureRequest, new_window: NewWindow) -> Window:
    """A window that moves nothing."""
    return new_window(**(PHONE if request.param == "phone" else {}))


def assert_usable(window: Window, view: str) -> None:
    """No rule is broken in any look; on a phone, which has the same colours, in the first one.

    Names, roles and order are the same in each look, so axe judges them in the first one.
    """
    phone = window.page.viewport_size == PHONE["viewport"]
    for look in ["light"] if phone else LOOKS:
        window.page.emulate_media(**LOOKS[look])
        assert faults(window, only_colours=look != "light") == [], f"{view}, {look}"


@one_of_both("desktop", "phone")
def test_anybody_can_sign_in(window: Window) -> None:
    window.page.goto(window.url)
    expect(window.page.get_by_role("button", name="Sign in")).to_be_visible()
    assert_usable(window, "sign in")
    window.page.get_by_label("E-mail").fill("nobody@example.com")
    window.page.get_by_label("Password").fill("not the password")
    window.page.get_by_role("button", name="Sign in", exact=True).click()
    expect(window.page.get_by_role("alert")).to_be_visible()
    assert_usable(window, "refused")
    window.page.get_by_role("button", name="I am new here").click()
    assert_usable(window, "sign up")


@one_of_both("phone", "desktop")
def test_anybody_can_begin_with_an_empty_desk(window: Window, web: LocalStack) -> None:
    user = web.sign_up()
    window.sign_in(user.email, user.password)
    for tab in TABS:
        window.open_tab(tab)
        assert_usable(window, tab)
    window.open_tab("Positions")
    window.add_position("http://192.168.0.1/job")
    expect(window.page.get_by_role("alert")).to_be_visible()
    assert_usable(window, "a refused address")


@one_of_both("desktop", "phone")
def test_anybody_can_work_with_rows_of_every_state(window: Window, owner: User) -> None:
    window.sign_in(owner.email, owner.password)
    for tab in TABS:
        window.open_tab(tab)
        assert_usable(window, tab)
        open_everything(window)
        assert_usable(window, f"{tab}, everything open")
    window.open_tab("Positions")
    card = window.card("Calibration Engineer")
    card.get_by_role("button", name="Edit Title").click()
    card.get_by_role("button", name="Source of Pay").focus()
    assert_usable(window, "a field being edited, and a source")
    card.get_by_role("button", name="Delete").click()
    expect(window.page.get_by_role("alertdialog")).to_be_visible()
    assert_usable(window, "the question before a deletion")


def test_tabs_are_told_apart_by_colour_and_answer_to_the_keyboard(
    new_window: NewWindow, owner: User
) -> None:
    window = new_window(forced_colors="active")
    window.sign_in(owner.email, owner.password)
    ground = "tab => getComputedStyle(tab).backgroundColor"
    chosen, *others = (window.page.get_by_role("tab", name=tab).evaluate(ground) for tab in TABS)
    assert chosen not in others
    for tab in TABS:
        here = window.page.get_by_role("tab", name=tab)
        if tab != TABS[0]:
            expect(here).to_be_focused()
        expect(here).to_have_attribute("aria-selected", "true")
        expect(window.page.get_by_role("tabpanel", name=tab)).to_be_visible()
        here.press("ArrowRight")
    expect(window.page.get_by_role("tab", name=TABS[0])).to_be_focused()
