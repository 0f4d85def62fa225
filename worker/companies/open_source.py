"""Finds and checks the organisation on GitHub that may be the company's own."""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
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
_NOT_WRITTEN = {
    "Jupyter Notebook", "HTML", "CSS", "SCSS", "Sass", "Less", "Stylus", "XSLT", "SVG", "TeX",
    "Makefile", "CMake", "Dockerfile", "Batchfile", "M4", "Roff", "PostScript", "Rich Text Format",
    "Mustache", "Handlebars", "Jinja", "Liquid", "Blade", "EJS", "Pug", "Haml", "Smarty", "Twig",
    "Procfile", "Meson", "Starlark", "Just", "Nix", "YAML", "JSON", "Gherkin", "Shell",
    "PowerShell",
}  # fmt: skip
"""Text, markup, build files and scripts, which GitHub counts as languages."""
REPOSITORIES = 6
REPOSITORIES_WITH_TOKEN = 12


class OpenSource(BaseModel):
    """An organisation on GitHub, and the languages of its live repositories that were read.

    `languages` is in bytes of code. `source` is set only if the organisation is verified.
    """

    model_config = ConfigDict(frozen=True)

    organisation: str | None = None
    verified: bool = False
    languages: tuple[tuple[str, int], ...] = ()
    shares: tuple[tuple[str, float], ...] = ()
    source: ReadSource | None = None
    coverage: GitHubCoverage = "none"
    refused: bool = False


async def search_github(
    github: GitHub, linked: tuple[str, ...], name: str, domain: str | None
) -> OpenSource:
    """Find the company's organisation on GitHub, if possible a verified one.

    The result says so if GitHub is at its limit or refuses. Raises `Transient`, and `RateLimited`
    for a short limit.
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
    """Return no organisation; the fallback of `search_github`."""
    return OpenSource()


def _guesses(name: str, domain: str | None) -> tuple[str, ...]:
    words = re.findall(r"[a-z0-9]+", normalised_name(name))
    label = (domain or "").split(":")[0].split(".")[0]
    guesses = [label, "".join(words), "-".join(words)]
    named = (guess for guess in guesses if len(guess) > 1 and not guess.isdigit())
    return tuple(dict.fromkeys(named))


def _is_proven(profile: dict[str, Any], domain: str | None, *, is_linked: bool) -> bool:
    """Whether the organisation is the company's own. Anybody can write any address into a profile.

    So without a link from the site, GitHub must have verified the organisation.
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
    # eng.acme.com may be somebody else's. But here the site of acme.com links to this organisation.
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
    counted: list[dict[str, int]] = []
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
                counted.append(answer)
        for answer in answers:
            # A repository that GitHub refuses to show is left out of the languages.
            if isinstance(answer, BaseException) and not isinstance(answer, Permanent):
                raise answer
            refused |= isinstance(answer, Permanent) and answer.code == "provider_auth"
    except RateLimited as error:
        if (error.retry_after or 0) <= SHORT_WAIT:
            raise
        coverage = "rate_limited"
    shares = shares_of(counted)
    rank = {name: place for place, (name, _) in enumerate(shares)}
    by_share = sorted(sizes.most_common(), key=lambda one: rank.get(one[0], len(rank)))
    languages = tuple(by_share)
    return found.model_copy(
        update={
            "languages": languages,
            "shares": shares,
            "coverage": coverage,
            "refused": refused,
            "source": _source(slug, profile, live, languages),
        }
    )


def shares_of(repositories: Sequence[Mapping[str, int]]) -> tuple[tuple[str, float], ...]:
    """The languages by their mean share of a repository, the largest first."""
    written = [
        {name: size for name, size in one.items() if name not in _NOT_WRITTEN and size > 0}
        for one in repositories
    ]
    counted = [one for one in written if one] or [dict(one) for one in repositories if one]
    shares: dict[str, float] = {}
    for one in counted:
        total = sum(one.values()) or 1
        for name, size in one.items():
            shares[name] = shares.get(name, 0.0) + size / total / len(counted)
    return tuple(sorted(shares.items(), key=lambda share: -share[1]))


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
