"""Finds the site of a company when only its name is known."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from liverows import BudgetExceeded, Permanent
from worker.companies.identity import home_of, is_named_after, shared_key
from worker.pages.hosts import registrable_domain
from worker.services.search import WebSearch


class FoundSite(BaseModel):
    """The front page of the site that the search found, if any."""

    model_config = ConfigDict(frozen=True)

    home: str | None = None


async def find_site(search: WebSearch, name: str) -> FoundSite:
    """The front page of the first site in the search results whose domain is named after the
    company.

    A subdomain may belong to other people, so the front page of its registrable domain is taken.
    Raises `Transient` and `BudgetExceeded`.
    """
    try:
        hits = await search.search(f"{name} official website")
    except BudgetExceeded:
        raise
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
    """Return no site; the fallback of `find_site`."""
    return FoundSite()
