"""An interview written by a program, with its truth: the roles, and where the questions are."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from pydantic import JsonValue

SECONDS_PER_WORD = 0.38
PAUSE = 0.45


@dataclass(frozen=True, slots=True)
class Line:
    """One utterance; `speaker` is a number, as from a speech service."""

    speaker: int
    text: str
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class TrueSpan:
    """The line numbers of a question with its answer; `first` and `last` belong to it."""

    first: int
    last: int
    by_candidate: bool = False


@dataclass
class Script:
    """An interview that is being written; speakers get names and numbers at the end."""

    name: str
    chance: random.Random
    candidate: int = 1
    timed: bool = True
    lines: list[Line] = field(default_factory=list)
    spans: list[TrueSpan] = field(default_factory=list)
    clock: float = 0.5
    main: tuple[int, ...] = ()
    """The lines of the main questions, if a file names them."""
    labels: dict[int, str] = field(default_factory=dict)
    """The labels of a given interview, by number."""

    def say(self, speaker: int, text: str, gap: float = PAUSE) -> int:
        """Add a line; returns its number."""
        start = max(0.0, self.clock + gap)
        self.clock = start + SECONDS_PER_WORD * len(text.split())
        self.lines.append(Line(speaker, text, round(start, 2), round(self.clock, 2)))
        return len(self.lines) - 1

    def ask(self, *texts: str, by: int = 0) -> int:
        """The interviewer says this; returns the number of the first line."""
        numbers = [self.say(by, text) for text in texts]
        return numbers[0]

    def answer(self, *texts: str) -> int:
        """The candidate says this; returns the number of the last line."""
        return [self.say(self.candidate, text) for text in texts][-1]

    def span(self, first: int, last: int, *, by_candidate: bool = False) -> None:
        """Note the lines of a true question with its answer."""
        self.spans.append(TrueSpan(first, last, by_candidate))

    def paragraphs(self) -> list[JsonValue]:
        """The interview in the form of the column `interview_transcript_given`."""
        paragraphs: list[JsonValue] = []
        for number, line in enumerate(self.lines):
            paragraph: dict[str, JsonValue] = {
                "id": number,
                "speaker": line.speaker,
                "sentence": line.text,
            }
            if self.timed:
                paragraph |= {"start": line.start, "end": line.end}
            paragraphs.append(paragraph)
        return paragraphs
