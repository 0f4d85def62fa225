"""Serves the site on a free loopback port.

    python -m examples.site.server

Two of the postings can be read; the third leads to a sign-in page, as on some job boards. The
worker does not import this.
"""

from __future__ import annotations

import asyncio
import functools
import threading
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

PAGES = Path(__file__).parent / "pages"

REDIRECTS = {"/board/jobs/20931": "/board/login?next=%2Fboard%2Fjobs%2F20931"}


@dataclass(frozen=True)
class Site:
    """The running site and its important addresses."""

    base_url: str

    @property
    def host_port(self) -> str:
        """The value for FETCH_ALLOW, so that the worker may read this site."""
        return self.base_url.removeprefix("http://")

    @property
    def structured(self) -> str:
        """A posting with JSON-LD, salary and logo."""
        return f"{self.base_url}/careers/calibration-engineer"

    @property
    def plain(self) -> str:
        """A posting in plain HTML with a cookie bar, navigation and other vacancies."""
        return f"{self.base_url}/vacancies/bench-joiner"

    @property
    def behind_login(self) -> str:
        """A posting that only members of an invented job board may see."""
        return f"{self.base_url}/board/jobs/20931"


class _Handler(SimpleHTTPRequestHandler):
    """Serves the files without `.html` in their addresses, and the redirects above."""

    def __init__(self, *args: Any, seconds_per_page: float, **more: Any) -> None:
        self._seconds_per_page = seconds_per_page
        super().__init__(*args, **more)

    def handle(self) -> None:
        # A client that disconnects in the middle of a page is normal, so no error is printed.
        with suppress(ConnectionError):
            super().handle()

    def send_head(self) -> Any:
        time.sleep(self._seconds_per_page)
        path = self.path.partition("?")[0]
        if path in REDIRECTS:
            self.send_response(HTTPStatus.FOUND)
            self.send_header("Location", REDIRECTS[path])
            self.send_header("Content-Length", "0")
            self.end_headers()
            return None
        if (PAGES / f"{path.strip('/')}.html").is_file():
            self.path = f"{path}.html"
        return super().send_head()

    def log_message(self, format: str, *args: Any) -> None:
        """Print nothing: the program that runs the site prints what is important."""


@asynccontextmanager
async def serve_site(*, seconds_per_page: float = 0.0) -> AsyncIterator[Site]:
    """Serve the site on a free loopback port until the block ends; each page takes
    `seconds_per_page`."""
    handler = functools.partial(_Handler, directory=str(PAGES), seconds_per_page=seconds_per_page)
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    thread = threading.Thread(
        target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
    )
    thread.start()
    try:
        yield Site(f"http://127.0.0.1:{server.server_address[1]}")
    finally:
        await asyncio.to_thread(server.shutdown)
        server.server_close()


async def _serve_until_interrupted() -> None:
    async with serve_site() as site:
        for address in (site.structured, site.plain, site.behind_login):
            print(address)
        await asyncio.Event().wait()


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        asyncio.run(_serve_until_interrupted())
