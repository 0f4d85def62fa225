"""Every page in Chromium: axe, colour schemes, forced colours, 320 pixels, and the keyboard."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect, sync_playwright

from tests.app.browser.looks import faults
from tests.library.cli.command import Shell
from tests.library.console.browsing import told_address
from tests.library.console.one_day import Day

pytestmark = [pytest.mark.needs("chromium"), pytest.mark.timeout(600)]

PASSWORD = "a long password of the console"
MOST_BYTES = 300_000
SOON = 30_000
"""Milliseconds within which a list follows: it is read every 5 s, and the machine may be busy."""
MODES: dict[str, dict[str, Any]] = {
    "light": {"color_scheme": "light"},
    "dark": {"color_scheme": "dark"},
    "forced": {"forced_colors": "active"},
    "narrow": {"viewport": {"width": 320, "height": 640}, "has_touch": True, "is_mobile": True},
}
PAGES = [
    "/",
    "/rows?status=failed&status=cancelled",
    "/failures",
    "/bulk?status=failed",
    "/pipelines",
    "/budgets",
    "/pipeline?name=summarise",
    "/pipeline?name=shrink-picture",
    "/log",
    "/system",
    "/rows?status=wrong",
]


@pytest.fixture(scope="module")
def address(day: Day, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A console as `liverows console` starts it."""
    shell = Shell(tmp_path_factory.mktemp("console")).having(
        SUPABASE_DB_URL=day.database.dsn, LIVEROWS_CONSOLE_PASSWORD=PASSWORD
    )
    with shell.start("console", "--port", "0", program="liverows") as process:
        try:
            yield told_address(process)
        finally:
            process.terminate()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium; for root it runs without a sandbox."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox"]
        )
        yield browser
        browser.close()


class Window:
    """A window in which an operator is signed in."""

    def __init__(self, chromium: Browser, address: str, **options: Any) -> None:
        # Axe is a script from elsewhere, which the policy of the pages forbids in the browser.
        self.context = chromium.new_context(base_url=address, reduced_motion="reduce", **options)
        self.page: Page = self.context.new_page()
        self.problems: list[str] = []
        self.page.on("pageerror", lambda error: self.problems.append(str(error)))
        self.page.on(
            "console",
            lambda line: self.problems.append(line.text) if line.type == "error" else None,
        )

    def sign_in(self) -> None:
        self.page.goto("/")
        self.page.get_by_label("Your name").fill("Ada")
        self.page.get_by_label("Password").fill(PASSWORD)
        self.page.get_by_role("button", name="Sign in").press("Enter")
        expect(self.page.get_by_role("link", name="Overview")).to_be_visible()


@pytest.fixture
def window(chromium: Browser, address: str) -> Iterator[Window]:
    """A signed-in window; at the end it must have had no error in its console."""
    window = Window(chromium, address)
    window.sign_in()
    yield window
    window.context.close()
    assert window.problems == []


def each_page_in_one_mode_or_in_all() -> Iterator[Any]:
    """The mode, and which of the pages are seen in it."""
    for place, mode in enumerate(MODES):
        yield pytest.param(mode, slice(place, None, len(MODES)), id=mode)
        everything = f"{mode}, every page"
        yield pytest.param(mode, slice(None), id=everything, marks=pytest.mark.thorough)


@pytest.mark.parametrize(("mode", "seen"), list(each_page_in_one_mode_or_in_all()))
def test_nothing_on_a_page_is_in_anybodys_way(
    chromium: Browser, address: str, day: Day, mode: str, seen: slice
) -> None:
    window = Window(chromium, address, **MODES[mode])
    window.page.goto("/")
    assert faults(window) == [], "sign-in"
    window.sign_in()
    found = day.connection.execute(
        "select max(id)::text from public.documents group by processing_status"
    ).fetchall()
    rows = [f"/row?table=public.documents&id={key}&contents=1" for (key,) in found]
    (budget,) = day.connection.execute("select min(budget) from processing.budgets").fetchall()
    for path in [*PAGES, *rows, f"/budget?id={budget[0]}"][seen]:
        window.page.goto(path)
        assert faults(window) == [], path
    window.context.close()


