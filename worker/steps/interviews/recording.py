"""From the path of a recording to words: fetch, look, transcribe once, read."""

from __future__ import annotations

import re
from collections.abc import Callable
from tempfile import TemporaryFile
from typing import BinaryIO

from pydantic import BaseModel, ConfigDict, JsonValue

from worker.base.child_process import run_in_child
from worker.base.errors import InvalidInput, NotConfigured
from worker.base.resource import Resource
from worker.providers.audio import probe
from worker.providers.deepgram_answer import read_deepgram
from worker.providers.speech import Sound, SpeechHints, SpeechToText, SpeechTranscript
from worker.providers.storage import Storage, StoredFile
from worker.providers.whisper_speech import read_whisper
from worker.steps.interviews.transcript import Transcript, from_speech

BUCKET = "interviews"
MAX_AUDIO_BYTES = 50 * 2**20
MAX_ANSWER_BYTES = 64 * 2**20
URL_SECONDS = 3600
READ_SECONDS = 30.0
"""Of processor time, for the largest answer; that of an hour takes a tenth of a second."""
READ_VERSION = "1"
MAX_TERMS = 60

_TYPES = re.compile(r"\.(?:mp3|mp4|aac|wav|flac|pcm|m4a|ogg|opus|webm)$", re.IGNORECASE)
_READERS: dict[str, Callable[[bytes], SpeechTranscript]] = {
    "deepgram": read_deepgram,
    "whisper": read_whisper,
}
_CODES = {"object_not_found": "audio_not_found", "object_too_large": "audio_too_large"}
_TERM = re.compile(
    r"\b(?:[A-Z][a-z]*(?:[A-Z][a-z0-9]*)+|[A-Z]{2,}\d*|[A-Z][a-z]+(?:\.[a-z]+|\+\+|#))"
)


class Fetched(BaseModel):
    """A recording that was looked at: readable, audible, of the length in seconds."""

    model_config = ConfigDict(frozen=True)

    sha256: str
    size: int
    container: str
    codec: str
    seconds: float


class StoredSpeech(BaseModel):
    """Where the speech service's answer lies in the bucket."""

    model_config = ConfigDict(frozen=True)

    path: str


class PaidAnswer(Resource):
    """Holds an answer that is paid for until it is stored, across the tries of a step."""

    def __init__(self) -> None:
        self.raw: bytes | None = None


async def fetch_audio(storage: Storage | None, account_id: str, path: str) -> Fetched:
    """Copy the recording, look at it and forget it; the copy has no name on the disk.

    Raises `NotConfigured`, or `InvalidInput` with one of the codes `audio_foreign_path`,
    `audio_wrong_type`, `audio_not_found`, `audio_too_large`, `audio_empty`,
    `audio_corrupt`, `audio_silent`.
    """
    if not path.startswith(f"{account_id}/") or ".." in path:
        raise InvalidInput("The recording is not in your own folder.", code="audio_foreign_path")
    if not _TYPES.search(path):
        raise InvalidInput("This type of file is not supported.", code="audio_wrong_type")
    storage = _configured(storage)
    with TemporaryFile() as file:
        stored = await _copy(storage, path, file)
        recording = await probe(file)
    return Fetched(
        sha256=stored.sha256,
        size=stored.size,
        container=recording.container,
        codec=recording.codec,
        seconds=recording.seconds,
    )


async def transcribe(
    storage: Storage | None,
    speech: SpeechToText | None,
    paid: PaidAnswer,
    folder: str,
    path: str,
    recording: Fetched,
    hints: SpeechHints,
) -> StoredSpeech:
    """Have the recording transcribed once; an answer already in `folder` is taken as it is.

    The raw answer is stored before anything is made of it. Raises `NotConfigured` without
    a speech service, and what the services raise.
    """
    storage = _configured(storage)
    for kind in _READERS:
        earlier = f"{folder}/{recording.sha256}.{kind}.json"
        if await storage.read(BUCKET, earlier, max_bytes=MAX_ANSWER_BYTES) is not None:
            return StoredSpeech(path=earlier)
    if speech is None:
        raise NotConfigured(
            "No speech service is configured: set DEEPGRAM_API_KEY or LOCAL_SPEECH_MODEL.",
            setting="DEEPGRAM_API_KEY",
        )
    if paid.raw is None:
        paid.raw = (await speech.transcribe(await _sound(storage, path, recording), hints)).raw
    stored = f"{folder}/{recording.sha256}.{speech.kind}.json"
    await storage.write(BUCKET, stored, paid.raw, content_type="application/json")
    return StoredSpeech(path=stored)


async def read_speech(storage: Storage | None, path: str) -> Transcript:
    """The stored answer as a transcript.

    Raises `InvalidInput` with the code `no_speech` if nobody speaks.
    """
    raw = await _configured(storage).read(BUCKET, path, max_bytes=MAX_ANSWER_BYTES)
    if raw is None:
        raise InvalidInput("The stored transcript is gone.", code="stored_answer_missing")
    return await run_in_child(_transcript, path.split(".")[-2], raw, seconds=READ_SECONDS)


def _transcript(kind: str, raw: bytes) -> Transcript:
    return from_speech(_READERS[kind](raw))


def speech_hints(language: str | None, position: JsonValue) -> SpeechHints:
    """The names and technologies of the position, which a speech service may mishear."""
    known = position if isinstance(position, dict) else {}
    terms = [str(known[name]) for name in ("company_name", "job_title") if known.get(name)]
    terms += _TERM.findall(str(known.get("job_description") or ""))
    return SpeechHints(language=language, terms=tuple(dict.fromkeys(terms))[:MAX_TERMS])


def _configured(storage: Storage | None) -> Storage:
    if storage is None:
        raise NotConfigured(
            "Reading recordings needs SUPABASE_URL and SUPABASE_SECRET_KEY.",
            setting="SUPABASE_SECRET_KEY",
        )
    return storage


async def _copy(storage: Storage, path: str, file: BinaryIO) -> StoredFile:
    try:
        return await storage.copy(BUCKET, path, file, max_bytes=MAX_AUDIO_BYTES)
    except InvalidInput as error:
        code = _CODES.get(error.code, error.code)
        raise InvalidInput(error.message, code=code) from None


async def _sound(storage: Storage, path: str, recording: Fetched) -> Sound:
    async def copy(file: BinaryIO) -> None:
        await _copy(storage, path, file)

    url = await storage.public_url(BUCKET, path, seconds=URL_SECONDS)
    return Sound(copy=copy, seconds=recording.seconds, url=url)
