"""Puts a brief together: the proven facts about the company, and how to prepare."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, JsonValue

from liverows import run_in_child
from worker.companies.advice_check import adds_nothing, is_question, is_reason
from worker.companies.analyse import PAGES_CUT, shows_all
from worker.companies.filler import is_filler
from worker.companies.generic_advice import (
    SMART_QUESTIONS,
    TIPS,
    USUAL_REASON,
    checklist,
    generic_questions,
    suits,
)
from worker.companies.identity import normalised_name
from worker.companies.model_answer import Analysis, ExpectedQuestion, RoleAnalysis
from worker.companies.names import company_name, is_slogan, normalised, own_names
from worker.companies.open_source import OpenSource
from worker.companies.posting import Posting, posting_salary, posting_source
from worker.companies.profile import (
    Advice,
    Claim,
    Coverage,
    Facts,
    Profile,
    Question,
    ReadSource,
    Source,
)
from worker.companies.second_opinion import Opinion
from worker.companies.stated import merge_claims, merge_technologies, stated_facts
from worker.companies.technologies import technologies_named
from worker.companies.website import Website
from worker.companies.weigh import weigh

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
    """What was found out about a company; the model's claims are not checked yet.

    `asked_too_early` says that GitHub was searched before the site's links were known.
    """

    model_config = ConfigDict(frozen=True)

    website: Website = Website()
    open_source: OpenSource = OpenSource()
    analysis: Analysis = Analysis()
    opinion: Opinion = Opinion()
    deep: bool = False
    asked_too_early: bool = False

    @property
    def sources(self) -> tuple[ReadSource, ...]:
        """The sources that may be cited; from GitHub, only a verified organisation."""
        github = self.open_source.source
        return (*self.website.sources, *((github,) if github else ()))


class Request(BaseModel):
    """What one reader asks: the company, and the role and the posting, if given."""

    model_config = ConfigDict(frozen=True)

    company_name: str
    role: str | None = None
    posting: Posting | None = None


class Brief(BaseModel):
    """A finished brief: the output `result`, the checklist, and the profile behind them."""

    model_config = ConfigDict(frozen=True)

    result: dict[str, JsonValue]
    checklist: list[JsonValue]
    profile: Profile


def profile_of(found: Found) -> Profile:
    """Make the profile, which fits every role, from the sources and the checked report."""
    sources = found.sources
    company, names = company_name(found.website), own_names(found.website)
    stated = stated_facts(found.website, found.open_source)
    report = found.analysis.report
    facts, advice, dropped = stated, Advice(), False
    if report is not None:
        opinion = found.opinion
        borne_out = {(pair.quote, pair.claim) for pair in opinion.borne_out}
        refused = {(pair.quote, pair.claim) for pair in opinion.refused}
        needs_overview = stated.overview is None
        proven = weigh(
            report, sources, names, borne_out, refused,
            needs_overview=needs_overview, shown=_told(stated),
        )  # fmt: skip
        facts = _together(stated, proven)
        advice = _advice(
            report.interview_questions,
            report.preparation_tips,
            report.smart_questions,
            report.key_topics,
            known="\n".join(source.text for source in sources),
            names=names,
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
    """Make the brief for one reader, from the known profile or from what was found now."""
    return await run_in_child(_settle, request, found, known, role)


def _settle(
    request: Request, found: Found | None, known: Profile | None, role: RoleAnalysis
) -> Brief:
    profile = known or profile_of(found or Found())
    facts, sources = _with_posting(profile, request.posting)
    advice = _suited(_for_role(profile, role, request, facts), request)
    advice, generic = _filled(advice, request.role)
    if not advice.key_topics:
        named = tuple(one.name for one in facts.tech_stack[:MOST_TOPICS])
        advice = advice.model_copy(update={"key_topics": named})
    items = [item.model_dump(mode="json") for item in checklist(request.role)]
    result: dict[str, Any] = {
        "companyName": _shown_name(profile.company_name, request.company_name),
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


def _shown_name(stated: str | None, asked: str) -> str:
    """The name on the site; `asked` if there is none, or a slogan with `asked` in it."""
    if stated is None or (is_slogan(stated) and normalised(asked) in normalised(stated)):
        return asked
    return stated


def _for_role(profile: Profile, role: RoleAnalysis, request: Request, facts: Facts) -> Advice:
    """The model's checked advice for this role; without any, the profile's advice."""
    report = role.report
    if report is None:
        return profile.advice
    names = [name for name in (profile.company_name, request.company_name) if name]
    return _advice(
        report.interview_questions,
        report.preparation_tips,
        report.smart_questions,
        report.key_topics,
        known="\n".join([*_told(facts), request.role or "", _text(request.posting)]),
        names=names,
    )


def _suited(advice: Advice, request: Request) -> Advice:
    """The advice without what is for other roles only. The profile's was made for any role."""
    role, known = request.role, _text(request.posting)
    return Advice(
        interview_questions=tuple(
            one for one in advice.interview_questions if suits(one.text, role, known)
        ),
        preparation_tips=tuple(one for one in advice.preparation_tips if suits(one, role, known)),
        smart_questions=tuple(one for one in advice.smart_questions if suits(one, role, known)),
        key_topics=tuple(one for one in advice.key_topics if suits(one, role, known)),
    )


