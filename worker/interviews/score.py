"""Scores one answer by a model. A score counts only with a quote found in the answer."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, JsonValue

from worker.interviews.observable import observable
from worker.interviews.quotes import Quotable
from worker.interviews.retold import Said, borne_out
from worker.interviews.rubric import DIMENSIONS, HIGHEST, UNANSWERED_CEILING, Dimension, mean
from worker.interviews.shown import as_data, numbered
from worker.interviews.spans import (
    QuestionType,
    Span,
    answer_of,
    interruptions_of,
    shortened,
)
from worker.interviews.transcript import Role, Transcript
from worker.pages.prompts import Prompt
from worker.services.models.language_model import LanguageModel

PROMPT = Prompt("worker.interviews", "score")
SCORE_VERSION = PROMPT.version
MAX_OUTPUT_TOKENS = 3_000
MAX_ANSWER_CHARACTERS = 24_000
MAX_DESCRIPTION_CHARACTERS = 2_000
MAX_EVIDENCE = 3
MAX_IMPROVEMENTS = 4


class Quote(BaseModel):
    """Words that a model claims were said."""

    dimension: Dimension
    quote: str
    supports: Literal["strength", "gap"]


class Scores(BaseModel):
    """A score for each dimension; None where it does not apply."""

    structure: int | None
    relevance: int | None
    clarity_conciseness: int | None
    specificity_detail: int | None
    actions_contribution: int | None
    results_impact: int | None
    competency_demonstration: int | None


class Improvement(BaseModel):
    """One concrete change to an answer."""

    text: str
    dimension: Dimension


class Judgement(BaseModel):
    """A model's judgement of one answer, not checked yet.

    The fields have the order in which the prompt asks for them.
    """

    evidence: list[Quote]
    answered: Literal["yes", "partial", "no"]
    scores: Scores
    feedback: str
    improvements: list[Improvement]
    title: str
    kind: QuestionType


class Judged(BaseModel):
    """A model's judgement of one answer. `judgement` is None if the model failed."""

    judgement: Judgement | None = None


class Evidence(BaseModel):
    """A quote found in the answer, in the transcript's wording. Times are in seconds."""

    model_config = ConfigDict(frozen=True)

    quote: str
    start: float | None
    end: float | None
    supports: Literal["strength", "gap"]


class Scored(BaseModel):
    """A judgement after it was checked.

    `reason` says why `score` is None. `quotes_rejected` counts the model's quotes that were not
    found or have a wrong length.
    """

    model_config = ConfigDict(frozen=True)

    dimensions: dict[Dimension, int | None]
    score: float | None
    feedback: str | None = None
    evidence: dict[Dimension, list[Evidence]] = {}
    improvements: list[Improvement] = []
    title: str | None = None
    kind: QuestionType | None = None
    quotes_rejected: int = 0
    reason: str | None = None


def question_prompt(
    span: Span, transcript: Transcript, roles: dict[int, Role], position: JsonValue
) -> str:
    """The text that a model is shown about one question: the position, the question and its answer.

    Long texts are cut.
    """
    within = transcript.utterances[span.first : span.last + 1]
    facts = "\n".join(f"{name}: {value}" for name, value in _facts(position).items() if value)
    shown = numbered(within, roles)[:MAX_ANSWER_CHARACTERS]
    return as_data(f"{facts}\n\n{shown}" if facts else shown)


def _facts(position: JsonValue) -> dict[str, str]:
    """What the row says about the position; empty where it says nothing."""
    known = position if isinstance(position, dict) else {}
    return {
        "company": str(known.get("company_name") or ""),
        "position": str(known.get("job_title") or ""),
        "posting": str(known.get("job_description") or "")[:MAX_DESCRIPTION_CHARACTERS],
    }


async def ask_score(language_model: LanguageModel, question: str) -> Judged:
    """Ask the model to judge one answer. Raises the errors of `LanguageModel.structured`."""
    answer = await language_model.structured(
        system=PROMPT.text,
        prompt=question,
        output=Judgement,
        max_output_tokens=MAX_OUTPUT_TOKENS,
    )
    return Judged(judgement=answer.value)


async def no_score(language_model: LanguageModel, question: str) -> Judged:
    """Return no judgement; the fallback of `ask_score`."""
    return Judged()


def weigh_score(
    judged: Judged,
    span: Span,
    transcript: Transcript,
    roles: dict[int, Role],
    position: JsonValue = None,
) -> Scored:
    """Keep the scores that are proven: a dimension without a quote from the answer gets no score.

    Sentences that seem to judge the person are removed, and those that tell what neither the
    question, the answer nor the position has.
    """
    judgement = judged.judgement
    if judgement is None:
        return Scored(dimensions={}, score=None, reason="scoring_failed")
    evidence, rejected = _proven(judgement, span, transcript, roles)
    dimensions = {each: _score(judgement, each, bool(evidence.get(each))) for each in DIMENSIONS}
    score = mean(dimensions.values())
    within = transcript.utterances[span.first : span.last + 1]
    said = Said(*(one.text for one in within), *_facts(position).values())
    return Scored(
        dimensions=dimensions,
        score=score,
        feedback=_feedback(judgement, said) if score is not None else None,
        evidence=evidence,
        improvements=_improvements(judgement, said) if score is not None else [],
        title=shortened(judgement.title.strip()) or None,
        kind=judgement.kind,
        quotes_rejected=rejected,
        reason=None if score is not None else "evidence_not_verbatim",
    )


def _proven(
    judgement: Judgement, span: Span, transcript: Transcript, roles: dict[int, Role]
) -> tuple[dict[Dimension, list[Evidence]], int]:
    answer = answer_of(span, transcript.utterances, roles)
    said = Quotable(answer, _interrupted(span, transcript, roles))
    # A dimension that the model scored, but without a found quote, keeps an empty list.
    evidence: dict[Dimension, list[Evidence]] = {
        each: [] for each in DIMENSIONS if getattr(judgement.scores, each) is not None
    }
    rejected = 0
    for claim in judgement.evidence:
        found = said.find(claim.quote)
        if found is None:
            rejected += 1
        elif len(evidence.setdefault(claim.dimension, [])) < MAX_EVIDENCE:
            evidence[claim.dimension].append(
                Evidence(
                    quote=found.quote, start=found.start, end=found.end, supports=claim.supports
                )
            )
    return evidence, rejected


def _interrupted(span: Span, transcript: Transcript, roles: dict[int, Role]) -> set[int]:
    return interruptions_of(span, transcript.utterances, roles, transcript.spoken_language())


def _score(judgement: Judgement, dimension: Dimension, is_proven: bool) -> int | None:
    score: int | None = getattr(judgement.scores, dimension)
    if score is None or not is_proven or not 0 <= score <= HIGHEST:
        return None
    return min(score, UNANSWERED_CEILING) if judgement.answered == "no" else score


def _feedback(judgement: Judgement, said: Said) -> str | None:
    return observable(borne_out(judgement.feedback, said) or "")


def _improvements(judgement: Judgement, said: Said) -> list[Improvement]:
    texts = [
        (each, observable(borne_out(each.text, said, proposes=True) or ""))
        for each in judgement.improvements[:MAX_IMPROVEMENTS]
    ]
    return [Improvement(text=text, dimension=each.dimension) for each, text in texts if text]
