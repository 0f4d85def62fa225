"""What a step asks from a speech service: one recording, one answer that can be stored."""

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
"""Error code for an answer that was received and paid for but contains nothing usable."""


class Word(NamedTuple):
    """One spoken word as it is written, with its times in seconds."""

    text: str
    start: float
    end: float
    confidence: float | None = None


class Spoken(BaseModel):
    """What one speaker says without a longer pause; a `speaker` of None is unknown."""

    model_config = ConfigDict(frozen=True)

    speaker: int | None
    words: tuple[Word, ...]


class SpeechTranscript(BaseModel):
    """A service's answer in our own form.

    `seconds` is the recording's length. `has_fillers` is True if "um" and "uh" are in the
    transcript and can be counted.
    """

    model_config = ConfigDict(frozen=True)

    language: str | None
    seconds: float
    utterances: tuple[Spoken, ...]
    has_fillers: bool
    warnings: tuple[str, ...] = ()


class SpeechHints(BaseModel):
    """What is known in advance: the language as BCP 47, and words to listen for."""

    model_config = ConfigDict(frozen=True)

    language: str | None = None
    terms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sound:
    """A recording to transcribe, copied only when it is needed.

    `copy` writes it into an open file. `url` is its address, if outside services can open it.
    """

    copy: Callable[[BinaryIO], Awaitable[object]]
    seconds: float
    url: str | None = None

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[BinaryIO]:
        """The recording as a temporary file without a name, deleted when the block ends."""
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
    """The service's answer as JSON; it is stored before anything is computed from it."""

    raw: bytes
    request_id: str | None = None


class SpeechToText(Resource, Protocol):
    """Turns recordings into words with times and speakers.

    Raises only errors from `base.errors`.
    """

    @property
    def kind(self) -> str:
        """The form of the answers, used in the name of the stored file: `deepgram` or `whisper`."""
        ...

    async def transcribe(self, sound: Sound, hints: SpeechHints) -> SpeechAnswer:
        """Transcribe a recording. This is the call that costs money."""
        ...
