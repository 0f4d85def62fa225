"""The steps from a recording's path to a transcript of what was said."""

from __future__ import annotations

import re
from collections.abc import Callable
from tempfile import TemporaryFile
from typing import BinaryIO

from pydantic import BaseModel, ConfigDict, JsonValue

from liverows import (
    InvalidInput,
    LeaseLost,
    NotConfigured,
    Permanent,
    RateLimited,
    Transient,
    run_in_child,
)
from worker.interviews.slips import mended
from worker.interviews.transcript import Transcript, from_speech
from worker.services.content_limits import DEFAULT_LIMITS, ContentLimits
from worker.services.recording_ledger import Answer, RecordingLedger
from worker.services.speech.audio import probe
from worker.services.speech.deepgram_answer import read_deepgram
from worker.services.speech.speech_to_text import (
    MALFORMED,
    Sound,
    SpeechAnswer,
    SpeechHints,
    SpeechToText,
    SpeechTranscript,
)
from worker.services.speech.whisper import read_whisper
from worker.services.storage import Storage, StoredFile

BUCKET = "interviews"
ANY_LANGUAGE = "auto"
BUSY_SECONDS = 3.0
MAX_ANSWER_BYTES = 64 * 2**20
READ_SECONDS = 30.0
"""The most processor seconds for reading one stored answer."""
READ_VERSION = "2"
MAX_TERMS = 60

_TYPES = re.compile(r"\.(?:mp3|mp4|aac|wav|flac|pcm|m4a|ogg|opus|webm)$", re.IGNORECASE)
_READERS: dict[str, Callable[[bytes], SpeechTranscript]] = {
    "deepgram": read_deepgram,
    "whisper": read_whisper,
}
# Codes of errors after which the call may have been paid for all the same.
_MAY_BE_PAID = {"timeout", MALFORMED}
_FORMS = {f"{kind}.json" for kind in _READERS}
_CODES = {"object_not_found": "audio_not_found", "object_too_large": "audio_too_large"}
_TERM = re.compile(
    r"\b(?:[A-Z][a-z]*(?:[A-Z][a-z0-9]*)+|[A-Z]{2,}\d*|[A-Z][a-z]+(?:\.[a-z]+|\+\+|#))"
)


class Fetched(BaseModel):
    """What the check of a recording found. `sha256` is in hex, and `size` is in bytes."""

    model_config = ConfigDict(frozen=True)

    sha256: str
    size: int
    container: str
    codec: str
    seconds: float


class StoredSpeech(BaseModel):
    """The path of the speech service's answer in the bucket `interviews`."""

    model_config = ConfigDict(frozen=True)

    path: str


class CountedSpeech:
    """A `SpeechToText` for one recording in one run. It keeps the answer, because storing the
    answer may fail.

    With a ledger, each call is counted before it is made. `is_counted` means that the first call
    was counted already.
    """

    def __init__(
        self,
        speech: SpeechToText,
        ledger: RecordingLedger | None,
        item_id: str,
        sha256: str,
        limits: ContentLimits = DEFAULT_LIMITS,
        *,
        is_counted: bool = False,
    ) -> None:
        self._speech = speech
        self._ledger, self._key, self._limits = ledger, (item_id, sha256), limits
        self._is_counted = is_counted
        self._answer: SpeechAnswer | None = None

    @property
    def kind(self) -> str:
        """See `SpeechToText.kind`."""
        return self._speech.kind

    async def transcribe(self, sound: Sound, hints: SpeechHints) -> SpeechAnswer:
        """Return the answer that this run already has, or else call the speech service.

        Also raises `RateLimited`, `InvalidInput` or `LeaseLost` if the ledger refuses the call.
        """
        if self._answer is None:
            await self._count()
            try:
                self._answer = await self._speech.transcribe(sound, hints)
            except (Permanent, Transient) as error:
                if self._ledger is not None and error.code not in _MAY_BE_PAID:
                    await self._ledger.give_back(*self._key)
                raise
        return self._answer

    async def _count(self) -> None:
        if self._ledger is not None and not self._is_counted:
            most = self._limits.interview_max_transcriptions
            _check(await self._ledger.take(*self._key, most=most), self._limits)
        self._is_counted = False


async def fetch_audio(
    storage: Storage | None, account_id: str, path: str, limits: ContentLimits = DEFAULT_LIMITS
) -> Fetched:
    """Copy the recording to a temporary file, check it, and delete the copy.

    Raises `NotConfigured` without a storage, `InvalidInput` for a recording that is refused or
    missing, and the errors of the storage.
    """
    if not path.startswith(f"{account_id}/") or ".." in path:
        raise InvalidInput("The recording is not in your own folder.", code="audio_foreign_path")
    if not _TYPES.search(path):
        raise InvalidInput("This type of file is not supported.", code="audio_wrong_type")
    storage = _configured(storage)
    with TemporaryFile() as file:
        stored = await _copy(storage, path, file, max_bytes=limits.interview_max_audio_bytes)
        recording = await probe(file)
    longest = limits.interview_max_audio_seconds
    if recording.seconds > longest:
        raise InvalidInput(
            f"The recording is longer than {longest / 3600:.3g} hours"
            " (INTERVIEW_MAX_AUDIO_SECONDS).",
            code="audio_too_long",
            params={"hours": longest / 3600},
        )
    return Fetched(
        sha256=stored.sha256,
        size=stored.size,
        container=recording.container,
        codec=recording.codec,
        seconds=recording.seconds,
    )


def answers_folder(account_id: str, recording: Fetched) -> str:
    """The folder of the answers for a recording. It depends on the recording's bytes, not on its
    name."""
    return f"{account_id}/speech/{recording.sha256}"


