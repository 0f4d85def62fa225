"""Reads the page of a posting with the web client."""

from __future__ import annotations

from worker.pages.draft import FetchedPage, FetchFacts, storable
from worker.services.web.client import WebClient


async def fetch_posting(web: WebClient, url: str) -> FetchedPage:
    """Read the page at the URL; raises the same errors as `WebClient.page`."""
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
