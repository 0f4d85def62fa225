"""Makes the output columns of an interview, some of them early."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pydantic import BaseModel, ConfigDict

from worker.columns import Score, Seconds, TranscriptText, fitting
from worker.interviews.metrics import InterviewMetrics, measure
from worker.interviews.question_row import QuestionRow
from worker.interviews.roles import Roles
from worker.interviews.rubric import whole_mean
from worker.interviews.spans import Span
from worker.interviews.summary import InterviewSummary, ModelSummary, summarise
from worker.interviews.transcript import Transcript, TranscriptLine, lines, markdown

QUESTIONS_FAILED = "questions_unscored"
POOR_TRANSCRIPT = "transcript_quality_low"
UNPROVEN = "scores_not_proven"
NO_QUESTIONS = "no_questions_found"
OTHER_LANGUAGE = "language_not_supported_by_rules"
POOR_CONFIDENCE = 0.7


class InterviewAnalysis(BaseModel):
    """The outputs of `analyse-interview`; `handover` becomes the rows of `interview_questions`."""

    model_config = ConfigDict(frozen=True)

    text: TranscriptText | None = None
    interview_transcript: list[TranscriptLine] | None = None
    interview_questions_preview: list[QuestionRow] | None = None
    interview_speech_to_text_path: str | None = None
    interview_score: Score | None = None
    interview_language: str | None = None
    interview_duration_seconds: Seconds | None = None
    interview_metrics: InterviewMetrics | None = None
    interview_summary: InterviewSummary | None = None
    warnings: list[str] | None = None
    handover: list[QuestionRow] | None = None


def shown_early(transcript: Transcript, roles: Roles) -> dict[str, object]:
    """The columns that need only the transcript and the roles.

    A value that its column would refuse is None.
    """
    shown, _ = fitting(InterviewAnalysis, _words(transcript, roles))
    return shown


def _words(transcript: Transcript, roles: Roles) -> dict[str, object]:
    return {
        "text": markdown(transcript, roles.roles),
        "interview_transcript": lines(transcript.utterances, roles.roles),
        "interview_language": transcript.language,
        "interview_duration_seconds": transcript.seconds,
    }


def finish(
    transcript: Transcript,
    roles: Roles,
    spans: Sequence[Span],
    rows: Sequence[QuestionRow],
    written: ModelSummary,
    *,
    stored: str | None,
    warnings: Iterable[str],
) -> InterviewAnalysis:
    """Return all output columns, with warnings for what is missing, refused or poor."""
    scores = [row.score for row in rows if row.scoring_status == "scored"]
    metrics = measure(transcript, roles.roles, spans)
    counts = metrics.questions.model_copy(update={"scored": len(scores)})
    all_warnings = [*transcript.warnings, *roles.warnings, *warnings]
    wanting = _found_wanting(transcript, metrics, rows, roles)
    values, refused = fitting(
        InterviewAnalysis,
        {
            **_words(transcript, roles),
            "interview_questions_preview": list(rows),
            "interview_speech_to_text_path": stored,
            "interview_score": whole_mean(scores),
            "interview_metrics": metrics.model_copy(update={"questions": counts}),
            "interview_summary": summarise(rows, written),
            "handover": list(rows),
        },
    )
    values["warnings"] = list(dict.fromkeys([*all_warnings, *wanting, *refused]))
    return InterviewAnalysis.model_validate(values)


def _found_wanting(
    transcript: Transcript, metrics: InterviewMetrics, rows: Sequence[QuestionRow], roles: Roles
) -> list[str]:
    confidence = metrics.transcript_quality.mean_confidence
    found = {
        QUESTIONS_FAILED: any(row.scoring_status == "failed" for row in rows),
        UNPROVEN: any(row.scoring_status == "scored" and row.unproven for row in rows),
        POOR_TRANSCRIPT: confidence is not None and confidence < POOR_CONFIDENCE,
        NO_QUESTIONS: not rows and roles.candidate is not None,
        OTHER_LANGUAGE: transcript.is_english is False,
    }
    return [code for code, is_so in found.items() if is_so]
