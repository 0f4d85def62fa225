"""Pages of an invented site, read as the pipeline reads them."""

from __future__ import annotations

from datetime import UTC, datetime

from worker.companies.site_page import SitePage, read_site_page
from worker.companies.telling_pages import kind_of
from worker.companies.website import Front, Website, website_of
from worker.services.web.client import Page

HOME = "https://quayside.example/"


def got(html: str, url: str = HOME) -> Page:
    """A page as the web client gives it."""
    return Page(url, 200, "text/html", html, len(html), datetime(2026, 11, 22, tzinfo=UTC), "utf-8")


def read(html: str, path: str = "/", number: int = 1) -> SitePage:
    """One page, with its subject taken from its address."""
    url = HOME.rstrip("/") + path
    about = "home" if path == "/" else kind_of(url) or "about"
    return read_site_page(got(html, url), f"s{number}", about)


def site(**pages: str) -> Website:
    """A site from its pages: `home` is the front page, other names are paths with `__` for `/`."""
    home = read(pages.pop("home", "<title>Quayside</title><p>Hello there, dear reader.</p>"))
    others = [
        read(html, f"/{name.replace('__', '/').replace('_', '-')}", number)
        for number, (name, html) in enumerate(pages.items(), 2)
    ]
    return website_of(Front(home=HOME, page=home), others)
