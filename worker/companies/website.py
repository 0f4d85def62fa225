"""Reads a company's own site: first its front page, then the pages that tell about the company.

The search on GitHub needs the links of the front page, but should not wait for the other pages.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from itertools import islice
from typing import Literal, TypeAlias
from urllib.parse import urljoin, urlsplit

from pydantic import BaseModel, ConfigDict

from liverows import Permanent, Transient, WorkerError, get_logger, run_in_child
from worker.companies.analyse import PAGES_CUT
from worker.companies.identity import site_key
from worker.companies.own_links import github_accounts
from worker.companies.own_words import is_empty_phrase
from worker.companies.product_names import written_alike
from worker.companies.profile import ReadSource, WebsiteCoverage
from worker.companies.site_page import Organisation, SitePage, read_site_page
from worker.companies.telling_pages import bare_address, telling_pages
from worker.pages.entities import unescape
from worker.pages.hosts import is_somebody_elses
from worker.services.content_limits import DEFAULT_LIMITS, ContentLimits
from worker.services.web.polite import PoliteWeb

log = get_logger(__name__)

MAX_SITEMAP_LINKS = 2_000
PAGES_SECONDS = 11.0
"""Seconds for all pages of `scrape_pages`. A page that comes later is left out."""
MORE_SECONDS = 50.0
ORDERS_REMOVED = "instructions_in_page_ignored"

Missed: TypeAlias = Literal["for_now", "for_good"]

_LOCATION = re.compile(r"<loc>([^<]*+)</loc>", re.IGNORECASE)
MAX_ADDRESS = 2_048


class Front(BaseModel):
    """What was read from a site's front page. `page` is None if it could not be read or used.

    `telling` are addresses of pages that tell about the company, with their kind.
    """

    model_config = ConfigDict(frozen=True)

    home: str | None = None
    page: SitePage | None = None
    github_accounts: tuple[str, ...] = ()
    telling: tuple[tuple[str, str], ...] = ()
    warnings: tuple[str, ...] = ()


class Website(BaseModel):
    """What was read from a site. `left` are pages about the company that were not opened.

    `may_grow` says that a missing page may be readable later.
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
    """Read the front page of a site. A page that cannot be used gives a warning.

    Raises `Transient` if the page may be readable later.
    """
    try:
        page = await _read(site, home, "s1", "home")
    except Permanent as error:
        return Front(home=home, warnings=(f"website_{error.code}",))
    if is_somebody_elses(page.source.url):
        return Front(home=home, warnings=("website_is_not_the_companys",))
    if page.state is not None and not _describes_itself(page):
        return Front(home=home, warnings=(page.state,))
    accounts, telling = await run_in_child(_onward, page)
    return Front(
        home=home,
        page=page.model_copy(update={"links": ()}),
        github_accounts=accounts,
        telling=tuple(telling),
        warnings=(page.state,) if page.state else (),
    )


def _describes_itself(page: SitePage) -> bool:
    """Whether the head of a page that scripts would draw says what the company is."""
    said = page.organisation.description or page.description
    name = page.organisation.name or page.source.title
    is_drawn = page.state == "website_needs_a_browser"
    return is_drawn and said is not None and not is_empty_phrase(said, name)


async def no_website(site: PoliteWeb, home: str) -> Front:
    """Return a front without a page; the fallback of `scrape_website`."""
    return Front(home=home)


async def scrape_pages(
    site: PoliteWeb, front: Front, limits: ContentLimits = DEFAULT_LIMITS
) -> Website:
    """Read at most RESEARCH_MAX_PAGES pages about the company.

    A page that fails or comes late is left out.
    """
    most = limits.research_max_pages
    wanted, left = front.telling[:most], front.telling[most:]
    pages, missed = await _read_all(site, wanted, first_id=2, seconds=PAGES_SECONDS)
    return website_of(front, pages, left, missed)


async def no_pages(
    site: PoliteWeb, front: Front, limits: ContentLimits = DEFAULT_LIMITS
) -> Website:
    """Use only the front page; the fallback of `scrape_pages`."""
    return website_of(front, left=front.telling, missed="for_now")


def website_of(
    front: Front,
    pages: Sequence[SitePage] = (),
    left: Sequence[tuple[str, str]] = (),
    missed: Missed | None = None,
) -> Website:
    """Put the front page and the others together. Without a front page, none is used."""
    if front.page is None:
        return Website(home=front.home, warnings=front.warnings)
    first = front.page
    others = different_pages(pages, [first.source])
    return Website(
        home=first.source.url,
        domain=site_key(first.source.url),
        organisation=_organisation([first, *others]),
        description=first.organisation.description or first.description,
        sources=tuple(page.source for page in [first, *others]),
        left=tuple(left),
        coverage="partial" if missed or front.warnings else "ok",
        may_grow=missed == "for_now",
        warnings=(*front.warnings, *_noted_in([first, *others])),
    )


