"""Finds the questions of an interview and the end of each answer, without a model.

The transcript is divided into turns, which are examined once, in order.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import zip_longest
from typing import Literal

from liverows import run_in_child
from worker.interviews.farewells import acknowledges, closes, only_closes
from worker.interviews.kinds import kind_of
from worker.interviews.phrases import (
    asks,
    begins_with_question_word,
    clarifies,
    follows_up,
    greets,
    invites_questions,
    is_directed,
    seeks_agreement,
    stands_alone,
    starts_the_interview,
)
from worker.interviews.roles import Roles
from worker.interviews.scripts import has_question_mark
from worker.interviews.sentence_parts import sentences
from worker.interviews.slips import mended
from worker.interviews.spans import Span, shortened
from worker.interviews.titles import has_new_topic, introduction, telling, title_of
from worker.interviews.transcript import Role, Transcript, Utterance, tokens
from worker.interviews.turns import Turn, groups_of, is_for_a_colleague, mark_questions, turns_of

PREAMBLE_WORDS = 80
CANDIDATE_ANSWER_WORDS = 6
TURNS_AFTER_INVITATION = 2
AFTERTHOUGHT_WORDS = 25
"""Once the interviewers have finished asking, at most this many words do not extend an answer."""
EARLY_TURNS = 12
SMALL_TALK_WORDS = 15
"""What is asked before "Shall we start?" and answered in at most this many words is small talk."""
LAST_WORDS = 5
"""In other languages than English, a last turn of the candidate of at most this many words, behind
a longer statement of the interviewers, is a goodbye."""
LONG_ANSWER_WORDS = 60
CLARIFYING_WORDS = 25
"""The most words of a candidate's turn that only asks back.

A turn of at least this many words shows that the candidate goes on answering.
"""
INTRODUCTION_WORDS = 18
"""After an introduction of more words, a question is usually no follow-up."""


@dataclass
class _Open:
    """A question whose end may still move as the search goes on."""

    first: int
    question_last: int
    last: int
    asked_by: int
    role: Literal["interviewer", "candidate"]
    asked: str
    title: str
    is_invitation: bool = False
    is_small_talk: bool = False
    is_unclear: bool = False
    """Whether the candidate has only asked back so far."""
    answered_words: int = 0
    """The words of the candidate's answer since the interviewers last asked something."""

    @property
    def awaits_answer(self) -> bool:
        """Whether it is an interviewer's question without an answer yet; an invitation or greeting
        is not."""
        is_open = self.is_unclear or self.last == self.question_last
        return (
            is_open
            and self.role == "interviewer"
            and not self.is_invitation
            and not greets(self.asked)
        )

    def span(self) -> Span:
        kind = kind_of(self.asked) if self.role == "interviewer" else None
        if self.is_small_talk and kind is None:
            kind = "GREETING_OR_CHIT_CHAT"
        return Span(
            first=self.first,
            question_last=self.question_last,
            last=self.last,
            asked_by=self.asked_by,
            asked_by_role=self.role,
            kind=kind,
            title=shortened(self.title),
        )


async def find_questions(transcript: Transcript, roles: Roles) -> list[Span]:
    """The questions in order; none if the candidate is not known."""
    if roles.candidate is None:
        return []
    return await run_in_child(_find_questions, transcript, roles)


def _find_questions(spoken: Transcript, roles: Roles) -> list[Span]:
    transcript = mended(spoken)
    language = transcript.spoken_language()
    turns = turns_of(transcript.utterances, roles.roles, language)
    mark_questions(turns, language)
    return [found.span() for found in _Search(turns, roles.roles, language).run()]


