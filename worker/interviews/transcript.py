"""Who said what and when: the one form in which an interview is processed."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from itertools import accumulate, groupby
from typing import Any, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict

from worker.services.speech.speech_to_text import SpeechTranscript, Spoken, Word

Role: TypeAlias = Literal["candidate", "interviewer", "unknown"]

# Frequent in every English conversation, and rare in almost any other language.
_ENGLISH = {
    "the", "and", "you", "your", "that", "this", "they", "what", "would", "because", "about",
    "from", "when", "which", "there", "been", "how", "it", "but", "not", "with",
}  # fmt: skip
ENGLISH_SHARE = 0.02
"""Share of all words: 58 generated English interviews had 13 % or more, ten short texts in other
languages had none."""
ENOUGH_WORDS = 50
_MOST_WORDS = 2_000
MAX_CHARACTERS = 400_000
"""Seven hours of talk. Later text is left out, with the warning below."""
CUT = "transcript_cut"

_TOKEN = re.compile(r"\w+(?:['\u2019]\w+)*")


class Utterance(BaseModel):
    """A stretch of speech by one speaker; times are in seconds, None if unknown.

    `words` is empty if only the text was given. `index` is its place in the transcript.
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
        """Its length in seconds."""
        if self.start is None or self.end is None:
            return None
        return self.end - self.start

    @property
    def word_count(self) -> int:
        """How many words it has, counted by the rule that all counts share."""
        return len(tokens(self.text))


class Transcript(BaseModel):
    """A whole interview.

    `labels` holds the speakers' names if they were given. `seconds` is the interview's length.
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
        # For a hundred thousand words, pydantic's JSON takes a fifth of the time of a pickle.
        return Transcript.model_validate_json, (self.model_dump_json(),)

    @property
    def speakers(self) -> tuple[int, ...]:
        """All speakers, in the order of their first words."""
        return tuple(dict.fromkeys(utterance.speaker for utterance in self.utterances))

    @property
    def as_said(self) -> Transcript:
        """The same without single words, which most of the work does not need."""
        plain = [said.model_copy(update={"words": ()}) for said in self.utterances]
        return self.model_copy(update={"utterances": tuple(plain)})

    @property
    def is_english(self) -> bool | None:
        """Whether the language is one that the patterns know; None if the language is unknown.

        A transcript without a stated language and without English words counts as another language.
        """
        if self.language is None:
            return False if _is_foreign(self.utterances) else None
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
    """The words of a text, in lower case and without punctuation."""
    return [match.casefold().replace("\u2019", "'") for match in _TOKEN.findall(text)]


def _is_foreign(utterances: Iterable[Utterance]) -> bool:
    words: list[str] = []
    for said in utterances:
        words += tokens(said.text)
        if len(words) >= _MOST_WORDS:
            break
    english = sum(word in _ENGLISH for word in words)
    return len(words) >= ENOUGH_WORDS and english < ENGLISH_SHARE * len(words)


def within_bounds(
    utterances: Sequence[Utterance], most: int = MAX_CHARACTERS
) -> tuple[tuple[Utterance, ...], tuple[str, ...]]:
    """The utterances of the first `most` characters, and a warning if there are more."""
    ends = list(accumulate(len(said.text) for said in utterances))
    kept = tuple(utterances[: bisect_right(ends, most)])
    if len(kept) == len(utterances):
        return kept, ()
    first = utterances[0].model_copy(update={"text": utterances[0].text[:most], "words": ()})
    return kept or (first,), (CUT,)


def from_speech(heard: SpeechTranscript, most: int = MAX_CHARACTERS) -> Transcript:
    """A speech service's answer as a transcript; speakers not told apart become one.

    What is said after `most` characters is left out, with a warning.
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
    """The utterances with the roles of their speakers."""
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
    """The transcript for people: `**You [m:ss]**` above each turn."""
    names = {speaker: _name(speaker, transcript, roles) for speaker in transcript.speakers}
    blocks: list[str] = []
    for speaker, said in groupby(transcript.utterances, key=lambda each: each.speaker):
        turn = list(said)
        text = " ".join(_plain(each.text) for each in turn)
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


def _plain(text: str) -> str:
    """The text as one paragraph, so that it cannot become a heading or a second block."""
    return " ".join(text.split())
