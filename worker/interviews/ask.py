"""Lets a model correct who the candidate is, and where questions begin and end.

The model answers only with speaker numbers and line ids. Its answer is checked against the rules
that every list of questions must keep. If it breaks them and cannot be repaired, the list found by
our own patterns stays.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from typing import Literal

from pydantic import BaseModel

from worker.interviews.roles import Roles, assign
from worker.interviews.shown import as_data, numbered
from worker.interviews.spans import (
    QuestionType,
    Span,
    answer_of,
    broken,
    question_end,
    shortened,
)
from worker.interviews.transcript import Role, Transcript, Utterance
from worker.pages.prompts import Prompt
from worker.services.models.language_model import LanguageModel

ROLES_PROMPT = Prompt("worker.interviews", "roles")
ROLES_VERSION = ROLES_PROMPT.version
QUESTIONS_PROMPT = Prompt("worker.interviews", "questions")
QUESTIONS_VERSION = QUESTIONS_PROMPT.version
REJECTED = "questions_of_model_rejected"
TOO_LONG = "transcript_too_long_for_model"
ROLES_CHARACTERS = 12_000
MAX_TRANSCRIPT_CHARACTERS = 240_000
MAX_OUTPUT_TOKENS = 12_000
MAY_FORGET = 5
"""The model may drop one in five of the questions that our patterns found."""
MAY_READ = 2
"""Questions do not overlap. If together they are longer than this many transcripts, the answer is
rejected."""
MAY_GROW = 2
"""A corrected list may have twice as many questions as the first one, plus two."""


class ModelRoles(BaseModel):
    """Who the model takes for the candidate."""

    candidate_speaker: int | None = None


class ModelQuestion(BaseModel):
    """One question by ids, unchecked."""

    first: int
    question_last: int
    last: int
    kind: QuestionType
    title: str


class ModelQuestions(BaseModel):
    """A whole list of questions, unchecked; None if the model did not help."""

    questions: list[ModelQuestion] | None = None


class QuestionCut(BaseModel):
    """The form in which the model is asked."""

    questions: list[ModelQuestion]


async def ask_roles(language_model: LanguageModel, shown: str) -> ModelRoles:
    """Ask who the candidate is. Raises the errors of the language model."""
    answer = await language_model.structured(
        system=ROLES_PROMPT.text, prompt=shown, output=ModelRoles, max_output_tokens=1_000
    )
    return answer.value


async def no_roles(language_model: LanguageModel, shown: str) -> ModelRoles:
    """Fallback for `ask_roles`: the first guess stays."""
    return ModelRoles()


def roles_prompt(transcript: Transcript) -> str:
    """The text to show to the model: the beginning of the interview, without roles."""
    return as_data(numbered(transcript.utterances, {})[:ROLES_CHARACTERS])


def weigh_roles(answer: ModelRoles, transcript: Transcript, guess: Roles) -> Roles:
    """The model's answer if it names a speaker; otherwise the guess."""
    if answer.candidate_speaker not in transcript.speakers:
        return guess
    return assign(transcript, answer.candidate_speaker, "model")


def questions_prompt(transcript: Transcript, roles: dict[int, Role], cut: Sequence[Span]) -> str:
    """The text to show to the model: the first list of questions, and the transcript."""
    first = "\n".join(
        f"first {span.first}, question_last {span.question_last}, last {span.last}" for span in cut
    )
    first = (
        first or "It is empty: the rules found no question. Find them yourself, if there are any."
    )
    return f"The first cut:\n{first}\n\n{as_data(numbered(transcript.utterances, roles))}"


async def ask_questions(language_model: LanguageModel, shown: str) -> ModelQuestions:
    """Ask for a corrected list of questions. Raises the errors of the language model."""
    answer = await language_model.structured(
        system=QUESTIONS_PROMPT.text,
        prompt=shown,
        output=QuestionCut,
        max_output_tokens=MAX_OUTPUT_TOKENS,
    )
    return ModelQuestions(questions=answer.value.questions)


async def no_questions(language_model: LanguageModel, shown: str) -> ModelQuestions:
    """Fallback for `ask_questions`: the first list stays."""
    return ModelQuestions()


def weigh_questions(
    answer: ModelQuestions, transcript: Transcript, roles: dict[int, Role], cut: Sequence[Span]
) -> tuple[list[Span], bool]:
    """The model's list if it keeps every rule, if necessary after repair; otherwise the first list.

    The second value says whether the model's list was used. If the patterns found nothing or do not
    know the language, there is nothing to compare with; then only questions with an answer are
    kept.
    """
    said = transcript.utterances
    if not answer.questions:
        return list(cut), answer.questions is not None and not cut
    mended = _mended(answer.questions, said, roles)
    if mended is None or broken(mended, said, roles):
        return list(cut), False
    if cut and transcript.is_english is not False:
        return (list(cut), False) if _strays(mended, cut) else (mended, True)
    answered = [span for span in mended if span.last > span.question_last]
    return (answered, True) if answered else (list(cut), False)


def _mended(
    questions: Sequence[ModelQuestion], said: Sequence[Utterance], roles: dict[int, Role]
) -> list[Span] | None:
    """Sorted, without overlaps, and without empty answers; None if that is impossible."""
    spans: list[Span] = []
    unique = {question.first: question for question in questions}
    in_order = [each for each in unique.values() if each.first <= each.question_last <= each.last]
    if sum(each.question_last - each.first for each in in_order) > MAY_READ * len(said):
        return None
    for question in sorted(unique.values(), key=lambda each: each.first):
        span = _span(question, said, roles)
        if span is None:
            return None
        if spans and spans[-1].last >= span.first:
            if spans[-1].question_last >= span.first:
                return None
            spans[-1] = spans[-1].model_copy(update={"last": span.first - 1})
        spans.append(span)
    return [_with_real_answer(span, said, roles) for span in spans]


def _span(
    question: ModelQuestion, said: Sequence[Utterance], roles: dict[int, Role]
) -> Span | None:
    if not (0 <= question.first < len(said) and question.first <= question.last < len(said)):
        return None
    asked_by = said[question.first].speaker
    role = roles.get(asked_by)
    if role is None or role == "unknown":
        return None
    is_in_order = question.first <= question.question_last <= question.last
    asked_last = question.question_last if is_in_order else question.first
    asked_by_role: Literal["interviewer", "candidate"] = role
    return Span(
        first=question.first,
        question_last=question_end(question.first, asked_last, said, roles),
        last=question.last,
        asked_by=asked_by,
        asked_by_role=asked_by_role,
        kind=question.kind if role == "interviewer" else None,
        title=shortened(question.title.strip()) or None,
    )


def _with_real_answer(span: Span, said: Sequence[Utterance], roles: dict[int, Role]) -> Span:
    """A question without an answer ends with the question itself."""
    if answer_of(span, said, roles):
        return span
    return span.model_copy(update={"last": span.question_last})


def _strays(mended: Sequence[Span], cut: Sequence[Span]) -> bool:
    """Whether the model dropped too many of the found questions, or added too many."""
    starts = [span.first for span in mended]  # in order and without overlaps
    around = (mended[max(0, bisect_right(starts, old.first) - 1)] for old in cut)
    forgotten = sum(
        not span.first <= old.first <= span.last for old, span in zip(cut, around, strict=True)
    )
    may_forget = max(1, len(cut) // MAY_FORGET)
    return forgotten > may_forget or len(mended) > MAY_GROW * len(cut) + 2