class _Search:
    """Collects the questions in one pass over the turns."""

    def __init__(
        self, turns: list[Turn], roles: dict[int, Role], language: str | None = None
    ) -> None:
        self._turns = turns
        self._language = language
        self._roles = roles
        self._found: list[_Open] = []
        self._invited = 0
        self._has_marks = any(has_question_mark(said.text) for turn in turns for said in turn.said)
        self._is_over = False
        asking = [
            place for place, turn in enumerate(turns) if turn.side != "candidate" and turn.asked
        ]
        self._last_asking = asking[-1] if asking else -1

    def run(self) -> list[_Open]:
        for place, turn in enumerate(self._turns):
            if turn.side == "interviewer":
                self._interviewer(place, turn)
            else:
                self._candidate(place, turn)
        return self._found

    def _interviewer(self, place: int, turn: Turn) -> None:
        self._invited = max(0, self._invited - 1)
        asking = turn.asking()
        current = self._current()
        if place <= EARLY_TURNS and starts_the_interview(turn.text):
            for before in self._found:
                before.is_small_talk = before.answered_words <= SMALL_TALK_WORDS
        if not asking:
            self._statement(place, turn, turn.said)
            return
        if current is not None and current.role == "candidate":
            self._statement(place, turn, turn.said[: asking[0]])
        groups = groups_of(turn, asking)
        for group, later in zip_longest(groups, groups[1:]):
            if not (later and is_for_a_colleague(turn, group, later)):
                self._asked(place, turn, group)

    def _asked(self, place: int, turn: Turn, group: list[int]) -> None:
        wanted = [sentence for at in group for sentence in turn.asked[at]]
        if all(invites_questions(sentence) for sentence in wanted):
            self._invitation(place, turn, group)
            return
        current = self._current()
        is_introduced = introduction(turn, group) > INTRODUCTION_WORDS or has_new_topic(turn, group)
        if self._belongs_to(current, wanted, is_introduced) and current is not None:
            current.last = turn.said[group[-1]].index
            current.answered_words = 0
            return
        first = self._preamble(turn, group[0])
        title = title_of(turn.said[first : group[-1] + 1], wanted)
        self._open(turn.said[first : group[-1] + 1], "interviewer", telling(wanted), title)

    def _belongs_to(self, current: _Open | None, wanted: list[str], is_introduced: bool) -> bool:
        """Whether the sentences `wanted` belong to the current question of an interviewer."""
        if current is None or current.role == "candidate" or current.is_invitation:
            return False
        if current.is_unclear:
            return True
        return (
            current.last > current.question_last
            and not greets(current.asked)
            and not is_introduced
            and all(follows_up(sentence, self._language) for sentence in wanted)
            and not (
                current.answered_words >= LONG_ANSWER_WORDS
                and any(stands_alone(sentence) for sentence in wanted)
            )
        )

    def _invitation(self, place: int, turn: Turn, group: list[int]) -> None:
        self._invited = TURNS_AFTER_INVITATION + 1
        later = self._turns[place + 1 : place + 1 + TURNS_AFTER_INVITATION + 1]
        if any(self._own_question(turn) is not None for turn in later):
            # The candidate asks soon after this, so the invitation is no question.
            self._is_over = True
            return
        first = self._preamble(turn, group[0])
        asked = " ".join(turn.asked[group[0]])
        spoken = turn.said[first : group[-1] + 1]
        self._open(spoken, "interviewer", asked, asked, is_invitation=True)

    def _candidate(self, place: int, turn: Turn) -> None:
        if self._asks_back(place, turn):
            return
        own = self._own_question(turn) if self._invited else self._unasked(place, turn)
        if own is not None:
            self._answer(place, turn.said[:own])
            asked = turn.asked[own][0]
            self._open(turn.said[own:], "candidate", asked, asked)
            return
        self._answer(place, turn.said)

    def _asks_back(self, place: int, turn: Turn) -> bool:
        """Find out whether the candidate only asks what is meant, and note this."""
        current = self._current()
        if current is None or self._invited or not current.awaits_answer:
            return False
        if not _only_asks(turn, self._language) or not self._is_taken_up(place):
            return False
        current.is_unclear = True
        current.last = turn.said[-1].index
        return True

    def _is_taken_up(self, place: int) -> bool:
        """Whether the turn after the next one has at least six words or asks something."""
        if place + 2 >= len(self._turns):
            return False
        later = self._turns[place + 2]
        return len(tokens(later.text)) >= CANDIDATE_ANSWER_WORDS or bool(later.asked)

    def _answer(self, place: int, spoken: list[Utterance]) -> None:
        """Extend the interviewer's current question by what the candidate says."""
        current = self._current()
        if current is None or current.role == "candidate":
            return
        words = sum(said.word_count for said in spoken)
        if self._is_over and words <= AFTERTHOUGHT_WORDS:
            return
        answered = current.last > current.question_last and not current.is_unclear
        if answered and current.answered_words > LAST_WORDS >= words and self._takes_leave(place):
            return
        may_close = answered or current.is_invitation or greets(current.asked)
        told = [said for said in spoken if not (may_close and only_closes(said.text))]
        if told and not (answered and all(acknowledges(said.text) for said in told)):
            current.last = told[-1].index
            current.answered_words += sum(said.word_count for said in told)
            current.is_unclear = False

    def _takes_leave(self, place: int) -> bool:
        """Whether the last turn stands behind a statement of the interviewers that ends the talk.

        In English the words of a goodbye tell this more exactly.
        """
        if self._language in (None, "en") or place != len(self._turns) - 1:
            return False
        later = self._turns[self._last_asking + 1 : place]
        own = [turn for turn in later if turn.side == "candidate"]
        said = tokens(self._turns[place - 1].text)
        return bool(own) and not any(turn.asked for turn in own) and len(said) > LAST_WORDS

    def _own_question(self, turn: Turn) -> int | None:
        """The place in `said` of the candidate's first own question in a turn."""
        if turn.side != "candidate":
            return None
        for place in turn.asking():
            if any(not _only_clarifies(sentence) for sentence in turn.asked[place]):
                return place
        if not self._has_marks:
            for place, said in enumerate(turn.said):
                if begins_with_question_word(said.text):
                    turn.asked[place] = sentences(said.text)
                    return place
        return None

    def _unasked(self, place: int, turn: Turn) -> int | None:
        """The place in `said` of a candidate's question that nobody invited."""
        asking = turn.asking()
        if not asking or asking[-1] != len(turn.said) - 1 or place + 1 >= len(self._turns):
            return None
        last = sentences(turn.said[-1].text)[-1]
        is_foreign = self._language not in (None, "en")
        if (
            not asks(last, self._language)
            or not has_question_mark(last)
            or clarifies(last)
            # Few other languages must say "you".
            or not (is_directed(last) or (is_foreign and not seeks_agreement(last, self._language)))
        ):
            return None
        reply = self._turns[place + 1]
        is_answer = len(tokens(reply.said[0].text)) >= CANDIDATE_ANSWER_WORDS
        if not is_answer or 0 in reply.asked:
            return None
        after = self._turns[place + 2] if place + 2 < len(self._turns) else None
        goes_on = after is not None and len(tokens(after.text)) >= CLARIFYING_WORDS
        # If a long turn follows a reply that asks nothing, the candidate was still answering.
        return None if goes_on and not reply.asked else asking[-1]

    def _statement(self, place: int, turn: Turn, said: list[Utterance]) -> None:
        """Note a goodbye of an interviewer, or an answer to the candidate."""
        current = self._current()
        if said and any(closes(each.text) for each in said):
            # A goodbye does not count if an interviewer asks in this or a later turn.
            self._is_over = place > self._last_asking
        if current is None or current.role != "candidate":
            return
        told = list(said)
        while len(told) > 1 and (only_closes(told[-1].text) or acknowledges(told[-1].text)):
            told.pop()
        if told and not (only_closes(told[-1].text) and current.last > current.question_last):
            current.last = max(current.last, told[-1].index)

    def _preamble(self, turn: Turn, asking: int) -> int:
        """The place in the turn where a question begins, with its introduction."""
        current = self._current()
        if current is not None and current.role == "candidate":
            return asking
        first, words = asking, 0
        while first > 0 and first not in turn.breaks and not _ends_something(turn, first - 1):
            words += turn.said[first - 1].word_count
            if words > PREAMBLE_WORDS:
                break
            first -= 1
        return first

    def _current(self) -> _Open | None:
        return self._found[-1] if self._found else None

    def _open(
        self,
        spoken: list[Utterance],
        role: Literal["interviewer", "candidate"],
        asked: str,
        title: str,
        *,
        is_invitation: bool = False,
    ) -> None:
        # A speaker with the role `unknown` begins no question (see `assign` in `roles.py`).
        said = [each for each in spoken if self._roles.get(each.speaker) == role]
        if not said:
            return
        end = said[-1].index
        self._is_over = False
        self._found.append(
            _Open(said[0].index, end, end, said[0].speaker, role, asked, title, is_invitation)
        )


def _only_asks(turn: Turn, language: str | None) -> bool:
    """Whether a turn of at most 25 words asks, and hardly says anything else."""
    spoken = [sentence for said in turn.said for sentence in sentences(said.text)]
    rest = [each for each in spoken if not asks(each, language) and not acknowledges(each)]
    return (
        bool(turn.asked)
        and len(tokens(turn.text)) <= CLARIFYING_WORDS
        and sum(len(tokens(each)) for each in rest) < CANDIDATE_ANSWER_WORDS
        and all(at in turn.asked or acknowledges(one.text) for at, one in enumerate(turn.said))
    )


def _ends_something(turn: Turn, place: int) -> bool:
    """Whether an utterance asks, only acknowledges or only says goodbye."""
    text = turn.said[place].text
    return acknowledges(text) or place in turn.asked or only_closes(text)


def _only_clarifies(sentence: str) -> bool:
    return clarifies(sentence) and not is_directed(sentence)
