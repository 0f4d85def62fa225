"""Finds the accounts on GitHub that a company's own pages link to."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from worker.services.web.addresses import is_overlong

_ACCOUNT = re.compile(r"[A-Za-z0-9](?:-?[A-Za-z0-9]){0,38}")
_NO_ACCOUNTS = {
    "about", "apps", "collections", "contact", "customer-stories", "enterprise", "events",
    "explore", "features", "login", "marketplace", "orgs", "pricing", "readme", "search",
    "security", "settings", "site", "sponsors", "team", "topics", "trending",
}  # fmt: skip


def github_accounts(addresses: Iterable[str]) -> tuple[str, ...]:
    """The GitHub accounts that these addresses name, each once."""
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
