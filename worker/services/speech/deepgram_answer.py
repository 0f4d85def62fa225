"""Reads Deepgram's answer into words, utterances and speakers.

Without utterances in the answer, the words are split at pauses.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Annotated, TypeAlias

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)

from liverows import InvalidInput, Transient
from worker.services.speech.speech_to_text import MALFORMED, SpeechTranscript, Spoken, Word

PAUSE_SECONDS = 0.8
"""Used if Deepgram gives no utterances: a longer pause between two words ends an utterance."""

MAX_BILLED_SECONDS = 1e7
"""A longer duration, of months, is not believed."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="ignore")


class _Word(_Part):
    word: str = ""
    punctuated_word: str | None = None
    start: float
    end: float
    confidence: float | None = None
    speaker: int | None = None

    def plain(self) -> Word:
        """The word as a `Word`, with a start of at least 0 and an end not before the start."""
        start = max(self.start, 0.0)
        return Word(self.punctuated_word or self.word, start, max(self.end, start), self.confidence)


def _with_times(words: object) -> object:
    """The words that have a start and an end; other words are left out."""
    if not isinstance(words, list):
        return words
    return [word for word in words if _is_timed(word)]


def _is_timed(word: object) -> bool:
    times = [word.get("start"), word.get("end")] if isinstance(word, dict) else [None]
    # A comparison, because `math.isfinite` cannot convert an integer of hundreds of digits.
    return all(isinstance(time, int | float) and abs(time) <= sys.float_info.max for time in times)


_Words: TypeAlias = Annotated[list[_Word], BeforeValidator(_with_times)]


class _Utterance(_Part):
    speaker: int | None = None
    words: _Words = []


class _Alternative(_Part):
    words: _Words = []


class _Channel(_Part):
    detected_language: str | None = None
    alternatives: list[_Alternative] = []


class _Results(_Part):
    channels: list[_Channel] | None = None
    utterances: list[_Utterance] | None = None


class _Metadata(_Part):
    duration: float | None = None
    request_id: str | None = None


def _or_none(value: object, read: ValidatorFunctionWrapHandler) -> object:
    """The metadata; None if the metadata cannot be read. The transcript can be used even then."""
    try:
        return read(value)
    except ValidationError:
        return None


class _Duration(_Part):
    duration: float | None = Field(None, ge=0, le=MAX_BILLED_SECONDS)


class _Bill(_Part):
    metadata: Annotated[_Duration | None, WrapValidator(_or_none)] = None


class _Answer(_Part):
    metadata: Annotated[_Metadata | None, WrapValidator(_or_none)] = None
    results: _Results | None = None


def check_answer(raw: bytes) -> bytes:
    """Return the bytes unchanged; raises `Transient` if they are no answer with a channel."""
    try:
        answer = _Answer.model_validate_json(raw)
    except ValidationError:
        answer = None
    if answer is None or answer.results is None or not answer.results.channels:
        raise Transient("The speech service sent an answer without a transcript.", code=MALFORMED)
    return raw


def billed_seconds(raw: bytes, sent: float) -> float:
    """The seconds to count: those that the service says it heard, and at least those `sent`."""
    try:
        stated = _Bill.model_validate_json(raw).metadata
    except ValidationError:
        stated = None
    return max(sent, (stated.duration if stated else None) or 0.0)


def request_id(raw: bytes) -> str | None:
    """The service's id of the call, from a checked answer; None if missing."""
    metadata = _Answer.model_validate_json(raw).metadata
    return metadata.request_id if metadata else None


def read_deepgram(raw: bytes) -> SpeechTranscript:
    """The transcript in a stored answer of Deepgram.

    Raises `InvalidInput` if no word is found (code `no_speech`) or the bytes are not an answer.
    """
    try:
        answer = _Answer.model_validate_json(raw)
    except ValidationError:
        raise InvalidInput(
            "The stored transcript cannot be read.", code="stored_answer_unreadable"
        ) from None
    results = answer.results or _Results()
    utterances = tuple(_spoken(results))
    if not utterances:
        raise InvalidInput("Nobody speaks in the recording.", code="no_speech")
    channel = (results.channels or [_Channel()])[0]
    stated = answer.metadata.duration if answer.metadata else None
    ends = [spoken.words[-1].end for spoken in utterances]
    return SpeechTranscript(
        language=channel.detected_language,
        seconds=max(stated or 0.0, *ends),
        utterances=utterances,
        has_fillers=True,
    )


def _spoken(results: _Results) -> Iterator[Spoken]:
    if results.utterances:
        for utterance in results.utterances:
            yield from _by_speaker(utterance.words, utterance.speaker)
        return
    for channel in (results.channels or [])[:1]:
        for alternative in channel.alternatives[:1]:
            for stretch in _stretches(alternative.words):
                yield from _by_speaker(stretch, None)


def _by_speaker(words: Iterable[_Word], speaker: int | None) -> Iterator[Spoken]:
    """Split an utterance where the speaker changes; `speaker` is for words without a speaker."""
    heard = [word for word in words if (word.punctuated_word or word.word).strip()]
    for own, group in groupby(heard, key=lambda word: word.speaker):
        yield Spoken(
            speaker=own if own is not None else speaker,
            words=tuple(word.plain() for word in group),
        )


def _stretches(words: list[_Word]) -> Iterator[list[_Word]]:
    stretch: list[_Word] = []
    for word in words:
        if stretch and word.start - stretch[-1].end > PAUSE_SECONDS:
            yield stretch
            stretch = []
        stretch.append(word)
    if stretch:
        yield stretch
