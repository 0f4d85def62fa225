"""Finds the questions of an interview and the end of each answer, without a model.

The transcript is divided into turns of the two sides. All interviewers count as one side, and
sounds of listening do not end a turn. Then the turns are examined once, in order.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise, zip_longest
from typing import Literal

from liverows import run_in_child
from worker.interviews.kinds import kind_of
from worker.interviews.phrases import (
    acknowledges,
    asks,
    clarifies,
    closes,
    follows_up,
    greets,
    invites_questions,
    is_back_channel,
    is_directed,
    sentences,
    takes_back,
)
from worker.interviews.roles import Roles
from worker.interviews.spans import Span, shortened
from worker.interviews.transcript import Role, Transcript, Utterance, tokens

SILENCE_SECONDS = 6.0
"""After so many seconds of silence, a question counts as not answered."""
SOUND_WORDS = 2
PREAMBLE_WORDS = 80
CANDIDATE_ANSWER_WORDS = 6
TURNS_AFTER_INVITATION = 2


@dataclass
class Turn:
    """What one side says until the other side speaks; `said` leaves out sounds of listening.

    `breaks` are places in `said` before which the other side said more than a sound.
    """

    side: Literal["candidate", "interviewer"]
    said: list[Utterance] = field(default_factory=list)
    breaks: set[int] = field(default_factory=set)

    def asking(self) -> list[int]:
        """The places in `said` where something is asked."""
        return [place for place, said in enumerate(self.said) if _asking(said)]

    @property
    def text(self) -> str:
        """The text of the whole turn."""
        return " ".join(said.text for said in self.said)


@dataclass
class _Open:
    """A question whose end is not known yet."""

    first: int
    question_last: int
    last: int
    asked_by: int
    role: Literal["interviewer", "candidate"]
    asked: str
    is_invitation: bool = False

    def span(self) -> Span:
        kind = kind_of(self.asked) if self.role == "interviewer" else None
        return Span(
            first=self.first,
            question_last=self.question_last,
            last=self.last,
            asked_by=self.asked_by,
            asked_by_role=self.role,
            kind=kind,
            title=shortened(self.asked),
        )


async def find_questions(transcript: Transcript, roles: Roles) -> list[Span]:
    """The questions in order; none if the candidate is not known."""
    if roles.candidate is None:
        return []
    return await run_in_child(_find_questions, transcript, roles)


def _find_questions(transcript: Transcript, roles: Roles) -> list[Span]:
    search = _Search(turns_of(transcript.utterances, roles.roles))
    return [found.span() for found in search.run()]


def turns_of(utterances: Sequence[Utterance], roles: dict[int, Role]) -> list[Turn]:
    """The turns of both sides; a sound of listening belongs to the turn in which it occurs."""
    turns: list[Turn] = []
    for said, later in zip_longest(utterances, utterances[1:]):
        side: Literal["candidate", "interviewer"] = (
            "candidate" if roles.get(said.speaker) == "candidate" else "interviewer"
        )
        if turns and turns[-1].side == side:
            turns[-1].said.append(said)
        elif not (turns and _is_listening(said, turns[-1], later, roles)):
            turns.append(Turn(side, [said]))
        elif len(tokens(said.text)) > SOUND_WORDS:
            turns[-1].breaks.add(len(turns[-1].said))
    return turns


def _is_listening(
    said: Utterance, turn: Turn, later: Utterance | None, roles: dict[int, Role]
) -> bool:
    """Whether it is a sound of listening during the other side's turn, which continues after it."""
    if not is_back_channel(said.text, said.seconds) or later is None:
        return False
    goes_on = (roles.get(later.speaker) == "candidate") == (turn.side == "candidate")
    # After a question, even "yes" is an answer.
    return goes_on and not _asking(turn.said[-1])


def _asking(said: Utterance) -> list[str]:
    return [sentence for sentence in sentences(said.text) if asks(sentence)]


