"""Sums up an interview: mean scores, and sentences by a model."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict

from worker.interviews.observable import observable
from worker.interviews.question_row import QuestionRow
from worker.interviews.retold import Said, borne_out
from worker.interviews.rubric import DIMENSIONS, Dimension, mean
from worker.interviews.score import SCORE_VERSION
from worker.interviews.shown import as_data
from worker.pages.prompts import Prompt
from worker.services.models.language_model import LanguageModel

PROMPT = Prompt("worker.interviews", "summary")
SUMMARY_VERSION = PROMPT.version
MAX_OUTPUT_TOKENS = 2_000
MAX_POINTS = 4


class Point(BaseModel):
    """A short text and the numbers of the questions that show what the text says."""

    text: str
    question_numbers: list[int]


class ModelSummary(BaseModel):
    """A model's summary, unchecked; empty if the model failed or was not asked."""

    overall: str = ""
    strengths: list[Point] = []
    priorities: list[Point] = []


class SummaryDraft(BaseModel):
    """The summary of an interview, in the form in which the model must answer."""

    overall: str
    strengths: list[Point]
    priorities: list[Point]


class TypeMean(BaseModel):
    """The number and the mean score of the scored questions of one type."""

    model_config = ConfigDict(frozen=True)

    count: int
    score: float | None


class InterviewSummary(BaseModel):
    """The value of the column `interview_summary`."""

    model_config = ConfigDict(frozen=True)

    dimensions: dict[Dimension, float | None]
    by_type: dict[str, TypeMean]
    strengths: list[Point]
    priorities: list[Point]
    overall: str | None
    rubric_version: str = SCORE_VERSION


def summary_prompt(rows: Sequence[QuestionRow]) -> str:
    """The text to show to a model: scores and feedback of all scored questions."""
    return as_data("\n\n".join(_notes(row) for row in rows if row.scoring_status == "scored"))


async def ask_summary(language_model: LanguageModel, notes: str) -> ModelSummary:
    """Ask the model for a summary. Raises the errors of `LanguageModel.structured`."""
    answer = await language_model.structured(
        system=PROMPT.text,
        prompt=notes,
        output=SummaryDraft,
        max_output_tokens=MAX_OUTPUT_TOKENS,
    )
    return ModelSummary.model_validate(answer.value.model_dump())


async def no_summary(language_model: LanguageModel, notes: str) -> ModelSummary:
    """Return an empty summary; the fallback of the step `summarise`."""
    return ModelSummary()


def summarise(rows: Sequence[QuestionRow], written: ModelSummary) -> InterviewSummary:
    """The mean scores, and what remains of the model's sentences after a check."""
    scored = [row for row in rows if row.scoring_status == "scored"]
    said = Said(*(text for row in scored for text in (row.question_text, row.answer_text)))
    numbers = {row.question_number for row in scored}
    types = dict.fromkeys(row.question_type or "UNKNOWN" for row in scored)
    return InterviewSummary(
        dimensions={each: mean(getattr(row, each) for row in scored) for each in DIMENSIONS},
        by_type={
            kind: _type_mean([row for row in scored if (row.question_type or "UNKNOWN") == kind])
            for kind in types
        },
        strengths=_points(written.strengths, numbers, said),
        priorities=_points(written.priorities, numbers, said, proposes=True),
        overall=observable(borne_out(written.overall, said) or ""),
    )


def _type_mean(rows: Sequence[QuestionRow]) -> TypeMean:
    return TypeMean(count=len(rows), score=mean(row.score for row in rows))


def _points(
    points: Sequence[Point], numbers: set[int], said: Said, *, proposes: bool = False
) -> list[Point]:
    """Of the first four points, those that name a scored question and still have a text."""
    kept = []
    for point in points[:MAX_POINTS]:
        real = sorted(set(point.question_numbers) & numbers)
        text = observable(borne_out(point.text, said, proposes=proposes) or "")
        if real and text:
            kept.append(Point(text=text, question_numbers=real))
    return kept


def _notes(row: QuestionRow) -> str:
    scores = ", ".join(
        f"{each} {score}" for each in DIMENSIONS if (score := getattr(row, each)) is not None
    )
    improvements = " ".join(each.text for each in row.improvements or [])
    return (
        f"Question {row.question_number}: {row.question_title}\nScores: {scores}\n"
        f"Feedback: {row.feedback}\nImprovements: {improvements}"
    )
