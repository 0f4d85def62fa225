"""Open the page of a posting and read it."""

from __future__ import annotations

from worker.pages.draft import FetchedPage, FetchFacts, storable
from worker.services.web.client import WebClient


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
