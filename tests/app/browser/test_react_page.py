"""The hooks of the npm package, in the page of examples/react, in Chromium under StrictMode."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from playwright.sync_api import Browser, expect

from devstack.node import find_node
from devstack.page import REACT, REACT_PAGE
from devstack.stack import LocalStack, User
from tests.app.browser.deaf import Deaf
from tests.app.browser.window import AGAIN_MS, DEADLINE_MS, MINUTE_MS

pytestmark = [pytest.mark.needs("chromium", "stack", "react-page"), pytest.mark.timeout(600)]

ROWS = 10_000
INSERT = """
insert into job_positions (account_id, raw_job_description, processing_status)
select %s, 'Position ' || n, 'completed' from generate_series(1, %s) as n
"""
WATCH_DELAY = """() => {
    window.longestTask = 0;
    new PerformanceObserver(list => {
        for (const {duration} of list.getEntries())
            longestTask = Math.max(longestTask, duration);
    }).observe({type: 'longtask'});
}"""
NOTICE = "Download the React DevTools"
UNREACHABLE = "Failed to load resource"


class ReactWindow:
    """A browser window with the page of examples/react."""

    def __init__(self, browser: Browser, stack: LocalStack) -> None:
        self.url = stack.url
        self._dsn = stack.superuser_dsn
        self.context = browser.new_context()
        self.context.set_default_timeout(DEADLINE_MS)
        self.page = self.context.new_page()
        self.wire = Deaf(self.page)
        self.user: User = stack.sign_up()
        self.said: list[str] = []
        self.reads: list[str] = []
        self.page.on("console", lambda message: self.said.append(message.text))
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.on("request", lambda request: self._note(request.url))

    def sign_in(self, path: str = "/") -> None:
        """Sign in, and wait until the rows are subscribed to."""
        self.page.goto(self.url + path)
        self.enter()

    def enter(self) -> None:
        """Fill in the form of the page that is open."""
        self.page.get_by_label("E-mail").fill(self.user.email)
        self.page.get_by_label("Password").fill(self.user.password)
        self.page.get_by_role("button", name="Sign in").click()
        self.wait_until_live()

    def wait_until_live(self) -> None:
        """Wait until changes arrive, and what was before them has been read."""
        expect(self.page.locator("[data-link=live]")).to_be_attached()

    def expect_statuses(self, *statuses: str) -> None:
        """Wait until the rows of the list have these, newest first."""
        rows = self.page.locator("li[data-status]")
        expect(rows).to_have_count(len(statuses))
        for row, status in zip(rows.all(), statuses, strict=True):
            expect(row).to_have_attribute("data-status", status)

    def run(self, query: str, *values: Any) -> None:
        """Run SQL that no trigger of a queue meets; Realtime tells of it all the same."""
        with psycopg.connect(self._dsn, autocommit=True) as database:
            database.execute("set session_replication_role = replica")
            database.execute(query, values or None)

    def add(self, rows: int = 1) -> None:
        """Add rows that are done."""
        self.run(INSERT, self.user.id, rows)

    def set_status(self, status: str) -> None:
        """A new run of the user's rows has got as far as this."""
        self.run(
            "update job_positions set processing_status = %s::processing_status,"
            " processing_run = processing_run + 1, updated_at = clock_timestamp()"
            " where account_id = %s",
            status,
            self.user.id,
        )

    def topics(self, event: str) -> list[str]:
        """The topics of the messages of this kind that the page has sent."""
        frames = [json.loads(message) for message in self.wire.sent]
        return [topic for _, _, topic, sent, _ in frames if sent == event and topic != "phoenix"]

    def wait_until(self, condition: Callable[[], bool]) -> None:
        """Let the page go on until the condition holds."""
        for _ in range(DEADLINE_MS // 10):
            if condition():
                return
            self.page.wait_for_timeout(10)
        raise AssertionError("not in time")

    def complaints(self) -> list[str]:
        """What the console said and no test has caused."""
        return [said for said in self.said if NOTICE not in said and UNREACHABLE not in said]

    def _note(self, url: str) -> None:
        if "/rest/" in url:
            self.reads.append(url)


@pytest.fixture(scope="module")
def stack() -> Iterator[LocalStack]:
    """The stack with the page of examples/react."""
    with LocalStack(page=REACT_PAGE.build(), functions=False) as stack:
        yield stack


@pytest.fixture
def window(browser: Browser, stack: LocalStack) -> Iterator[ReactWindow]:
    """A window that is not signed in. At the end React may have nothing to complain of."""
    window = ReactWindow(browser, stack)
    window.page.clock.install()
    yield window
    window.context.close()
    assert window.complaints() == []


def test_rows_arrive_live_with_one_subscription(window: ReactWindow) -> None:
    window.sign_in()
    window.reads.clear()
    window.page.get_by_label("Text of a job posting").fill("# Data Analyst\n\nMeter readings.")
    with window.page.expect_response("**/rest/v1/job_positions"):
        window.page.get_by_role("button", name="Add").click()
    window.expect_statuses("pending")
    window.set_status("processing")
    window.expect_statuses("processing")
    window.set_status("completed")
    window.expect_statuses("completed")
    assert [read for read in window.reads if "select=" in read] == []
    # StrictMode mounts each component twice.
    assert len(window.topics("phx_join")) == 1
    assert window.topics("phx_leave") == []


@pytest.mark.thorough
def test_a_row_of_the_list_is_shown_with_the_subscription_of_the_list(window: ReactWindow) -> None:
    window.add()
    window.sign_in()
    window.reads.clear()
    window.page.get_by_role("link", name="Position 1").click()
    article = window.page.locator("article")
    expect(article).to_have_attribute("data-status", "completed")
    window.set_status("failed")
    expect(article).to_have_attribute("data-status", "failed")
    window.page.get_by_role("link", name="Positions").click()
    window.expect_statuses("failed")
    assert window.reads == []
    assert len(window.topics("phx_join")) == 1


@pytest.mark.thorough
def test_a_row_opened_by_its_address_is_read_alone(window: ReactWindow) -> None:
    window.add(2)
    window.sign_in()
    row = window.page.locator("li").first.get_attribute("data-row")
    window.page.goto("about:blank")
    window.reads.clear()
    window.page.goto(f"{window.url}/#/{row}")
    window.wait_until_live()
    assert window.reads
    assert all(f"id=eq.{row}" in read for read in window.reads)


@pytest.mark.thorough
def test_who_leaves_unsubscribes_and_who_comes_back_sees_what_happened(
    window: ReactWindow,
) -> None:
    window.add()
    window.sign_in()
    window.expect_statuses("completed")
    (topic,) = window.topics("phx_join")
    window.page.get_by_role("button", name="Sign out").click()
    expect(window.page.get_by_label("E-mail")).to_be_visible()
    window.wait_until(lambda: topic in window.topics("phx_leave"))
    window.set_status("failed")
    window.add()
    window.enter()
    window.expect_statuses("completed", "failed")


@pytest.mark.thorough
def test_rows_stay_live_over_a_new_token(window: ReactWindow) -> None:
    window.add()
    window.sign_in()
    told = len(window.topics("access_token"))
    with window.page.expect_request("**/auth/v1/token?grant_type=refresh_token"):
        window.wire.fast_forward(59 * MINUTE_MS)
    window.wait_until(lambda: len(window.topics("access_token")) > told)
    window.set_status("failed")
    window.expect_statuses("failed")
    window.wait_until_live()
    assert len(window.topics("phx_join")) == 1


@pytest.mark.thorough
def test_what_happens_while_the_page_is_offline_is_there_when_it_is_back(
    window: ReactWindow,
) -> None:
    window.add()
    window.sign_in()
    window.context.set_offline(True)
    window.wire.deaf = True
    window.set_status("failed")
    window.add()
    window.context.set_offline(False)
    window.expect_statuses("completed", "failed")


def test_events_that_never_arrive_are_found_within_30_seconds(window: ReactWindow) -> None:
    window.add()
    window.sign_in()
    window.set_status("processing")
    window.expect_statuses("processing")
    window.wire.deaf = True
    window.set_status("completed")
    window.wire.fast_forward(AGAIN_MS)
    window.expect_statuses("completed")
    window.wire.fast_forward(2_000)
    expect(window.page.locator("[data-link='catching up']")).to_be_attached()


def test_ten_thousand_rows_are_read_in_pages_and_stay_live(
    window: ReactWindow, record_property: Callable[[str, object], None]
) -> None:
    window.add(ROWS)
    window.sign_in()
    expect(window.page.get_by_text(f"{ROWS} positions")).to_be_visible()
    row = window.page.locator("li").first
    key = row.get_attribute("data-row")
    window.reads.clear()
    window.page.evaluate(WATCH_DELAY)
    window.run(
        "update job_positions set processing_status = 'failed', updated_at = clock_timestamp()"
        " where id = %s",
        key,
    )
    expect(row).to_have_attribute("data-status", "failed")
    assert window.reads == []
    window.page.get_by_role("button", name="Show more").click()
    expect(window.page.locator("li")).to_have_count(200)
    longest = window.page.evaluate("window.longestTask")
    record_property("table", f"{ROWS} rows: the longest task of an event took {longest:.0f} ms")


def test_what_a_server_draws_comes_alive_without_a_warning(window: ReactWindow) -> None:
    drawn = _server_drawn()
    assert "Reading…" in drawn
    assert "Connecting…" in drawn
    built = (REACT / "dist" / "index.html").read_text()
    page = built.replace('<div id="root"></div>', f'<div id="root">{drawn}</div>')
    assert page != built
    # A file, because Chromium lets no page that a test makes up connect to this machine.
    drawn_page = REACT / "dist" / "drawn.html"
    drawn_page.write_text(page)
    try:
        window.sign_in("/drawn.html")
    finally:
        drawn_page.unlink()
    window.add()
    window.expect_statuses("completed")


def _server_drawn() -> str:
    """What src/server.tsx renders in Node."""
    REACT_PAGE.vite("build", "--ssr", "src/server.tsx", "--outDir", "node_modules/.server")
    script = (
        "import('./node_modules/.server/server.js').then(s => process.stdout.write(s.render()))"
    )
    node = find_node()
    drawn = subprocess.run(
        [str(node.program), "-e", script],
        cwd=REACT, env=dict(node.environment), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert drawn.stderr == ""
    return drawn.stdout
