"""Open the page of a posting and read it."""

from __future__ import annotations

from worker.providers.web import WebClient
from worker.steps.positions.draft import Draft, FetchedPage, FetchFacts, storable
from worker.steps.positions.extract import extract_structured


async def fetch_posting(web: WebClient, url: str) -> FetchedPage:
    """The page behind a user's URL. Raises what `WebClient.page` raises."""
    page = await web.page(url)
    return FetchedPage(
        requested_url=url,
        content_type=page.content_type,
        html=storable(page.text),
        fetch=FetchFacts(
            final_url=page.final_url,
            status=page.status,
            bytes=page.bytes,
            charset=page.charset,
            retrieved_at=page.retrieved_at.isoformat(timespec="seconds"),
        ),
    )


async def read_page(web: WebClient, url: str) -> Draft:
    """What the page behind a user's URL says; see `fetch_posting` and `extract_structured`."""
    return await extract_structured(await fetch_posting(web, url))
