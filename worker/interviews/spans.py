"""Defines questions as spans of utterances, and the rules for a list of spans."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, TypeAlias

from pydantic import BaseModel, ConfigDict

from worker.interviews.phrases import asks, is_back_channel
from worker.interviews.scripts import is_unspaced
from worker.interviews.sentence_parts import sentences
from worker.interviews.transcript import Role, Utterance, tokens

QuestionType: TypeAlias = Literal[
    "BEHAVIORAL", "TECHNICAL", "BACKGROUND_EXPERIENCE", "GREETING_OR_CHIT_CHAT"
]
TITLE_WORDS = 20
TITLE_CHARACTERS = 60


class Span(BaseModel):
    """One question with its answer, given by places in the transcript, ends included.

    The question is `first` to `question_last`; what answers it follows, up to `last`.
    """

    model_config = ConfigDict(frozen=True)

    first: int
    question_last: int
    last: int
    asked_by: int
    asked_by_role: Literal["interviewer", "candidate"]
    kind: QuestionType | None = None
    title: str | None = None


def broken(
    spans: Sequence[Span],
    utterances: Sequence[Utterance],
    roles: dict[int, Role],
    language: str | None = None,
) -> str | None:
    """The first rule that a list of spans breaks; None if the list keeps all rules.

    `language` is the transcript's, if it is known.
    """
    end = -1
    for span in spans:
        rule = _misplaced(span, end, len(utterances)) or _misread(span, utterances, roles, language)
        if rule:
            return rule
        end = span.last
    return None


def _misplaced(span: Span, end: int, count: int) -> str | None:
    if not 0 <= span.first <= span.question_last <= span.last < count:
        return "an id is out of range or out of order"
    return "spans overlap or are not in order" if span.first <= end else None


def _misread(
    span: Span, utterances: Sequence[Utterance], roles: dict[int, Role], language: str | None
) -> str | None:
    if utterances[span.first].speaker != span.asked_by:
        return "a question does not begin with its speaker"
    if roles.get(span.asked_by) != span.asked_by_role:
        return "a question is asked by another role"
    end = question_end(span.first, span.question_last, utterances, roles, language)
    if span.question_last > end:
        return "a question reaches into its answer"
    if span.last > span.question_last and not answer_of(span, utterances, roles):
        return "an answer holds no word of the other side"
    return None


def question_end(
    first: int,
    last: int,
    utterances: Sequence[Utterance],
    roles: dict[int, Role],
    language: str | None = None,
) -> int:
    """The place, at most `last`, where the question that begins at `first` ends.

    A sound of listening does not end a question.
    """
    side = roles.get(utterances[first].speaker)
    other = "candidate" if side == "interviewer" else "interviewer"
    end, has_asked, before_remark = first, False, None
    for place in range(first, last + 1):
        said = utterances[place]
        if roles.get(said.speaker) == side:
            end = place
            has_asked = has_asked or any(asks(each, language) for each in sentences(said.text))
        elif roles.get(said.speaker) == other and not is_back_channel(
            said.text, said.seconds, language
        ):
            if has_asked:
                return end
            before_remark = end if before_remark is None else before_remark
    return end if has_asked or before_remark is None else before_remark


def answer_of(
    span: Span, utterances: Sequence[Utterance], roles: dict[int, Role]
) -> list[Utterance]:
    """The utterances of the side that was asked, after the question in the span."""
    answers = "candidate" if span.asked_by_role == "interviewer" else "interviewer"
    within = utterances[span.question_last : span.last + 1]
    return [said for said in within if roles.get(said.speaker) == answers]


def interruptions_of(
    span: Span,
    utterances: Sequence[Utterance],
    roles: dict[int, Role],
    language: str | None = None,
) -> set[int]:
    """The places after the question where somebody else than the answering side speaks.

    Sounds of listening are not among them.
    """
    answer = answer_of(span, utterances, roles)
    own = {said.index for said in answer}
    within = utterances[span.question_last : span.last + 1]
    return {
        said.index
        for said in within
        if said.index not in own and not is_back_channel(said.text, said.seconds, language)
    }


def question_of(span: Span, utterances: Sequence[Utterance]) -> list[Utterance]:
    """The question's utterances by the speaker who begins it."""
    asked = utterances[span.first].speaker
    within = utterances[span.first : span.question_last + 1]
    return [said for said in within if said.speaker == asked] or list(within[:1])


def shortened(text: str) -> str:
    """The first 20 words of a text, with an ellipsis if there are more.

    In a script without blanks between words these are the first 60 characters.
    """
    if len(text) > TITLE_CHARACTERS and is_unspaced(tokens(text)):
        return f"{text[:TITLE_CHARACTERS]} \u2026"
    words = text.split()
    return " ".join(words[:TITLE_WORDS]) + (" \u2026" if len(words) > TITLE_WORDS else "")
