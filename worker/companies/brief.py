"""Put a brief together: the proven facts about the company, and how to prepare."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, JsonValue

from liverows import run_in_child
from worker.companies.analyse import PAGES_CUT, shows_all
from worker.companies.generic_advice import (
    SMART_QUESTIONS,
    TIPS,
    checklist,
    generic_questions,
)
from worker.companies.identity import normalised_name
from worker.companies.model_answer import Analysis, ExpectedQuestion, RoleAnalysis
from worker.companies.open_source import OpenSource
from worker.companies.posting import Posting, posting_salary, posting_source
from worker.companies.profile import (
    Advice,
    Coverage,
    Facts,
    Profile,
    Question,
    ReadSource,
    Source,
)
from worker.companies.stated import merge_claims, merge_technologies, stated_facts
from worker.companies.technologies import technologies_named
from worker.companies.website import Website
from worker.companies.weigh import adds_nothing, weigh

LEAST_QUESTIONS = 5
LEAST_TIPS = 3
MOST = 5
MOST_QUESTIONS = 10
MOST_TOPICS = 8
MAX_ADVICE = 400
NO_WEBSITE = "no_website_found"
GITHUB_UNVERIFIED = "github_unverified"
GITHUB_RATE_LIMITED = "github_rate_limited"
GITHUB_REFUSED = "github_refused"
GENERIC_PREPARATION = "generic_preparation"
UNPROVEN_DROPPED = "unproven_claims_dropped"


class Found(BaseModel):
    """Everything that was found out about a company, before it is checked.

    `asked_too_early` says that GitHub was searched by name because the site was slow, although
    the site links to accounts there.
    """

    model_config = ConfigDict(frozen=True)

    website: Website = Website()
    open_source: OpenSource = OpenSource()
    analysis: Analysis = Analysis()
    deep: bool = False
    asked_too_early: bool = False

    @property
    def sources(self) -> tuple[ReadSource, ...]:
        """The sources that may be cited."""
        github = self.open_source.source
        return (*self.website.sources, *((github,) if github else ()))


class Request(BaseModel):
    """The company and the role that the user asks about."""

    model_config = ConfigDict(frozen=True)

    company_name: str
    role: str | None = None
    posting: Posting | None = None


class Brief(BaseModel):
    """The outputs of a row, in the form in which they are written."""

    model_config = ConfigDict(frozen=True)

    result: dict[str, JsonValue]
    checklist: list[JsonValue]
    profile: Profile


def profile_of(found: Found) -> Profile:
    """The part that fits every role: proven claims, and the model's advice if there is any."""
    sources = found.sources
    company = found.website.organisation.name
    stated = stated_facts(found.website, found.open_source)
    report = found.analysis.report
    facts, advice, dropped = stated, Advice(), False
    if report is not None:
        proven = weigh(report, sources, company or "")
        facts = _together(stated, proven)
        advice = _advice(
            report.interview_questions,
            report.preparation_tips,
            report.smart_questions,
            report.key_topics,
            known=" ".join(source.text for source in sources),
        )
        dropped = _count(proven) < _count(report)
    return Profile(
        company_name=company,
        facts=facts,
        advice=advice,
        sources=tuple(source.cited() for source in sources),
        coverage=Coverage(website=found.website.coverage, github=found.open_source.coverage),
        warnings=_warnings(found, dropped),
        model=found.analysis.model,
        deep=found.deep,
        # Not the present time, because a resumed run must make the same profile.
        researched_at=max((source.retrieved_at for source in sources), default=None),
    )


async def settle(
    request: Request, found: Found | None, known: Profile | None, role: RoleAnalysis
) -> Brief:
    """The brief for one reader, made from what was found now or from the known profile."""
    return await run_in_child(_settle, request, found, known, role)


def _settle(
    request: Request, found: Found | None, known: Profile | None, role: RoleAnalysis
) -> Brief:
    profile = known or profile_of(found or Found())
    facts, sources = _with_posting(profile, request.posting)
    advice = _for_role(profile.advice, role, request, facts)
    advice, generic = _filled(advice, request.role)
    if not advice.key_topics:
        named = tuple(one.name for one in facts.tech_stack[:MOST_TOPICS])
        advice = advice.model_copy(update={"key_topics": named})
    items = [item.model_dump(mode="json") for item in checklist(request.role)]
    result: dict[str, Any] = {
        "companyName": profile.company_name or request.company_name,
        **facts.model_dump(mode="json", by_alias=True),
        "averageSalary": None,
        **advice.model_dump(mode="json", by_alias=True),
        "prepChecklist": items,
        "sources": [source.model_dump(mode="json") for source in sources],
        "coverage": profile.coverage.model_dump(mode="json"),
        "metadata": {
            "researchedAt": (profile.researched_at or datetime.now(UTC)).isoformat(),
            "role": request.role,
            "deepMode": profile.deep,
            "version": str(profile.version),
            "model": role.model or profile.model,
            "generic": generic,
            "fromCache": known is not None,
        },
        "warnings": [*profile.warnings, *([GENERIC_PREPARATION] if generic else [])],
    }
    return Brief(result=result, checklist=items, profile=profile)


