"""One question as a row of `interview_questions`."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

from worker.interviews.metrics import AnswerMetrics, latency_of, measure_answer
from worker.interviews.rubric import Dimension
from worker.interviews.score import Evidence, Improvement, Scored
from worker.interviews.spans import QuestionType, Span, answer_of, question_of, shortened
from worker.interviews.transcript import Role, Transcript, TranscriptLine, Utterance, lines

NOT_CONFIGURED = "language_model_not_configured"


class QuestionRow(BaseModel):
    """Columns of `interview_questions`; times are in seconds from the start of the interview.

    A question is `pending` only in the preview.
    """

    model_config = ConfigDict(frozen=True)

    question_number: int
    question_type: QuestionType | None
    question_title: str | None
    question_text: str
    answer_text: str | None
    question_json: list[TranscriptLine]
    asked_by: int
    asked_by_role: Literal["interviewer", "candidate"]
    first_utterance: int
    last_utterance: int
    question_start_second: float | None
    question_end_second: float | None
    answer_start_second: float | None
    answer_end_second: float | None
    structure: int | None = None
    relevance: int | None = None
    clarity_conciseness: int | None = None
    specificity_detail: int | None = None
    actions_contribution: int | None = None
    results_impact: int | None = None
    competency_demonstration: int | None = None
    score: float | None = None
    scoring_status: Literal["pending", "scored", "skipped", "failed"]
    scoring_reason: str | None = None
    feedback: str | None = None
    evidence: dict[Dimension, list[Evidence]] | None = None
    improvements: list[Improvement] | None = None
    metrics: AnswerMetrics | None = None

    @property
    def unproven(self) -> tuple[Dimension, ...]:
        """The dimensions that the model scored without a quote that was found."""
        return tuple(each for each, quotes in (self.evidence or {}).items() if not quotes)


def question_row(
    number: int, span: Span, transcript: Transcript, roles: dict[int, Role], *, can_score: bool
) -> QuestionRow:
    """Return a question without a score: it is pending, or skipped with the reason."""
    said = transcript.utterances
    asked, answer = question_of(span, said), answer_of(span, said, roles)
    reason = _why_not_scored(span, answer, can_score=can_score)
    return QuestionRow(
        question_number=number,
        question_type=span.kind,
        question_title=span.title or shortened(_joined(asked)),
        question_text=_joined(asked),
        answer_text=_joined(answer) or None,
        question_json=lines(said[span.first : span.last + 1], roles),
        asked_by=span.asked_by,
        asked_by_role=span.asked_by_role,
        first_utterance=span.first,
        last_utterance=span.last,
        question_start_second=asked[0].start,
        question_end_second=asked[-1].end,
        answer_start_second=answer[0].start if answer else None,
        answer_end_second=answer[-1].end if answer else None,
        scoring_status="skipped" if reason else "pending",
        scoring_reason=reason,
        metrics=_measured(span, answer, transcript) if answer else None,
    )


def _measured(span: Span, answer: list[Utterance], transcript: Transcript) -> AnswerMetrics:
    return measure_answer(
        answer,
        latency_of(span, answer, transcript.utterances),
        knows_words=transcript.is_english is not False,
    )


def with_score(row: QuestionRow, scored: Scored) -> QuestionRow:
    """Return the row with its scores; without any proven score it is marked as failed."""
    dimensions: dict[str, int | None] = dict(scored.dimensions.items())
    return row.model_copy(
        update={
            **dimensions,
            "score": scored.score,
            "scoring_status": "scored" if scored.score is not None else "failed",
            "scoring_reason": scored.reason,
            "feedback": scored.feedback,
            "evidence": scored.evidence or None,
            "improvements": scored.improvements or None,
            "question_type": row.question_type or scored.kind,
        }
    )


def _why_not_scored(span: Span, answer: list[Utterance], *, can_score: bool) -> str | None:
    if span.asked_by_role == "candidate":
        return "asked_by_candidate"
    if not answer:
        return "no_answer"
    if span.kind == "GREETING_OR_CHIT_CHAT":
        return "chit_chat"
    return None if can_score else NOT_CONFIGURED


def _joined(said: list[Utterance]) -> str:
    return " ".join(one.text for one in said)
