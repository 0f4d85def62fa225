"""Questions as spans of utterances, and the rules that every list of spans must keep."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, TypeAlias

from pydantic import BaseModel, ConfigDict

from worker.interviews.phrases import asks, is_back_channel, sentences
from worker.interviews.transcript import Role, Utterance

QuestionType: TypeAlias = Literal[
    "BEHAVIORAL", "TECHNICAL", "BACKGROUND_EXPERIENCE", "GREETING_OR_CHIT_CHAT"
]
TITLE_WORDS = 20


class Span(BaseModel):
    """One question with its answer, by places in the transcript, ends included.

    `first` to `question_last` is the question, including pauses in between. After it, up to `last`,
    come the answer and its follow-ups. Without an answer, `last` equals `question_last`.
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
    spans: Sequence[Span], utterances: Sequence[Utterance], roles: dict[int, Role]
) -> str | None:
    """The first rule that a list of spans breaks; None if it keeps them all.

    The rules: ids are in range and in order; spans are ordered and do not overlap; a question is
    asked by the stated speaker and role; it ends before its answer; an answer contains a word of
    the other side.
    """
    end = -1
    for span in spans:
        rule = _misplaced(span, end, len(utterances)) or _misread(span, utterances, roles)
        if rule:
            return rule
        end = span.last
    return None


def _misplaced(span: Span, end: int, count: int) -> str | None:
    if not 0 <= span.first <= span.question_last <= span.last < count:
        return "an id is out of range or out of order"
    return "spans overlap or are not in order" if span.first <= end else None


def _misread(span: Span, utterances: Sequence[Utterance], roles: dict[int, Role]) -> str | None:
    if utterances[span.first].speaker != span.asked_by:
        return "a question does not begin with its speaker"
    if roles.get(span.asked_by) != span.asked_by_role:
        return "a question is asked by another role"
    if span.question_last > question_end(span.first, span.question_last, utterances, roles):
        return "a question reaches into its answer"
    if span.last > span.question_last and not answer_of(span, utterances, roles):
        return "an answer holds no word of the other side"
    return None


def question_end(
    first: int, last: int, utterances: Sequence[Utterance], roles: dict[int, Role]
) -> int:
    """Where the question that begins at `first` ends, always before its answer and not after
    `last`.

    It ends with the last words of the asking side before the other side takes the turn. A sound of
    listening does not take the turn. Suppose the other side makes a remark before anything was
    asked. If the patterns find a question after the remark, the remark does not end it; otherwise
    it does.
    """
    side = roles.get(utterances[first].speaker)
    other = "candidate" if side == "interviewer" else "interviewer"
    end, has_asked, before_remark = first, False, None
    for place in range(first, last + 1):
        said = utterances[place]
        if roles.get(said.speaker) == side:
            end = place
            has_asked = has_asked or any(asks(sentence) for sentence in sentences(said.text))
        elif roles.get(said.speaker) == other and not is_back_channel(said.text, said.seconds):
            if has_asked:
                return end
            before_remark = end if before_remark is None else before_remark
    return end if has_asked or before_remark is None else before_remark


def answer_of(
    span: Span, utterances: Sequence[Utterance], roles: dict[int, Role]
) -> list[Utterance]:
    """The utterances within a span that belong to the side that was asked."""
    answers = "candidate" if span.asked_by_role == "interviewer" else "interviewer"
    within = utterances[span.question_last : span.last + 1]
    return [said for said in within if roles.get(said.speaker) == answers]


def interruptions_of(
    span: Span, utterances: Sequence[Utterance], roles: dict[int, Role]
) -> set[int]:
    """The places in the transcript where another speaker takes the turn during the answer."""
    answer = answer_of(span, utterances, roles)
    own = {said.index for said in answer}
    within = utterances[span.question_last : span.last + 1]
    return {
        said.index
        for said in within
        if said.index not in own and not is_back_channel(said.text, said.seconds)
    }


def question_of(span: Span, utterances: Sequence[Utterance]) -> list[Utterance]:
    """The utterances of the question alone, without sounds of listening in between."""
    asked = utterances[span.first].speaker
    within = utterances[span.first : span.question_last + 1]
    return [said for said in within if said.speaker == asked] or list(within[:1])


def shortened(text: str) -> str:
    """The question as a title of at most 20 words."""
    words = text.split()
    return " ".join(words[:TITLE_WORDS]) + (" \u2026" if len(words) > TITLE_WORDS else "")
