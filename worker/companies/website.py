"""Read a company's own site: first its front page, then the pages that tell about it.

These are two steps because the search on GitHub needs the links of the front page, but should
not wait for the other pages.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from itertools import islice
from typing import Literal, TypeAlias
from urllib.parse import urljoin

from pydantic import BaseModel, ConfigDict

from liverows import Permanent, Transient, WorkerError, get_logger, run_in_child
from worker.companies.analyse import PAGES_CUT
from worker.companies.identity import site_key
from worker.companies.own_links import github_accounts
from worker.companies.profile import ReadSource, WebsiteCoverage
from worker.companies.site_page import Organisation, SitePage, read_site_page
from worker.companies.telling_pages import telling_pages
from worker.pages.entities import unescape
from worker.pages.hosts import is_somebody_elses
from worker.services.content_limits import DEFAULT_LIMITS, ContentLimits
from worker.services.web.polite import PoliteWeb

log = get_logger(__name__)

MAX_SITEMAP_LINKS = 2_000
PAGES_SECONDS = 11.0
"""How long to wait for the pages after the front page. Later pages are left out."""
MORE_SECONDS = 50.0
ORDERS_REMOVED = "instructions_in_page_ignored"

Missed: TypeAlias = Literal["for_now", "for_good"]

_LOCATION = re.compile(r"<loc>([^<]*+)</loc>", re.IGNORECASE)
MAX_ADDRESS = 2_048


class Front(BaseModel):
    """What was read from a site's front page. `page` is None if nothing could be read.

    The links of `page` are removed. The useful ones are kept in two fields: `github_accounts`
    are accounts on GitHub, and `telling` are pages that tell about the company, with their kind.
    """

    model_config = ConfigDict(frozen=True)

    home: str | None = None
    page: SitePage | None = None
    github_accounts: tuple[str, ...] = ()
    telling: tuple[tuple[str, str], ...] = ()
    warnings: tuple[str, ...] = ()


class Website(BaseModel):
    """What was read from a site. `left` are telling pages that were not opened, with their kind.

    `may_grow` says that a page is missing which may be read another day, because it failed or came
    late. It does not count pages that do not exist or are closed to programs.
    """

    model_config = ConfigDict(frozen=True)

    home: str | None = None
    domain: str | None = None
    organisation: Organisation = Organisation()
    description: str | None = None
    sources: tuple[ReadSource, ...] = ()
    left: tuple[tuple[str, str], ...] = ()
    coverage: WebsiteCoverage = "none"
    may_grow: bool = False
    warnings: tuple[str, ...] = ()


async def scrape_website(site: PoliteWeb, home: str) -> Front:
    """Read the front page.

    If the site does not want to be read or does not exist, the result is empty and has a
    warning. Raises `Transient` if the front page may be readable later.
    """
    try:
        page = await _read(site, home, "s1", "home")
    except Permanent as error:
        return Front(home=home, warnings=(f"website_{error.code}",))
    if is_somebody_elses(page.source.url):
        return Front(home=home, warnings=("website_is_not_the_companys",))
    accounts, telling = await run_in_child(_onward, page)
    return Front(
        home=home,
        page=page.model_copy(update={"links": ()}),
        github_accounts=accounts,
        telling=tuple(telling),
    )


async def no_website(site: PoliteWeb, home: str) -> Front:
    """Replaces `scrape_website` when the site cannot be read."""
    return Front(home=home)


async def scrape_pages(
    site: PoliteWeb, front: Front, limits: ContentLimits = DEFAULT_LIMITS
) -> Website:
    """Read at most RESEARCH_MAX_PAGES of the telling pages. A page that fails is left out."""
    most = limits.research_max_pages
    wanted, left = front.telling[:most], front.telling[most:]
    pages, missed = await _read_all(site, wanted, first_id=2, seconds=PAGES_SECONDS)
    return website_of(front, pages, left, missed)


async def no_pages(
    site: PoliteWeb, front: Front, limits: ContentLimits = DEFAULT_LIMITS
) -> Website:
    """Replaces `scrape_pages` when it fails: only the front page is used."""
    return website_of(front, left=front.telling, missed="for_now")


def website_of(
    front: Front,
    pages: Sequence[SitePage] = (),
    left: Sequence[tuple[str, str]] = (),
    missed: Missed | None = None,
) -> Website:
    """The front page and the other pages together; empty if the front page is empty."""
    if front.page is None:
        return Website(home=front.home, warnings=front.warnings)
    first = front.page
    return Website(
        home=first.source.url,
        domain=site_key(first.source.url),
        organisation=_organisation([first, *pages]),
        description=first.organisation.description or first.description,
        sources=tuple(page.source for page in [first, *pages]),
        left=tuple(left),
        coverage="partial" if missed else "ok",
        may_grow=missed == "for_now",
        warnings=_noted_in([first, *pages]),
    )


async def scrape_more(
    site: PoliteWeb, website: Website, limits: ContentLimits = DEFAULT_LIMITS
) -> Website:
    """Deep mode: read further telling pages, including those that only the sitemap names.

    At most RESEARCH_MAX_DEEP_PAGES pages are read.
    """
    if website.home is None or not website.sources:
        return website
    known = [source.url for source in website.sources]
    listed = [(url, "") for url in await _sitemap_links(site, website.home)]
    more = await run_in_child(telling_pages, listed, website.home, known)
    wanted = [*website.left, *more]
    wanted = list({url: (url, kind) for url, kind in wanted}.values())
    wanted = wanted[: limits.research_max_deep_pages]
    pages, missed = await _read_all(site, wanted, first_id=len(known) + 1, seconds=MORE_SECONDS)
    # If two addresses lead to the same page, it counts as one source.
    new = [page for page in pages if page.source.url not in known]
    return website.model_copy(
        update={
            "sources": (*website.sources, *(page.source for page in new)),
            "left": (),
            "warnings": tuple(dict.fromkeys([*website.warnings, *_noted_in(new)])),
            "coverage": "partial" if missed else website.coverage,
            "may_grow": website.may_grow or missed == "for_now",
        }
    )


async def nothing_more(
    site: PoliteWeb, website: Website, limits: ContentLimits = DEFAULT_LIMITS
) -> Website:
    """Replaces `scrape_more` when it fails: only the pages that were read before are used."""
    return website.model_copy(update={"coverage": "partial"})


def _onward(front: SitePage) -> tuple[tuple[str, ...], list[tuple[str, str]]]:
    """The accounts that a front page names, and the pages that tell more.

    This may take a second for five hundred long addresses, so call it in a child process.
    """
    addresses = [*(address for address, _ in front.links), *front.organisation.same_as]
    return github_accounts(addresses), telling_pages(front.links, front.source.url)


async def _read(site: PoliteWeb, url: str, source_id: str, about: str) -> SitePage:
    page = await site.page(url)
    return await run_in_child(read_site_page, page, source_id, about)


async def _read_all(
    site: PoliteWeb, wanted: Sequence[tuple[str, str]], *, first_id: int, seconds: float
) -> tuple[list[SitePage], Missed | None]:
    """The pages that arrived in time, in the wanted order, and whether any are missing."""
    if not wanted:
        return [], None
    tasks = [
        asyncio.create_task(_read(site, url, f"s{number}", about))
        for number, (url, about) in enumerate(wanted, first_id)
    ]
    try:
        done, _ = await asyncio.wait(tasks, timeout=seconds)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    pages: list[SitePage] = []
    missed: Missed | None = None
    for task in tasks:
        if task not in done or task.cancelled():
            missed = "for_now"
            continue
        error = task.exception()
        if error is None:
            pages.append(task.result())
        elif isinstance(error, WorkerError):
            log.info("page_left_out", code=error.code)
            missed = "for_now" if isinstance(error, Transient) else missed or "for_good"
        else:
            raise error
    return pages, missed


async def _sitemap_links(site: PoliteWeb, home: str) -> list[str]:
    """The addresses in the site's own sitemaps. An index of sitemaps is followed one level deep."""
    named = [url for url in await site.sitemaps(home) if site_key(url) == site_key(home)]
    waiting = (named or [urljoin(home, "/sitemap.xml")])[:3]
    found: list[str] = []
    for depth in range(2):
        deeper: list[str] = []
        for url in waiting:
            try:
                page = await site.page(url)
                locations, is_index = await run_in_child(_locations, page.text)
            except WorkerError:
                continue
            (deeper if is_index else found).extend(locations)
        waiting = deeper[:3] if depth == 0 else []
    return found[:MAX_SITEMAP_LINKS]


def _locations(sitemap: str) -> tuple[list[str], bool]:
    """The addresses that a sitemap names, and whether they are themselves sitemaps."""
    stated = (match[1].strip() for match in _LOCATION.finditer(sitemap))
    found = (unescape(each) for each in stated if 0 < len(each) <= MAX_ADDRESS)
    return list(islice(found, MAX_SITEMAP_LINKS)), "<sitemapindex" in sitemap[:2_000]


def _noted_in(pages: Sequence[SitePage]) -> tuple[str, ...]:
    noted = {
        ORDERS_REMOVED: any(page.had_orders for page in pages),
        PAGES_CUT: any(page.is_cut for page in pages),
    }
    return tuple(code for code, is_so in noted.items() if is_so)


def _organisation(pages: Sequence[SitePage]) -> Organisation:
    """What the first page that states a name says, usually the front page. Products are collected
    from all pages."""
    named = next((page.organisation for page in pages if page.organisation.name), None)
    products = dict.fromkeys(name for page in pages for name in page.organisation.products)
    return (named or pages[0].organisation).model_copy(update={"products": tuple(products)})
