"""Each answer of GitHub gets one clear meaning, on which the rest of the worker relies."""

from __future__ import annotations

import gzip
import json
import time
from collections.abc import AsyncIterator

import pytest
from pydantic import SecretStr

from liverows.base.errors import Permanent, RateLimited, Transient
from tests.support.fake_github import FakeGitHub, Given, fake_github
from worker.services.github import MAX_ANSWER_BYTES, SECONDARY_LIMIT_SECONDS, GitHub

ACME = "/orgs/acme"


@pytest.fixture
async def fake() -> AsyncIterator[FakeGitHub]:
    async with fake_github() as server:
        server.organisation("acme", blog="https://acme.example", languages={"pump": {"Go": 900}})
        yield server


@pytest.fixture
async def github(fake: FakeGitHub) -> AsyncIterator[GitHub]:
    client = GitHub(api_url=fake.url)
    yield client
    await client.aclose()


async def test_200_is_the_answer_and_no_token_is_needed(fake: FakeGitHub, github: GitHub) -> None:
    profile = await github.organisation("acme")
    assert profile is not None
    assert profile["blog"] == "https://acme.example"
    assert [one["name"] for one in await github.repositories("acme")] == ["pump"]
    assert await github.languages("acme", "pump") == {"Go": 900}
    assert all("authorization" not in headers for headers in fake.headers_seen)


async def test_a_token_travels_as_bearer(fake: FakeGitHub) -> None:
    client = GitHub(api_url=fake.url, token=SecretStr("ghp_made_up"))
    await client.organisation("acme")
    await client.aclose()
    assert fake.headers_seen[0]["authorization"] == "Bearer ghp_made_up"


async def test_a_private_repository_that_the_token_can_see_is_not_listed(
    fake: FakeGitHub, github: GitHub
) -> None:
    fake.values[f"{ACME}/repos"].append({"name": "secret", "private": True})
    assert [one["name"] for one in await github.repositories("acme")] == ["pump"]


@pytest.mark.parametrize("location", ["https://a:b/", "https://[half", "https://x/\x01", "//["])
async def test_a_redirect_to_no_address_is_an_answer_or_a_named_error(
    fake: FakeGitHub, github: GitHub, location: str
) -> None:
    fake.answers[ACME] = [Given(301, {"location": location})]
    try:
        assert await github.organisation("acme") is None
    except Transient as error:
        assert "GitHub" in error.message


async def test_304_gives_what_was_answered_before(fake: FakeGitHub, github: GitHub) -> None:
    first = await github.organisation("acme")
    assert await github.organisation("acme") == first
    assert fake.seen == [(ACME, False), (ACME, True)]


