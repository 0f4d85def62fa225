"""The transcript of an interview: who said what and when."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from itertools import accumulate, groupby
from typing import Any, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict

from worker.interviews.languages import language_by_script, language_of
from worker.interviews.scripts import words_of
from worker.services.content_limits import DEFAULT_LIMITS
from worker.services.speech.speech_to_text import SpeechTranscript, Spoken, Word

Role: TypeAlias = Literal["candidate", "interviewer", "unknown"]

# Words that are frequent in English, and rare in most other languages.
_ENGLISH = {
    "the", "and", "you", "your", "that", "this", "they", "what", "would", "because", "about",
    "from", "when", "which", "there", "been", "how", "it", "but", "not", "with",
}  # fmt: skip
ENGLISH_SHARE = 0.02
"""With a smaller share of these words, an interview of 40 words or more without a stated language
is not taken for English."""
ENOUGH_WORDS = 40
_MOST_WORDS = 2_000
CUT = "transcript_cut"
"""The warning that the end of a long transcript was left out."""

# Marks that Markdown does not show as they are, some only at the beginning of a text.
_MARK = re.compile(
    r"[\\`*\[\]~|]|(?<![^\W_])_|_(?![^\W_])|<(?=[\w/!?])|&(?=#?\w{1,40};)|\A[#>+=:-]"
)
_NUMBERED = re.compile(r"\A(\d{1,9})([.)])")


class Utterance(BaseModel):
    """A stretch of speech by one speaker; times are in seconds, None if unknown.

    `words` is empty if the times of single words are unknown or not needed.
    """

    model_config = ConfigDict(frozen=True)

    index: int
    speaker: int
    text: str
    start: float | None = None
    end: float | None = None
    confidence: float | None = None
    words: tuple[Word, ...] = ()

    @property
    def seconds(self) -> float | None:
        """The length in seconds; None if start or end is unknown."""
        if self.start is None or self.end is None:
            return None
        return self.end - self.start

    @property
    def word_count(self) -> int:
        """The number of words in the text, as `tokens` counts them."""
        return len(tokens(self.text))


class Transcript(BaseModel):
    """A whole interview. `labels` has the speakers' names by number.

    `has_fillers` says whether "um" and "uh" were written down; None if unknown.
    """

    model_config = ConfigDict(frozen=True)

    utterances: tuple[Utterance, ...]
    language: str | None = None
    seconds: float | None = None
    has_fillers: bool | None = None
    labels: dict[int, str] = {}
    warnings: tuple[str, ...] = ()

    def __reduce__(self) -> tuple[Any, ...]:
        # Pickle as JSON, because this is faster for a long transcript.
        return Transcript.model_validate_json, (self.model_dump_json(),)

    @property
    def speakers(self) -> tuple[int, ...]:
        """All speakers, in the order of their first words."""
        return tuple(dict.fromkeys(utterance.speaker for utterance in self.utterances))

    @property
    def as_said(self) -> Transcript:
        """The same transcript without single words: `words` is empty in each utterance."""
        plain = [said.model_copy(update={"words": ()}) for said in self.utterances]
        return self.model_copy(update={"utterances": tuple(plain)})

    def spoken_language(self) -> str | None:
        """The code of the language whose patterns apply: the stated one, or the one that the words
        show; None if it is unclear.

        Much text may be read, so that a step should ask once.
        """
        stated = re.split("[-_]", (self.language or "").casefold())[0]
        # Some services state "multi", and "und" stands for an undetermined language.
        if len(stated) == 2:
            return stated
        return language_of(said.text for said in self.utterances)

    @property
    def is_english(self) -> bool | None:
        """Whether the interview is in English, the language of most patterns; None if unknown."""
        if self.language is None:
            shown = language_of(said.text for said in self.utterances)
            is_other = shown not in (None, "en") or _is_foreign(self.utterances)
            return False if is_other else None
        return re.split("[-_]", self.language.casefold())[0] == "en"


class TranscriptLine(BaseModel):
    """An utterance as it is stored in the column `interview_transcript`."""

    model_config = ConfigDict(frozen=True)

    index: int
    speaker: int
    role: Role
    text: str
    start: float | None
    end: float | None
    confidence: float | None


def tokens(text: str) -> list[str]:
    """The words of a text in lower case, without punctuation except in words such as "don't".

    In a script without blanks between words, each character counts as a word.
    """
    return [match.casefold().replace("\u2019", "'") for match in words_of(text)]


def _is_foreign(utterances: Iterable[Utterance]) -> bool:
    words: list[str] = []
    for said in utterances:
        words += tokens(said.text)
        if len(words) >= _MOST_WORDS:
            break
    if words and language_by_script(" ".join(words)):
        return True
    english = sum(word in _ENGLISH for word in words)
    return len(words) >= ENOUGH_WORDS and english < ENGLISH_SHARE * len(words)


def within_bounds(
    utterances: Sequence[Utterance], most: int = DEFAULT_LIMITS.interview_max_transcript_characters
) -> tuple[tuple[Utterance, ...], tuple[str, ...]]:
    """The first utterances that together have at most `most` characters.

    If the first one alone is longer, it is cut. There is a warning if anything is left out.
    """
    ends = list(accumulate(len(said.text) for said in utterances))
    kept = tuple(utterances[: bisect_right(ends, most)])
    if len(kept) == len(utterances):
        return kept, ()
    first = utterances[0].model_copy(update={"text": utterances[0].text[:most], "words": ()})
    return kept or (first,), (CUT,)


def from_speech(
    heard: SpeechTranscript, most: int = DEFAULT_LIMITS.interview_max_transcript_characters
) -> Transcript:
    """Return a speech service's answer as a transcript. Text beyond `most` characters is left out.

    An utterance without a speaker gets speaker 0.
    """
    utterances, cut = within_bounds(
        [_utterance(index, spoken) for index, spoken in enumerate(heard.utterances)], most
    )
    told_apart = any(spoken.speaker is not None for spoken in heard.utterances)
    warnings = heard.warnings if told_apart else (*heard.warnings, "speakers_not_told_apart")
    warnings = (*warnings, *cut)
    return Transcript(
        utterances=utterances,
        language=heard.language,
        seconds=heard.seconds,
        has_fillers=heard.has_fillers,
        warnings=tuple(dict.fromkeys(warnings)),
    )


def lines(utterances: Iterable[Utterance], roles: dict[int, Role]) -> list[TranscriptLine]:
    """The utterances as they are stored. A speaker without a role is `unknown`."""
    return [
        TranscriptLine(
            index=said.index,
            speaker=said.speaker,
            role=roles.get(said.speaker, "unknown"),
            text=said.text,
            start=said.start,
            end=said.end,
            confidence=said.confidence,
        )
        for said in utterances
    ]


def markdown(transcript: Transcript, roles: dict[int, Role]) -> str:
    """The transcript as Markdown for people. Marks of Markdown in the speech are escaped."""
    names = {speaker: _name(speaker, transcript, roles) for speaker in transcript.speakers}
    blocks: list[str] = []
    for speaker, said in groupby(transcript.utterances, key=lambda each: each.speaker):
        turn = list(said)
        text = _escaped(" ".join(each.text for each in turn))
        blocks.append(f"**{names[speaker]}{_clock(turn[0].start)}**\n{text}")
    return "\n\n".join(blocks)


def _utterance(index: int, spoken: Spoken) -> Utterance:
    words = spoken.words
    known = [word.confidence for word in words if word.confidence is not None]
    return Utterance(
        index=index,
        speaker=spoken.speaker or 0,
        text=" ".join(word.text for word in words),
        start=words[0].start,
        end=words[-1].end,
        confidence=round(sum(known) / len(known), 4) if known else None,
        words=words,
    )


def _name(speaker: int, transcript: Transcript, roles: dict[int, Role]) -> str:
    role = roles.get(speaker, "unknown")
    if role == "candidate":
        return "You"
    interviewers = _sorted_by_role("interviewer", transcript.speakers, roles)
    if role == "unknown":
        return f"Speaker {speaker}"
    return (
        "Interviewer" if len(interviewers) == 1 else f"Interviewer {_place(speaker, interviewers)}"
    )


def _place(speaker: int, interviewers: Sequence[int]) -> int:
    return interviewers.index(speaker) + 1


def _sorted_by_role(role: Role, speakers: Iterable[int], roles: dict[int, Role]) -> list[int]:
    return [speaker for speaker in speakers if roles.get(speaker) == role]


def _clock(seconds: float | None) -> str:
    if seconds is None:
        return ""
    minutes, rest = divmod(int(seconds), 60)
    return f" [{minutes}:{rest:02d}]"


def _escaped(text: str) -> str:
    """The text on one line, with the marks of Markdown escaped."""
    line = " ".join(text.split())
    return _NUMBERED.sub(r"\1\\\2", _MARK.sub(r"\\\g<0>", line))