@pytest.mark.parametrize("width", [390, pytest.param(1280, marks=pytest.mark.thorough)])
def test_no_text_makes_a_page_wider_than_the_window(
    chromium: Browser, address: str, day: Day, width: int
) -> None:
    (key,) = day.add(1)
    long = "W" * 4000
    day.fail([key], code=f"C{long}", message=f"M{long}", stage=f"S{long}", exception=True)
    day.worker.heartbeat(name=f"N{long}", version=long, pipelines=["p" * 200] * 9, listens=[])
    window = Window(chromium, address, viewport={"width": width, "height": 800})
    window.sign_in()
    row = f"/row?table=public.documents&id={key}&contents=1"
    for path in ("/", "/rows?status=failed", "/failures", row, "/log"):
        window.page.goto(path)
        wide = "document.documentElement.scrollWidth - window.innerWidth"
        assert window.page.evaluate(wide) <= 0, path
    window.context.close()
    day.connection.execute("delete from public.documents where id = %s", [int(key)])
    day.worker.call("sign_off", worker=day.worker.worker)
    day.beat()


def test_the_keyboard_leads_from_a_filter_to_a_row_that_runs_again(
    window: Window, day: Day
) -> None:
    (key,) = day.add(1)
    day.fail([key], code="by_keyboard", message="It broke.")
    page = window.page
    page.goto("/rows")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.get_by_role("checkbox", name="failed").press("Space")
    page.get_by_label("Error code").fill("by_keyboard")
    page.keyboard.press("Enter")
    page.get_by_role("link", name=key, exact=True).press("Enter")
    expect(page.get_by_role("heading", name=key)).to_be_visible()
    page.get_by_role("button", name="Retry", exact=True).press("Enter")
    expect(page.get_by_role("status")).to_have_text("The row is queued again.")


def test_many_rows_run_again_while_the_page_tells_how_far_it_is(window: Window, day: Day) -> None:
    keys = day.add(700)
    day.fail(keys, code="many", message="It broke.")
    page = window.page
    page.goto("/failures?code=many")
    page.get_by_role("link", name="Retry all rows with many").press("Enter")
    page.get_by_role("button", name="Continue…").press("Enter")
    yes = page.get_by_role("button", name="Yes, retry")
    expect(yes).to_be_focused()
    yes.press("Enter")
    # Nobody loads the page again: the result comes by itself.
    expect(page.get_by_role("status")).to_contain_text("Done: 700 changed")
    expect(page.get_by_role("button", name="Stop here")).to_have_count(0)


def test_the_overview_follows_the_queue_and_keeps_the_focus(window: Window, day: Day) -> None:
    page = window.page
    page.goto("/")
    link = page.get_by_role("link", name="send-letter")
    link.focus()
    day.connection.execute(
        "insert into public.letters (body) select 'x' from generate_series(1, 1234)"
    )
    expect(page.get_by_role("row", name="send-letter")).to_contain_text("1,234")
    expect(link).to_be_focused()


def test_what_a_reader_has_opened_stays_open_while_the_row_goes_on(
    window: Window, day: Day
) -> None:
    (key,) = day.add(1)
    day.fail([key], code="opened", message="It broke.", exception=True)
    day.connection.execute(
        "update public.documents set processing_status = 'pending' where id = %s", [int(key)]
    )
    page = window.page
    page.goto(f"/row?table=public.documents&id={key}")
    page.get_by_text("RuntimeError: It broke.").click()
    frames = page.get_by_text("pipelines/model.py:12 in ask")
    expect(frames).to_be_visible()
    day.connection.execute(
        "update public.documents set processing_not_before = now() + interval '1 day',"
        " processing_priority = 7 where id = %s",
        [int(key)],
    )
    expect(page.locator("dl.facts")).to_contain_text("priority7", use_inner_text=False)
    expect(frames).to_be_visible()


def test_a_list_follows_without_moving_the_focus(window: Window, day: Day) -> None:
    keys = day.add(2)
    day.fail(keys, code="focus", message="It broke.")
    page = window.page
    page.goto("/rows?code=focus&status=failed")
    link = page.get_by_role("link", name=keys[0], exact=True)
    link.focus()
    (fresh,) = day.add(1)
    day.fail([fresh], code="focus", message="It broke too.")
    expect(page.get_by_role("link", name=fresh, exact=True)).to_be_visible(timeout=SOON)
    expect(link).to_be_focused()
    # A line stays under its reader although it has left the list, and goes when he does.
    cancel(day, *keys, fresh)
    expect(page.get_by_text("No row matches this filter.")).to_be_visible(timeout=SOON)
    expect(page.get_by_role("link", name=keys[1], exact=True)).to_have_count(0)
    expect(link).to_be_focused()
    expect(page.get_by_role("row", name=keys[0])).to_have_class("gone")
    page.get_by_label("Error code").focus()
    expect(link).to_have_count(0, timeout=SOON)


