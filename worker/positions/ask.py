"""Asks a language model for facts missing in a posting, and checks its answer."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from worker.pages.draft import Draft, Findings, ModelUse
from worker.pages.enclosed import enclosed
from worker.pages.prompts import Prompt
from worker.pages.quotes import is_quoted, supported_value
from worker.pages.salary import note_salary, parse_salary
from worker.positions.model_answer import ASKED, AskedField, PostingFact, PostingFacts
from worker.positions.plausible import is_plausible
from worker.services.models.language_model import LanguageModel

PROMPT = Prompt("worker.positions", "facts")
PROMPT_VERSION = PROMPT.version
MAX_TEXT_CHARACTERS = 24_000
MAX_OUTPUT_TOKENS = 4_000
CONFIDENCE = 0.6
NOT_CONFIGURED = "language_model_not_configured"
POSTING_CUT = "posting_cut"
"""The warning that only the beginning of a page was read, or of a posting was shown to a model."""


class ModelAnswer(BaseModel):
    """The unchecked facts of a model's answer and its usage; empty without an answer."""

    model_config = ConfigDict(frozen=True)

    facts: tuple[PostingFact, ...] = ()
    use: ModelUse | None = None


def missing(draft: Draft) -> tuple[AskedField, ...]:
    """The unknown fields to ask a model for.

    Empty without text, or if `is_published_as_data` is true.
    """
    if not draft.text.strip() or is_published_as_data(draft):
        return ()
    return tuple(field for field in ASKED if draft.get(field) is None)


def is_published_as_data(draft: Draft) -> bool:
    """Whether company and description are known, and the title comes from a recruiting system or
    from structured data.
    """
    title, company = draft.get("job_title"), draft.get("company_name")
    exact = title is not None and title.method in ("ats_api", "json_ld", "microdata", "rdfa")
    return exact and company is not None and draft.get("job_description") is not None


async def ask_model(
    language_model: LanguageModel, wanted: tuple[AskedField, ...], text: str
) -> ModelAnswer:
    """Ask the model for the wanted fields; `weigh_answer` checks the answer later.

    Only the first 24,000 characters are sent. Raises the errors of `LanguageModel.structured`.
    """
    answer = await language_model.structured(
        system=PROMPT.text,
        prompt=_question(wanted, text[:MAX_TEXT_CHARACTERS]),
        output=PostingFacts,
        max_output_tokens=MAX_OUTPUT_TOKENS,
    )
    return ModelAnswer(
        facts=tuple(answer.value.facts),
        use=ModelUse(
            model=answer.model,
            input_tokens=answer.input_tokens,
            output_tokens=answer.output_tokens,
        ),
    )


async def no_answer(
    language_model: LanguageModel, wanted: tuple[AskedField, ...], text: str
) -> ModelAnswer:
    """Return no facts; the fallback of the step `ask-model`."""
    return ModelAnswer()


def weigh_answer(draft: Draft, answer: ModelAnswer) -> Draft:
    """Return a draft with only the model's facts that pass all checks.

    A fact that fails a check becomes a candidate.
    """
    findings = Findings("llm", draft.fetch.final_url if draft.fetch else None)
    wanted, shown = missing(draft), draft.text[:MAX_TEXT_CHARACTERS]
    for fact in answer.facts:
        _weigh(findings, fact, wanted, shown)
    return findings.draft().model_copy(update={"llm": answer.use})


def _question(wanted: tuple[AskedField, ...], text: str) -> str:
    return f"Report these facts: {', '.join(wanted)}.\n\n{enclosed('posting', text)}"


def _weigh(
    findings: Findings, fact: PostingFact, wanted: tuple[AskedField, ...], text: str
) -> None:
    if fact.field not in wanted:
        findings.drop(fact.field, fact.value, fact.quote, "not asked for")
    elif not is_quoted(fact.quote, text):
        findings.drop(fact.field, fact.value, fact.quote, "the quote is not in the posting")
    elif (value := supported_value(fact.field, fact.value, fact.quote)) is None:
        findings.drop(fact.field, fact.value, fact.quote, "the quote does not support the value")
    elif not is_plausible(fact.field, value, fact.quote, text):
        findings.drop(fact.field, fact.value, fact.quote, "the posting says it of something else")
    elif fact.field == "salary_range":
        salary = parse_salary(value)
        if salary is not None:
            note_salary(findings, salary, fact.quote, CONFIDENCE)
    else:
        findings.add(fact.field, value, fact.quote, CONFIDENCE)
        if fact.field == "location":
            findings.add("locations", [{"text": value}], fact.quote, CONFIDENCE)
