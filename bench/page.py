"""How much the page weighs, and how soon a phone shows it: `make page-figures`.

Sizes are those of the built files. Times are the browser's own entries for first contentful paint
and largest contentful paint, on the kind of phone and network that Lighthouse's mobile preset
imitates. They tell two builds apart on one machine; they are no promise for any other.
"""

from __future__ import annotations

import gzip
import re
import statistics
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeAlias

from playwright.sync_api import Browser, BrowserContext, sync_playwright
from rich.console import Console
from rich.table import Table
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from devstack.page import build
from devstack.serving import address, listener, served
from devstack.stack import LocalStack
from tests.support.desk import fill

REPETITIONS = 5
PHONE: dict[str, Any] = {
    "viewport": {"width": 412, "height": 823},
    "is_mobile": True,
    "has_touch": True,
}
CPU_SLOWDOWN = 4
NETWORK = {
    "offline": False,
    "latency": 150,
    "downloadThroughput": 1_600_000 / 8,
    "uploadThroughput": 750_000 / 8,
}
PAINTS = """() => new Promise(done => {
    let largest = 0;
    new PerformanceObserver(list => list.getEntries().forEach(one => { largest = one.startTime; }))
        .observe({type: 'largest-contentful-paint', buffered: true});
    setTimeout(() => done([
        performance.getEntriesByName('first-contentful-paint')[0].startTime, largest]), 500);
})"""
LATIN = re.compile(r"inter-latin-(?!ext)")
SHOWN = {"sign-in": ".door form", "desk": "[data-row]"}

Paints: TypeAlias = tuple[float, float]
"""Milliseconds to the first and to the largest contentful paint."""


def weights(folder: Path) -> list[tuple[str, int, int]]:
    """Name, bytes and bytes with gzip of each built file that a browser may load."""
    files = [folder / "index.html", *sorted((folder / "assets").iterdir())]
    return [
        (file.name, len(content := file.read_bytes()), len(gzip.compress(content, mtime=0)))
        for file in files
        if file.suffix in {".html", ".js", ".css"} or LATIN.match(file.name)
    ]


@contextmanager
def hosted(folder: Path, stack: LocalStack) -> Iterator[str]:
    """Serve the page as a host does, with gzip and beside Supabase; yields its address."""

    async def config(_request: Request) -> JSONResponse:
        return JSONResponse({"url": stack.url, "publishableKey": stack.publishable_key})

    routes = [Route("/config.json", config), Mount("/", StaticFiles(directory=folder, html=True))]
    app = Starlette(routes=routes, middleware=[Middleware(GZipMiddleware)])
    bound = listener()
    with served(app, bound):
        yield address(bound)


def paints(context: BrowserContext, url: str, shown: str) -> Paints:
    """Open the page once in a new context, and wait until its view is there."""
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Emulation.setCPUThrottlingRate", {"rate": CPU_SLOWDOWN})
    session.send("Network.enable")
    session.send("Network.emulateNetworkConditions", NETWORK)
    page.goto(url)
    page.locator(shown).first.wait_for()
    first, largest = page.evaluate(PAINTS)
    context.close()
    return first, largest


def signed_in(browser: Browser, url: str, stack: LocalStack) -> Any:
    """What the browser keeps for a user with rows in every state."""
    user = stack.sign_up()
    fill(stack, user)
    context = browser.new_context()
    page = context.new_page()
    page.goto(url)
    page.get_by_label("E-mail").fill(user.email)
    page.get_by_label("Password").fill(user.password)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.locator(SHOWN["desk"]).first.wait_for()
    kept = context.storage_state()
    context.close()
    return kept


def measure(folder: Path) -> dict[str, list[Paints]]:
    """The paints of each view, one pair for each repetition."""
    with (
        LocalStack(functions=False) as stack,
        hosted(folder, stack) as url,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox"]
        )
        kept = {"sign-in": None, "desk": signed_in(browser, url, stack)}
        found: dict[str, list[Paints]] = {view: [] for view in SHOWN}
        for view in [*SHOWN] * REPETITIONS:
            context = browser.new_context(storage_state=kept[view], **PHONE)
            found[view].append(paints(context, url, SHOWN[view]))
        browser.close()
    return found


def report(folder: Path, found: dict[str, list[Paints]]) -> None:
    """Print both tables."""
    sizes = Table("file", "kB", "kB, gzip", title="Size of the page")
    for name, plain, packed in weights(folder):
        sizes.add_row(name, f"{plain / 1000:.1f}", f"{packed / 1000:.1f}")
    times = Table("view", "first paint, ms", "largest paint, ms", title=f"Median of {REPETITIONS}")
    for view, pairs in found.items():
        medians = (statistics.median(column) for column in zip(*pairs, strict=True))
        times.add_row(view, *(f"{median:.0f}" for median in medians))
    console = Console()
    console.print(sizes)
    console.print(times)


if __name__ == "__main__":
    built = Path(sys.argv[1]) if len(sys.argv) > 1 else build()
    report(built, measure(built))