async def test_what_is_remembered_has_a_size_and_the_oldest_goes_first(
    fake: FakeGitHub, github: GitHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("worker.services.github.MAX_REMEMBERED_BYTES", 100_000)
    for name in ("one", "two", "three"):
        fake.organisation(name, description=name * 15_000)
    asked = ["one", "two", "two", "three", "one"]
    for name in asked:
        await github.organisation(name)
    assert [known for _, known in fake.seen] == [False, False, True, False, False]


async def test_an_answer_that_is_larger_than_all_the_room_is_given_and_not_remembered(
    fake: FakeGitHub, github: GitHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("worker.services.github.MAX_REMEMBERED_BYTES", 10)
    assert await github.organisation("acme") == await github.organisation("acme")
    assert [known for _, known in fake.seen] == [False, False]


async def test_304_is_an_answer_also_where_others_have_taken_its_room_meanwhile(
    fake: FakeGitHub, github: GitHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = await github.organisation("acme")
    fake.organisation("other")

    async def crowd(path: str) -> None:
        if path == ACME:
            monkeypatch.setattr("worker.services.github.MAX_REMEMBERED", 1)
            await github.organisation("other")

    fake.arrives = crowd
    assert await github.organisation("acme") == first


PADDING = b" " * (MAX_ANSWER_BYTES + 1)
TOO_LARGE = {
    "as it is": Given(200, {"etag": '"1"'}, PADDING + b"{}"),
    "compressed": Given(
        200, {"etag": '"1"', "content_encoding": "gzip"}, gzip.compress(PADDING + b"{}")
    ),
}


@pytest.mark.parametrize("given", TOO_LARGE.values(), ids=TOO_LARGE.keys())
async def test_an_answer_over_the_limit_is_refused_and_not_remembered(
    fake: FakeGitHub, github: GitHub, given: Given
) -> None:
    fake.answers[ACME] = [given]
    with pytest.raises(Permanent) as refused:
        await github.organisation("acme")
    assert refused.value.code == "too_large"
    fake.answers.clear()
    assert await github.organisation("acme") is not None
    assert fake.seen == [(ACME, False), (ACME, False)]


async def test_a_compressed_answer_is_read_and_remembered(fake: FakeGitHub, github: GitHub) -> None:
    body = gzip.compress(json.dumps({"login": "acme"}).encode())
    fake.answers[ACME] = [Given(200, {"etag": '"1"', "content_encoding": "gzip"}, body), Given(304)]
    assert await github.organisation("acme") == {"login": "acme"}
    assert await github.organisation("acme") == {"login": "acme"}


async def test_a_failure_with_an_endless_page_is_still_that_failure(
    fake: FakeGitHub, github: GitHub
) -> None:
    fake.answers[ACME] = [Given(503, {}, PADDING), Given(401, {}, PADDING), Given(404, {}, PADDING)]
    with pytest.raises(Transient):
        await github.organisation("acme")
    with pytest.raises(Permanent) as refused:
        await github.organisation("acme")
    assert refused.value.code == "provider_auth"
    assert await github.organisation("acme") is None


@pytest.mark.parametrize("status", [404, 410, 422, 451])
async def test_what_does_not_exist_is_none_and_no_error(
    fake: FakeGitHub, github: GitHub, status: int
) -> None:
    fake.answers["*"] = [Given(status, {}, {"message": "cannot be searched"})]
    assert await github.organisation("nobody") is None
    assert await github.repositories("nobody") == []
    assert await github.languages("nobody", "pump") == {}


@pytest.mark.parametrize("status", [403, 429])
async def test_retry_after_is_the_time_to_wait(
    fake: FakeGitHub, github: GitHub, status: int
) -> None:
    fake.answers[ACME] = [Given(status, {"retry-after": "7"})]
    with pytest.raises(RateLimited) as refused:
        await github.organisation("acme")
    assert (refused.value.retry_after, refused.value.provider) == (7, "github")


async def test_an_exhausted_limit_lasts_until_its_reset(fake: FakeGitHub, github: GitHub) -> None:
    reset = str(int(time.time()) + 120)
    fake.answers[ACME] = [Given(403, {"x-ratelimit-remaining": "0", "x-ratelimit-reset": reset})]
    with pytest.raises(RateLimited) as refused:
        await github.organisation("acme")
    assert refused.value.retry_after == pytest.approx(120, abs=30)


async def test_a_secondary_limit_without_a_time_is_a_minute(
    fake: FakeGitHub, github: GitHub
) -> None:
    body = {"message": "You have exceeded a secondary rate limit."}
    fake.answers[ACME] = [Given(403, {}, body)]
    with pytest.raises(RateLimited) as refused:
        await github.organisation("acme")
    assert refused.value.retry_after == SECONDARY_LIMIT_SECONDS


async def test_403_without_a_limit_will_not_pass(fake: FakeGitHub, github: GitHub) -> None:
    fake.answers[ACME] = [Given(403, {}, {"message": "Resource not accessible"})]
    with pytest.raises(Permanent):
        await github.organisation("acme")


async def test_a_wrong_token_is_told_apart(fake: FakeGitHub, github: GitHub) -> None:
    fake.answers[ACME] = [Given(401, {}, {"message": "Bad credentials"})]
    with pytest.raises(Permanent) as refused:
        await github.organisation("acme")
    assert refused.value.code == "provider_auth"


@pytest.mark.parametrize(
    "given",
    [
        Given(500),
        Given(502),
        Given(200, {}, b"<html>"),
        Given(200, {}, b"[" * 100_000),
        Given(200, {"content_encoding": "gzip"}, gzip.compress(b'{"login": "acme"}')[:-6]),
        Given(200, {"content_encoding": "gzip"}, b"{}"),
        Given(503, {"content_encoding": "gzip"}, gzip.compress(b"{}")[:-6]),
    ],
)
async def test_failures_and_malformed_answers_may_pass(
    fake: FakeGitHub, github: GitHub, given: Given
) -> None:
    fake.answers[ACME] = [given]
    with pytest.raises(Transient):
        await github.organisation("acme")


async def test_a_renamed_account_is_followed_and_no_other_host(
    fake: FakeGitHub, github: GitHub
) -> None:
    fake.answers["/orgs/old"] = [Given(301, {"location": f"{fake.url}/orgs/acme"})]
    fake.answers["/orgs/evil"] = [Given(301, {"location": "http://127.0.0.1:1/orgs/acme"})]
    renamed = await github.organisation("old")
    assert renamed is not None
    assert renamed["login"] == "acme"
    assert await github.organisation("evil") is None


@pytest.mark.parametrize("slug", ["", "../users", "a/b", "a?x=1", "-a", "a" * 50])
async def test_a_name_that_is_no_account_is_never_sent(
    fake: FakeGitHub, github: GitHub, slug: str
) -> None:
    assert await github.organisation(slug) is None
    assert await github.languages(slug, "pump") == {}
    assert fake.seen == []


async def test_a_failure_with_a_stated_wait_is_not_repeated_before_it(
    fake: FakeGitHub, github: GitHub
) -> None:
    fake.answers[ACME] = [Given(503, {"retry-after": "7"})]
    with pytest.raises(RateLimited) as refused:
        await github.organisation("acme")
    assert (refused.value.retry_after, refused.value.provider) == (7, "github")