class _Search:
    """One pass over the turns."""

    def __init__(self, turns: list[Turn]) -> None:
        self._turns = turns
        self._found: list[_Open] = []
        self._invited = 0
        self._is_over = False

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
        if not asking:
            self._statement(turn, turn.said)
            return
        if current is not None and current.role == "candidate":
            self._statement(turn, turn.said[: asking[0]])
        for group in _groups(turn, asking):
            self._asked(place, turn, group)

    def _asked(self, place: int, turn: Turn, group: list[int]) -> None:
        wanted = [sentence for at in group for sentence in _asking(turn.said[at])]
        if all(invites_questions(sentence) for sentence in wanted):
            self._invitation(place, turn, group)
            return
        current = self._current()
        if self._belongs_to(current, wanted) and current is not None:
            current.last = turn.said[group[-1]].index
            return
        first = self._preamble(turn, group[0])
        self._open(turn.said[first : group[-1] + 1], "interviewer", wanted[0])

    def _belongs_to(self, current: _Open | None, wanted: list[str]) -> bool:
        """Whether this is a follow-up: there must be a question before it that has an answer."""
        return (
            current is not None
            and current.role == "interviewer"
            and not current.is_invitation
            and current.last > current.question_last
            and not greets(current.asked)
            and all(follows_up(sentence) for sentence in wanted)
        )

    def _invitation(self, place: int, turn: Turn, group: list[int]) -> None:
        self._invited = TURNS_AFTER_INVITATION + 1
        later = self._turns[place + 1 : place + 1 + TURNS_AFTER_INVITATION + 1]
        if any(self._own_question(turn) is not None for turn in later):
            # The invitation only leads to the candidate's own question.
            self._is_over = True
            return
        first = self._preamble(turn, group[0])
        asked = " ".join(_asking(turn.said[group[0]]))
        self._open(turn.said[first : group[-1] + 1], "interviewer", asked, is_invitation=True)

    def _candidate(self, place: int, turn: Turn) -> None:
        own = self._own_question(turn) if self._invited else self._unasked(place, turn)
        if own is not None:
            self._answer(turn.said[:own])
            self._open(turn.said[own:], "candidate", _asking(turn.said[own])[0])
            return
        self._answer(turn.said)

    def _answer(self, spoken: list[Utterance]) -> None:
        """Extend the open question by the candidate's answer, unless it is only "thank you"."""
        current = self._current()
        if current is None or current.role == "candidate" or self._is_over:
            return
        told = [said for said in spoken if not closes(said.text)]
        answered = current.last > current.question_last
        if told and not (answered and all(acknowledges(said.text) for said in told)):
            current.last = told[-1].index

    def _own_question(self, turn: Turn) -> int | None:
        """The place of the candidate's own question in a turn after an invitation."""
        if turn.side != "candidate":
            return None
        for place in turn.asking():
            if any(not _only_clarifies(sentence) for sentence in _asking(turn.said[place])):
                return place
        return None

    def _unasked(self, place: int, turn: Turn) -> int | None:
        """The place of a candidate's uninvited question, if the interviewer answers it."""
        asking = turn.asking()
        if not asking or asking[-1] != len(turn.said) - 1 or place + 1 >= len(self._turns):
            return None
        last = sentences(turn.said[-1].text)[-1]
        if not asks(last) or "?" not in last or clarifies(last) or not is_directed(last):
            return None
        reply = self._turns[place + 1]
        is_answer = len(tokens(reply.said[0].text)) >= CANDIDATE_ANSWER_WORDS
        return asking[-1] if is_answer and not _asking(reply.said[0]) else None

    def _statement(self, turn: Turn, said: list[Utterance]) -> None:
        """An interviewer's statement: an answer to the candidate's question, or a comment."""
        current = self._current()
        if said and any(closes(each.text) for each in said):
            self._is_over = not turn.asking()
        if current is None or current.role != "candidate":
            return
        told = list(said)
        while len(told) > 1 and (closes(told[-1].text) or acknowledges(told[-1].text)):
            told.pop()
        if told and not (closes(told[-1].text) and current.last > current.question_last):
            current.last = max(current.last, told[-1].index)

    def _preamble(self, turn: Turn, asking: int) -> int:
        """Where a question really begins: with its introduction, but not with thanks before it."""
        current = self._current()
        if current is not None and current.role == "candidate":
            return asking
        first, words = asking, 0
        while first > 0 and first not in turn.breaks and not _ends_something(turn.said[first - 1]):
            words += turn.said[first - 1].word_count
            if words > PREAMBLE_WORDS:
                break
            first -= 1
        return first

    def _current(self) -> _Open | None:
        return self._found[-1] if self._found else None

    def _open(
        self,
        said: list[Utterance],
        role: Literal["interviewer", "candidate"],
        asked: str,
        *,
        is_invitation: bool = False,
    ) -> None:
        end = said[-1].index
        self._is_over = False
        self._found.append(
            _Open(said[0].index, end, end, said[0].speaker, role, asked, is_invitation)
        )


def _groups(turn: Turn, asking: list[int]) -> list[list[int]]:
    """Group the questions of one turn into one, unless one was dropped for another."""
    groups = [[asking[0]]]
    for before, place in pairwise(asking):
        if _is_new(turn, before, place):
            groups.append([place])
        else:
            groups[-1].append(place)
    return groups


def _is_new(turn: Turn, before: int, place: int) -> bool:
    earlier, later = turn.said[before], turn.said[place]
    between = " ".join(said.text for said in turn.said[before + 1 : place + 1])
    if takes_back(between) or (_all_invite(earlier) != _all_invite(later)):
        return True
    if greets(earlier.text) and not greets(later.text):
        return True
    if earlier.end is None or later.start is None:
        return False
    following = turn.said[before + 1]
    return following.start is not None and following.start - earlier.end > SILENCE_SECONDS


def _all_invite(said: Utterance) -> bool:
    return all(invites_questions(sentence) for sentence in _asking(said))


def _ends_something(said: Utterance) -> bool:
    """Whether a statement belongs to what came before it."""
    return acknowledges(said.text) or bool(_asking(said)) or closes(said.text)


def _only_clarifies(sentence: str) -> bool:
    return clarifies(sentence) and not is_directed(sentence)
