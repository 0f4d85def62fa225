"""Building blocks for pages of invented postings."""

from __future__ import annotations

import json

from worker.pages.draft import FetchedPage, FetchFacts

URL = "https://careers.acme-pumps.example/jobs/41"

FILLER = (
    "<p>You run the test bench for our smallest pumps, write down what you see, and tell the "
    "people upstairs when a seal will not last. We are looking for somebody patient.</p>"
    "<h2>Requirements</h2><ul><li>Two years of experience with rotating machines</li>"
    "<li>A steady hand</li></ul><h2>Benefits</h2><p>30 days of holiday and a warm canteen.</p>"
)


def page(html: str, url: str = URL, content_type: str = "text/html") -> FetchedPage:
    """A page as if it had been read from `url`."""
    return FetchedPage(
        requested_url=url,
        content_type=content_type,
        html=html,
        fetch=FetchFacts(
            final_url=url,
            status=200,
            bytes=len(html.encode()),
            charset="utf-8",
            retrieved_at="2026-11-21T12:00:00+00:00",
        ),
    )


def with_script(script: str, body: str = FILLER, kind: str = "application/ld+json") -> FetchedPage:
    """A page with one script of structured data."""
    return page(f'<title>x</title><script type="{kind}">{script}</script>{body}')


def with_posting(**fields: object) -> FetchedPage:
    """A page whose JSON-LD is one JobPosting with these fields."""
    posting = {"@type": "JobPosting", "title": "Pump Tester", **fields}
    return with_script(json.dumps(posting).replace("</", "<\\/"))
