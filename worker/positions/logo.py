"""Finds a logo, and keeps it only if its URL returns an image.

Sources in order: the posting, the icons and the manifest of the employer's site, and two services
that give the icon of a domain.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict

from liverows import Permanent, RateLimited, Transient, WorkerError, get_logger, run_in_child
from worker.pages.draft import Draft, Dropped, Finding
from worker.pages.hosts import registrable_domain
from worker.positions.site_icons import icons_of_manifest, icons_of_page
from worker.services.web.client import WebClient

log = get_logger(__name__)

LOGO_UNREACHABLE = "logo_unreachable"
# The services are asked in this order; both answer 404 for an unknown domain.
ICON_SERVICES = (
    "https://icons.duckduckgo.com/ip3/{domain}.ico",
    "https://www.google.com/s2/favicons?domain={domain}&sz=128",
)
STATED, SITE, SERVICE = 1.0, 0.7, 0.4
MAX_TRIES = 6
# Nobody can register these top-level domains (RFC 2606, RFC 6761), so no logo is searched there.
_RESERVED = ("example", "test", "invalid", "localhost")


class LogoHints(BaseModel):
    """The logo that the posting states and the employer's website, as known before the search."""

    model_config = ConfigDict(frozen=True)

    stated: str | None = None
    website: str | None = None

    @property
    def worth_a_look(self) -> bool:
        """Whether there is a logo or a website to try."""
        return self.stated is not None or self.website is not None


class FoundLogo(BaseModel):
    """The result of the search; `url` is None if no logo was found.

    `source` is the page or service that named the logo; None for the posting's own. `refused` is
    the error code of a stated logo that failed.
    """

    model_config = ConfigDict(frozen=True)

    url: str | None = None
    source: str | None = None
    confidence: float = STATED
    refused: str | None = None


def logo_hints(draft: Draft) -> LogoHints:
    """The stated logo and the employer's website from a draft."""
    stated, website = draft.value("company_logo"), draft.value("company_website")
    return LogoHints(
        stated=stated if isinstance(stated, str) else None,
        website=website if isinstance(website, str) else None,
    )


async def find_logo(web: WebClient, hints: LogoHints) -> FoundLogo:
    """Return the stated logo if its URL returns an image, or else the first candidate that does.

    Raises `Transient` if the stated logo fails temporarily, but not `RateLimited`: a logo is not
    worth a wait.
    """
    refused: str | None = None
    if hints.stated is not None:
        try:
            image = await web.image(hints.stated)
            return FoundLogo(url=image.final_url)
        except (Permanent, RateLimited) as error:
            log.info("logo_unreachable", code=error.code)
            refused = error.code
    tries = 0
    async for candidate in _candidates(web, hints.website):
        if await _is_image(web, candidate.url or ""):
            return candidate.model_copy(update={"refused": refused})
        tries += 1
        if tries == MAX_TRIES:
            break
    return FoundLogo(refused=refused)


async def no_logo(web: WebClient, hints: LogoHints) -> FoundLogo:
    """Return no logo; the fallback of the step `find-logo`."""
    return FoundLogo(refused="no_answer" if hints.stated else None)


def with_logo(draft: Draft, found: FoundLogo) -> Draft:
    """Return the draft with the logo that was found, or without a logo.

    A stated logo that failed becomes a candidate.
    """
    stated = draft.get("company_logo")
    others = tuple(finding for finding in draft.findings if finding is not stated)
    dropped = draft.candidates
    if stated is not None and (found.refused or found.url is None):
        dropped = (*dropped, Dropped(finding=stated, reason=found.refused or "unverified"))
        stated = None
    if found.url is None:
        warnings = (*draft.warnings, LOGO_UNREACHABLE) if found.refused else draft.warnings
        return draft.model_copy(
            update={"findings": others, "candidates": dropped, "warnings": warnings}
        )
    logo = (
        stated.model_copy(update={"value": found.url})
        if stated
        else Finding(
            field="company_logo",
            value=found.url,
            method="html",
            source_url=found.source,
            evidence=found.source,
            confidence=found.confidence,
        )
    )
    return draft.model_copy(update={"findings": (*others, logo), "candidates": dropped})


async def _candidates(web: WebClient, website: str | None) -> AsyncIterator[FoundLogo]:
    domain = registrable_domain(website) if website else None
    if website is None or domain is None or domain.split(".")[-1] in _RESERVED:
        return
    try:
        home = await web.page(website)
        declared = await run_in_child(icons_of_page, home.text, home.final_url)
    except WorkerError as error:
        log.info("employer_site_unreadable", code=error.code)
    else:
        for url in declared.icons:
            yield FoundLogo(url=url, source=home.final_url, confidence=SITE)
        for url in await _manifest_icons(web, declared.manifest):
            yield FoundLogo(url=url, source=home.final_url, confidence=SITE)
    for service in ICON_SERVICES:
        url = service.format(domain=domain)
        yield FoundLogo(url=url, source=urlsplit(url).hostname, confidence=SERVICE)


async def _manifest_icons(web: WebClient, url: str | None) -> list[str]:
    if url is None:
        return []
    try:
        manifest = await web.page(url, accept="application/manifest+json, application/json")
    except WorkerError as error:
        log.info("site_manifest_unreadable", code=error.code)
        return []
    try:
        return await run_in_child(icons_of_manifest, manifest.text, manifest.final_url)
    except WorkerError as error:
        log.info("site_manifest_unreadable", code=error.code)
        return []


async def _is_image(web: WebClient, url: str) -> bool:
    try:
        await web.image(url)
    except (Permanent, RateLimited, Transient) as error:
        log.info("logo_candidate_refused", code=error.code)
        return False
    return True
