"""One browser window with the page, and the requests that it sends."""

from __future__ import annotations

import os
import time
from collections import Counter
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import (
    BrowserContext,
    Error,
    Locator,
    Page,
    Request,
    Route,
    WebSocket,
    expect,
)

PASSWORD = "correct horse battery"
DEADLINE_MS = 60_000

WATCH = """() => {
    window.seenStatuses = [];
    const look = () => {
        const status = document.querySelector('[data-status]')?.dataset.status;
        if (status && status !== seenStatuses.at(-1)) seenStatuses.push(status);
    };
    new MutationObserver(look).observe(
        document.body, {subtree: true, childList: true, attributes: true});
}"""

POSTING = "# Junior Data Analyst\n\nSalary: £27,500 to £31,000 per year\n\nMeter readings, maps."

CAPABILITIES = "/functions/v1/api/capabilities"

AGAIN_MS = 28_000
"""Rows that are not final are read again within this time."""
MINUTE_MS = 60_000
"""So often a page asks which rows are new or changed."""
LATE_MS = 2_000
"""An event that comes so long after a check was not missed."""

SECONDS_BETWEEN = {"changed": 60, "again": 15}
"""The least time between two checks of a kind, as `check_of` names them."""

expect.set_options(timeout=DEADLINE_MS)


def address(name: str) -> str:
    """An e-mail address that no other run uses."""
    return f"{name}-{os.urandom(4).hex()}@example.com"


def check_of(request: str) -> str | None:
    """Which of live-rows' checks the request may be; None for any other request."""
    query = parse_qs(urlsplit(request).query)
    if query.get("select") == ["id,updated_at"]:
        return "changed"
    return "again" if query.get("id", [""])[0].startswith("in.") else None


class Window:
    """A user with the page open."""

    def __init__(self, context: BrowserContext, url: str, page: Page | None = None) -> None:
        self.context = context
        self.changed_for_good = False
        """Whether the page cannot be as before for a next test: its clock was moved, say."""
        self._requests: list[str] = []
        self._forgot_at = time.monotonic()
        self.frames: list[str] = []
        self.sockets: list[WebSocket] = []
        self.problems: list[str] = []
        context.set_default_timeout(DEADLINE_MS)
        self.page: Page = page or context.new_page()
        self.page.on("request", self._note_request)
        self.page.on("websocket", self._note_socket)
        self.page.on("pageerror", self._note_problem)
        self.url = url

    def stop_noting(self) -> None:
        """Note nothing more of what the page does."""
        self.page.remove_listener("request", self._note_request)
        self.page.remove_listener("websocket", self._note_socket)
        self.page.remove_listener("pageerror", self._note_problem)

    def sign_up(self, email: str) -> None:
        """Sign up with the form of the page."""
        self.page.goto(self.url)
        self.page.get_by_role("button", name="I am new here").click()
        self._enter(email, PASSWORD, "Sign up")

    def become(self, email: str) -> None:
        """Sign out, and sign up as another user without loading the page again."""
        self.page.get_by_role("button", name="Sign out").click()
        self.page.get_by_role("button", name="I am new here").click()
        self._enter(email, PASSWORD, "Sign up")

    def sign_in(self, email: str, password: str = PASSWORD) -> None:
        """Sign in with an account that exists."""
        self.page.goto(self.url)
        self._enter(email, password, "Sign in")

    def open_tab(self, name: str) -> None:
        """Open a tab, and wait until it shows its rows."""
        self.page.get_by_role("tab", name=name).click()
        expect(self.page.locator("[aria-busy]:visible")).to_have_count(0)

    def hold_first(self, pattern: str, method: str = "POST") -> list[Route]:
        """Keep the first request to an address back; the list has it, once it was sent."""
        held: list[Route] = []

        def hold(route: Route) -> None:
            if held or route.request.method != method:
                route.continue_()
            else:
                held.append(route)

        self.page.route(pattern, hold)
        return held

    def add_position(self, posting: str) -> None:
        """Add a position by a link or a text."""
        self.page.get_by_label("Link or text of a job posting").fill(posting)
        self.page.get_by_role("button", name="Add position").click()

    def card(self, name: str) -> Locator:
        """The card with this name."""
        return self.page.get_by_role("article", name=name)

    def expect_status(self, name: str, status: str) -> None:
        """Wait until the card shows this status."""
        expect(self.card(name).locator("[data-status]").first).to_have_attribute(
            "data-status", status
        )

    def forget_requests(self) -> None:
        """Forget the requests so far. Later ones are caused by the user, or are polls."""
        self._requests.clear()
        self.frames.clear()
        self._forgot_at = time.monotonic()

    def reads(self) -> list[str]:
        """The reads of tables since `forget_requests`, also those of the checks."""
        return [request for request in self._requests if "/rest/" in request]

    def checks_until_focus(self) -> list[str | None]:
        """The kinds of the reads since `forget_requests` and of the check at a focus, the last.

        The page reads one thing at a time, so whatever it began before has been sent by then.
        """
        with self.page.expect_request(lambda request: check_of(request.url) == "changed"):
            self.page.evaluate("dispatchEvent(new Event('focus'))")
        return [check_of(request) for request in self.reads()]

    @property
    def requests(self) -> list[str]:
        """The requests since `forget_requests`, without so many checks as are due of each table,
        and without the question what the workers can do, which a row that runs sets off."""
        seconds = time.monotonic() - self._forgot_at
        seen = Counter[tuple[str, str]]()
        others = []
        for request in self._requests:
            if request.endswith(CAPABILITIES):
                continue
            check = check_of(request)
            if check is not None:
                seen[request.partition("?")[0], check] += 1
                due = 1 + int(seconds / SECONDS_BETWEEN[check])
                if seen[request.partition("?")[0], check] <= due:
                    continue
            others.append(request)
        return others

    def wait_until_live(self) -> None:
        """Wait until the open tab is subscribed and has read its rows after that."""
        expect(self.page.locator("[role=tabpanel]:not([hidden]) [data-link=live]")).to_be_attached()

    def watch_statuses(self) -> None:
        """Note each status that the first card shows from now on."""
        self.page.evaluate(WATCH)

    def statuses(self) -> list[str]:
        """The statuses that were noted since `watch_statuses`."""
        seen: list[str] = self.page.evaluate("window.seenStatuses")
        return seen

    def expect_run(self, end: str) -> None:
        """Wait until the first card has been seen running and then shows this end."""
        self.page.wait_for_function(
            "end => seenStatuses.includes('processing') && seenStatuses.at(-1) === end", arg=end
        )

    def _enter(self, email: str, password: str, button: str) -> None:
        self.page.get_by_label("E-mail").fill(email)
        self.page.get_by_label("Password").fill(password)
        self.page.get_by_role("button", name=button, exact=True).click()
        expect(self.page.get_by_role("tablist")).to_be_visible()
        expect(self.page.locator("[aria-busy]:visible")).to_have_count(0)

    def _note_request(self, request: Request) -> None:
        if request.resource_type not in {"font", "image"}:
            self._requests.append(f"{request.method} {request.url.removeprefix(self.url)}")

    def _note_problem(self, error: Error) -> None:
        self.problems.append(str(error))

    def _note_socket(self, socket: WebSocket) -> None:
        self.sockets.append(socket)
        socket.on("framereceived", lambda frame: self.frames.append(str(frame)))