def _for_role(advice: Advice, role: RoleAnalysis, request: Request, facts: Facts) -> Advice:
    """The model's advice for this role if there is any, else the advice for the company."""
    report = role.report
    if report is None:
        return advice
    return _advice(
        report.interview_questions,
        report.preparation_tips,
        report.smart_questions,
        report.key_topics,
        known=f"{facts.model_dump_json()} {request.role} {_text(request.posting)}",
    )


def proven_names(website: Website, name: str) -> list[str]:
    """The names that may lead to the domain of a site that a search has found.

    This is the name that the site states, if it is the name that was searched for. Do not call
    this for a site whose address a user gave: anybody can set up a site with a company's name.
    """
    stated = website.organisation.name
    if not stated or normalised_name(stated) != normalised_name(name):
        return []
    return [normalised_name(stated)]


def _together(stated: Facts, proven: Facts) -> Facts:
    """The model's wording where there is one, else the sources' own; lists are merged."""
    return Facts(
        overview=proven.overview or stated.overview,
        executive_summary=proven.executive_summary,
        products=merge_claims(proven.products, stated.products),
        tech_stack=merge_technologies(stated.tech_stack, proven.tech_stack),
        salary_range=proven.salary_range,
        key_talking_points=merge_claims(proven.key_talking_points, stated.key_talking_points),
        top_challenges=proven.top_challenges,
        culture_insights=proven.culture_insights,
        company_values=merge_claims(proven.company_values, stated.company_values),
        red_flags=proven.red_flags,
    )


def _warnings(found: Found, dropped: bool) -> tuple[str, ...]:
    notes = [*found.website.warnings]
    if found.analysis.report is not None and not shows_all(found.sources):
        notes.append(PAGES_CUT)
    if found.website.coverage == "none" and not notes:
        notes.append(NO_WEBSITE)
    if found.open_source.coverage == "unverified":
        notes.append(GITHUB_UNVERIFIED)
    if found.open_source.coverage == "rate_limited":
        notes.append(GITHUB_RATE_LIMITED)
    if found.open_source.refused:
        notes.append(GITHUB_REFUSED)
    if dropped:
        notes.append(UNPROVEN_DROPPED)
    return tuple(dict.fromkeys(notes))


_FACTUAL = (
    "overview", "executive_summary", "products", "tech_stack", "key_talking_points",
    "top_challenges", "culture_insights", "company_values", "red_flags",
)  # fmt: skip


def _count(report: BaseModel) -> int:
    """How many factual items a report holds."""
    values = [getattr(report, name) for name in _FACTUAL]
    salary = getattr(report, "salary", None) or getattr(report, "salary_range", None)
    items = [len(one) if isinstance(one, list | tuple) else int(one is not None) for one in values]
    return sum(items) + int(salary is not None)


def _advice(
    questions: Sequence[ExpectedQuestion],
    tips: Sequence[str],
    smart: Sequence[str],
    topics: Sequence[str],
    *,
    known: str,
) -> Advice:
    """The advice without the pieces that are too long or add a number or a name that is not
    known."""

    def kept(texts: Sequence[str], most: int) -> tuple[str, ...]:
        plain = (" ".join(text.split()) for text in texts)
        fit = [text for text in plain if 0 < len(text) <= MAX_ADVICE and adds_nothing(text, known)]
        return tuple(dict.fromkeys(fit))[:most]

    asked = {
        text: Question(text=text, kind=one.kind, why=" ".join(one.why.split())[:MAX_ADVICE])
        for one in questions
        if adds_nothing(one.why, known)
        for text in kept([one.text], 1)
    }
    return Advice(
        interview_questions=tuple(asked.values())[:MOST_QUESTIONS],
        preparation_tips=kept(tips, MOST),
        smart_questions=kept(smart, MOST),
        key_topics=kept(topics, MOST_TOPICS),
    )


def _filled(advice: Advice, role: str | None) -> tuple[Advice, list[str]]:
    """The advice, filled up with generic advice to five questions, three tips and three questions
    to ask; and the names of the lists that were filled up."""
    generic = []
    questions, tips, smart = (
        advice.interview_questions,
        advice.preparation_tips,
        advice.smart_questions,
    )
    if len(questions) < LEAST_QUESTIONS:
        questions = (*questions, *generic_questions(role))[: max(LEAST_QUESTIONS, 6)]
        generic.append("interviewQuestions")
    if len(tips) < LEAST_TIPS:
        tips = tuple(dict.fromkeys((*tips, *TIPS)))[:MOST]
        generic.append("preparationTips")
    if len(smart) < LEAST_TIPS:
        smart = tuple(dict.fromkeys((*smart, *SMART_QUESTIONS)))[:MOST]
        generic.append("smartQuestions")
    filled = advice.model_copy(
        update={
            "interview_questions": questions,
            "preparation_tips": tips,
            "smart_questions": smart,
        }
    )
    return filled, generic


def _with_posting(profile: Profile, posting: Posting | None) -> tuple[Facts, tuple[Source, ...]]:
    """The facts and sources, with what the reader's own posting adds. Only this reader sees it."""
    if posting is None:
        return profile.facts, profile.sources
    source = posting_source(posting)
    facts = profile.facts.model_copy(
        update={
            "tech_stack": merge_technologies(
                profile.facts.tech_stack, technologies_named([source])
            ),
            "salary_range": posting_salary(posting) or profile.facts.salary_range,
        }
    )
    return facts, (*profile.sources, source.cited())


def _text(posting: Posting | None) -> str:
    return posting_source(posting).text if posting else ""
