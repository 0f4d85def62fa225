"""The interface of a speech service, which turns a recording into a storable answer."""

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
"""Error code for an unusable answer, which was perhaps paid for."""


class Word(NamedTuple):
    """A spoken word; `start` and `end` are seconds from the recording's start."""

    text: str
    start: float
    end: float
    confidence: float | None = None


class Spoken(BaseModel):
    """Consecutive words of one speaker; `speaker` is None if unknown."""

    model_config = ConfigDict(frozen=True)

    speaker: int | None
    words: tuple[Word, ...]


class SpeechTranscript(BaseModel):
    """The transcript in a service's answer. `seconds` is the recording's length, as far as known.

    `has_fillers`: the service writes "um" and "uh" down. `language` is None if unknown.
    """

    model_config = ConfigDict(frozen=True)

    language: str | None
    seconds: float
    utterances: tuple[Spoken, ...]
    has_fillers: bool
    warnings: tuple[str, ...] = ()


class SpeechHints(BaseModel):
    """What is known in advance: the language (BCP 47) or None, and expected words."""

    model_config = ConfigDict(frozen=True)

    language: str | None = None
    terms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sound:
    """A recording to transcribe, which is copied only when a service needs the bytes.

    `copy` writes the recording into an open file. There is no address for services to open: its
    owner could put a longer recording there after this one was checked.
    """

    copy: Callable[[BinaryIO], Awaitable[object]]
    seconds: float

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[BinaryIO]:
        """Copy the recording into a temporary file, which is deleted when the block ends."""
        with TemporaryFile() as file:
            await self.copy(file)
            file.seek(0)
            yield file

    async def chunks(self) -> AsyncIterator[bytes]:
        """Yield the recording in pieces, so that the whole recording need not be in memory."""
        async with self.opened() as file:
            while chunk := file.read(CHUNK_BYTES):
                yield chunk


@dataclass(frozen=True, slots=True)
class SpeechAnswer:
    """The service's answer as JSON, which the caller should store before using it."""

    raw: bytes
    request_id: str | None = None


class SpeechToText(Resource, Protocol):
    """A service that transcribes recordings.

    Methods must raise only errors of `liverows.base.errors`.
    """

    @property
    def kind(self) -> str:
        """A word for the form of the answers, such as `deepgram`; part of stored files' names."""
        ...

    async def transcribe(self, sound: Sound, hints: SpeechHints) -> SpeechAnswer:
        """Transcribe a recording; a paid service charges for this call."""
        ...
