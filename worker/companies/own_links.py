"""How the company's own links reach the search on GitHub while the site is still being read."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from liverows import Resource
from worker.services.web.addresses import is_overlong

_ACCOUNT = re.compile(r"[A-Za-z0-9](?:-?[A-Za-z0-9]){0,38}")
_NO_ACCOUNTS = {
    "about", "apps", "collections", "contact", "customer-stories", "enterprise", "events",
    "explore", "features", "login", "marketplace", "orgs", "pricing", "readme", "search",
    "security", "settings", "site", "sponsors", "team", "topics", "trending",
}  # fmt: skip


class OwnLinks(Resource):
    """GitHub accounts that a front page names; told once, awaited by whoever needs them."""

    def __init__(self) -> None:
        self._accounts: tuple[str, ...] = ()
        self._told = asyncio.Event()

    def tell(self, accounts: Iterable[str]) -> None:
        """Say what the front page names, or nothing where there is none; the first word counts."""
        if not self._told.is_set():
            self._accounts = tuple(accounts)
            self._told.set()

    async def wait(self, seconds: float) -> tuple[str, ...]:
        """The accounts, nothing if they are not known in time."""
        try:
            async with asyncio.timeout(seconds):
                await self._told.wait()
        except TimeoutError:
            return ()
        return self._accounts


def github_accounts(addresses: Iterable[str]) -> tuple[str, ...]:
    """The accounts among some addresses, each once, in order."""
    found: dict[str, str] = {}
    for address in addresses:
        if is_overlong(address):
            continue
        parts = urlsplit(address)
        if (parts.hostname or "").removeprefix("www.") != "github.com":
            continue
        segments = [part for part in parts.path.split("/") if part]
        if segments[:1] == ["orgs"]:
            segments = segments[1:]
        if segments and _ACCOUNT.fullmatch(segments[0]) and segments[0].lower() not in _NO_ACCOUNTS:
            found.setdefault(segments[0].lower(), segments[0])
    return tuple(found.values())
