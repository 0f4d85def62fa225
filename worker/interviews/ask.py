"""Lets a model correct who the candidate is, and where questions begin and end.

If the model's list of questions fails the checks, the list of the patterns stays.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from pydantic import BaseModel

from worker.interviews.asking_elsewhere import KNOWN_LANGUAGES
from worker.interviews.consistency import contradicts_roles, is_worse
from worker.interviews.reconcile import Known, reconciled
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
MAY_READ = 2
"""The model's list is rejected if its questions together span more than this many times all
utterances."""


class ModelRoles(BaseModel):
    """The speaker number of the candidate; None if it is unknown."""

    candidate_speaker: int | None = None


class ModelQuestion(BaseModel):
    """One question, given by the ids of its lines; not checked yet."""

    first: int
    question_last: int
    last: int
    kind: QuestionType
    title: str


class ModelQuestions(BaseModel):
    """A model's list of questions, unchecked. `questions` is None if there is none."""

    questions: list[ModelQuestion] | None = None


class QuestionCut(BaseModel):
    """The list of questions, in the form in which the model must answer."""

    questions: list[ModelQuestion]


async def ask_roles(language_model: LanguageModel, shown: str) -> ModelRoles:
    """Ask the model who the candidate is. Raises the errors of `LanguageModel.structured`."""
    answer = await language_model.structured(
        system=ROLES_PROMPT.text, prompt=shown, output=ModelRoles, max_output_tokens=1_000
    )
    return answer.value


async def no_roles(language_model: LanguageModel, shown: str) -> ModelRoles:
    """Name no candidate, so that the first guess stays; the fallback of `ask_roles`."""
    return ModelRoles()


def roles_prompt(transcript: Transcript) -> str:
    """The text to show to the model: the transcript's numbered lines, cut if it is long."""
    return as_data(numbered(transcript.utterances, {})[:ROLES_CHARACTERS])


def weigh_roles(answer: ModelRoles, transcript: Transcript, guess: Roles) -> Roles:
    """The roles with the model's candidate; the guess if a habit speaks against that speaker.

    Either way, the roles stay uncertain.
    """
    if answer.candidate_speaker is None or answer.candidate_speaker not in guess.rivals:
        return guess
    return assign(transcript, answer.candidate_speaker, "model")


def questions_prompt(transcript: Transcript, roles: dict[int, Role], cut: Sequence[Span]) -> str:
    """The text to show to the model: the patterns' list `cut`, and the transcript."""
    first = "\n".join(
        f"first {span.first}, question_last {span.question_last}, last {span.last}" for span in cut
    )
    first = (
        first or "It is empty: the rules found no question. Find them yourself, if there are any."
    )
    return f"The first cut:\n{first}\n\n{as_data(numbered(transcript.utterances, roles))}"


async def ask_questions(language_model: LanguageModel, shown: str) -> ModelQuestions:
    """Ask for a corrected list of questions. Raises the errors of `LanguageModel.structured`."""
    answer = await language_model.structured(
        system=QUESTIONS_PROMPT.text,
        prompt=shown,
        output=QuestionCut,
        max_output_tokens=MAX_OUTPUT_TOKENS,
    )
    return ModelQuestions(questions=answer.value.questions)


async def no_questions(language_model: LanguageModel, shown: str) -> ModelQuestions:
    """Return no list, so that the patterns' list stays; the fallback of `ask_questions`."""
    return ModelQuestions()


def weigh_questions(
    answer: ModelQuestions, transcript: Transcript, roles: dict[int, Role], cut: Sequence[Span]
) -> tuple[list[Span], bool]:
    """The model's list of questions if it passes the checks, perhaps repaired; else the patterns'
    list `cut`.

    The second value says whether the model's list was accepted.
    """
    said, language = transcript.utterances, transcript.spoken_language()
    if not answer.questions:
        return list(cut), answer.questions is not None and not cut
    mended = _mended(answer.questions, said, roles, language)
    if mended is None or broken(mended, said, roles, language):
        return list(cut), False
    if contradicts_roles(mended, said, language):
        return list(cut), False
    known = Known(said, roles, cut, language)
    if not cut or (transcript.is_english is False and language not in KNOWN_LANGUAGES):
        mended = [span for span in mended if span.last > span.question_last]
    elif is_worse(mended, known):
        return list(cut), False
    whole = reconciled(mended, known)
    is_taken = bool(whole) and not broken(whole, said, roles, language)
    return (whole, True) if is_taken else (list(cut), False)


def _mended(
    questions: Sequence[ModelQuestion],
    said: Sequence[Utterance],
    roles: dict[int, Role],
    language: str | None,
) -> list[Span] | None:
    """The model's questions, sorted and without overlaps; None if they cannot be repaired."""
    spans: list[Span] = []
    unique = {question.first: question for question in questions}
    in_order = [each for each in unique.values() if each.first <= each.question_last <= each.last]
    if sum(each.question_last - each.first for each in in_order) > MAY_READ * len(said):
        return None
    for question in sorted(unique.values(), key=lambda each: each.first):
        span = _span(question, said, roles, language)
        if span is None:
            return None
        if spans and spans[-1].last >= span.first:
            if spans[-1].question_last >= span.first:
                return None
            spans[-1] = spans[-1].model_copy(update={"last": span.first - 1})
        spans.append(span)
    return [_with_real_answer(span, said, roles) for span in spans]


def _span(
    question: ModelQuestion,
    said: Sequence[Utterance],
    roles: dict[int, Role],
    language: str | None,
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
        question_last=question_end(question.first, asked_last, said, roles, language),
        last=question.last,
        asked_by=asked_by,
        asked_by_role=asked_by_role,
        kind=question.kind if role == "interviewer" else None,
        title=shortened(question.title.strip()) or None,
    )


def _with_real_answer(span: Span, said: Sequence[Utterance], roles: dict[int, Role]) -> Span:
    """The span, cut after the question if nothing in the span answers the question."""
    if answer_of(span, said, roles):
        return span
    return span.model_copy(update={"last": span.question_last})
