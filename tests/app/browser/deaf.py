"""A page that does not hear everything that Realtime tells it."""

from __future__ import annotations

from playwright.sync_api import Page, WebSocketRoute

from tests.app.browser.window import DEADLINE_MS


class Deaf:
    """Passes the messages of Realtime to a page, and can keep changes from it."""

    def __init__(self, page: Page) -> None:
        self.deaf = False
        self.sent: list[str] = []
        """The messages of the page, oldest first."""
        self._page = page
        self._beats = 0
        page.route_web_socket("**/realtime/v1/**", self._pass_on)

    def fast_forward(self, milliseconds: int) -> None:
        """Move the clock of the page, and wait until its heartbeat is answered.

        At the next heartbeat the page would otherwise take the socket for dead.
        """
        self._page.clock.fast_forward(milliseconds)
        for _ in range(DEADLINE_MS // 10):
            if not self._beats:
                break
            self._page.wait_for_timeout(10)

    def _pass_on(self, socket: WebSocketRoute) -> None:
        server = socket.connect_to_server()

        def to_server(message: str | bytes) -> None:
            self.sent.append(str(message))
            self._beats += '"heartbeat"' in str(message)
            server.send(message)

        def to_page(message: str | bytes) -> None:
            if not (self.deaf and "postgres_changes" in str(message)):
                socket.send(message)
            if '"phoenix"' in str(message):
                self._beats = 0

        socket.on_message(to_server)
        server.on_message(to_page)
