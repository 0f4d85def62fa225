"""Measures an interview without a model. Times are in seconds.

A value that cannot be known from the transcript is usually None, not 0.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence
from itertools import pairwise

from pydantic import BaseModel, ConfigDict

from worker.interviews.metric_words import (
    FIRST_PERSON_PLURAL,
    FIRST_PERSON_SINGULAR,
    HEDGES,
    NUMBERS,
    STORY,
    fillers,
)
from worker.interviews.phrases import is_back_channel
from worker.interviews.scripts import is_unspaced
from worker.interviews.spans import Span, answer_of
from worker.interviews.transcript import Role, Transcript, Utterance, tokens

SHORT_PAUSE = 1.0
LONG_PAUSE = 2.5
OVERLAP = 0.3
"""Speech that overlaps another speaker's speech by more seconds than this may be an interruption.
"""


class Pauses(BaseModel):
    """How many pauses are longer than 1 second, and how many of these longer than 2.5 seconds."""

    model_config = ConfigDict(frozen=True)

    over_1s: int
    over_2_5s: int


class AnswerMetrics(BaseModel):
    """The numbers of one answer, or of everything that the candidate says.

    Some are None if the interview is known not to be in English. `words` counts characters where
    the script has no blanks between words; `wpm` and `distinct_words` are then None.
    """

    model_config = ConfigDict(frozen=True)

    words: int
    seconds: float | None
    wpm: float | None
    latency_s: float | None = None
    fillers: int | None
    fillers_per_min: float | None
    hedges: int | None
    pauses: Pauses | None
    i_we_ratio: float | None
    numbers: int | None
    distinct_words: float | None
    story: tuple[str, ...] | None


class SpeakerMetrics(BaseModel):
    """The numbers of one speaker. `seconds` is the speaking time; None if some of it is unknown."""

    model_config = ConfigDict(frozen=True)

    speaker: int
    role: Role
    words: int
    seconds: float | None
    turns: int


class TranscriptQuality(BaseModel):
    """How reliable the transcript is.

    `mean_confidence` is the speech service's, from 0 to 1. `speaker_coverage` is the share of words
    whose speaker has a known role.
    """

    model_config = ConfigDict(frozen=True)

    words: int
    mean_confidence: float | None
    speaker_coverage: float


class QuestionCounts(BaseModel):
    """How many questions were asked by interviewers, how many of these are scored, and how many the
    candidate asked."""

    model_config = ConfigDict(frozen=True)

    asked: int
    scored: int = 0
    by_candidate: int
    by_type: dict[str, int]


class InterviewMetrics(BaseModel):
    """The value of the column `interview_metrics`. `talk_share` is by time, or else by words."""

    model_config = ConfigDict(frozen=True)

    talk_share: dict[Role, float]
    talk_share_by: str
    speakers: tuple[SpeakerMetrics, ...]
    candidate: AnswerMetrics | None
    wpm: float | None
    fillers_per_min: float | None
    fillers_reliable: bool | None
    longest_answer_s: float | None
    median_latency_s: float | None
    interruptions: dict[Role, int] | None
    silence_share: float | None
    questions: QuestionCounts
    transcript_quality: TranscriptQuality


def measure(
    transcript: Transcript, roles: dict[int, Role], spans: Sequence[Span]
) -> InterviewMetrics:
    """Return the metrics of an interview, with 0 as the number of scored questions."""
    said = transcript.utterances
    theirs = [one for one in said if roles.get(one.speaker) == "candidate"]
    knows_words = transcript.is_english is not False
    whole = measure_answer(theirs, knows_words=knows_words) if theirs else None
    asked = [span for span in spans if span.asked_by_role == "interviewer"]
    answers = [answer_of(span, said, roles) for span in asked]
    seconds = [_seconds(answer) for answer in answers]
    latencies = [
        latency
        for span, answer in zip(asked, answers, strict=True)
        if (latency := latency_of(span, answer, said)) is not None
    ]
    share, by = _talk_share(said, roles)
    return InterviewMetrics(
        talk_share=share,
        talk_share_by=by,
        speakers=tuple(_speaker(each, said, roles) for each in transcript.speakers),
        candidate=whole,
        wpm=whole.wpm if whole else None,
        fillers_per_min=whole.fillers_per_min if whole else None,
        fillers_reliable=_are_fillers_reliable(transcript),
        longest_answer_s=max((each for each in seconds if each is not None), default=None),
        median_latency_s=round(statistics.median(latencies), 2) if latencies else None,
        interruptions=_interruptions(said, roles, transcript.spoken_language()),
        silence_share=_silence(transcript),
        questions=_counts(spans),
        transcript_quality=_quality(said, roles),
    )


def measure_answer(
    answer: Sequence[Utterance], latency: float | None = None, *, knows_words: bool = True
) -> AnswerMetrics:
    """The numbers of one answer. Without `knows_words`, some are None."""
    text = " ".join(said.text for said in answer)
    words = tokens(text)
    seconds = _seconds(answer)
    minutes = seconds / 60 if seconds else None
    found = len(fillers(text)) if knows_words else None
    # Characters of a script without blanks are counted as words, but they are none.
    has_words = not is_unspaced(words)
    return AnswerMetrics(
        words=len(words),
        seconds=seconds,
        wpm=round(len(words) / minutes, 1) if minutes and has_words else None,
        latency_s=latency,
        fillers=found,
        fillers_per_min=round(found / minutes, 2) if minutes and found is not None else None,
        hedges=len(HEDGES.findall(text)) if knows_words else None,
        pauses=_pauses(answer),
        i_we_ratio=_i_we_ratio(text) if knows_words else None,
        numbers=len(NUMBERS.findall(text)) if knows_words else None,
        distinct_words=round(len(set(words)) / len(words), 2) if words and has_words else None,
        story=_story(text) if knows_words else None,
    )


def _i_we_ratio(text: str) -> float | None:
    """The share of words such as "I" among all words such as "I" or "we"; None without any."""
    singular = len(FIRST_PERSON_SINGULAR.findall(text))
    plural = len(FIRST_PERSON_PLURAL.findall(text))
    return round(singular / (singular + plural), 2) if singular + plural else None


def _story(text: str) -> tuple[str, ...]:
    """The keys of `STORY` whose pattern occurs in the text."""
    return tuple(part for part, cue in STORY.items() if cue.search(text))


def latency_of(span: Span, answer: Sequence[Utterance], said: Sequence[Utterance]) -> float | None:
    """Seconds from the end of a question to the start of its answer; None if unknown."""
    end = said[span.question_last].end
    if not answer or end is None or answer[0].start is None:
        return None
    return round(max(0.0, answer[0].start - end), 2)


def _seconds(answer: Iterable[Utterance]) -> float | None:
    """The seconds of speech without known pauses of more than 1 s; None if a length is unknown."""
    total = 0.0
    for said in answer:
        if said.seconds is None:
            return None
        total += said.seconds - sum(gap for gap in _gaps(said) if gap > SHORT_PAUSE)
    return round(total, 2)


def _gaps(said: Utterance) -> list[float]:
    return [later.start - earlier.end for earlier, later in pairwise(said.words)]


def _pauses(answer: Sequence[Utterance]) -> Pauses | None:
    """The pauses in and between utterances; None if the length of an utterance is unknown."""
    if any(said.seconds is None for said in answer):
        return None
    gaps = [gap for said in answer for gap in _gaps(said)]
    gaps += [
        (later.start or 0.0) - (earlier.end or 0.0)
        for earlier, later in pairwise(answer)
        if later.index == earlier.index + 1
    ]
    return Pauses(
        over_1s=sum(gap > SHORT_PAUSE for gap in gaps),
        over_2_5s=sum(gap > LONG_PAUSE for gap in gaps),
    )


def _talk_share(said: Sequence[Utterance], roles: dict[int, Role]) -> tuple[dict[Role, float], str]:
    is_timed = all(one.seconds is not None for one in said)
    amounts: dict[Role, float] = {}
    for one in said:
        role = roles.get(one.speaker, "unknown")
        amount = (one.seconds or 0.0) if is_timed else float(one.word_count)
        amounts[role] = amounts.get(role, 0.0) + amount
    total = sum(amounts.values())
    shares = {role: round(amount / total, 3) for role, amount in amounts.items()} if total else {}
    return shares, "time" if is_timed else "words"


def _speaker(speaker: int, said: Sequence[Utterance], roles: dict[int, Role]) -> SpeakerMetrics:
    own = [one for one in said if one.speaker == speaker]
    order = [one.speaker for one in said]
    starts = [place for place, each in enumerate(order) if place == 0 or order[place - 1] != each]
    return SpeakerMetrics(
        speaker=speaker,
        role=roles.get(speaker, "unknown"),
        words=sum(one.word_count for one in own),
        seconds=_seconds(own),
        turns=sum(order[place] == speaker for place in starts),
    )


def _are_fillers_reliable(transcript: Transcript) -> bool | None:
    """Whether "um" and "uh" were written down; None if unknown.

    Never True if the language is known not to be English.
    """
    if transcript.has_fillers and transcript.is_english is not None:
        return transcript.is_english
    return transcript.has_fillers


def _interruptions(
    said: Sequence[Utterance], roles: dict[int, Role], language: str | None
) -> dict[Role, int] | None:
    """How often each role interrupts another speaker (see `OVERLAP`); None if a time is unknown."""
    if any(one.start is None or one.end is None for one in said):
        return None
    counts: dict[Role, int] = {}
    for earlier, later in pairwise(said):
        cuts_in = (earlier.end or 0.0) - (later.start or 0.0) > OVERLAP
        if earlier.speaker == later.speaker or not cuts_in:
            continue
        if not is_back_channel(later.text, later.seconds, language):
            role = roles.get(later.speaker, "unknown")
            counts[role] = counts.get(role, 0) + 1
    return counts


def _silence(transcript: Transcript) -> float | None:
    """The share of the interview's length that no utterance covers; None if unknown."""
    times = [(said.start, said.end) for said in transcript.utterances]
    known = sorted((start, end) for start, end in times if start is not None and end is not None)
    if len(known) < len(times) or not transcript.seconds:
        return None
    spoken, until = 0.0, 0.0
    for start, end in known:
        spoken += max(0.0, end - max(start, until))
        until = max(until, end)
    return round(max(0.0, 1 - spoken / transcript.seconds), 3)


def _counts(spans: Sequence[Span]) -> QuestionCounts:
    asked = [span for span in spans if span.asked_by_role == "interviewer"]
    by_type: dict[str, int] = {}
    for span in asked:
        kind = span.kind or "UNKNOWN"
        by_type[kind] = by_type.get(kind, 0) + 1
    return QuestionCounts(asked=len(asked), by_candidate=len(spans) - len(asked), by_type=by_type)


def _quality(said: Sequence[Utterance], roles: dict[int, Role]) -> TranscriptQuality:
    words = sum(one.word_count for one in said)
    known = [(one.confidence, one.word_count) for one in said if one.confidence is not None]
    weight = sum(count for _, count in known)
    told = sum(one.word_count for one in said if roles.get(one.speaker, "unknown") != "unknown")
    return TranscriptQuality(
        words=words,
        mean_confidence=round(sum(c * n for c, n in known) / weight, 4) if weight else None,
        speaker_coverage=round(told / words, 3) if words else 0.0,
    )
