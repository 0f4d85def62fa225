"""The pipeline that writes a brief about a company, from its site and its GitHub.

The profile may be shared with all users, without anything about the reader (see `_handover`). What
was found on a subdomain stays with the row that asked for it (docs/security.md).
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
from worker.companies.names import company_name, own_names
from worker.companies.open_source import OpenSource
from worker.companies.posting import Posting, posting_source
from worker.companies.profile import PROFILE_VERSION, Coverage, Profile
from worker.companies.second_opinion import Opinion, pairs_to_ask
from worker.companies.site_state import NEEDS_A_BROWSER
from worker.companies.steps import (
    ANALYSE,
    ASK_AGAIN,
    FIND,
    GITHUB,
    PREPARE,
    SCRAPE,
    SCRAPE_MORE,
    SCRAPE_PAGES,
    STORE,
)
from worker.companies.website import Front, Website, website_of
from worker.sentences import ERRORS
from worker.services import Services
from worker.services.models.budget import budgeted
from worker.services.web.polite import PoliteWeb

TOTAL_SECONDS = 90.0
DEEP_SECONDS = 290.0
BUSY_SECONDS = 2.0
LINKS_SECONDS = 20.0
"""Seconds. After that, the search on GitHub no longer waits for the front page's links."""
OPINION_SHARE = 0.5
"""A second opinion gets this share of the time that is left; the rest is for the advice."""
NO_MODEL = "language_model_not_configured"
NO_SEARCH = "search_not_configured"
NO_ANALYSIS = "analyze_with_llm_degraded"
NO_OPINION = "second_opinion_degraded"
NO_PREPARATION = "prepare_for_role_degraded"
NOT_PROVEN = "website_found_by_search_calls_itself_otherwise"
NOT_THE_COMPANYS = "company_url_is_not_its_own_site"


class Ask(BaseModel):
    """The inputs of a row: what the user asked, and what the job posting says."""

    id: UUID
    company_name: str
    company_url: str | None = None
    role: str | None = None
    deep_mode: bool = False
    posting: Posting | None = None


class Answer(BaseModel):
    """The outputs of a row. `handover` is what the store function may share with all users."""

    company_id: UUID | None = None
    result: dict[str, JsonValue]
    coverage: Coverage
    warnings: list[str]
    prep_checklist: Checklist | None
    handover: dict[str, JsonValue] | None = None


pipeline = Pipeline(
    "company-research",
    sentences=ERRORS,
    inputs=Ask,
    outputs=Answer,
    steps=(FIND, SCRAPE, SCRAPE_PAGES, GITHUB, SCRAPE_MORE, ANALYSE, ASK_AGAIN, PREPARE, STORE),
)


@dataclass(frozen=True, slots=True)
class Site:
    """The front page of the company's site, and whether a search found it."""

    home: str
    by_search: bool = False

    @property
    def key(self) -> str | None:
        """The key of the shared profile; None for a site whose profile is not shared."""
        return shared_key(self.home)


@pipeline
async def research(context: Context[Services], ask: Ask) -> Answer:
    """Write a brief for one reader, from a shared profile or else from the sources."""
    normalised_name(ask.company_name)
    context.services = budgeted(context.services, context.warn)
    # If the model has not answered by `until`, its part is left out.
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
    """The company's own site: the user's, one learned before, or one that a search finds."""
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
    """The shared profile; None if there is none that this row can use.

    Raises `RateLimited` while another row is making the profile.
    """
    companies = context.services.companies
    key = site.key if site else None
    if companies is None or key is None:
        return None
    leave = await companies.take(
        key,
        ask.id,
        deep=ask.deep_mode,
        with_model=context.services.language_model is not None,
        version=PROFILE_VERSION,
    )
    if leave.state == "busy":
        raise RateLimited(
            "Somebody else has just asked about this company; their research will be used.",
            retry_after=BUSY_SECONDS,
            code="company_busy",
        )
    try:
        return Profile.model_validate(leave.profile) if leave.profile else None
    except ValidationError:
        # Somebody has changed the stored profile by hand. Another row may now research at the same
        # time.
        return None


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
    found = found.model_copy(update={"analysis": analysis})
    opinion = await _second_opinion(context, found, until)
    return found.model_copy(update={"opinion": opinion})


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
    """The GitHub accounts that the front page links to; none if the page comes late.

    A later run that knows more accounts searches again, because the arguments of the step differ.
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


async def _second_opinion(context: Context[Services], found: Found, until: float) -> Opinion:
    """The model's verdicts on the undecided claims of its report; none if they come late."""
    model, report = context.services.language_model, found.analysis.report
    most = context.services.limits.research_max_second_opinions
    if model is None or report is None or most == 0:
        return Opinion()
    names = own_names(found.website)
    pairs = await run_in_child(pairs_to_ask, report, found.sources, names, most)
    if not pairs:
        return Opinion()
    now = asyncio.get_running_loop().time()
    try:
        async with asyncio.timeout_at(now + OPINION_SHARE * (until - now)):
            return await context.run(ASK_AGAIN, model, pairs)
    except TimeoutError:
        context.warn(NO_OPINION, "timeout")
        return Opinion()


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
    """The part that is shared: the company and, if it is new and nothing made it poorer, its
    profile.

    `may_grow` says that another try may find more. Then the profile is shared for a shorter time.
    """
    company: dict[str, JsonValue] = {"id": str(_company_id(key)), "key": key}
    is_whole = found is not None and found.sources and not _is_degraded(context)
    is_drawn_by_scripts = found is not None and NEEDS_A_BROWSER in found.website.warnings
    if found is None or not is_whole or found.website.coverage == "none" or is_drawn_by_scripts:
        return {"company": company, "profile": None}
    website, github = found.website, found.open_source
    company |= {
        "name": company_name(website),
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
    """The names that lead to this domain from now on (see `proven_names`).

    After a redirect to another domain, the pages' name belongs to that domain.
    """
    if not site.by_search or website.domain != site_key(site.home):
        return []
    return list(proven_names(website, ask.company_name))


def _company_id(key: str) -> UUID:
    """The id of the shared profile, computed from the key."""
    return uuid5(NAMESPACE_DNS, key)


def _is_degraded(context: Context[Services]) -> bool:
    sources = {f"scrape_{what}_degraded" for what in ("website", "pages", "more")}
    poorer = {*sources, "search_github_degraded", NO_ANALYSIS, NO_OPINION}
    return any(context.warned(code) for code in poorer)
