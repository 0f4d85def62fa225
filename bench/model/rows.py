"""The rows of the three pipelines, each read without and with a model, and judged against truth."""

from __future__ import annotations

from asyncio import TaskGroup
from collections.abc import Sequence
from typing import Any

from bench.interviews.script import Script
from bench.model.compare import Comparison, Score
from bench.positions.posting import Posting
from bench.positions.prose import as_text
from bench.positions.score import found_in, judge
from bench.positions.skins import SKINS
from bench.positions.truth import columns, only, without
from bench.research.score import Marks
from bench.research.sites import Company
from liverows import WorkerError
from tests.support.local_web import answer, local_web
from worker.companies.analyse import analyse
from worker.companies.brief import Found, Request, settle
from worker.companies.model_answer import Analysis, RoleAnalysis
from worker.companies.website import Website, scrape_pages, scrape_website
from worker.interviews.ask import (
    ask_questions,
    ask_roles,
    questions_prompt,
    roles_prompt,
    weigh_questions,
    weigh_roles,
)
from worker.interviews.given import read_given
from worker.interviews.roles import Roles, find_roles
from worker.interviews.segment import find_questions
from worker.interviews.spans import Span
from worker.interviews.transcript import Transcript
from worker.pages.draft import Draft
from worker.positions.ask import ask_model, missing, weigh_answer
from worker.positions.ladder import read_posting
from worker.positions.merge import merge
from worker.positions.pasted import extract_from_text
from worker.positions.result import finish
from worker.services.models.language_model import LanguageModel
from worker.services.web.polite import PoliteWeb

PAGE = "https://careers.board-of-nobody.com/jobs/{id}"
OVERLAP = 0.5
"""A found question is the true one if intersection over union is at least this."""


async def compare_positions(postings: Sequence[Posting], model: LanguageModel) -> Comparison:
    """Each posting as a plain page, in turn in another layout, and as pasted text."""
    rows = Comparison("positions")
    skins = list(SKINS.items())
    async with local_web() as net, net.client() as web:
        for number, posting in enumerate(postings):
            name, skin = skins[number % len(skins)]
            url = PAGE.format(id=posting.id)
            net.routes[url.removeprefix("https://")] = answer(skin(posting))
            truth = without(
                only(columns(posting), "job_title", "company_name", "salary"), "location"
            )
            draft = await read_posting(web, url)
            await _compare_posting(rows, f"{name} {posting.id}", draft, truth, model)
            draft = await extract_from_text(f"{posting.title}\n\n{as_text(posting)}")
            truth = without(only(columns(posting), "salary"), "job_title", "company_name")
            await _compare_posting(rows, f"text {posting.id}", draft, truth, model)
    return rows


async def _compare_posting(
    rows: Comparison, name: str, draft: Draft, truth: dict[str, Any], model: LanguageModel
) -> None:
    added = draft
    try:
        facts = await ask_model(model, missing(draft), draft.text)
        added = merge(draft, weigh_answer(draft, facts))
    except WorkerError as error:
        rows.refuse(error.code)
    rows.add(name, _posting_score(draft, truth), _posting_score(added, truth))


def _posting_score(draft: Draft, truth: dict[str, Any]) -> Score:
    found = found_in(finish(draft).model_dump(mode="json"))
    verdicts = [judge(name, expected, found.get(name)) for name, expected in truth.items()]
    untrue = sum(verdict in ("wrong", "invented") for verdict in verdicts)
    return Score(right=verdicts.count("correct"), wrong=untrue)


async def compare_interviews(scripts: Sequence[Script], model: LanguageModel) -> Comparison:
    """Each interview: who is the candidate, and where the questions are."""
    rows = Comparison("interviews")
    for script in scripts:
        transcript = await read_given(script.paragraphs())
        guess = await find_roles(transcript, None)
        roles = await _asked_roles(rows, transcript, guess, model)
        cut = await find_questions(transcript, guess)
        kept = await _asked_cut(rows, transcript, roles, model)
        alone, helped = _interview_score(script, guess, cut), _interview_score(script, roles, kept)
        rows.add(script.name, alone, helped)
    return rows


async def _asked_roles(
    rows: Comparison, transcript: Transcript, guess: Roles, model: LanguageModel
) -> Roles:
    if not guess.rivals:
        return guess
    try:
        told = await ask_roles(model, roles_prompt(transcript))
    except WorkerError as error:
        rows.refuse(error.code)
        return guess
    return weigh_roles(told, transcript, guess)


async def _asked_cut(
    rows: Comparison, transcript: Transcript, roles: Roles, model: LanguageModel
) -> list[Span]:
    cut = await find_questions(transcript, roles)
    try:
        told = await ask_questions(model, questions_prompt(transcript, roles.roles, cut))
    except WorkerError as error:
        rows.refuse(error.code)
        return cut
    return weigh_questions(told, transcript, roles.roles, cut)[0]


def _interview_score(script: Script, roles: Roles, spans: Sequence[Span]) -> Score:
    """One point for the candidate and one for each true question; a wrong one for the others."""
    left = list(spans)
    for true in script.spans:
        best = max(left, key=lambda span: _overlap(true.first, true.last, span), default=None)
        if best is not None and _overlap(true.first, true.last, best) >= OVERLAP:
            left.remove(best)
    is_right = roles.candidate == script.candidate
    is_wrong = roles.candidate is not None and not is_right
    found = len(spans) - len(left)
    return Score(right=found + is_right, wrong=len(left) + is_wrong)


def _overlap(first: int, last: int, span: Span) -> float:
    both = min(last, span.last) - max(first, span.first) + 1
    either = max(last, span.last) - min(first, span.first) + 1
    return max(0, both) / either


async def compare_companies(companies: Sequence[Company], model: LanguageModel) -> Comparison:
    """Each company by its website: technologies, products, and claims without a source."""
    rows = Comparison("companies")
    async with local_web() as net, net.client() as web:
        site = PoliteWeb(web, spacing=0)
        for company in companies:
            for path, html in company.pages.items():
                net.routes[f"{company.host}{path}"] = answer(html)
            website = await scrape_pages(site, await scrape_website(site, company.home))
            analysis = await _analysed(rows, company, website, model)
            async with TaskGroup() as both:
                alone = both.create_task(_company_score(company, website, Analysis()))
                helped = both.create_task(_company_score(company, website, analysis))
            rows.add(company.name, alone.result(), helped.result())
    return rows


async def _analysed(
    rows: Comparison, company: Company, website: Website, model: LanguageModel
) -> Analysis:
    try:
        return await analyse(model, company.name, Found(website=website).sources)
    except WorkerError as error:
        rows.refuse(error.code)
        return Analysis()


async def _company_score(company: Company, website: Website, analysis: Analysis) -> Score:
    found = Found(website=website, analysis=analysis)
    brief = await settle(Request(company_name=company.name), found, None, RoleAnalysis())
    marks = Marks()
    marks.add(company, found, brief)
    hits, given, _ = marks.technologies
    named, shown, _ = marks.products
    unsupported = marks.claims - marks.supported
    wrong = (given - hits) + (shown - named) + unsupported + marks.invented
    return Score(right=hits + named, wrong=wrong)