def _told(facts: Facts) -> list[str]:
    """Everything that the facts state, one text for each fact."""
    single = (facts.overview, facts.executive_summary, facts.culture_insights)
    several = (
        facts.products, facts.key_talking_points, facts.top_challenges, facts.company_values,
        facts.red_flags,
    )  # fmt: skip
    claims = [*(one for one in single if one), *(one for many in several for one in many)]
    salary = [facts.salary_range.text] if facts.salary_range else []
    return [*(one.text for one in claims), *(one.name for one in facts.tech_stack), *salary]


def proven_names(website: Website, name: str) -> list[str]:
    """The normalised names by which a site that a search found can be found again.

    Do not call this for a site whose address a user gave: anybody can set up a site with a
    company's name.
    """
    stated = website.organisation.name
    if not stated or normalised_name(stated) != normalised_name(name):
        return []
    return [normalised_name(stated)]


def _together(stated: Facts, proven: Facts) -> Facts:
    """The model's proven claims, and what the sources state in their own words."""
    return Facts(
        overview=_telling(proven.overview) or stated.overview,
        executive_summary=proven.executive_summary,
        products=merge_claims(proven.products, stated.products),
        tech_stack=merge_technologies(stated.tech_stack, proven.tech_stack),
        salary_range=proven.salary_range,
        key_talking_points=merge_claims(proven.key_talking_points, stated.key_talking_points),
        top_challenges=proven.top_challenges,
        culture_insights=proven.culture_insights or stated.culture_insights,
        company_values=merge_claims(proven.company_values, stated.company_values),
        red_flags=proven.red_flags,
    )


def _telling(overview: Claim | None) -> Claim | None:
    """A model's overview, if it is no text of a template and no notice, however true its quote."""
    return None if overview is None or is_filler(overview.text) else overview


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
    """How many factual items a report or its proven part has."""
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
    names: Sequence[str],
) -> Advice:
    """The model's advice, without what is repeated, too long or states an unknown fact."""

    def kept(texts: Sequence[str], most: int) -> tuple[str, ...]:
        plain = (" ".join(text.split()) for text in texts)
        fit = [
            text
            for text in plain
            if 0 < len(text) <= MAX_ADVICE and adds_nothing(text, known, names)
        ]
        return tuple(dict.fromkeys(fit))[:most]

    asked = {
        text: _question(one, text, known, names)
        for one in questions
        for text in kept([one.text], 1)
        if is_question(text, names)
    }
    return Advice(
        interview_questions=tuple(asked.values())[:MOST_QUESTIONS],
        preparation_tips=kept(tips, MOST),
        smart_questions=kept([one for one in smart if is_question(one, names)], MOST),
        key_topics=kept(topics, MOST_TOPICS),
    )


def _question(one: ExpectedQuestion, text: str, known: str, names: Sequence[str]) -> Question:
    """The question with its reason, or with the usual reason if its own is not usable."""
    why = " ".join(one.why.split())[:MAX_ADVICE]
    if why and is_reason(why, known, names):
        return Question(text=text, kind=one.kind, why=why)
    return Question(text=text, kind=one.kind, why=USUAL_REASON, generic=True)


def _filled(advice: Advice, role: str | None) -> tuple[Advice, list[str]]:
    """The advice with short lists filled up, and the names of these lists."""
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
    """The profile's facts and sources, with what the reader's own posting adds.

    The profile is not changed, because other readers must not see the posting.
    """
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
