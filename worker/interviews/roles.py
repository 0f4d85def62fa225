"""Finds the candidate by who asks and who says "you"; if that is unclear, by who talks most.

In 142 real interviews of two people, the interviewer always said "you" more often per word, and
asked more often in 141.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

from liverows import run_in_child
from worker.interviews.addressing import times_addressed
from worker.interviews.farewells import acknowledges, only_closes
from worker.interviews.given import labelled_roles
from worker.interviews.phrases import asks, invites_questions, is_marked, prompts, seeks_agreement
from worker.interviews.scripts import has_question_mark
from worker.interviews.sentence_parts import sentences
from worker.interviews.slips import mended
from worker.interviews.transcript import Role, Transcript, Utterance

ONE_SPEAKER = "one_speaker_only"
UNCERTAIN = "roles_uncertain"
UNKNOWN_CANDIDATE = "candidate_speaker_not_found"
CLEAR_QUESTIONS = 2
CLEAR_MARGIN = 0.2
"""The least difference of two speakers' asking rates, divided by their sum, for a clear result."""
CLEAR_ANSWERS = 0.5
"""The least share of all `answered_words` that a clear candidate among more than two speakers has.
"""
RIVAL_ANSWERS = 0.05
"""Among more than two speakers, the least share of all `answered_words` by which another speaker
may be the candidate too."""
MOST_WORDS = 0.55
"""Without clear habits, a speaker with a larger share of all words counts as the candidate."""
MINOR_SHARE = 0.02
FEW_WORDS = 20.0
"""Added to each speaker's words in a rate, so that few words give no extreme rate."""


class Roles(BaseModel):
    """The role of each speaker, and how the roles were found."""

    model_config = ConfigDict(frozen=True)

    roles: dict[int, Role]
    candidate: int | None
    method: Literal["user", "labels", "questions", "model", "weak", "none"]
    warnings: tuple[str, ...] = ()
    rivals: tuple[int, ...] = ()
    """The other speakers who may be the candidate as well: no habit speaks against them."""

    @property
    def is_sure(self) -> bool:
        """Whether more than a guess says who the candidate is. A model's answer is a guess too."""
        return self.method not in ("weak", "model", "none")


class Habits(BaseModel):
    """How one speaker talks. All fields are counts over the whole interview."""

    words: int = 0
    questions: int = 0
    you: int = 0
    invited: int = 0
    """Utterances while this speaker was invited to ask, as by "Do you have any questions?"."""
    answered_words: int = 0
    """Words said while the latest question was another speaker's, without mere acknowledgements and
    goodbyes."""

    @property
    def you_rate(self) -> float:
        """`you` divided by the sum of `words` and `FEW_WORDS`."""
        return self.you / (self.words + FEW_WORDS)

    @property
    def asking_rate(self) -> float:
        """`questions` divided by the sum of `words` and `FEW_WORDS`."""
        return self.questions / (self.words + FEW_WORDS)


async def find_roles(transcript: Transcript, candidate_given: int | None) -> Roles:
    """The roles of all speakers.

    A speaker with the number `candidate_given` is the candidate. Otherwise, among several speakers,
    their names decide, or else the way in which they talk.
    """
    return await run_in_child(_find_roles, transcript, candidate_given)


def _find_roles(spoken: Transcript, candidate_given: int | None) -> Roles:
    transcript = mended(spoken)
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
    named = _named_candidate(transcript)
    if named is not None:
        roles = assign(transcript, named, "labels")
        roles = roles.model_copy(update={"roles": roles.roles | labelled_roles(transcript)})
    else:
        roles = _by_habits(transcript)
    return roles.model_copy(update={"warnings": (*roles.warnings, *warnings)})


def _named_candidate(transcript: Transcript) -> int | None:
    """The only speaker whose name says "candidate", or else the only one whose name does not say
    "interviewer" while the names of all others do; None if the names do not tell."""
    labelled = labelled_roles(transcript)
    told = [speaker for speaker, role in labelled.items() if role == "candidate"]
    if not told and labelled:
        told = [speaker for speaker in transcript.speakers if speaker not in labelled]
    return told[0] if len(told) == 1 else None


def assign(
    transcript: Transcript,
    candidate: int,
    method: Literal["user", "labels", "questions", "model", "weak"],
) -> Roles:
    """The roles of all speakers when the candidate is known: the others are interviewers.

    Among more than two, one who asks nothing and says little is `unknown`.
    """
    habits = habits_of(transcript)
    total = sum(each.words for each in habits.values())
    roles: dict[int, Role] = {}
    for speaker, habit in habits.items():
        is_minor = not habit.questions and habit.words < MINOR_SHARE * total
        roles[speaker] = "unknown" if is_minor and len(habits) > 2 else "interviewer"
    roles[candidate] = "candidate"
    warnings = (UNCERTAIN,) if method in ("weak", "model") else ()
    return Roles(roles=roles, candidate=candidate, method=method, warnings=warnings)


