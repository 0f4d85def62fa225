"""A brief about a company: read its site and its GitHub in parallel, analyse them, write the row.

What was found on the front of a registrable domain is shared under that domain for a week,
without anything about the reader; see `take_company` and `store_company_research` in the
companies' migration. What was found on any other site stays with the row that asked for it
(docs/security.md).
"""

from __future__ import annotations

import asyncio
from asyncio import Task, TaskGroup
from dataclasses import dataclass
from uuid import NAMESPACE_DNS, UUID, uuid5

from pydantic import BaseModel, JsonValue, ValidationError

from liverows import Context, Pipeline, RateLimited, run_in_child
from worker.columns import Checklist, fitting
from worker.companies.analyse import MAX_POSTING, POSTING_CUT
from worker.companies.brief import Brief, Found, Request, profile_of, proven_names
from worker.companies.identity import home_of, normalised_name, shared_key, site_key
from worker.companies.model_answer import Analysis, RoleAnalysis
from worker.companies.open_source import OpenSource
from worker.companies.posting import Posting, posting_source
from worker.companies.profile import PROFILE_VERSION, Coverage, Profile
from worker.companies.steps import (
    ANALYSE,
    FIND,
    GITHUB,
    PREPARE,
    SCRAPE,
    SCRAPE_MORE,
    SCRAPE_PAGES,
    STORE,
)
from worker.companies.website import Front, Website, website_of
from worker.services import Services
from worker.services.models.budget import budgeted
from worker.services.web.polite import PoliteWeb

TOTAL_SECONDS = 90.0
DEEP_SECONDS = 290.0
BUSY_SECONDS = 2.0
LINKS_SECONDS = 20.0
"""How long the search on GitHub waits for the front page's links before it searches by name.

Wait and search together take at most 55 s. Reading the site may take as long, so no brief is
delayed.
"""
NO_MODEL = "language_model_not_configured"
NO_SEARCH = "search_not_configured"
NO_ANALYSIS = "analyze_with_llm_degraded"
NO_PREPARATION = "prepare_for_role_degraded"
NOT_PROVEN = "website_found_by_search_calls_itself_otherwise"
NOT_THE_COMPANYS = "company_url_is_not_its_own_site"


class Ask(BaseModel):
    """What the user asked, and what the job posting says, if there is one."""

    id: UUID
    company_name: str
    company_url: str | None = None
    role: str | None = None
    deep_mode: bool = False
    posting: Posting | None = None


class Answer(BaseModel):
    """The brief; `handover` is the part that all users may share."""

    company_id: UUID | None = None
    result: dict[str, JsonValue]
    coverage: Coverage
    warnings: list[str]
    prep_checklist: Checklist | None
    handover: dict[str, JsonValue] | None = None


pipeline = Pipeline(
    "company-research",
    inputs=Ask,
    outputs=Answer,
    steps=(FIND, SCRAPE, SCRAPE_PAGES, GITHUB, SCRAPE_MORE, ANALYSE, PREPARE, STORE),
)


@dataclass(frozen=True, slots=True)
class Site:
    """The address of the company's site, and whether a search found it."""

    home: str
    by_search: bool = False

    @property
    def key(self) -> str | None:
        """The key of the shared row; None for a site that is not shared."""
        return shared_key(self.home)


@pipeline
async def research(context: Context[Services], ask: Ask) -> Answer:
    """Use the shared profile, or find out everything and share it; then write this reader's
    brief."""
    normalised_name(ask.company_name)
    context.services = budgeted(context.services, context.warn)
    # If the model has not answered by then, its part is left out. The steps before it have time
    # limits of their own.
    until = asyncio.get_running_loop().time() + (DEEP_SECONDS if ask.deep_mode else TOTAL_SECONDS)
    site = await _site(context, ask)
    known = await _known(context, ask, site)
    found = None if known else await _find_out(context, ask, site, until)
    await context.publish(coverage=_coverage(known, found))
    brief = await _brief(context, ask, known, found, until)
    if site and site.by_search and found and not proven_names(found.website, ask.company_name):
        context.warn(NOT_PROVEN)
    key = site.key if site else None
    shared = _handover(context, ask, site, key, found, brief) if site and key else None
    kept, refused = fitting(Answer, {"prep_checklist": brief.checklist})
    warnings = [*context.warnings, *_noted(brief), *refused]
    result = brief.result | {"warnings": list(dict.fromkeys(warnings))}
    is_shared = known is not None or (shared is not None and shared["profile"] is not None)
    return Answer(
        company_id=_company_id(key) if key and is_shared else None,
        result=result,
        coverage=brief.profile.coverage,
        warnings=list(dict.fromkeys(warnings)),
        prep_checklist=brief.checklist if kept["prep_checklist"] is not None else None,
        handover=shared,
    )


