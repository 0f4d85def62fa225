"""Find the site of a company of which only the name is known."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from liverows import Permanent
from worker.companies.identity import home_of, is_named_after, shared_key
from worker.pages.hosts import registrable_domain
from worker.services.search import WebSearch


class FoundSite(BaseModel):
    """The front page of the site that a search names, None where it names none."""

    model_config = ConfigDict(frozen=True)

    home: str | None = None


async def find_site(search: WebSearch, name: str) -> FoundSite:
    """The front of the first result's domain that bears the company's name.

    Of a site that does not, nobody could tell that it is the company's; and below a domain
    that does, others may be at home. Raises `Transient`.
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
    """Stands in for `find_site` where the search fails."""
    return FoundSite()
