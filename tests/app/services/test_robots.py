"""A crawl reads what robots.txt allows, and takes its time."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator

import pytest

from liverows.base.errors import Permanent, Transient
from tests.support.local_web import LocalWeb, answer, local_web
from worker.services.web.client import WebClient
from worker.services.web.polite import PoliteWeb

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


async def test_rules_for_thousands_of_programs_are_read_in_time_proportional_to_their_length(
    web: LocalWeb, client: WebClient
) -> None:
    names = "".join(f"User-agent: robot{n}\n" for n in range(12_000))
    others = f"{names}{'Allow: /' + chr(10)}" + "Disallow: /x\n" * 12_000
    ours = "User-agent: *\nDisallow: /private/\n"
    web.routes[f"{HOST}/robots.txt"] = rules(f"{others}\n{ours}")
    site = PoliteWeb(client, spacing=0)
    assert (await site.page(f"https://{HOST}/")).status == 200
    with pytest.raises(Permanent):
        await site.page(f"https://{HOST}/private/page")


@pytest.mark.parametrize(
    "named", ["worker", "User-agent: worker", "useragent worker # us", "WORK*"]
)
async def test_rules_for_this_program_count_before_those_for_all(
    web: LocalWeb, client: WebClient, named: str
) -> None:
    line = named if "agent" in named else f"User-Agent: {named}"
    text = f"User-agent: *\nDisallow: /\n\n{line}\nDisallow: /private/"
    web.routes[f"{HOST}/robots.txt"] = rules(text)
    site = PoliteWeb(client, spacing=0)
    assert (await site.page(f"https://{HOST}/")).status == 200
    with pytest.raises(Permanent):
        await site.page(f"https://{HOST}/private/page")


async def test_rules_of_many_hosts_are_kept_as_long_as_there_is_room(
    web: LocalWeb, client: WebClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("worker.services.web.polite.MAX_KEPT_BYTES", 100)
    site = PoliteWeb(client, spacing=0)
    for host in (HOST, "umbra.example", HOST):
        web.routes[f"{host}/"] = PAGE
        web.routes[f"{host}/robots.txt"] = rules("# " + "x" * 70)
        await site.page(f"https://{host}/")
    asked = [head for head in web.seen if head.startswith("GET /robots.txt")]
    assert len(asked) == 3