async def _site(context: Context[Services], ask: Ask) -> Site | None:
    """The company's own site: the user's address, else a domain learned before, else a search."""
    given = home_of(ask.company_url)
    if given is not None:
        return Site(given)
    if ask.company_url is not None:
        context.warn(NOT_THE_COMPANYS)
    providers = context.services
    if providers.companies is not None:
        domain = await providers.companies.domain_of(normalised_name(ask.company_name))
        if domain is not None:
            return Site(f"https://{domain}/")
    if providers.search is None:
        context.warn(NO_SEARCH)
        return None
    found = await context.run(FIND, providers.search, ask.company_name)
    return Site(found.home, by_search=True) if found.home else None


async def _known(context: Context[Services], ask: Ask, site: Site | None) -> Profile | None:
    """The shared profile, if there is one. If another row is making it now, this row waits."""
    companies = context.services.companies
    key = site.key if site else None
    if companies is None or key is None:
        return None
    leave = await companies.take(
        key,
        ask.id,
        deep=ask.deep_mode,
        with_model=context.services.language_model is not None,
    )
    if leave.state == "busy":
        raise RateLimited(
            "Somebody else has just asked about this company; their research will be used.",
            retry_after=BUSY_SECONDS,
            code="company_busy",
        )
    try:
        profile = Profile.model_validate(leave.profile) if leave.profile else None
    except ValidationError:
        return None
    return profile if profile and profile.version == PROFILE_VERSION else None


async def _find_out(context: Context[Services], ask: Ask, site: Site | None, until: float) -> Found:
    web = context.services.site or PoliteWeb(context.services.web)
    async with TaskGroup() as parallel:
        front = parallel.create_task(_read_front(context, web, site))
        reading = parallel.create_task(_read_site(context, ask, web, front))
        linked = parallel.create_task(_links_in_time(front))
        searching = parallel.create_task(_search_github(context, ask, site, linked))
    is_early = linked.result() != front.result().github_accounts
    found = Found(
        website=reading.result(),
        open_source=searching.result(),
        deep=ask.deep_mode,
        asked_too_early=is_early and context.services.github is not None,
    )
    analysis = await _analysed(context, found, until)
    return found.model_copy(update={"analysis": analysis})


async def _read_front(context: Context[Services], web: PoliteWeb, site: Site | None) -> Front:
    return await context.run(SCRAPE, web, site.home) if site else Front()


async def _read_site(
    context: Context[Services], ask: Ask, web: PoliteWeb, reading: Task[Front]
) -> Website:
    front, limits = await reading, context.services.limits
    if front.page is None:
        return website_of(front)
    website = await context.run(SCRAPE_PAGES, web, front, limits)
    if ask.deep_mode:
        website = await context.run(SCRAPE_MORE, web, website, limits)
    return website


async def _links_in_time(reading: Task[Front]) -> tuple[str, ...]:
    """The GitHub accounts that the front page links to; none if the page comes too late.

    The accounts are an argument of the search, so they are part of its input hash. If a later
    run has them, it searches again and does not use the answer that was found without them.
    """
    done, _ = await asyncio.wait({reading}, timeout=LINKS_SECONDS)
    return reading.result().github_accounts if done else ()


