"""The company's organisation on GitHub, if it is proven that it is the company's own."""

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

    `source` is set only for a verified organisation, because no other may be cited. `refused`
    says that GitHub refused to answer, for instance because of a wrong token. That says nothing
    about the company.
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
    """Find the company's organisation among those that its site links to; if the site links to
    none, among those with the company's name.

    If GitHub's limit lasts long, the result is what is known so far, marked `rate_limited`; if
    GitHub refuses, it is marked `refused`. Raises `Transient`, and `RateLimited` for a short
    limit, because another try may succeed then.
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
    """Replaces `search_github` when GitHub fails."""
    return OpenSource()


def _guesses(name: str, domain: str | None) -> tuple[str, ...]:
    words = re.findall(r"[a-z0-9]+", normalised_name(name))
    label = (domain or "").split(":")[0].split(".")[0]
    guesses = [label, "".join(words), "-".join(words)]
    named = (guess for guess in guesses if len(guess) > 1 and not guess.isdigit())
    return tuple(dict.fromkeys(named))


def _is_proven(profile: dict[str, Any], domain: str | None, *, is_linked: bool) -> bool:
    """Whether site and organisation belong together.

    Anybody can write any address into a profile. So a profile that names the domain is not
    enough: the site must link to the organisation, or GitHub must have verified the domain. A
    link is not enough either, because it may lead to somebody else's organisation. So the linked
    organisation must name the domain too, or name no domain and have the domain's name.
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
    # A subdomain such as eng.acme.com may belong to somebody else, but here the site of
    # acme.com links to this organisation.
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
            # A repository that GitHub does not show is not counted.
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
    """Whether a repository is neither a fork nor archived, and had a push within two years."""
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
