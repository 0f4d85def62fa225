"""Whose pages and sitemaps are read, and that one page is one source."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.app.steps.companies.site_pages import got
from tests.support.company_site import HOME, HOST, put_company_online
from tests.support.local_web import LocalWeb, answer, local_web, redirect
from worker.companies.site_page import SitePage, read_site_page
from worker.companies.website import (
    Front,
    Website,
    different_pages,
    scrape_more,
    scrape_pages,
    scrape_website,
    website_of,
)
from worker.services.content_limits import ContentLimits
from worker.services.web.polite import PoliteWeb

NO_PAGES = ContentLimits(research_max_pages=0)


@pytest.fixture
async def web() -> AsyncIterator[LocalWeb]:
    async with local_web() as server:
        put_company_online(server)
        yield server


@pytest.fixture
async def site(web: LocalWeb) -> AsyncIterator[PoliteWeb]:
    async with web.client() as client:
        yield PoliteWeb(client, spacing=0)


def listing(kind: str, *addresses: str) -> bytes:
    tag = "sitemap" if kind == "sitemapindex" else "url"
    told = "".join(f"<{tag}><loc>{one}</loc></{tag}>" for one in addresses)
    return answer(f"<{kind}>{told}</{kind}>", content_type="application/xml")


def asked(web: LocalWeb) -> str:
    return "\n".join(web.seen)


async def front_only(site: PoliteWeb) -> Website:
    return await scrape_pages(site, await scrape_website(site, HOME), NO_PAGES)


async def test_an_index_leads_to_no_sitemap_of_another_host(web: LocalWeb, site: PoliteWeb) -> None:
    web.routes[f"{HOST}/sitemap.xml"] = listing(
        "sitemapindex",
        *(f"http://elsewhere{n}.example/map.xml" for n in range(3)),
        f"http://{HOST}/own.xml",
    )
    web.routes[f"{HOST}/own.xml"] = listing("urlset", f"{HOME}about/history")
    web.routes[f"{HOST}/about/history"] = answer("<!doctype html><title>H</title><p>Old.</p>")
    deep = await scrape_more(site, await front_only(site))
    assert "elsewhere" not in asked(web)
    assert f"http://{HOST}/about/history" in [source.url for source in deep.sources]


async def test_a_sitemap_that_leads_to_another_host_is_not_used(
    web: LocalWeb, site: PoliteWeb
) -> None:
    web.routes[f"{HOST}/sitemap.xml"] = redirect("http://elsewhere.example/map.xml")
    web.routes["elsewhere.example/map.xml"] = listing("urlset", f"{HOME}about/history")
    web.routes[f"{HOST}/about/history"] = answer("<!doctype html><title>H</title><p>Old.</p>")
    deep = await scrape_more(site, await front_only(site))
    assert f"http://{HOST}/about/history" not in [source.url for source in deep.sources]


def page(path: str, html: str, number: int) -> SitePage:
    return read_site_page(got(html, f"https://quayside.example{path}"), f"s{number}", "about")


def test_one_page_behind_two_addresses_is_one_source() -> None:
    home = page("/", "<title>Q</title><p>Front.</p>", 1)
    pages = [
        page("/about-us", "<title>A</title><p>We lend boats.</p>", 2),
        # After a redirect, the page has the address at which it was found.
        page("/about-us/", "<title>A</title><p>We lend boats. 12:01</p>", 3),
        page("/company", "<title>A</title><p>We lend boats.</p>", 4),
        page("/", "<title>Q</title><p>Front. 12:02</p>", 5),
        page("/page?id=2", "<title>B</title><p>One.</p>", 6),
        page("/page?id=3", "<title>B</title><p>Two.</p>", 7),
    ]
    website = website_of(Front(home="https://quayside.example/", page=home), pages)
    assert [source.id for source in website.sources] == ["s1", "s2", "s6", "s7"]


async def test_two_addresses_that_redirect_to_one_page_are_one_source(
    web: LocalWeb, site: PoliteWeb
) -> None:
    links = "".join(f'<a href="/about/{n}">{n}</a>' for n in range(3))
    web.routes[f"{HOST}/"] = answer(f"<!doctype html><title>A</title><p>Hello</p>{links}")
    for n in range(3):
        web.routes[f"{HOST}/about/{n}"] = redirect(f"{HOME}about")
    web.routes[f"{HOST}/about"] = answer("<!doctype html><title>B</title><p>We lend boats.</p>")
    web.routes[f"{HOST}/sitemap.xml"] = listing("urlset", f"{HOME}team")
    web.routes[f"{HOST}/team"] = answer("<!doctype html><title>T</title><p>Ana and Bo.</p>")
    front = await scrape_website(site, HOME)
    website = await scrape_pages(site, front)
    assert [source.url for source in website.sources] == [HOME, f"{HOME}about"]
    deep = await scrape_more(site, website)
    assert len({source.id for source in deep.sources}) == len(deep.sources) == 3


async def test_a_page_that_leads_to_a_network_is_no_source(web: LocalWeb, site: PoliteWeb) -> None:
    links = '<a href="/about">About</a>'
    web.routes[f"{HOST}/"] = answer(f"<!doctype html><title>A</title><p>Hello</p>{links}")
    web.routes[f"{HOST}/about"] = redirect("http://www.linkedin.com/company/x")
    web.routes["www.linkedin.com/company/x"] = answer("<!doctype html><p>Join LinkedIn now.</p>")
    website = await scrape_pages(site, await scrape_website(site, HOME))
    assert [source.url for source in website.sources] == [HOME]
    assert website.coverage == "partial"


def test_a_second_reading_of_a_page_is_not_different() -> None:
    first = page("/about", "<title>A</title><p>We lend boats.</p>", 2)
    assert different_pages([first, first], []) == [first]
    assert different_pages([first], [first.source]) == []
