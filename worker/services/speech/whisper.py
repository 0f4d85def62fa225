"""Transcription on the worker's own processor with faster-whisper (extra `local-speech`).

The recording is sent to no outside service. Speakers are told apart only in easy cases.
"""

from __future__ import annotations

import asyncio
import json
from functools import lru_cache
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, BinaryIO

from pydantic import BaseModel, ConfigDict

from liverows import (
    ChildProcesses,
    InvalidInput,
    NotConfigured,
    SetupError,
    get_logger,
    model_call,
    paid,
    record_usage,
)
from worker.services.speech.speech_to_text import (
    Sound,
    SpeechAnswer,
    SpeechHints,
    SpeechTranscript,
    Spoken,
    Word,
)
from worker.services.speech.whisper_voices import tell_apart

if TYPE_CHECKING:
    from faster_whisper import WhisperModel

log = get_logger(__name__)

PAUSE_SECONDS = 0.6
SAMPLE_RATE = 16_000
HEARING_SECONDS = 8 * 3600.0
"""Limit of processor time on all cores together, in seconds."""
_HUB = ("HF_HOME", "HF_HUB_CACHE", "HF_HUB_OFFLINE", "HF_ENDPOINT", "HF_TOKEN", "XDG_CACHE_HOME")
_MACHINE = ("OMP_NUM_THREADS", "SSL_CERT_FILE", "HTTPS_PROXY", "https_proxy", "NO_PROXY")


class _Heard(BaseModel):
    """A stored answer; `words` has text, start, end, confidence and voice."""

    model_config = ConfigDict(extra="ignore")

    model: str
    language: str | None
    duration: float
    words: list[tuple[str, float, float, float | None, int | None]]
    warnings: list[str] = []


class WhisperSpeech:
    """`SpeechToText` over a local model, given by its folder or name.

    The model runs in its own child process, which transcribes one recording at a time.
    """

    kind = "whisper"

    def __init__(self, model: str) -> None:
        """Keep the model's name. Raises `SetupError` if faster-whisper is not installed."""
        if find_spec("faster_whisper") is None:
            raise SetupError(
                "LOCAL_SPEECH_MODEL is set and the package faster-whisper is not installed",
                cure="install the worker with its extra local-speech, or unset the setting",
                code="malformed_settings",
            )
        self._name = model
        self._turn = asyncio.Lock()
        self._child = ChildProcesses(limit=1, memory_bytes=0, keep=(*_HUB, *_MACHINE))

    async def transcribe(self, sound: Sound, hints: SpeechHints) -> SpeechAnswer:
        """Transcribe a recording in the child process; see `SpeechToText.transcribe`.

        Raises `NotConfigured` if the model cannot be loaded, and errors of `run_in_child`.
        """
        async with paid(self._name, audio_seconds=sound.seconds):
            with model_call("speech_to_text", "faster_whisper", self._name):
                async with self._turn, sound.opened() as file:
                    heard = await self._child.run(
                        _transcribe, self._name, file, hints, seconds=HEARING_SECONDS
                    )
                record_usage(self._name, audio_seconds=heard.duration)
        return SpeechAnswer(heard.model_dump_json().encode())

    async def aclose(self) -> None:
        """End the child process."""
        self._child.close()


@lru_cache(maxsize=1)
def _model(name: str) -> WhisperModel:
    from faster_whisper import WhisperModel

    try:
        return WhisperModel(name, device="cpu", compute_type="int8")
    except (OSError, RuntimeError, ValueError):
        raise NotConfigured(
            "The speech model that LOCAL_SPEECH_MODEL names cannot be loaded.",
            setting="LOCAL_SPEECH_MODEL",
            params={"kind": "speech"},
        ) from None


def _transcribe(name: str, file: BinaryIO, hints: SpeechHints) -> _Heard:
    from faster_whisper.audio import decode_audio

    samples: Any = decode_audio(file, sampling_rate=SAMPLE_RATE)
    segments, info = _model(name).transcribe(
        samples,
        language=hints.language.split("-")[0] if hints.language else None,
        word_timestamps=True,
        condition_on_previous_text=False,
        initial_prompt=", ".join(hints.terms[:20]) or None,
    )
    words: list[Word] = []
    for segment in segments:
        for word in segment.words or []:
            text = word.word.strip()
            if text:
                words.append(Word(text, word.start, word.end, round(word.probability, 3)))
    voices, warnings = tell_apart(samples, SAMPLE_RATE, words)
    log.info("speech_heard_locally", seconds=round(info.duration, 1), words=len(words))
    return _Heard(
        model=name,
        language=info.language,
        duration=info.duration,
        words=[(*word, voice) for word, voice in zip(words, voices, strict=True)],
        warnings=warnings,
    )


def read_whisper(raw: bytes) -> SpeechTranscript:
    """The transcript in a stored answer of Whisper.

    Raises `InvalidInput` with one of the codes `no_speech` and `stored_answer_unreadable`.
    """
    try:
        heard = _Heard.model_validate(json.loads(raw))
    except (ValueError, RecursionError):
        raise InvalidInput(
            "The stored transcript cannot be read.", code="stored_answer_unreadable"
        ) from None
    utterances: list[tuple[int | None, list[Word]]] = []
    for text, start, end, confidence, voice in heard.words:
        word = Word(text, start, max(start, end), confidence)
        if utterances and _goes_on(utterances[-1], voice, word):
            utterances[-1][1].append(word)
        else:
            utterances.append((voice, [word]))
    if not utterances:
        raise InvalidInput("Nobody speaks in the recording.", code="no_speech")
    return SpeechTranscript(
        language=heard.language,
        seconds=heard.duration,
        utterances=tuple(Spoken(speaker=voice, words=tuple(own)) for voice, own in utterances),
        has_fillers=False,
        warnings=tuple(heard.warnings),
    )


def _goes_on(utterance: tuple[int | None, list[Word]], voice: int | None, word: Word) -> bool:
    speaker, words = utterance
    return speaker == voice and word.start - words[-1].end <= PAUSE_SECONDS