async def _search_github(
    context: Context[Services], ask: Ask, site: Site | None, linked: Task[tuple[str, ...]]
) -> OpenSource:
    github, accounts = context.services.github, await linked
    if github is None:
        return OpenSource()
    domain = site_key(site.home) if site else None
    return await context.run(GITHUB, github, accounts, ask.company_name, domain)


async def _analysed(context: Context[Services], found: Found, until: float) -> Analysis:
    model = context.services.language_model
    if model is None:
        context.warn(NO_MODEL)
    if model is None or not found.sources:
        return Analysis()
    try:
        async with asyncio.timeout_at(until):
            return await context.run(ANALYSE, model, found.website.organisation.name, found.sources)
    except TimeoutError:
        context.warn(NO_ANALYSIS, "timeout")
        return Analysis()


async def _brief(
    context: Context[Services],
    ask: Ask,
    known: Profile | None,
    found: Found | None,
    until: float,
) -> Brief:
    request = Request(company_name=ask.company_name, role=ask.role, posting=ask.posting)
    role = RoleAnalysis()
    model = context.services.language_model
    if model is not None and (ask.role or ask.posting):
        profile = known
        if profile is None:
            profile = await run_in_child(profile_of, found or Found())
        text = posting_source(ask.posting).text if ask.posting else ""
        if len(text) > MAX_POSTING:
            context.warn(POSTING_CUT)
        wanted = ask.role or (ask.posting.title if ask.posting else None) or ""
        try:
            async with asyncio.timeout_at(until):
                role = await context.run(PREPARE, model, profile, wanted, text)
        except TimeoutError:
            context.warn(NO_PREPARATION, "timeout")
    return await context.run(STORE, request, found, known, role)


def _coverage(known: Profile | None, found: Found | None) -> Coverage:
    if known is not None:
        return known.coverage
    if found is None:
        return Coverage()
    return Coverage(website=found.website.coverage, github=found.open_source.coverage)


def _noted(brief: Brief) -> list[str]:
    noted = brief.result.get("warnings")
    return [str(one) for one in noted] if isinstance(noted, list) else []


def _handover(
    context: Context[Services], ask: Ask, site: Site, key: str, found: Found | None, brief: Brief
) -> dict[str, JsonValue]:
    """The part that is shared. No profile is shared if a failure made it poorer, or if there
    was no source.

    A profile that may be better in an hour is shared for that hour only (`may_grow`): GitHub
    was at its limit, refused us or was asked too early, or pages came late.
    """
    company: dict[str, JsonValue] = {"id": str(_company_id(key)), "key": key}
    is_whole = found is not None and found.sources and not _is_degraded(context)
    if found is None or not is_whole or found.website.coverage == "none":
        return {"company": company, "profile": None}
    website, github = found.website, found.open_source
    company |= {
        "name": website.organisation.name,
        "domain": site_key(site.home),
        "website": website.home,
        "logo": website.organisation.logo,
        "github_org": github.organisation if github.verified else None,
        "github_verified": github.verified,
        "deep": ask.deep_mode,
        "may_grow": website.may_grow
        or found.asked_too_early
        or github.refused
        or github.coverage == "rate_limited",
        "known_names": _learned_names(ask, site, website),
    }
    return {"company": company, "profile": brief.profile.model_dump(mode="json", by_alias=True)}


def _learned_names(ask: Ask, site: Site, website: Website) -> list[JsonValue]:
    """The names that lead to this domain from now on. Only a domain that a search found can get
    a name, and only if the pages were read from that same domain.

    If the domain redirects to another one, the name on its pages belongs to the other domain.
    """
    if not site.by_search or website.domain != site_key(site.home):
        return []
    return list(proven_names(website, ask.company_name))


def _company_id(key: str) -> UUID:
    """The id of the shared row. It is computed from the key, so it is known before the row
    exists."""
    return uuid5(NAMESPACE_DNS, key)


def _is_degraded(context: Context[Services]) -> bool:
    sources = {f"scrape_{what}_degraded" for what in ("website", "pages", "more")}
    poorer = {*sources, "search_github_degraded", NO_ANALYSIS}
    return any(context.warned(code) for code in poorer)
