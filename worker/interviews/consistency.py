"""Checks whether a model's list of questions is clearly worse than the rules' list."""

from __future__ import annotations

from collections.abc import Sequence

from worker.interviews.phrases import asks, follows_up, greets
from worker.interviews.reconcile import Known
from worker.interviews.sentence_parts import sentences
from worker.interviews.spans import Span, answer_of, question_of
from worker.interviews.transcript import Utterance, tokens

MAY_LOSE = 3
"""Of n questions of the rules, small talk not counted, (n - 1) // 3 may be lost, if none of these
is a question beyond doubt."""
WHOLE_WORDS = 5
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


def is_worse(spans: Sequence[Span], known: Known) -> bool:
    """Whether the model's list `spans` is clearly worse than the rules' list."""
    lost = _lost(spans, known.cut)
    return (
        any(_is_whole(old, known) for old in lost)
        or len(lost) > max(0, len(_telling(known.cut)) - 1) // MAY_LOSE
        or _covered(spans, known) < COVERED
        or _grows_too_much(spans, known)
    )


def _telling(cut: Sequence[Span]) -> list[Span]:
    """The questions whose kind is not small talk."""
    return [span for span in cut if span.kind != "GREETING_OR_CHIT_CHAT"]


def _lost(spans: Sequence[Span], cut: Sequence[Span]) -> list[Span]:
    """The rules' questions, small talk not counted, that are not in the model's list."""
    lost, place = [], 0
    for old in _telling(cut):
        while place < len(spans) and spans[place].question_last < old.first:
            place += 1
        meets = place < len(spans) and spans[place].first <= old.question_last
        if meets and spans[place].asked_by_role == old.asked_by_role:
            place += 1  # A question of the model matches at most once.
        else:
            lost.append(old)
    return lost


def _is_whole(old: Span, known: Known) -> bool:
    """Whether a question of the rules is one beyond doubt: it is answered, and a sentence of at
    least `WHOLE_WORDS` words asks and does not sound like a follow-up."""
    asking = [
        sentence
        for one in question_of(old, known.said)
        for sentence in sentences(one.text)
        if asks(sentence, known.language)
    ]
    return bool(answer_of(old, known.said, known.roles)) and any(
        len(tokens(sentence)) >= WHOLE_WORDS and not follows_up(sentence, known.language)
        for sentence in asking
    )


def _covered(spans: Sequence[Span], known: Known) -> float:
    """The share of the words in the rules' answers, small talk not counted, that the model's
    answers hold too."""
    rules, models = (_answered(each, known) for each in (_telling(known.cut), spans))
    words = {place: known.said[place].word_count for place in rules}
    total = sum(words.values())
    return sum(words[place] for place in rules & models) / total if total else 1.0


def _answered(spans: Sequence[Span], known: Known) -> set[int]:
    """The places in the transcript where the candidate answers interviewers."""
    return {
        one.index
        for span in spans
        if span.asked_by_role == "interviewer"
        for one in answer_of(span, known.said, known.roles)
    }


def _grows_too_much(spans: Sequence[Span], known: Known) -> bool:
    """Whether the model's list is long and has questions that look wrong."""
    if len(spans) <= MAY_GROW * len(known.cut) + 2:
        return False
    answered = [span for span in spans if answer_of(span, known.said, known.roles)]
    asking = sum(_asks(question_of(span, known.said), known.language) for span in spans)
    return len(answered) < len(spans) or asking < ASKING * len(spans)


def _asks(said: Sequence[Utterance], language: str | None = None) -> bool:
    return any(
        asks(sentence, language) or greets(sentence)
        for one in said
        for sentence in sentences(one.text)
    )