def habits_of(transcript: Transcript) -> dict[int, Habits]:
    """How each speaker talks, by speaker number."""
    habits = {speaker: Habits() for speaker in transcript.speakers}
    has_marks = any(has_question_mark(said.text) for said in transcript.utterances)
    is_foreign, language = transcript.is_english is False, transcript.spoken_language()
    asked_by: int | None = None
    invited = _Invited()
    for said in transcript.utterances:
        habit = habits[said.speaker]
        words, questions = said.word_count, questions_in(said, language, has_marks=has_marks)
        habit.words += words
        # "What do you want to know?" is also a reply. Who invites has asked most so far, or last.
        asked_most = habit.questions >= max(each.questions for each in habits.values())
        is_host = asked_by in (None, said.speaker) if len(habits) == 2 else asked_most
        invites = is_host and any(invites_questions(each) for each in sentences(said.text))
        if invited.is_guest(said, questions, invites=invites):
            habit.invited += 1
            continue
        habit.questions += questions
        habit.you += times_addressed(said.text, language, is_foreign=is_foreign)
        is_answer = asked_by is not None and asked_by != said.speaker
        if is_answer and not (acknowledges(said.text) or only_closes(said.text)):
            habit.answered_words += words
        if questions:
            asked_by = said.speaker
    return habits


class _Invited:
    """Follows who was invited to ask. To ask then is no habit of an interviewer."""

    def __init__(self) -> None:
        self._host: int | None = None
        self._guest: int | None = None

    def is_guest(self, said: Utterance, questions: int, *, invites: bool) -> bool:
        """Whether the utterance is by the speaker who was invited to ask.

        This is who asks next, until the one who invited asks something else.
        """
        if invites:
            self._host, self._guest = said.speaker, None
        elif said.speaker == self._host:
            self._host = None if questions else self._host
        elif self._host is not None and self._guest is None:
            if questions:
                self._guest = said.speaker
            elif not acknowledges(said.text):
                self._host = None  # "No, thank you" or an answer: nobody takes it up.
        return self._host is not None and said.speaker == self._guest


def questions_in(said: Utterance, language: str | None, *, has_marks: bool) -> int:
    """How many sentences of an utterance ask something.

    If the transcript has question marks (`has_marks`), word order alone does not count.
    """
    return sum(
        asks(sentence, language)
        and not seeks_agreement(sentence, language)
        and (not has_marks or is_marked(sentence, language) or prompts(sentence, language))
        for sentence in sentences(said.text)
    )


def _by_habits(transcript: Transcript) -> Roles:
    habits = habits_of(transcript)
    candidate = max(habits, key=lambda speaker: _candidacy(habits, speaker))
    if not _is_clear(habits, candidate):
        talker = _talker(habits)
        guess = assign(transcript, candidate if talker is None else talker, "weak")
        return guess.model_copy(update={"rivals": _rivals(habits, guess.candidate, talker)})
    # Most patterns are English, so the result for another language is never certain.
    return assign(transcript, candidate, "weak" if transcript.is_english is False else "questions")


def _rivals(
    habits: dict[int, Habits], candidate: int | None, talker: int | None
) -> tuple[int, ...]:
    """The speakers who neither ask nor say "you" more often per word than this candidate.

    If one speaker says most, that is a sign too. Then another one needs a sign of their own.
    """
    own = habits[candidate] if candidate is not None else Habits()
    return tuple(
        speaker
        for speaker, habit in habits.items()
        if speaker != candidate
        and habit.asking_rate <= own.asking_rate
        and habit.you_rate <= own.you_rate
        and (talker is None or habit.asking_rate < own.asking_rate or habit.you_rate < own.you_rate)
    )


def _talker(habits: dict[int, Habits]) -> int | None:
    """The speaker with more than the share `MOST_WORDS` of all words, if there is one.

    Of two speakers of whom one asks when invited to, it is this one.
    """
    guests = [speaker for speaker, habit in habits.items() if habit.invited]
    if len(habits) == 2 and len(guests) == 1:
        return guests[0]
    total = sum(habit.words for habit in habits.values())
    talker = max(habits, key=lambda speaker: habits[speaker].words)
    return talker if habits[talker].words > MOST_WORDS * total else None


def _is_clear(habits: dict[int, Habits], candidate: int) -> bool:
    """Whether the speakers' habits show clearly that this one is the candidate."""
    own = habits[candidate]
    others = [habit for speaker, habit in habits.items() if speaker != candidate]
    if sum(habit.questions for habit in habits.values()) < CLEAR_QUESTIONS:
        return False
    asking, you = max(habit.asking_rate for habit in others), max(each.you_rate for each in others)
    margin = (asking - own.asking_rate) / (asking + own.asking_rate or 1.0)
    says_you_less = own.you_rate < you or own.you == 0
    if len(others) == 1:
        return margin >= CLEAR_MARGIN and says_you_less
    answered = sum(habit.answered_words for habit in habits.values()) or 1
    if any(_may_be_candidate(habit, own, answered) for habit in others):
        return False
    return margin > 0 and says_you_less and own.answered_words >= CLEAR_ANSWERS * answered


def _may_be_candidate(other: Habits, own: Habits, answered: int) -> bool:
    """Whether another speaker of three or more answers too, and asks no more often.

    So does a second candidate, or the candidate of a panel member who explains at length.
    """
    answers = other.answered_words >= RIVAL_ANSWERS * answered
    return answers and other.asking_rate <= own.asking_rate


def _candidacy(habits: dict[int, Habits], speaker: int) -> float:
    """A number that is higher for a likelier candidate. Only the order of these numbers matters."""
    habit = habits[speaker]
    asking = sum(each.asking_rate for each in habits.values()) or 1.0
    you = sum(each.you_rate for each in habits.values()) or 1.0
    answered = sum(each.answered_words for each in habits.values()) or 1
    share = habit.answered_words / answered
    asked = habit.asking_rate / asking + habit.you_rate / you
    # In a panel most interviewers ask little, so the words said in answer weigh more.
    return (0.3 if len(habits) == 2 else 2.0) * share - asked
