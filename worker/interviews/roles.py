"""Finds the candidate by who asks, not by who talks most.

In real interviews between two people, the interviewer always asks more questions and always says
"you" more often; the candidate talks longer in only 14 of 100. So questions decide, "you" comes
second, and talking time only decides a tie. The patterns are English; for another language the
result is a guess.
"""

from __future__ import annotations

import re
from typing import Literal

from pydantic import BaseModel, ConfigDict

from liverows import run_in_child
from worker.interviews.given import labelled_roles
from worker.interviews.phrases import asks, sentences
from worker.interviews.transcript import Role, Transcript, Utterance

ONE_SPEAKER = "one_speaker_only"
UNCERTAIN = "roles_uncertain"
UNKNOWN_CANDIDATE = "candidate_speaker_not_found"
CLEAR_QUESTIONS = 2
CLEAR_MARGIN = 0.3
MINOR_SHARE = 0.02

_YOU = re.compile(r"\byou(?:r|rs|rself|['\u2019](?:re|ve|d|ll))?\b", re.IGNORECASE)


class Roles(BaseModel):
    """The role of each speaker, and how it was found."""

    model_config = ConfigDict(frozen=True)

    roles: dict[int, Role]
    candidate: int | None
    method: Literal["user", "labels", "questions", "model", "weak", "none"]
    warnings: tuple[str, ...] = ()

    @property
    def is_sure(self) -> bool:
        """Whether the roles are certain, so that no model has to be asked."""
        return self.method not in ("weak", "none")


class Habits(BaseModel):
    """How one speaker talks; counts over the whole interview."""

    words: int = 0
    questions: int = 0
    marks: int = 0
    you: int = 0
    answered_words: int = 0
    """Words said right after another speaker's question."""

    @property
    def you_rate(self) -> float:
        """How often the speaker says "you", per word."""
        return self.you / self.words if self.words else 0.0


async def find_roles(transcript: Transcript, candidate_given: int | None) -> Roles:
    """The roles of all speakers. If the user gives `candidate_given`, it decides."""
    return await run_in_child(_find_roles, transcript, candidate_given)


def _find_roles(transcript: Transcript, candidate_given: int | None) -> Roles:
    speakers = transcript.speakers
    warnings: tuple[str, ...] = ()
    if candidate_given is not None:
        if candidate_given in speakers:
            return assign(transcript, candidate_given, "user")
        warnings = (UNKNOWN_CANDIDATE,)
    if len(speakers) == 1:
        return Roles(
            roles={speakers[0]: "unknown"},
            candidate=None,
            method="none",
            warnings=(*warnings, ONE_SPEAKER),
        )
    labelled = labelled_roles(transcript)
    candidates = [speaker for speaker, role in labelled.items() if role == "candidate"]
    if len(candidates) == 1 and len(labelled) == len(speakers):
        roles = Roles(roles=labelled, candidate=candidates[0], method="labels")
    else:
        roles = _by_habits(transcript)
    return roles.model_copy(update={"warnings": (*roles.warnings, *warnings)})


def assign(
    transcript: Transcript, candidate: int, method: Literal["user", "questions", "model", "weak"]
) -> Roles:
    """Roles when the candidate is known: others are interviewers, or unknown if they say little."""
    habits = habits_of(transcript)
    total = sum(each.words for each in habits.values())
    roles: dict[int, Role] = {}
    for speaker, habit in habits.items():
        is_minor = not habit.questions and habit.words < MINOR_SHARE * total
        roles[speaker] = "unknown" if is_minor and len(habits) > 2 else "interviewer"
    roles[candidate] = "candidate"
    warnings = (UNCERTAIN,) if method == "weak" else ()
    return Roles(roles=roles, candidate=candidate, method=method, warnings=warnings)


def habits_of(transcript: Transcript) -> dict[int, Habits]:
    """How each speaker talks."""
    habits = {speaker: Habits() for speaker in transcript.speakers}
    asked_by: int | None = None
    for said in transcript.utterances:
        habit = habits[said.speaker]
        words, questions = said.word_count, questions_in(said)
        habit.words += words
        habit.questions += questions
        habit.marks += said.text.count("?")
        habit.you += len(_YOU.findall(said.text))
        if asked_by is not None and asked_by != said.speaker:
            habit.answered_words += words
        if questions:
            asked_by = said.speaker
    return habits


def questions_in(said: Utterance) -> int:
    """How many sentences of an utterance ask something."""
    return sum(asks(sentence) for sentence in sentences(said.text))


def _by_habits(transcript: Transcript) -> Roles:
    habits = habits_of(transcript)
    candidate = max(habits, key=lambda speaker: _candidacy(habits, speaker))
    asked = sum(habit.questions for habit in habits.values())
    own = habits[candidate].questions
    others = max(habit.questions for speaker, habit in habits.items() if speaker != candidate)
    margin = (others - own) / (others + own) if others + own else 0.0
    is_clear = asked >= CLEAR_QUESTIONS and margin >= CLEAR_MARGIN
    says_you_less = habits[candidate].you_rate < max(
        habit.you_rate for speaker, habit in habits.items() if speaker != candidate
    )
    is_supported = asked >= 1 and margin > 0 and says_you_less
    # In other languages only question marks are recognised, and never "you".
    is_told = (is_clear or is_supported) and transcript.is_english is not False
    return assign(transcript, candidate, "questions" if is_told else "weak")


def _candidacy(habits: dict[int, Habits], speaker: int) -> float:
    """Higher for few questions, then for few "you", then for many words said in answer."""
    habit = habits[speaker]
    asked = sum(each.questions for each in habits.values()) or 1
    marks = sum(each.marks for each in habits.values()) or 1
    you = sum(each.you_rate for each in habits.values()) or 1.0
    answered = sum(each.answered_words for each in habits.values()) or 1
    share = habit.answered_words / answered
    if len(habits) == 2:
        asking = habit.questions / asked + habit.marks / marks
        return -asking - 0.5 * habit.you_rate / you + 0.2 * share
    # In a panel most interviewers ask little; the candidate is the one who answers them all.
    return 2.0 * share - habit.questions / asked - 0.25 * habit.you_rate / you
