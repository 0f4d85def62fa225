"""Reads pages that a direct request could not read, through a paid service."""

from __future__ import annotations

from liverows import Permanent, RateLimited, Transient, WorkerError, run_in_child
from worker.pages.draft import FetchedPage, FetchFacts, storable
from worker.positions.extract import shows_enough
from worker.services.crawlbase import Crawlbase
from worker.services.web.client import Page

# The page is stored in a checkpoint. A posting without its pictures is usually far smaller.
MAX_STORED_CHARACTERS = 2_000_000


def worth_scraping(error: WorkerError) -> bool:
    """Whether another way to read a page may succeed: for a temporary error and for `blocked`."""
    return isinstance(error, Transient) or (
        isinstance(error, Permanent) and error.code == "blocked"
    )


async def scrape_page(scraper: Crawlbase, url: str) -> FetchedPage:
    """Read the page through the scraping service.

    If both can be used, its plain client is tried before its browser. Raises the errors of
    `Crawlbase.page`, and `Permanent("too_large")`.
    """
    if scraper.has_both:
        try:
            page = await scraper.page(url, javascript=False)
        except WorkerError as error:
            # A site may refuse only the plain client, but a limit of the scraping service holds for
            # both.
            is_the_services = isinstance(error, RateLimited) and error.provider is not None
            if is_the_services or not worth_scraping(error):
                raise
        else:
            if await run_in_child(_says_enough, page):
                return _fetched(page, url)
    return _fetched(await scraper.page(url, javascript=True), url)


def _says_enough(page: Page) -> bool:
    return shows_enough(_fetched(page, page.final_url))


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
