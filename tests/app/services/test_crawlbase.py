"""The page's status in the scraping service's answer counts, not the service's own status."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from urllib.parse import parse_qs, urlsplit

import pytest
import structlog
from pydantic import SecretStr

from liverows.base.errors import InvalidInput, Permanent, RateLimited, Transient, WorkerError
from tests.support.local_web import LocalWeb, answer, local_web
from worker.positions.scrape import scrape_page
from worker.services.crawlbase import Crawlbase

URL = "https://acme.com/jobs/41?ref=a&x=ü"
TEXT = "<h1>Pump Tester</h1>" + "<p>You run the test bench for our smallest pumps.</p>" * 10
SIGN_IN = "<title>Sign in</title><form><input type='password'></form>"


@asynccontextmanager
async def service(**tokens: str) -> AsyncIterator[tuple[LocalWeb, Crawlbase]]:
    async with local_web() as net:
        known = tokens or {"javascript": "browser", "plain": "plain"}
        scraper = Crawlbase(
            javascript_token=SecretStr(known["javascript"]) if "javascript" in known else None,
            plain_token=SecretStr(known["plain"]) if "plain" in known else None,
            base_url=f"http://127.0.0.1:{net.port}",
            max_bytes=100_000,
        )
        try:
            yield net, scraper
        finally:
            await scraper.aclose()


def says(net: LocalWeb, fields: Mapping[str, object] | None = None, status: int = 200) -> None:
    page = {"original_status": 200, "pc_status": 200, "url": URL, "body": TEXT} | dict(fields or {})
    body = answer(json.dumps(page), status, content_type="application/json")
    net.routes[f"127.0.0.1:{net.port}/"] = body


def asked(net: LocalWeb) -> list[tuple[str, str]]:
    queries = [parse_qs(urlsplit(head.split(" ", 2)[1]).query) for head in net.seen]
    return [(query["token"][0], query["url"][0]) for query in queries]


async def test_a_page_comes_back_with_its_own_address_and_status() -> None:
    async with service() as (net, scraper):
        says(net, {"url": "https://acme.com/jobs/41-moved"})
        page = await scraper.page(URL, javascript=True)
        ((token, url),) = asked(net)
    assert (page.status, page.final_url, page.text) == (200, "https://acme.com/jobs/41-moved", TEXT)
    assert token == "browser"
    assert url.startswith("https://acme.com/jobs/41?ref=a&x=")


@pytest.mark.parametrize(
    ("fields", "kind", "code"),
    [
        ({"original_status": 404}, Permanent, "gone"),
        ({"original_status": "410"}, Permanent, "gone"),
        ({"original_status": 403}, Permanent, "blocked"),
        ({"pc_status": 520, "original_status": 200}, Permanent, "blocked"),
        ({"pc_status": None}, Permanent, "blocked"),
        ({"original_status": 429}, RateLimited, "provider_rate_limited"),
        ({"original_status": 503, "pc_status": 520}, Transient, "provider_error"),
        ({"original_status": 999}, Permanent, "blocked"),
        ({"original_status": "\u00b2"}, Permanent, "blocked"),
        ({"original_status": "9" * 5_000}, Permanent, "blocked"),
        ({"body": SIGN_IN}, Permanent, "login_required"),
        ({"body": "<title>x</title><div class='g-recaptcha'></div>"}, Permanent, "blocked"),
        ({"body": None}, Transient, "provider_error"),
        ({"body": "x" * 300_000}, Permanent, "too_large"),
    ],
)
async def test_what_is_not_the_page_is_an_error_with_its_name(
    fields: dict[str, object], kind: type[WorkerError], code: str
) -> None:
    async with service() as (net, scraper):
        says(net, fields)
        with pytest.raises(kind) as caught:
            await scraper.page(URL, javascript=True)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("status", "kind", "code"),
    [
        (401, Permanent, "provider_auth"),
        (402, Permanent, "provider_auth"),
        (429, RateLimited, "provider_rate_limited"),
    ],
)
async def test_the_services_own_refusal_is_told_apart(
    status: int, kind: type[WorkerError], code: str
) -> None:
    async with service() as (net, scraper):
        says(net, status=status)
        with pytest.raises(kind) as caught:
            await scraper.page(URL, javascript=True)
    assert caught.value.code == code


async def test_an_address_inside_is_not_handed_to_the_service() -> None:
    async with service() as (net, scraper):
        says(net)
        with pytest.raises(InvalidInput):
            await scraper.page("http://169.254.169.254/latest", javascript=True)
        assert net.seen == []


async def test_the_plain_client_is_tried_first_and_the_browser_only_where_that_is_not_enough() -> (
    None
):
    async with service() as (net, scraper):
        says(net)
        await scrape_page(scraper, URL)
        assert [token for token, _ in asked(net)] == ["plain"]
        says(net, {"body": "<script src='app.js'></script>"})
        await scrape_page(scraper, URL)
        assert [token for token, _ in asked(net)] == ["plain", "plain", "browser"]


@pytest.mark.parametrize("status", [403, 429, 503])
async def test_a_site_that_turns_the_plain_client_away_is_shown_a_browser(status: int) -> None:
    async with service() as (net, scraper):
        says(net, {"original_status": status})
        with pytest.raises(WorkerError):
            await scrape_page(scraper, URL)
        assert [token for token, _ in asked(net)] == ["plain", "browser"]


async def test_the_services_own_limit_is_not_passed_by_with_a_browser() -> None:
    async with service() as (net, scraper):
        says(net, status=429)
        with pytest.raises(RateLimited) as caught:
            await scrape_page(scraper, URL)
        assert [token for token, _ in asked(net)] == ["plain"]
    assert caught.value.provider == "crawlbase"


async def test_a_page_with_half_a_character_is_a_page() -> None:
    async with service() as (net, scraper):
        says(net, {"body": f"{TEXT}\ud800"})
        page = await scraper.page(URL, javascript=True)
    assert page.text == f"{TEXT}?"


async def test_one_token_is_enough() -> None:
    async with service(plain="plain") as (net, scraper):
        says(net)
        await scrape_page(scraper, URL)
        assert [token for token, _ in asked(net)] == ["plain"]


async def test_no_log_line_holds_the_token() -> None:
    async with service() as (net, scraper):
        says(net)
        with structlog.testing.capture_logs() as lines:
            await scraper.page(URL, javascript=True)
    assert lines
    assert "browser" not in json.dumps(lines)
    assert "ref=a" not in json.dumps(lines)


async def test_a_service_that_fails_for_a_stated_time_is_not_asked_before() -> None:
    async with service() as (net, scraper):
        route = f"127.0.0.1:{net.port}/"
        net.routes[route] = answer("<h1>Maintenance</h1>", 503, retry_after="30")
        with pytest.raises(RateLimited) as caught:
            await scraper.page(URL, javascript=True)
        assert (caught.value.retry_after, caught.value.provider) == (30, "crawlbase")


@pytest.mark.parametrize("body", [b"<html>", b"[" * 100_000, b"[]", b"null", b'{"body": 5}', b""])
async def test_an_answer_that_is_none_may_pass(body: bytes) -> None:
    async with service() as (net, scraper):
        net.routes[f"127.0.0.1:{net.port}/"] = answer(body, content_type="application/json")
        with pytest.raises(WorkerError) as caught:
            await scraper.page(URL, javascript=True)
    assert type(caught.value) is Transient
