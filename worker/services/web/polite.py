"""Reads several pages of one site: slowly, and only those that its robots.txt allows.

If there is no robots.txt, every page may be read (RFC 9309).
"""

from __future__ import annotations

import asyncio
import re
import time
from collections import OrderedDict
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from liverows import InvalidInput, Permanent, Resource, Transient, get_logger, run_in_child
from worker.services.web.client import USER_AGENT, Page, WebClient

if TYPE_CHECKING:
    from protego import Protego

log = get_logger(__name__)

DAY_SECONDS = 24 * 3600.0
MAX_RULES_BYTES = 500 * 1024
MAX_HOSTS = 1_000
MAX_KEPT_BYTES = 5_000_000
"""Limit of the characters in all remembered robots.txt files together."""
MAX_NAMES = 20
MAX_SITEMAPS = 100
_PARSED = 4
_NAMES_PROGRAM = re.compile(r"\s{0,20}user[- ]?agent\s{0,20}:?([^#]*)", re.IGNORECASE)
AT_ONCE = 2
LONGEST_DELAY = 5.0
"""A longer crawl delay in a robots.txt is cut to this many seconds."""


@dataclass(frozen=True, slots=True)
class _Said:
    """What a robots.txt says about one URL and its site; `delay` is in seconds, 0 if not stated."""

    may_read: bool
    delay: float
    sitemaps: tuple[str, ...]


@dataclass(slots=True)
class _Host:
    """One host: its robots.txt as text, and when its next request may start (`time.monotonic`)."""

    rules: str | None = None
    rules_until: float = 0.0
    next_start: float = 0.0
    asking: asyncio.Lock = field(default_factory=asyncio.Lock)
    open_requests: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))


class PoliteWeb(Resource):
    """The web client for reading several pages of a site.

    `spacing` is the least time in seconds between the starts of two page requests to a host.
    """

    def __init__(
        self, web: WebClient, *, spacing: float = 1.0, user_agent: str | None = None
    ) -> None:
        self._web = web
        self._spacing = spacing
        self._user_agent = user_agent or USER_AGENT
        self._hosts: OrderedDict[str, _Host] = OrderedDict()

    async def page(self, url: str) -> Page:
        """Read a page when the host may be asked again.

        Raises `Permanent` (`robots_refused`) if robots.txt forbids the page, and the errors of
        `WebClient.page`.
        """
        host = self._host(url)
        said = await self._said(host, url)
        if not said.may_read:
            raise Permanent("The site asks programs not to read this page.", code="robots_refused")
        async with host.open_requests:
            await self._turn(host, said.delay)
            return await self._web.page(url)

    async def sitemaps(self, url: str) -> list[str]:
        """The first `MAX_SITEMAPS` sitemap URLs in the site's robots.txt; may be empty.

        Raises `Transient`, `InvalidInput` (`url_refused`), or an error of `run_in_child`.
        """
        return list((await self._said(self._host(url), url)).sitemaps)

    def _host(self, url: str) -> _Host:
        name = urlsplit(url).netloc.lower()
        host = self._hosts.setdefault(name, _Host())
        self._hosts.move_to_end(name)
        if len(self._hosts) > MAX_HOSTS:
            self._hosts.popitem(last=False)
        return host

    async def _turn(self, host: _Host, asked: float) -> None:
        spacing = max(self._spacing, min(asked, LONGEST_DELAY))
        now = time.monotonic()
        start = max(now, host.next_start)
        host.next_start = start + spacing
        await asyncio.sleep(start - now)

    async def _said(self, host: _Host, url: str) -> _Said:
        # Match the rules in a child process, because a rule with many stars can take very long.
        return await run_in_child(_judge, await self._rules(host, url), url, self._user_agent)

    async def _rules(self, host: _Host, url: str) -> str:
        async with host.asking:
            if host.rules is None or time.monotonic() > host.rules_until:
                host.rules = await self._read_rules(urljoin(url, "/robots.txt"))
                host.rules_until = time.monotonic() + DAY_SECONDS
                self._make_room()
            return host.rules

    def _make_room(self) -> None:
        size = sum(len(host.rules or "") for host in self._hosts.values())
        while size > MAX_KEPT_BYTES:
            _, oldest = self._hosts.popitem(last=False)
            size -= len(oldest.rules or "")

    async def _read_rules(self, url: str) -> str:
        try:
            page = await self._web.page(url)
        except Transient:
            log.info("robots_unreachable")
            raise
        except InvalidInput as error:
            if error.code != "unsupported_media":
                raise
            return ""
        except Permanent as error:
            return "User-agent: *\nDisallow: /" if error.code == "too_large" else ""
        return page.text[:MAX_RULES_BYTES]


def _judge(rules: str, url: str, user_agent: str) -> _Said:
    parsed = _parsed(rules, user_agent)
    return _Said(
        may_read=parsed.can_fetch(url, user_agent),
        delay=float(parsed.crawl_delay(user_agent) or 0.0),
        sitemaps=tuple(islice(parsed.sitemaps, MAX_SITEMAPS)),
    )


@lru_cache(maxsize=_PARSED)
def _parsed(rules: str, user_agent: str) -> Protego:
    """The parsed rules, cached: a child process often judges several URLs of one site."""
    # Import protego only here, because only the extra `companies` installs it.
    from protego import Protego

    return Protego.parse(_for_one_program(rules, user_agent))


def _for_one_program(rules: str, user_agent: str) -> str:
    """The same rules, with one common name in place of most other programs' names.

    The parser copies a rule for each name, so thousands of names and rules would take hours.
    """
    ours = user_agent.lower()
    kept: set[str] = set()
    lines = []
    for line in rules.splitlines():
        match = _NAMES_PROGRAM.match(line)
        name = match[1].strip().lower() if match else None
        if name is None:
            lines.append(line)
        elif (name == "*" or name.replace("*", "") in ours) and len(kept | {name}) <= MAX_NAMES:
            kept.add(name)
            lines.append(line)
        else:
            lines.append("User-agent: another program")
    return "\n".join(lines)
