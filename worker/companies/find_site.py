"""Find the site of a company when only its name is known."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from liverows import Permanent
from worker.companies.identity import home_of, is_named_after, shared_key
from worker.pages.hosts import registrable_domain
from worker.services.search import WebSearch


class FoundSite(BaseModel):
    """The front page of the site that the search found; None if it found none."""

    model_config = ConfigDict(frozen=True)

    home: str | None = None


async def find_site(search: WebSearch, name: str) -> FoundSite:
    """The front page of the first domain in the results that contains the company's name.

    If a domain does not contain the name, we cannot know that the site is the company's. The
    front page is used, and not the result itself, because pages below a domain may belong to
    other people. Raises `Transient`.
    """
    try:
        hits = await search.search(f"{name} official website")
    except Permanent:
        return FoundSite()
    for hit in hits:
        home = home_of(hit.url)
        if home and is_named_after(home, name):
            domain = registrable_domain(home)
            is_front = shared_key(home) is not None or domain is None
            return FoundSite(home=home if is_front else f"https://{domain}/")
    return FoundSite()


async def no_site(search: WebSearch, name: str) -> FoundSite:
    """Replaces `find_site` when the search fails."""
    return FoundSite()
