"""A browser, the whole local stack with the page, a small web site, and workers on demand.

These tests always start their own stack, because its functions and its workers must be allowed
to read the site, which is on loopback.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from playwright.sync_api import Browser, Error, Page, sync_playwright

from devstack.leash import Leashed
from devstack.listening import hears_notify
from devstack.page import build
from devstack.project import ROOT
from devstack.stack import LocalStack
from examples.site.server import Site
from tests.app.browser.window import Window
from tests.support.site import running_site

HERE = Path(__file__).parent
# Without the limit Chromium starts a further process for each window, in case it is needed.
CHROMIUM = ["--no-sandbox", "--renderer-process-limit=1"]
SECONDS_PER_PAGE = 0.2
SECONDS_PER_SLOW_PAGE = 8.0
START_SECONDS = 180
STILL: dict[str, Any] = {"reduced_motion": "reduce"}
"""Nothing breathes while a row runs: painting that costs much, and axe would judge colours in the
middle of an animation."""

NewWindow: TypeAlias = Callable[..., Window]
StartWorker: TypeAlias = Callable[..., AbstractContextManager[None]]


@pytest.fixture(scope="session")
def site() -> Iterator[Site]:
    """The pages of examples/site."""
    with running_site(seconds_per_page=SECONDS_PER_PAGE) as site:
        yield site


@pytest.fixture(scope="session")
def slow_site() -> Iterator[Site]:
    """The same pages, but so slow that a test can see a row while it runs."""
    with running_site(seconds_per_page=SECONDS_PER_SLOW_PAGE) as site:
        yield site


@pytest.fixture(scope="session")
def allowed(site: Site, slow_site: Site) -> dict[str, str]:
    """The setting that lets functions and workers read the sites, which are on loopback."""
    return {"FETCH_ALLOW": f"{site.host_port},{slow_site.host_port}"}


@pytest.fixture(scope="session")
def web(allowed: dict[str, str]) -> Iterator[LocalStack]:
    """The stack with the page at `/`."""
    with LocalStack(page=build(), functions_environment=allowed) as stack:
        yield stack


class _Kept:
    """One browser for the tests of this folder that follow one another, and one page in it.

    A page that is used again costs half as much as a new one, which needs a process of its own
    that compiles all scripts anew.
    """

    def __init__(self) -> None:
        self._open = ExitStack()
        self._browser: Browser | None = None
        self._page: Page | None = None

    def browser(self) -> Browser:
        """Debian's Chromium; for root it runs without a sandbox."""
        if self._browser is None:
            playwright = self._open.enter_context(sync_playwright())
            self._browser = playwright.chromium.launch(
                executable_path="/usr/bin/chromium", args=CHROMIUM
            )
            self._open.callback(self._browser.close)
        return self._browser

    def page(self) -> Page:
        """The page, as empty as a new one."""
        if self._page is None:
            self._page = self.browser().new_context(**STILL).new_page()
        return self._page

    def has(self, window: Window) -> bool:
        """Whether the window has the page that is used again."""
        return window.page is self._page

    def take_back(self, window: Window) -> None:
        """Make the page of the window empty again; if that is not possible, the next one is new."""
        window.stop_noting()
        if window.changed_for_good or not _emptied(window):
            self._page = None
            window.context.close()

    def close(self) -> None:
        """End the browser; the next test would start another one."""
        self._browser = self._page = None
        self._open.close()


def _emptied(window: Window) -> bool:
    """Make the page of the window as a new one, without what the site has stored and the places to
    which Back would go; whether that was possible."""
    page = window.page
    try:
        page.unroute_all(behavior="ignoreErrors")
        window.context.set_offline(False)
        page.emulate_media(media="null", color_scheme="light", forced_colors="none", **STILL)
        page.mouse.move(0, 0)
        page.goto("about:blank")
        browser = window.context.new_cdp_session(page)
        browser.send("Storage.clearDataForOrigin", {"origin": window.url, "storageTypes": "all"})
        browser.send("Page.resetNavigationHistory")
        browser.detach()
    except Error:
        return False
    return True


KEPT = _Kept()


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(nextitem: pytest.Item | None) -> None:
    """End the browser before a test of another folder. Playwright runs an event loop in this thread
    until then, and other tests could not run one."""
    if nextitem is None or not nextitem.path.is_relative_to(HERE):
        KEPT.close()


@pytest.fixture
def browser() -> Browser:
    """A running Chromium."""
    return KEPT.browser()


@pytest.fixture
def new_window(browser: Browser, web: LocalStack) -> Iterator[NewWindow]:
    """Opens windows that share nothing, and in which nothing moves. At the end, none may have an
    error in its console."""
    windows: list[Window] = []

    def open_window(url: str = web.url, **options: Any) -> Window:
        if windows or options or url != web.url:
            windows.append(Window(browser.new_context(**(STILL | options)), url))
        else:
            page = KEPT.page()
            windows.append(Window(page.context, url, page))
        return windows[-1]

    yield open_window
    for window in windows:
        if KEPT.has(window):
            KEPT.take_back(window)
        else:
            window.context.close()
    assert [problem for window in windows for problem in window.problems] == []


@pytest.fixture
def worker(web: LocalStack, allowed: dict[str, str], tmp_path: Path) -> StartWorker:
    """`with worker(OPENAI_API_KEY=…):` runs a worker. It is ready when the block begins, and is
    drained at the end."""
    return worker_of(web, allowed, tmp_path)


def worker_of(stack: LocalStack, allowed: dict[str, str], tmp_path: Path) -> StartWorker:
    """What the fixture `worker` is, for another stack."""
    basics = {
        **stack.environment(),
        **allowed,
        "LIVEROWS_HEALTH_PORT": "0",
        "LIVEROWS_GRACE_SECONDS": "1",
        "PYTHONPATH": str(ROOT),
    }

    @contextmanager
    def running(**settings: str) -> Iterator[None]:
        command = [sys.executable, "-m", "worker", "run"]
        log = tmp_path / "worker.log"
        process = Leashed(command, environment=basics | settings, log=log, cwd=tmp_path)
        try:
            wait_until_ready(stack.db_url, process)
            yield
        finally:
            process.stop()

    return running


def wait_until_ready(db_url: str, worker: Leashed) -> None:
    """Wait until a worker hears NOTIFY. If it ends before, the error shows the end of its log."""
    assert hears_notify(db_url, lambda: worker.running, START_SECONDS), worker.last_words()
