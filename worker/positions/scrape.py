"""Reads pages that refuse a direct request through a paid scraping service."""

from __future__ import annotations

from liverows import Permanent, RateLimited, Transient, WorkerError, run_in_child
from worker.pages.draft import FetchedPage, FetchFacts, storable
from worker.pages.readable import ENOUGH_CHARACTERS, readable
from worker.pages.tree import soup_of
from worker.services.crawlbase import Crawlbase
from worker.services.web.client import Page

# The page is stored with the row until it is done; a posting without pictures is far smaller.
MAX_STORED_CHARACTERS = 2_000_000


def worth_scraping(error: WorkerError) -> bool:
    """Whether a scraping service may succeed after this error of the direct request."""
    return isinstance(error, Transient) or (
        isinstance(error, Permanent) and error.code == "blocked"
    )


async def scrape_page(scraper: Crawlbase, url: str) -> FetchedPage:
    """The page as the service sees it: with its plain client if possible, otherwise with its
    browser.

    Raises the same errors as `Crawlbase.page`.
    """
    if scraper.has_both:
        try:
            page = await scraper.page(url, javascript=False)
        except WorkerError as error:
            # A site may refuse the plain client but show its pages to a browser.
            is_the_services = isinstance(error, RateLimited) and error.provider is not None
            if is_the_services or not worth_scraping(error):
                raise
        else:
            if await run_in_child(_says_enough, page):
                return _fetched(page, url)
    return _fetched(await scraper.page(url, javascript=True), url)


def _says_enough(page: Page) -> bool:
    if "JobPosting" in page.text:
        return True
    return len(readable(soup_of(page.text), page.final_url)) >= ENOUGH_CHARACTERS


def _fetched(page: Page, url: str) -> FetchedPage:
    return FetchedPage(
        requested_url=url,
        content_type=page.content_type,
        html=storable(page.text[:MAX_STORED_CHARACTERS]),
        is_cut=len(page.text) > MAX_STORED_CHARACTERS,
        fetch=FetchFacts(
            final_url=page.final_url,
            status=page.status,
            via="crawlbase",
            bytes=page.bytes,
            charset=page.charset,
            retrieved_at=page.retrieved_at.isoformat(timespec="seconds"),
        ),
    )
