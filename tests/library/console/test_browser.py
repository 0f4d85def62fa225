"""Every page in Chromium: axe, colour schemes, forced colours, 320 pixels, and the keyboard."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.app.browser.looks import faults
from tests.library.cli.command import Shell
from tests.library.console.one_day import Day

pytestmark = [pytest.mark.needs("chromium"), pytest.mark.timeout(600)]

PASSWORD = "a long password of the console"
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
            yield _told(process)
        finally:
            process.terminate()


def _told(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    line = process.stdout.readline()
    found = re.search(r"http://[\d.:]+", line)
    assert found is not None, (line, process.stderr and process.stderr.read())
    return found[0]


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
    for path in [*PAGES, *rows][seen]:
        window.page.goto(path)
        assert faults(window) == [], path
    window.context.close()


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
