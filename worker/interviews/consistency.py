"""Checks whether a model's list of questions is clearly worse than the rules' list."""

from __future__ import annotations

from collections.abc import Sequence

from worker.interviews.phrases import asks, greets, sentences
from worker.interviews.spans import Span, answer_of, question_of
from worker.interviews.transcript import Role, Utterance

MAY_LOSE = 3
"""Of n questions of the rules, small talk not counted, (n - 1) // 3 may be lost."""
MAY_GROW = 2
"""A list of more than 2 * n + 2 questions is long, if the rules found n questions."""
COVERED = 0.8
"""The least share of the words in the rules' answers, small talk not counted, that the model's
answers must hold."""
ASKING = 0.7
"""The least share of questions in a long list that must ask or greet."""


def contradicts_roles(
    spans: Sequence[Span], said: Sequence[Utterance], language: str | None = None
) -> bool:
    """Whether any of the candidate's questions has no sentence that asks or greets.

    `language` is the transcript's, if it is known.
    """
    return any(
        span.asked_by_role == "candidate" and not _asks(question_of(span, said), language)
        for span in spans
    )


def is_worse(
    spans: Sequence[Span], cut: Sequence[Span], said: Sequence[Utterance], roles: dict[int, Role]
) -> bool:
    """Whether the model's list `spans` is clearly worse than the rules' list `cut`."""
    return (
        _lost(spans, cut) > max(0, len(_telling(cut)) - 1) // MAY_LOSE
        or _covered(spans, cut, said, roles) < COVERED
        or _grows_too_much(spans, cut, said, roles)
    )


def _telling(cut: Sequence[Span]) -> list[Span]:
    """The questions whose kind is not small talk."""
    return [span for span in cut if span.kind != "GREETING_OR_CHIT_CHAT"]


def _lost(spans: Sequence[Span], cut: Sequence[Span]) -> int:
    """How many of the rules' questions, small talk not counted, are not in the model's list."""
    lost, place = 0, 0
    for old in _telling(cut):
        while place < len(spans) and spans[place].question_last < old.first:
            place += 1
        meets = place < len(spans) and spans[place].first <= old.question_last
        is_kept = meets and spans[place].asked_by_role == old.asked_by_role
        lost += not is_kept
        place += is_kept  # A question of the model matches at most once.
    return lost


def _covered(
    spans: Sequence[Span], cut: Sequence[Span], said: Sequence[Utterance], roles: dict[int, Role]
) -> float:
    """The share of the words in the rules' answers, small talk not counted, that the model's
    answers hold too."""
    rules, models = (_answered(each, said, roles) for each in (_telling(cut), spans))
    words = {place: said[place].word_count for place in rules}
    total = sum(words.values())
    return sum(words[place] for place in rules & models) / total if total else 1.0


def _answered(spans: Sequence[Span], said: Sequence[Utterance], roles: dict[int, Role]) -> set[int]:
    """The places in the transcript where the candidate answers interviewers."""
    return {
        one.index
        for span in spans
        if span.asked_by_role == "interviewer"
        for one in answer_of(span, said, roles)
    }


def _grows_too_much(
    spans: Sequence[Span], cut: Sequence[Span], said: Sequence[Utterance], roles: dict[int, Role]
) -> bool:
    """Whether the model's list is long and has questions that look wrong."""
    if len(spans) <= MAY_GROW * len(cut) + 2:
        return False
    answered = [span for span in spans if answer_of(span, said, roles)]
    asking = sum(_asks(question_of(span, said)) for span in spans)
    return len(answered) < len(spans) or asking < ASKING * len(spans)


def _asks(said: Sequence[Utterance], language: str | None = None) -> bool:
    return any(
        asks(sentence, language) or greets(sentence)
        for one in said
        for sentence in sentences(one.text)
    )
