"""Transcribes recordings that have a transcript, with the speech model of this machine."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

from bench.interviews.given import given_interviews
from liverows.base.errors import WorkerError
from worker.interviews.transcript import tokens
from worker.services.speech.speech_to_text import Sound, SpeechHints
from worker.settings import load_service_settings

SUFFIXES = (".mp3", ".wav", ".m4a", ".ogg", ".flac")


def word_errors(folder: Path) -> Iterator[tuple[str, float]]:
    """The word error rate of each recording that has a transcript; needs LOCAL_SPEECH_MODEL."""
    model = load_service_settings().local_speech_model
    pairs = [(script, _recording(folder, script.name)) for script in given_interviews(folder)]
    if model is None:
        return
    for script, recording in pairs:
        if recording is not None:
            truth = [word for line in script.lines for word in tokens(line.text)]
            try:
                heard = asyncio.run(_hear(model, recording))
            except WorkerError as error:
                print(f"  not heard: {recording.name}: {error.message}")
                continue
            yield recording.name, edit_distance(truth, heard) / max(1, len(truth))


def edit_distance(truth: Sequence[str], heard: Sequence[str]) -> int:
    """How many words must be inserted, deleted or replaced (Levenshtein distance)."""
    before = list(range(len(heard) + 1))
    for row, word in enumerate(truth, 1):
        current = [row]
        for column, other in enumerate(heard, 1):
            current.append(
                min(before[column] + 1, current[-1] + 1, before[column - 1] + (word != other))
            )
        before = current
    return before[-1]


def _recording(folder: Path, name: str) -> Path | None:
    stem = Path(name).stem
    return next(
        (path for path in folder.rglob(f"{stem}.*") if path.suffix.lower() in SUFFIXES), None
    )


async def _hear(model: str, recording: Path) -> list[str]:
    from worker.services.speech.whisper import WhisperSpeech, read_whisper

    async def copy(file: BinaryIO) -> None:
        with recording.open("rb") as source:
            shutil.copyfileobj(source, file)

    answer = await WhisperSpeech(model).transcribe(Sound(copy, 0.0), SpeechHints(language="en"))
    said = read_whisper(answer.raw).utterances
    return [token for spoken in said for word in spoken.words for token in tokens(word.text)]