def test_a_list_follows_without_losing_what_is_selected(window: Window, day: Day) -> None:
    keys = day.add(2)
    day.fail(keys, code="selected", message="It broke.")
    page = window.page
    page.goto("/rows?code=selected&status=failed")
    page.get_by_role("row", name=keys[0]).get_by_role("cell", name="It broke.").select_text()
    selected = page.evaluate("getSelection().toString()")
    assert "It broke." in selected
    (fresh,) = day.add(1)
    day.fail([fresh], code="selected", message="It broke too.")
    expect(page.get_by_role("link", name=fresh, exact=True)).to_be_visible(timeout=SOON)
    cancel(day, *keys)
    expect(page.get_by_role("link", name=keys[1], exact=True)).to_have_count(0, timeout=SOON)
    assert page.evaluate("getSelection().toString()") == selected


def test_a_list_stands_still_while_its_reader_wants_it(window: Window, day: Day) -> None:
    (before,) = day.add(1)
    day.fail([before], code="still", message="It broke.")
    page = window.page
    page.goto("/rows?code=still&status=failed")
    expect(page.get_by_role("link", name=before, exact=True)).to_be_visible(timeout=SOON)
    live = page.get_by_role("button", name="Live")
    live.press("Enter")
    expect(live).to_have_attribute("aria-pressed", "false")
    other = window.context.new_page()
    other.goto("/rows?code=still&status=failed")
    (after,) = day.add(1)
    day.fail([after], code="still", message="It broke.")
    expect(other.get_by_role("link", name=after, exact=True)).to_be_visible(timeout=SOON)
    expect(page.get_by_role("link", name=after, exact=True)).to_have_count(0)
    live.press("Enter")
    expect(page.get_by_role("link", name=after, exact=True)).to_be_visible(timeout=SOON)
    expect(live).to_be_focused()


def test_a_screen_reader_is_told_what_changed_in_a_list_once_for_many_changes(
    window: Window, day: Day
) -> None:
    keys = day.add(3)
    day.fail(keys, code="heard", message="It broke.")
    page = window.page
    page.clock.install()
    page.goto("/rows?code=heard")
    expect(page.get_by_role("link", name=keys[2], exact=True)).to_be_visible(timeout=SOON)
    news = page.get_by_role("status")
    expect(news).to_be_empty()
    (fresh,) = day.add(1)
    day.fail([fresh], code="heard", message="It broke.")
    expect(page.get_by_role("link", name=fresh, exact=True)).to_be_visible(timeout=SOON)
    cancel(day, keys[0])
    expect(page.get_by_role("row", name=keys[0])).to_contain_text("cancelled", timeout=SOON)
    expect(news).to_be_empty()
    page.clock.fast_forward(10_000)
    expect(news).to_have_text("The list has changed: 1 new, 1 changed.")


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("kind", "size"),
    [("", {"width": 1280, "height": 780}), ("-phone", {"width": 390, "height": 844})],
)
def test_pictures_can_be_drawn_of_the_overview_a_row_and_a_list(
    chromium: Browser, address: str, day: Day, tmp_path: Path, kind: str, size: ViewportSize
) -> None:
    """They are drawn into the folder SCREENSHOTS; docs has console.png and console-row.png."""
    folder = Path(os.environ.get("SCREENSHOTS") or tmp_path)
    found = day.connection.execute(
        "select min(id)::text from public.documents where processing_status = 'completed'"
    )
    row = f"/row?table=public.documents&id={found.fetchall()[0][0]}"
    day.beat()
    window = Window(chromium, address, viewport=size)
    window.sign_in()
    for name, path in (("", "/"), ("-row", row), ("-rows", "/rows?status=failed")):
        window.page.goto(path)
        file = folder / f"console{name}{kind}.png"
        window.page.screenshot(path=file, animations="disabled")
        assert file.stat().st_size < MOST_BYTES
    window.context.close()


def cancel(day: Day, *keys: str) -> None:
    day.connection.execute(
        "update public.documents set processing_status = 'cancelled' where id = any (%s)",
        [[int(key) for key in keys]],
    )
