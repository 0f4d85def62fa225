"""A crawl reads what robots.txt allows, and takes its time."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator

import pytest

from tests.support.local_web import LocalWeb, answer, local_web
from worker.base.errors import Permanent, Transient
from worker.providers.robots import PoliteWeb
from worker.providers.web import WebClient

HOST = "acme.example"
PAGE = answer("<!doctype html><p>Hello</p>")


def rules(text: str, status: int = 200) -> bytes:
    return answer(text, status, content_type="text/plain")


@pytest.fixture
async def web() -> AsyncIterator[LocalWeb]:
    async with local_web() as server:
        server.routes[f"{HOST}/"] = PAGE
        server.routes[f"{HOST}/private/page"] = PAGE
        yield server


@pytest.fixture
async def client(web: LocalWeb) -> AsyncIterator[WebClient]:
    async with web.client() as client:
        yield client


async def test_what_robots_txt_forbids_is_not_asked_for(web: LocalWeb, client: WebClient) -> None:
    web.routes[f"{HOST}/robots.txt"] = rules("User-agent: *\nDisallow: /private/")
    site = PoliteWeb(client, spacing=0)
    assert (await site.page(f"http://{HOST}/")).status == 200
    with pytest.raises(Permanent) as refused:
        await site.page(f"http://{HOST}/private/page")
    assert refused.value.code == "robots_refused"
    assert not any("GET /private" in head for head in web.seen)


async def test_rules_for_this_worker_outrank_those_for_all(
    web: LocalWeb, client: WebClient
) -> None:
    web.routes[f"{HOST}/robots.txt"] = rules(
        "User-agent: *\nDisallow: /\n\nUser-agent: worker\nAllow: /"
    )
    site = PoliteWeb(client, spacing=0)
    assert (await site.page(f"http://{HOST}/")).status == 200


@pytest.mark.parametrize("status", [401, 403, 404, 410])
async def test_no_robots_txt_allows_everything(
    web: LocalWeb, client: WebClient, status: int
) -> None:
    web.routes[f"{HOST}/robots.txt"] = rules("", status)
    site = PoliteWeb(client, spacing=0)
    assert (await site.page(f"http://{HOST}/private/page")).status == 200


async def test_robots_txt_that_cannot_be_had_now_forbids_for_now(
    web: LocalWeb, client: WebClient
) -> None:
    web.routes[f"{HOST}/robots.txt"] = rules("", 503)
    site = PoliteWeb(client, spacing=0)
    with pytest.raises(Transient):
        await site.page(f"http://{HOST}/")
    web.routes[f"{HOST}/robots.txt"] = rules("")
    assert (await site.page(f"http://{HOST}/")).status == 200


async def test_robots_txt_is_read_once_for_a_host(web: LocalWeb, client: WebClient) -> None:
    web.routes[f"{HOST}/robots.txt"] = rules("")
    site = PoliteWeb(client, spacing=0)
    await asyncio.gather(*(site.page(f"http://{HOST}/") for _ in range(5)))
    assert sum("GET /robots.txt" in head for head in web.seen) == 1


async def test_pages_of_one_host_are_spaced_and_those_of_two_are_not(
    web: LocalWeb, client: WebClient
) -> None:
    web.routes["other.example/"] = PAGE
    site = PoliteWeb(client, spacing=0.2)
    began = time.monotonic()
    await asyncio.gather(*(site.page(f"http://{HOST}/") for _ in range(3)))
    assert time.monotonic() - began >= 0.4
    pages = [site.page("http://other.example/"), site.page(f"http://{HOST}/")]
    await asyncio.gather(*pages)


async def test_sitemaps_are_those_that_robots_txt_names(web: LocalWeb, client: WebClient) -> None:
    web.routes[f"{HOST}/robots.txt"] = rules(f"Sitemap: http://{HOST}/map.xml")
    site = PoliteWeb(client, spacing=0)
    assert await site.sitemaps(f"http://{HOST}/") == [f"http://{HOST}/map.xml"]
