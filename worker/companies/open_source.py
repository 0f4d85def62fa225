"""What a company builds in public: its organisation on GitHub, if it is proven to be its own."""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from pydantic import BaseModel, ConfigDict

from liverows import Permanent, RateLimited
from worker.companies.identity import normalised_name, site_key
from worker.companies.profile import GitHubCoverage, ReadSource
from worker.pages.hosts import registrable_domain
from worker.services.github import GitHub

SHORT_WAIT = 3.0
MAX_CANDIDATES = 3
LIVE = timedelta(days=730)
REPOSITORIES = 6
REPOSITORIES_WITH_TOKEN = 12


class OpenSource(BaseModel):
    """An organisation and the languages of its live repositories, by bytes of code.

    `source` is only there for a verified one: nothing else may be cited. `refused` says that
    GitHub would not tell, as for a wrong token, which says nothing about the company.
    """

    model_config = ConfigDict(frozen=True)

    organisation: str | None = None
    verified: bool = False
    languages: tuple[tuple[str, int], ...] = ()
    source: ReadSource | None = None
    coverage: GitHubCoverage = "none"
    refused: bool = False


async def search_github(
    github: GitHub, linked: tuple[str, ...], name: str, domain: str | None
) -> OpenSource:
    """The organisation among those that the company's site links to, else one named like it.

    A limit that lasts gives what is known so far, marked `rate_limited`, and so does a
    refusal, marked `refused`. Raises `Transient` and a short `RateLimited`, which another
    try may pass.
    """
    found = OpenSource()
    try:
        for slug in (linked or _guesses(name, domain))[:MAX_CANDIDATES]:
            profile = await github.organisation(slug)
            if profile is None:
                continue
            verified = _is_proven(profile, domain, is_linked=slug in linked)
            if not verified and found.organisation is None:
                found = OpenSource(organisation=_login(profile, slug), coverage="unverified")
            if verified:
                found = OpenSource(organisation=_login(profile, slug), verified=True)
                return await _with_languages(github, found, profile)
    except RateLimited as error:
        if (error.retry_after or 0) <= SHORT_WAIT:
            raise
        return found.model_copy(update={"coverage": "rate_limited"})
    except Permanent:
        return found.model_copy(update={"refused": True})
    return found


async def no_github(
    github: GitHub, linked: tuple[str, ...], name: str, domain: str | None
) -> OpenSource:
    """Stands in for `search_github` where GitHub fails."""
    return OpenSource()


def _guesses(name: str, domain: str | None) -> tuple[str, ...]:
    words = re.findall(r"[a-z0-9]+", normalised_name(name))
    label = (domain or "").split(":")[0].split(".")[0]
    guesses = [label, "".join(words), "-".join(words)]
    named = (guess for guess in guesses if len(guess) > 1 and not guess.isdigit())
    return tuple(dict.fromkeys(named))


def _is_proven(profile: dict[str, Any], domain: str | None, *, is_linked: bool) -> bool:
    """Whether site and organisation belong together.

    Anybody may write any address into a profile, so a profile that names the domain
    proves nothing alone: the site must link back, or GitHub must have verified it. A link
    alone may lead to somebody else's organisation, so that one must name the domain too,
    or name no other and be called like it.
    """
    if domain is None:
        return False
    email = str(profile.get("email") or "")
    blog = str(profile.get("blog") or "")
    claimed = [f"https://{email.rpartition('@')[2]}"] if "@" in email else []
    if blog:
        claimed.append(blog if "//" in blog else f"https://{blog}")
    names_domain = domain in map(site_key, claimed)
    if not is_linked:
        return names_domain and profile.get("is_verified") is True
    label = _compact(domain.split(".")[0])
    named = {_compact(str(profile.get(key) or "")) for key in ("login", "name")}
    # eng.acme.com may be anybody's where acme.com lends names; here acme.com has linked to it.
    names_domain = names_domain or domain in map(registrable_domain, claimed)
    return names_domain or (not blog and label in named)


def _compact(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.lower())


def _login(profile: dict[str, Any], slug: str) -> str:
    return str(profile.get("login") or slug)


async def _with_languages(github: GitHub, found: OpenSource, profile: dict[str, Any]) -> OpenSource:
    slug = found.organisation or ""
    live: list[dict[str, Any]] = []
    sizes: Counter[str] = Counter()
    coverage: GitHubCoverage = "ok"
    refused = False
    try:
        live = [one for one in await github.repositories(slug) if _is_live(one)]
        most = REPOSITORIES_WITH_TOKEN if github.has_token else REPOSITORIES
        names = [str(one.get("name")) for one in live[:most]]
        answers = await asyncio.gather(
            *(github.languages(slug, one) for one in names), return_exceptions=True
        )
        for answer in answers:
            if not isinstance(answer, BaseException):
                sizes.update(answer)
        for answer in answers:
            # A repository that GitHub withholds is one fewer to count.
            if isinstance(answer, BaseException) and not isinstance(answer, Permanent):
                raise answer
            refused |= isinstance(answer, Permanent) and answer.code == "provider_auth"
    except RateLimited as error:
        if (error.retry_after or 0) <= SHORT_WAIT:
            raise
        coverage = "rate_limited"
    languages = tuple(sizes.most_common())
    return found.model_copy(
        update={
            "languages": languages,
            "coverage": coverage,
            "refused": refused,
            "source": _source(slug, profile, live, languages),
        }
    )


def _is_live(repository: dict[str, Any]) -> bool:
    """Neither a fork nor archived, and pushed to within two years."""
    if repository.get("fork") or repository.get("archived"):
        return False
    try:
        pushed = datetime.fromisoformat(str(repository.get("pushed_at")).replace("Z", "+00:00"))
    except ValueError:
        return False
    if pushed.tzinfo is None:
        pushed = pushed.replace(tzinfo=UTC)
    return datetime.now(UTC) - pushed < LIVE


def _source(
    slug: str,
    profile: dict[str, Any],
    live: Sequence[dict[str, Any]],
    languages: Sequence[tuple[str, int]],
) -> ReadSource:
    lines = [str(profile.get("name") or slug), str(profile.get("description") or "")]
    lines += [f"Language: {name}, {size} bytes" for name, size in languages]
    lines += [
        f"Repository {one.get('name')}: {one.get('description') or ''}".rstrip(": ")
        for one in live[:30]
    ]
    read = json.dumps([profile, list(live), list(languages)], sort_keys=True, default=str)
    return ReadSource(
        id="g1",
        url=f"https://github.com/{slug}",
        title=f"{slug} on GitHub",
        kind="github",
        retrieved_at=datetime.now(UTC),
        sha256=hashlib.sha256(read.encode()).hexdigest(),
        status=200,
        text="\n".join(line for line in lines if line),
        page="github",
    )
