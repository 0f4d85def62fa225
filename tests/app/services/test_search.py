"""Brave Search, through its wire format."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from pydantic import SecretStr

from liverows.base.errors import Permanent, RateLimited, Transient
from tests.support.fake_http import FakeHttp, Reply, fake_http
from worker.services.search import BraveSearch, Hit


@pytest.fixture
async def fake() -> AsyncIterator[FakeHttp]:
    async with fake_http() as server:
        yield server


@pytest.fixture
async def brave(fake: FakeHttp) -> AsyncIterator[BraveSearch]:
    search = BraveSearch(api_key=SecretStr("made-up"), base_url=fake.url)
    yield search
    await search.aclose()


async def test_results_come_in_their_order(fake: FakeHttp, brave: BraveSearch) -> None:
    results = [{"url": "https://acme.example/", "title": "Acme"}, {"url": "https://b.example/"}]
    fake.script(Reply({"web": {"results": results}}))
    assert await brave.search("Acme & Co") == [
        Hit("https://acme.example/", "Acme"),
        Hit("https://b.example/", ""),
    ]
    (heard,) = fake.heard
    assert heard.target.startswith("/res/v1/web/search?q=Acme+%26+Co&count=")
    assert heard.headers["x-subscription-token"] == "made-up"


@pytest.mark.parametrize("body", [{}, {"web": None}, {"web": {"results": "x"}}, [], None])
async def test_an_answer_without_results_has_none(
    fake: FakeHttp, brave: BraveSearch, body: Any
) -> None:
    fake.script(Reply(body))
    assert await brave.search("Acme") == []


async def test_a_limit_says_how_long(fake: FakeHttp, brave: BraveSearch) -> None:
    fake.script(Reply({}, 429, {"retry_after": "2"}))
    with pytest.raises(RateLimited) as refused:
        await brave.search("Acme")
    assert refused.value.retry_after == 2


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (Reply({}, 500), Transient),
        (Reply(b"<html>"), Transient),
        (Reply(b"[" * 100_000), Transient),
        (Reply({"type": "ErrorResponse", "error": {"status": 429}}), Transient),
        (Reply({"error": "unavailable"}), Transient),
        (Reply(b"not gzip", headers={"content_encoding": "gzip"}), Transient),
        (Reply({}, 503, {"retry_after": "30"}), RateLimited),
        (Reply({}, 401), Permanent),
        (Reply({}, 422), Permanent),
    ],
)
async def test_failures_are_translated(
    fake: FakeHttp, brave: BraveSearch, reply: Reply, error: type[Exception]
) -> None:
    fake.script(reply)
    with pytest.raises(error) as refused:
        await brave.search("Acme")
    assert "made-up" not in str(refused.value)


async def test_the_limit_that_is_exhausted_says_how_long(
    fake: FakeHttp, brave: BraveSearch
) -> None:
    headers = {"x_ratelimit_remaining": "0, 14832", "x_ratelimit_reset": "1, 1419704"}
    fake.script(Reply({}, 429, headers))
    with pytest.raises(RateLimited) as refused:
        await brave.search("Acme")
    assert refused.value.retry_after == 1
