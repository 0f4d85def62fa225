"""Finds the URL to which a page's refresh sends a browser within a few seconds."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import urljoin

from worker.services.web.addresses import is_overlong
from worker.services.web.markup import Listener, listen

_CONTENT = re.compile(
    r"\A\s*+(\d{1,9})(?:\.\d*+)?\s*+[;,]\s*+url\s*+=\s*+[\"']?([^\"'\s>]+)", re.IGNORECASE
)
# A refresh with a longer wait (in seconds) is ignored, because it mostly reloads the same page.
MAX_SECONDS = 10
_READ_CHARACTERS = 50_000


def refresh_target(html: str, page_url: str) -> str | None:
    """The URL to which a `<meta http-equiv="refresh">` leads, or None.

    The refresh must lead to another page within `MAX_SECONDS`. `guard` must check the returned URL.
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
    """Finds the URL of the first refresh that waits at most `MAX_SECONDS`."""

    address: str | None = None

    def opens(self, tag: str, attributes: Mapping[str, str]) -> None:
        """Take the URL of a `meta` refresh that waits at most `MAX_SECONDS`, and stop reading."""
        if tag != "meta" or attributes.get("http-equiv", "").strip().lower() != "refresh":
            return
        match = _CONTENT.match(attributes.get("content", ""))
        if match and int(match[1]) <= MAX_SECONDS:
            self.address = match[2]
            self.is_done = True
