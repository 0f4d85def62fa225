"""The rows of the three pipelines, each read without and with a model, and judged against truth."""

from __future__ import annotations

import json
from asyncio import TaskGroup
from collections.abc import Collection, Sequence
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
from worker.companies.brief import Brief, Found, Request, settle
from worker.companies.model_answer import Analysis, RoleAnalysis
from worker.companies.names import own_names
from worker.companies.second_opinion import Opinion, ask_again, pairs_to_ask
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
from worker.interviews.question_row import QuestionRow, question_row, with_score
from worker.interviews.roles import Roles, find_roles
from worker.interviews.score import ask_score, question_prompt, weigh_score
from worker.interviews.segment import find_questions
from worker.interviews.spans import Span, answer_of
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
MOST_OPINIONS = 8
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


def false_sentences(model: LanguageModel) -> Collection[str]:
    """What a scripted model told that is false; empty for a real one."""
    told: Collection[str] = getattr(model, "told", ())
    return told


async def compare_interviews(scripts: Sequence[Script], model: LanguageModel) -> Comparison:
    """Each interview: who is the candidate, where the questions are, and what the model writes
    about the first answer."""
    rows = Comparison("interviews")
    for script in scripts:
        transcript = await read_given(script.paragraphs())
        guess = await find_roles(transcript, None)
        roles = await _asked_roles(rows, transcript, guess, model)
        cut = await find_questions(transcript, guess)
        kept = await _asked_cut(rows, transcript, roles, model)
        alone = _interview_score(script, transcript, guess, cut)
        helped = _interview_score(script, transcript, roles, kept)
        shown = await _shown_score(rows, transcript, roles, kept, model)
        rows.show(script.name, [text for text in shown if text])
        untrue = _count_false(shown, model)
        rows.add(script.name, alone, Score(helped.right, helped.wrong + untrue))
    return rows


async def _shown_score(
    rows: Comparison,
    transcript: Transcript,
    roles: Roles,
    spans: Sequence[Span],
    model: LanguageModel,
) -> list[str]:
    """What the first scored row and the titles of all rows show of the model's words."""
    made = [
        question_row(number, span, transcript, roles.roles, can_score=True)
        for number, span in enumerate(spans, 1)
    ]
    place = next((at for at, row in enumerate(made) if row.scoring_status == "pending"), None)
    if place is None:
        return []
    try:
        judged = await ask_score(
            model, question_prompt(spans[place], transcript, roles.roles, None)
        )
    except WorkerError as error:
        rows.refuse(error.code)
        return []
    row = with_score(made[place], weigh_score(judged, spans[place], transcript, roles.roles))
    return _texts_of(row)


def _texts_of(row: QuestionRow) -> list[str]:
    return [row.feedback or "", *(each.text for each in row.improvements or [])]


def _count_false(shown: Sequence[str], model: LanguageModel) -> int:
    everything = "\n".join(shown)
    return sum(sentence in everything for sentence in false_sentences(model))


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


def _interview_score(
    script: Script, transcript: Transcript, roles: Roles, spans: Sequence[Span]
) -> Score:
    """One point for the candidate, for each true question and for each line of its answer.

    Wrong are other questions, true ones taken for small talk, and titles that nobody said.
    """
    left, lines, hidden = list(spans), 0, 0
    for true in script.spans:
        best = max(left, key=lambda span: _overlap(true.first, true.last, span), default=None)
        if best is not None and _overlap(true.first, true.last, best) >= OVERLAP:
            left.remove(best)
            answer = answer_of(best, transcript.utterances, roles.roles)
            lines += sum(true.first <= one.index <= true.last for one in answer)
            hidden += best.kind == "GREETING_OR_CHIT_CHAT"
    is_right = roles.candidate == script.candidate
    is_wrong = roles.candidate is not None and not is_right
    unsaid = sum(not _is_said(span, transcript) for span in spans)
    found = len(spans) - len(left)
    return Score(right=found + lines + is_right, wrong=len(left) + hidden + unsaid + is_wrong)


def _is_said(span: Span, transcript: Transcript) -> bool:
    said = " ".join(one.text for one in transcript.utterances[span.first : span.last + 1])
    title = (span.title or "").removesuffix("\u2026").strip()
    return title.casefold() in " ".join(said.split()).casefold()


def _overlap(first: int, last: int, span: Span) -> float:
    both = min(last, span.last) - max(first, span.first) + 1
    either = max(last, span.last) - min(first, span.first) + 1
    return max(0, both) / either


async def compare_companies(companies: Sequence[Company], model: LanguageModel) -> Comparison:
    """Each company by its website: technologies, products, claims without a source, and sentences
    that the model knows to be false."""
    rows = Comparison("companies")
    async with local_web() as net, net.client() as web:
        site = PoliteWeb(web, spacing=0)
        for company in companies:
            for path, html in company.pages.items():
                net.routes[f"{company.host}{path}"] = answer(html)
            website = await scrape_pages(site, await scrape_website(site, company.home))
            found = await _analysed(rows, company, website, model)
            async with TaskGroup() as both:
                alone = both.create_task(_brief(company, Found(website=website)))
                helped = both.create_task(_brief(company, found))
            rows.show(company.name, _new_sentences(alone.result(), helped.result()))
            untrue = _count_false([json.dumps(helped.result().result, ensure_ascii=False)], model)
            score = _company_score(company, found, helped.result())
            rows.add(
                company.name,
                _company_score(company, Found(website=website), alone.result()),
                Score(score.right, score.wrong + untrue),
            )
    return rows


async def _analysed(
    rows: Comparison, company: Company, website: Website, model: LanguageModel
) -> Found:
    found = Found(website=website)
    try:
        analysis = await analyse(model, company.name, found.sources)
        opinion = await _opinion(analysis, found, model)
    except WorkerError as error:
        rows.refuse(error.code)
        return found
    return Found(website=website, analysis=analysis, opinion=opinion)


async def _opinion(analysis: Analysis, found: Found, model: LanguageModel) -> Opinion:
    if analysis.report is None:
        return Opinion()
    names = own_names(found.website)
    pairs = pairs_to_ask(analysis.report, found.sources, names, MOST_OPINIONS)
    return await ask_again(model, pairs) if pairs else Opinion()


async def _brief(company: Company, found: Found) -> Brief:
    return await settle(Request(company_name=company.name), found, None, RoleAnalysis())


def _new_sentences(alone: Brief, helped: Brief) -> list[str]:
    """The sentences that only the brief with the model shows."""
    known = set(_strings(alone.result))
    return [text for text in _strings(helped.result) if text not in known and " " in text]


def _strings(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    parts: list[object] = []
    if isinstance(value, dict):
        parts = list(value.values())
    elif isinstance(value, list):
        parts = value
    return [text for part in parts for text in _strings(part)]


def _company_score(company: Company, found: Found, brief: Brief) -> Score:
    marks = Marks()
    marks.add(company, found, brief)
    hits, given, _ = marks.technologies
    named, shown, _ = marks.products
    unsupported = marks.claims - marks.supported
    wrong = (given - hits) + (shown - named) + unsupported + marks.invented
    return Score(right=hits + named, wrong=wrong)
