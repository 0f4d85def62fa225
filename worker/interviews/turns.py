"""Divides a transcript into turns of two sides, and notes what each turn asks.

All speakers but the candidate count as one side.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise, zip_longest
from typing import Literal

from worker.interviews.addressing import addresses
from worker.interviews.asking_elsewhere import asks_elsewhere
from worker.interviews.farewells import acknowledges, closes
from worker.interviews.phrases import (
    asks,
    cites_papers,
    greets,
    invites_questions,
    is_back_channel,
    is_directed,
    is_marked,
    prompts,
    seeks_agreement,
    takes_back,
)
from worker.interviews.scripts import has_question_mark
from worker.interviews.sentence_parts import sentences
from worker.interviews.transcript import Role, Utterance, tokens

SILENCE_SECONDS = 6.0
"""Seconds. After a longer silence in a turn, the next question is a new one."""
SOUND_WORDS = 2
ALWAYS_MARKED = 0.9
"""The least share of the questions with a mark in a transcript that marks its questions."""
SHORT_ANSWER_WORDS = 8
"""After words about the candidate's papers, an answer of this many words shows that they ask."""
ANSWER_WORDS = 15
"""If the transcript has no question marks, a longer answer may show that something was asked."""


@dataclass
class Turn:
    """What one side says until the other side takes the turn.

    `asked` has the sentences that ask, by place in `said`. At `breaks`, the other side made a sound
    of listening.
    """

    side: Literal["candidate", "interviewer"]
    said: list[Utterance] = field(default_factory=list)
    breaks: set[int] = field(default_factory=set)
    asked: dict[int, list[str]] = field(default_factory=dict)

    def asking(self) -> list[int]:
        """The places in `said` where something is asked, in order."""
        return sorted(self.asked)

    @property
    def text(self) -> str:
        """The text of all utterances in `said`."""
        return " ".join(said.text for said in self.said)


def turns_of(
    utterances: Sequence[Utterance], roles: dict[int, Role], language: str | None = None
) -> list[Turn]:
    """The turns of both sides, in order. A sound of listening usually ends no turn.

    `language` is the transcript's, if it is known.
    """
    turns: list[Turn] = []
    for said, later in zip_longest(utterances, utterances[1:]):
        side: Literal["candidate", "interviewer"] = (
            "candidate" if roles.get(said.speaker) == "candidate" else "interviewer"
        )
        if turns and turns[-1].side == side:
            turns[-1].said.append(said)
        elif not (turns and _is_listening(said, turns[-1], later, roles, language)):
            turns.append(Turn(side, [said]))
        elif len(tokens(said.text)) > SOUND_WORDS:
            turns[-1].breaks.add(len(turns[-1].said))
    return turns


def _is_listening(
    said: Utterance,
    turn: Turn,
    later: Utterance | None,
    roles: dict[int, Role],
    language: str | None,
) -> bool:
    """Whether `said` is only a sound of listening during the other side's turn."""
    if not is_back_channel(said.text, said.seconds, language) or later is None:
        return False
    goes_on = (roles.get(later.speaker) == "candidate") == (turn.side == "candidate")
    return goes_on and not _asking(turn.said[-1], language)


def mark_questions(turns: list[Turn], language: str | None = None) -> None:
    """Note in each turn what it asks. The rules depend on whether the transcript has question
    marks."""
    has_marks = any(has_question_mark(said.text) for turn in turns for said in turn.said)
    always_marks = has_marks and _always_marks(turns, language)
    for turn, later in zip_longest(turns, turns[1:]):
        for place, said in enumerate(turn.said):
            wanted = _asking(said, language)
            if always_marks:
                wanted = [
                    each for each in wanted if prompts(each, language) or is_marked(each, language)
                ]
            if has_marks and turn.side == "candidate":
                wanted = [
                    each for each in wanted if prompts(each, language) or _is_marked(each, language)
                ]
            if wanted:
                turn.asked[place] = wanted
        if later is not None and turn.side == "interviewer" and not turn.asked:
            _mark_answered(turn, later, language, has_marks=has_marks)


def _mark_answered(turn: Turn, later: Turn, language: str | None, *, has_marks: bool) -> None:
    """Note what a turn of the interviewers asks, if only the answer shows that it asks."""
    if not has_marks and _is_answered(turn, later, language):
        turn.asked[len(turn.said) - 1] = sentences(turn.said[-1].text)[-1:]
        return
    if len(tokens(later.text)) < SHORT_ANSWER_WORDS:
        return
    for place, said in enumerate(turn.said):
        wanted = [each for each in sentences(said.text) if cites_papers(each)]
        if wanted:
            turn.asked[place] = wanted


def _always_marks(turns: list[Turn], language: str | None) -> bool:
    """Whether a transcript in another language than English marks nearly all its questions.

    Then a sentence without a mark is a statement, whatever its words are.
    """
    if language in (None, "en"):
        return False
    spoken = (each for turn in turns for said in turn.said for each in sentences(said.text))
    asking = [each for each in spoken if asks_elsewhere(each, language)]
    marked = sum(is_marked(each, language) for each in asking)
    return marked >= ALWAYS_MARKED * len(asking)


def _is_marked(sentence: str, language: str | None) -> bool:
    return is_marked(sentence, language) and not seeks_agreement(sentence, language)


def _is_answered(turn: Turn, later: Turn, language: str | None) -> bool:
    """Whether an interviewer's turn is directed at the candidate and gets a long answer."""
    return (
        (is_directed(turn.text) or addresses(turn.text, language))
        and not closes(turn.text)
        and not acknowledges(turn.text)
        and len(tokens(later.text)) >= max(ANSWER_WORDS, len(tokens(turn.text)))
    )


def _asking(said: Utterance, language: str | None) -> list[str]:
    return [sentence for sentence in sentences(said.text) if asks(sentence, language)]


def groups_of(turn: Turn, asking: list[int]) -> list[list[int]]:
    """Group the places at which a turn asks something, one group per question."""
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
    if takes_back(between) or (_all_invite(turn.asked[before]) != _all_invite(turn.asked[place])):
        return True
    if all(greets(each) for each in turn.asked[before]) and not all(
        greets(each) for each in turn.asked[place]
    ):
        return True
    if earlier.end is None or later.start is None:
        return False
    following = turn.said[before + 1]
    return following.start is not None and following.start - earlier.end > SILENCE_SECONDS


def is_for_a_colleague(turn: Turn, group: list[int], later: list[int]) -> bool:
    """Whether an invitation to ask is taken up by another interviewer in the same turn."""
    invites = all(_all_invite(turn.asked[at]) for at in group)
    return invites and turn.said[group[-1]].speaker != turn.said[later[0]].speaker


def _all_invite(wanted: list[str]) -> bool:
    return all(invites_questions(sentence) for sentence in wanted)
