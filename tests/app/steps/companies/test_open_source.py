"""An organisation counts as the company's own only if both sides say so."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from liverows.base.errors import RateLimited, Transient
from tests.support.fake_github import FakeGitHub, Given, fake_github
from worker.companies.open_source import OpenSource, search_github, shares_of
from worker.companies.stated import languages_of
from worker.services.github import GitHub

DOMAIN = "acme.example"
LANGUAGES = {"pump": {"Go": 900, "Shell": 1}, "site": {"TypeScript": 1200, "Go": 100}}


@pytest.fixture
async def fake() -> AsyncIterator[FakeGitHub]:
    async with fake_github() as server:
        yield server


@pytest.fixture
async def github(fake: FakeGitHub) -> AsyncIterator[GitHub]:
    client = GitHub(api_url=fake.url)
    yield client
    await client.aclose()


async def found(github: GitHub, *accounts: str, domain: str | None = DOMAIN) -> OpenSource:
    return await search_github(github, accounts, "Acme Ltd", domain)


async def test_each_live_repository_counts_alike(fake: FakeGitHub, github: GitHub) -> None:
    fake.organisation("acme-pumps", blog="https://www.acme.example", languages=LANGUAGES)
    old = (datetime.now(UTC) - timedelta(days=900)).isoformat()
    fake.values["/orgs/acme-pumps/repos"] += [
        {"name": "fork", "fork": True, "archived": False, "pushed_at": old},
        {"name": "old", "fork": False, "archived": False, "pushed_at": old},
        {"name": "done", "fork": False, "archived": True, "pushed_at": old},
        {"name": "odd", "fork": False, "archived": False, "pushed_at": None},
    ]
    result = await found(github, "acme-pumps")
    assert (result.coverage, result.verified) == ("ok", True)
    assert result.languages == (("Go", 1000), ("TypeScript", 1200), ("Shell", 1))
    assert [one.name for one in languages_of(result)] == ["Go", "TypeScript"]
    assert {path.split("/")[3] for path, _ in fake.seen if "languages" in path} == {"pump", "site"}


@pytest.mark.parametrize(
    ("why", "profile", "linked", "verified"),
    [
        ("both sides name each other", {"blog": "acme.example"}, True, True),
        ("a mailbox names the domain", {"email": "hello@acme.example"}, True, True),
        ("linked, and called like the domain", {}, True, True),
        ("linked, but it names another", {"blog": "https://other.example"}, True, False),
        ("it only says so itself", {"blog": "https://acme.example"}, False, False),
        ("GitHub has verified it", {"blog": "https://acme.example", "verified": True}, False, True),
        ("verified, for another domain", {"blog": "https://o.example", "verified": True}, False,
         False),
        ("only the name is alike", {}, False, False),
    ],
)  # fmt: skip
async def test_proof(
    fake: FakeGitHub,
    github: GitHub,
    why: str,
    profile: dict[str, Any],
    linked: bool,
    verified: bool,
) -> None:
    fake.organisation("acme", languages=LANGUAGES, **profile)
    result = await found(github, *(["acme"] if linked else []))
    assert result.verified is verified, why
    assert result.coverage == ("ok" if verified else "unverified")
    assert (result.source is not None) is verified
    assert bool(languages_of(result)) is verified


async def test_without_a_site_nothing_can_be_proven(fake: FakeGitHub, github: GitHub) -> None:
    fake.organisation("acme", blog="https://acme.example", verified=True, languages=LANGUAGES)
    result = await found(github, domain=None)
    assert (result.coverage, result.source) == ("unverified", None)


async def test_a_linked_project_of_somebody_else_is_passed_over(
    fake: FakeGitHub, github: GitHub
) -> None:
    fake.organisation("kubernetes", blog="https://kubernetes.example")
    fake.organisation("acme-labs", blog="https://acme.example", languages=LANGUAGES)
    assert (await found(github, "kubernetes", "acme-labs")).organisation == "acme-labs"


async def test_nobody_of_that_name(github: GitHub) -> None:
    assert await found(github) == OpenSource()


async def test_a_lasting_limit_gives_what_is_known_so_far(fake: FakeGitHub, github: GitHub) -> None:
    fake.organisation("acme", blog="https://acme.example", languages=LANGUAGES)
    fake.answers["/repos/acme/site/languages"] = [Given(403, {"retry-after": "900"})]
    result = await found(github, "acme")
    assert (result.coverage, result.verified) == ("rate_limited", True)
    assert result.languages == (("Go", 900), ("Shell", 1))


@pytest.mark.parametrize("status", [401, 403])
async def test_a_refusal_says_nothing_about_the_company(
    fake: FakeGitHub, github: GitHub, status: int
) -> None:
    fake.organisation("acme", blog="https://acme.example", languages=LANGUAGES)
    assert not (await found(github, "acme")).refused
    fake.answers["/orgs/acme"] = [Given(status)]
    result = await found(github, "acme")
    assert (result.coverage, result.refused) == ("none", True)


@pytest.mark.parametrize(("status", "refused"), [(401, True), (403, False)])
async def test_a_token_that_expires_on_the_way_is_no_repository_withheld(
    fake: FakeGitHub, github: GitHub, status: int, refused: bool
) -> None:
    fake.organisation("acme", blog="https://acme.example", languages=LANGUAGES)
    fake.answers["/repos/acme/site/languages"] = [Given(status)]
    result = await found(github, "acme")
    assert (result.coverage, result.refused) == ("ok", refused)
    assert result.languages == (("Go", 900), ("Shell", 1))


async def test_a_short_limit_and_a_failure_are_worth_another_try(
    fake: FakeGitHub, github: GitHub
) -> None:
    fake.organisation("acme", blog="https://acme.example", languages=LANGUAGES)
    fake.answers["/orgs/acme"] = [Given(429, {"retry-after": "1"}), Given(502)]
    with pytest.raises(RateLimited):
        await found(github, "acme")
    with pytest.raises(Transient):
        await found(github, "acme")


async def test_notebooks_and_generated_pages_hide_no_language(
    fake: FakeGitHub, github: GitHub
) -> None:
    languages = {
        "driver": {"C++": 310000, "CMake": 9000, "Python": 21000},
        "studies": {"Jupyter Notebook": 1900000},
        "quay.github.io": {"HTML": 400000, "SCSS": 20000},
        "packages": {"C++": 90000, "Shell": 2000},
    }
    fake.organisation("acme", blog="https://acme.example", languages=languages)
    assert [one.name for one in languages_of(await found(github, "acme"))] == ["C++", "Python"]


@pytest.mark.parametrize(
    ("repositories", "names"),
    [
        ([{"Jupyter Notebook": 9}], ["Jupyter Notebook"]),
        ([{"HTML": 900, "Ruby": 10}, {"Go": 5}], ["Ruby", "Go"]),
        ([{"Rust": 1}, {"Rust": 1}, {"Java": 10**9}], ["Rust", "Java"]),
        ([{}], []),
    ],
)
def test_languages_are_weighed_by_their_share_of_a_repository(
    repositories: list[dict[str, int]], names: list[str]
) -> None:
    assert [name for name, _ in shares_of(repositories)] == names
