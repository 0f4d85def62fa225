"""Recognises pages that only send the browser to another page."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import urljoin

from worker.services.web.addresses import is_overlong
from worker.services.web.markup import Listener, listen

_CONTENT = re.compile(
    r"\A\s*+(\d{1,9})(?:\.\d*+)?\s*+[;,]\s*+url\s*+=\s*+[\"']?([^\"'\s>]+)", re.IGNORECASE
)
# Longer waits are used by pages that reload themselves while somebody reads them.
MAX_SECONDS = 10
_READ_CHARACTERS = 50_000


def refresh_target(html: str, page_url: str) -> str | None:
    """Where `<meta http-equiv="refresh">` sends a browser; None if it stays on the page.

    The result must be checked like any other URL.
    """
    if "refresh" not in html[:_READ_CHARACTERS].lower():
        return None
    order = _Order()
    listen(html[:_READ_CHARACTERS], order)
    if order.address is None or is_overlong(order.address):
        return None
    try:
        target = urljoin(page_url, order.address)
    except ValueError:
        return None
    return target if target.partition("#")[0] != page_url.partition("#")[0] else None


class _Order(Listener):
    """Finds the first order to leave the page soon, and its URL."""

    address: str | None = None

    def opens(self, tag: str, attributes: Mapping[str, str]) -> None:
        """See `Listener.opens`."""
        if tag != "meta" or attributes.get("http-equiv", "").strip().lower() != "refresh":
            return
        match = _CONTENT.match(attributes.get("content", ""))
        if match and int(match[1]) <= MAX_SECONDS:
            self.address = match[2]
            self.is_done = True