async def scrape_more(
    site: PoliteWeb, website: Website, limits: ContentLimits = DEFAULT_LIMITS
) -> Website:
    """Read further pages about the company for deep mode, also those that only a sitemap names."""
    if website.home is None or not website.sources:
        return website
    known = [source.url for source in website.sources]
    listed = [(url, "") for url in await _sitemap_links(site, website.home)]
    more = await run_in_child(telling_pages, listed, website.home, known)
    wanted = [*website.left, *more]
    wanted = list({url: (url, kind) for url, kind in wanted}.values())
    wanted = wanted[: limits.research_max_deep_pages]
    numbers = [int(source.id.removeprefix("s")) for source in website.sources]
    pages, missed = await _read_all(site, wanted, first_id=max(numbers) + 1, seconds=MORE_SECONDS)
    new = different_pages(pages, website.sources)
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
    """Use only the pages that were read before; the fallback of `scrape_more`."""
    return website.model_copy(update={"coverage": "partial"})


def different_pages(pages: Sequence[SitePage], read: Sequence[ReadSource]) -> list[SitePage]:
    """The pages without those that are the same as an earlier one or as a source in `read`."""
    places = {_place(source.url) for source in read}
    contents = {source.sha256 for source in read}
    new = []
    for page in pages:
        place, content = _place(page.source.url), page.source.sha256
        if place not in places and content not in contents:
            new.append(page)
        places.add(place)
        contents.add(content)
    return new


def _place(url: str) -> tuple[str, str]:
    return bare_address(url), urlsplit(url).query


def _onward(front: SitePage) -> tuple[tuple[str, ...], list[tuple[str, str]]]:
    """The GitHub accounts that a front page links to, and the pages that tell about the company.

    Many long addresses take a second, so call this in a child process.
    """
    addresses = [*(address for address, _ in front.links), *front.organisation.same_as]
    return github_accounts(addresses), telling_pages(front.links, front.source.url)


async def _read(site: PoliteWeb, url: str, source_id: str, about: str) -> SitePage:
    page = await site.page(url)
    return await run_in_child(read_site_page, page, source_id, about)


async def _read_all(
    site: PoliteWeb, wanted: Sequence[tuple[str, str]], *, first_id: int, seconds: float
) -> tuple[list[SitePage], Missed | None]:
    """The pages that arrived in time, in the wanted order, and whether any are missing.

    `for_now` means that a missing page may be readable later.
    """
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
        if error is None and _says_nothing(task.result()):
            missed = missed or "for_good"
        elif error is None:
            pages.append(task.result())
        elif isinstance(error, WorkerError):
            log.info("page_left_out", code=error.code)
            missed = "for_now" if isinstance(error, Transient) else missed or "for_good"
        else:
            raise error
    return pages, missed


def _says_nothing(page: SitePage) -> bool:
    """Whether a page has a `state`, or led to a host such as a job board.

    On a page about careers, the company may show its open roles there.
    """
    leads_away = page.source.page != "careers" and is_somebody_elses(page.source.url)
    return page.state is not None or leads_away


async def _sitemap_links(site: PoliteWeb, home: str) -> list[str]:
    """At most 2,000 addresses of pages from a few of the site's own sitemaps."""
    own = site_key(home)
    named = [url for url in await site.sitemaps(home) if site_key(url) == own]
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
            if site_key(page.final_url) == own:
                (deeper if is_index else found).extend(locations)
        waiting = [url for url in deeper if site_key(url) == own][:3] if depth == 0 else []
    return found[:MAX_SITEMAP_LINKS]


def _locations(sitemap: str) -> tuple[list[str], bool]:
    """At most 2,000 addresses that a sitemap names, and whether they are sitemaps."""
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
    """The organisation of the first page with a name, with the products of all pages."""
    named = next((page.organisation for page in pages if page.organisation.name), None)
    said = [page.organisation for page in pages]
    products: dict[str, str] = {}
    for name in (name for one in said for name in one.products):
        products.setdefault(written_alike(name), name)
    return (named or said[0]).model_copy(
        update={
            "site_name": next((one.site_name for one in said if one.site_name), None),
            "products": tuple(products.values()),
            "product_groups": tuple(name for one in said for name in one.product_groups),
            "grouped_products": tuple(name for one in said for name in one.grouped_products),
            "roles": tuple(dict.fromkeys(role for one in said for role in one.roles)),
            "places": tuple(dict.fromkeys(place for one in said for place in one.places)),
            "signatures": tuple(dict.fromkeys(text for one in said for text in one.signatures)),
            "heading": said[0].heading,
        }
    )
