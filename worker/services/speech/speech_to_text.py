"""What a step asks of a speech service: one recording, one answer that can be stored."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from tempfile import TemporaryFile
from typing import BinaryIO, NamedTuple, Protocol

from pydantic import BaseModel, ConfigDict

from liverows import Resource

CHUNK_BYTES = 2**18
MALFORMED = "malformed_answer"
"""The code of the error for an answer that came, and was paid, and says nothing."""


class Word(NamedTuple):
    """One spoken word as it is written, with its times in seconds."""

    text: str
    start: float
    end: float
    confidence: float | None = None


class Spoken(BaseModel):
    """What one speaker says without a longer pause; `speaker` None means: not told apart."""

    model_config = ConfigDict(frozen=True)

    speaker: int | None
    words: tuple[Word, ...]


class SpeechTranscript(BaseModel):
    """A service's answer in our own form.

    `seconds` is the recording's length. `has_fillers` says whether "um" and "uh" were
    asked for and can be counted.
    """

    model_config = ConfigDict(frozen=True)

    language: str | None
    seconds: float
    utterances: tuple[Spoken, ...]
    has_fillers: bool
    warnings: tuple[str, ...] = ()


class SpeechHints(BaseModel):
    """What is known beforehand: the language, as BCP 47, and words to listen for."""

    model_config = ConfigDict(frozen=True)

    language: str | None = None
    terms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sound:
    """A recording to transcribe, copied only when it is needed.

    `copy` writes it into an open file, `url` is its address if outsiders can open one.
    """

    copy: Callable[[BinaryIO], Awaitable[object]]
    seconds: float
    url: str | None = None

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[BinaryIO]:
        """The recording as a file without a name, gone with the block or the process."""
        with TemporaryFile() as file:
            await self.copy(file)
            file.seek(0)
            yield file

    async def chunks(self) -> AsyncIterator[bytes]:
        """The recording in pieces, so that it is never in memory as a whole."""
        async with self.opened() as file:
            while chunk := file.read(CHUNK_BYTES):
                yield chunk


@dataclass(frozen=True, slots=True)
class SpeechAnswer:
    """The service's answer as JSON, to be stored before anything is made of it."""

    raw: bytes
    request_id: str | None = None


class SpeechToText(Resource, Protocol):
    """Turns recordings into words with times and speakers; raises only `base.errors`."""

    @property
    def kind(self) -> str:
        """The form of its answers, as in the name of the stored file: `deepgram`, `whisper`."""
        ...

    async def transcribe(self, sound: Sound, hints: SpeechHints) -> SpeechAnswer:
        """Transcribe a recording. This is the paid call."""
        ...