async def note_use(
    ledger: RecordingLedger,
    item_id: str,
    recording: Fetched,
    limits: ContentLimits = DEFAULT_LIMITS,
) -> None:
    """Record that an interview uses this recording, in a run without a speech service.

    Raises `RateLimited` while a transcript of the recording is being removed, and `LeaseLost` if
    the interview is gone.
    """
    _check(await ledger.use(item_id, recording.sha256), limits)


async def leave_to_transcribe(
    storage: Storage | None,
    ledger: RecordingLedger,
    item_id: str,
    folder: str,
    recording: Fetched,
    hints: SpeechHints,
    limits: ContentLimits = DEFAULT_LIMITS,
) -> bool:
    """Record that an interview uses this recording. Count a transcription if one is needed, and
    return whether one was counted.

    Raises `RateLimited` while the recording is busy, `InvalidInput` if the limit of the day is
    reached, and `LeaseLost` if the interview is gone.
    """
    _check(await ledger.use(item_id, recording.sha256), limits)
    if await _earlier(_configured(storage), folder, hints):
        return False
    most = limits.interview_max_transcriptions
    _check(await ledger.take(item_id, recording.sha256, most=most), limits)
    # Look again, because another interview may have stored an answer in the meantime.
    if not await _earlier(_configured(storage), folder, hints):
        return True
    await ledger.give_back(item_id, recording.sha256)
    return False


def _check(answer: Answer, limits: ContentLimits) -> None:
    if answer == "busy":
        raise RateLimited(
            "The same recording is being transcribed for another of your interviews.",
            retry_after=BUSY_SECONDS,
            code="recording_busy",
        )
    if answer == "spent":
        raise InvalidInput(
            f"This recording was sent to be transcribed {limits.interview_max_transcriptions} times"
            " today (INTERVIEW_MAX_TRANSCRIPTIONS). Try again tomorrow.",
            code="transcriptions_spent",
            params={"times": limits.interview_max_transcriptions},
        )
    if answer == "gone":
        raise LeaseLost("the interview is gone")


async def transcribe(
    storage: Storage | None,
    speech: SpeechToText | None,
    folder: str,
    path: str,
    recording: Fetched,
    hints: SpeechHints,
) -> StoredSpeech:
    """Transcribe the recording, unless `folder` already has an answer that fits.

    Raises `NotConfigured` without a storage or a needed speech service, and `InvalidInput` if the
    recording was replaced.
    """
    storage = _configured(storage)
    if earlier := await _earlier(storage, folder, hints):
        return StoredSpeech(path=earlier)
    if speech is None:
        raise NotConfigured(
            "No speech service is configured: set DEEPGRAM_API_KEY or LOCAL_SPEECH_MODEL.",
            setting="DEEPGRAM_API_KEY",
            params={"kind": "speech"},
        )
    answer = await speech.transcribe(_sound(storage, path, recording), hints)
    stored = f"{folder}/{hints.language or ANY_LANGUAGE}.{speech.kind}.json"
    await storage.write(BUCKET, stored, answer.raw, content_type="application/json")
    return StoredSpeech(path=stored)


async def _earlier(storage: Storage, folder: str, hints: SpeechHints) -> str | None:
    """The path of a stored answer for the named language, or for any if none is named."""
    names = sorted(path.rpartition("/")[2] for path in await storage.names(BUCKET, folder))
    readable = [
        name for name in names if name.split(".")[-2:-1] and name.split(".")[-2] in _READERS
    ]
    fitting = [name for name in readable if hints.language in (None, name.partition(".")[0])]
    heard_first = sorted(fitting, key=lambda name: not name.startswith(f"{ANY_LANGUAGE}."))
    return f"{folder}/{heard_first[0]}" if heard_first else None


async def read_speech(
    storage: Storage | None, path: str, limits: ContentLimits = DEFAULT_LIMITS
) -> Transcript:
    """Return the stored answer as a transcript. Text beyond the limit is left out, with a warning.

    Raises `InvalidInput` if the answer has no words or was deleted.
    """
    raw = await _configured(storage).read(BUCKET, path, max_bytes=MAX_ANSWER_BYTES)
    if raw is None:
        raise InvalidInput("The stored transcript is gone.", code="stored_answer_missing")
    kind, most = path.split(".")[-2], limits.interview_max_transcript_characters
    return await run_in_child(_transcript, kind, raw, most, seconds=READ_SECONDS)


def _transcript(kind: str, raw: bytes, most: int) -> Transcript:
    heard = from_speech(_READERS[kind](raw), most)
    return mended(heard, changes_speakers=True)


def speech_hints(language: str | None, position: JsonValue) -> SpeechHints:
    """The language, and at most 60 names and abbreviations from the position."""
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


async def _copy(storage: Storage, path: str, file: BinaryIO, *, max_bytes: int) -> StoredFile:
    try:
        return await storage.copy(BUCKET, path, file, max_bytes=max_bytes)
    except InvalidInput as error:
        code = _CODES.get(error.code, error.code)
        named = " (INTERVIEW_MAX_AUDIO_BYTES)" if code == "audio_too_large" else ""
        raise InvalidInput(f"{error.message}{named}", code=code) from None


def _sound(storage: Storage, path: str, recording: Fetched) -> Sound:
    async def copy(file: BinaryIO) -> None:
        copied = await _copy(storage, path, file, max_bytes=recording.size)
        if copied.sha256 != recording.sha256:
            # Only the recording that was checked may be sent to the speech service.
            raise InvalidInput("The recording was replaced meanwhile.", code="audio_changed")

    return Sound(copy=copy, seconds=recording.seconds)
