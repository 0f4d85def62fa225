"""Keeps in a model's list of questions what the rules know better.

The model decides where questions begin and end. It may not take words out of an answer, make a
question of a probe into an answer, or give a question a title that nobody said.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from worker.interviews.kinds import kind_of
from worker.interviews.phrases import asks, follows_up, is_back_channel
from worker.interviews.sentence_parts import sentences
from worker.interviews.spans import QuestionType, Span, answer_of, question_of, shortened
from worker.interviews.titles import telling
from worker.interviews.transcript import Role, Utterance, tokens

SMALL_TALK_WORDS = 10
"""The most words of an answer to a question that only the model takes for small talk."""


@dataclass(frozen=True)
class Known:
    """What is known without a model: what was said, the roles, and the rules' questions `cut`.

    `language` is the transcript's, if it is known.
    """

    said: Sequence[Utterance]
    roles: dict[int, Role]
    cut: Sequence[Span]
    language: str | None = None

    @cached_property
    def _firsts(self) -> list[int]:
        return [old.first for old in self.cut]

    def same_question(self, span: Span) -> Span | None:
        """The last of the rules' questions that share lines with a question of the same side."""
        for place in range(bisect_right(self._firsts, span.question_last) - 1, -1, -1):
            old = self.cut[place]
            if old.last < span.first:
                return None
            if span.first <= old.question_last and old.asked_by_role == span.asked_by_role:
                return old
        return None

    def answer_around(self, place: int) -> Span | None:
        """The rules' question in whose answer this place is."""
        number = bisect_right(self._firsts, place) - 1
        old = self.cut[number] if number >= 0 else None
        return old if old is not None and old.question_last < place <= old.last else None

    def answers(self) -> dict[int, Span]:
        """The places in the transcript where, by the rules, something is answered, each with its
        question. Sounds of listening are not among them."""
        return {
            one.index: old
            for old in self.cut
            for one in answer_of(old, self.said, self.roles)
            if not is_back_channel(one.text, one.seconds, self.language)
        }


def reconciled(spans: Sequence[Span], known: Known) -> list[Span]:
    """The model's list `spans`, in order, with the rules' answers whole.

    Small parts of an answer that the model takes for questions go back into the answer.
    """
    answers = known.answers()
    kept: list[Span] = []
    for span in spans:
        old = known.same_question(span)
        if old is None and _is_part_of_an_answer(span, known):
            continue
        kept.append(_named(_apart_from(answers, span, old), old, known))
    return _with_whole_answers(kept, answers)


def _apart_from(answers: Mapping[int, Span], span: Span, old: Span | None) -> Span:
    """The question with the rules' borders if it reaches into an answer."""
    if old is None or answers.keys().isdisjoint(range(span.first, span.question_last + 1)):
        return span
    return span.model_copy(update={"first": old.first, "question_last": old.question_last})


def _is_part_of_an_answer(span: Span, known: Known) -> bool:
    """Whether a question that only the model sees is a remark or a probe within an answer.

    A candidate who asks within an answer goes on answering.
    """
    around = known.answer_around(span.first)
    if around is None:
        return False
    if span.asked_by_role == "candidate" and around.asked_by_role == "interviewer":
        return True
    asking = _asking(span, known)
    return all(follows_up(sentence, known.language) for sentence in asking)


def _asking(span: Span, known: Known) -> list[str]:
    """The sentences of a question that ask."""
    told = [each for one in question_of(span, known.said) for each in sentences(one.text)]
    return [sentence for sentence in told if asks(sentence, known.language)]


def _with_whole_answers(spans: list[Span], answers: Mapping[int, Span]) -> list[Span]:
    """The questions, each reaching to the end of what the rules count as answers after it."""
    if not answers:
        return spans
    places = sorted(answers)
    whole: list[Span] = []
    for number, span in enumerate(spans):
        end = spans[number + 1].first if number + 1 < len(spans) else places[-1] + 1
        between = places[bisect_right(places, span.last) : bisect_left(places, end)]
        after = [one for one in between if answers[one].asked_by_role == span.asked_by_role]
        whole.append(span.model_copy(update={"last": after[-1]}) if after else span)
    return whole


def _named(span: Span, old: Span | None, known: Known) -> Span:
    """The question with a title that was said, and with the rules' kind where they know one."""
    return span.model_copy(
        update={"title": _title(span, old, known), "kind": _kind(span, old, known)}
    )


def _title(span: Span, old: Span | None, known: Known) -> str | None:
    """The model's title if the question has its words in a row; else that of the rules."""
    said = " ".join(tokens(" ".join(one.text for one in question_of(span, known.said))))
    wanted = " ".join(tokens(span.title or ""))
    if wanted and f" {wanted} " in f" {said} ":
        return span.title
    if old is not None:
        return old.title
    asking = _asking(span, known)
    return shortened(telling(asking)) if asking else None


def _kind(span: Span, old: Span | None, known: Known) -> QuestionType | None:
    """The rules' kind of a question; if they know none, the model's.

    Small talk is not scored, and the rules recognise it in English. So the model's word for it
    counts only at the start of an interview in another language, and for a short answer.
    """
    if span.asked_by_role != "interviewer":
        return None
    asking = _asking(span, known)
    by_rules = old.kind if old is not None else kind_of(telling(asking)) if asking else None
    if by_rules is not None or span.kind != "GREETING_OR_CHIT_CHAT":
        return by_rules or span.kind
    is_first = not known.cut or span.first <= known.cut[0].first
    if known.language == "en" or not is_first:
        return None
    words = sum(one.word_count for one in answer_of(span, known.said, known.roles))
    return span.kind if words <= SMALL_TALK_WORDS else None
