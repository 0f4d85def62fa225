"""Speech recognised on this machine: the stored form, and a real model if one is installed."""

from __future__ import annotations

import importlib.util
import json
import shutil
from pathlib import Path
from typing import Any, BinaryIO

import pytest

from bench.interviews.heard import edit_distance
from liverows.base.errors import InvalidInput, NotConfigured, SetupError
from tests.support.local_speech import speech_model
from worker.interviews.roles import find_roles
from worker.interviews.segment import find_questions
from worker.interviews.transcript import from_speech, tokens
from worker.services.speech.speech_to_text import Sound, SpeechHints, Word
from worker.services.speech.whisper import WhisperSpeech, read_whisper

DATA = Path(__file__).parents[1] / "steps" / "interviews" / "data"


def stored(*words: tuple[Any, ...], warnings: tuple[str, ...] = ()) -> bytes:
    return json.dumps(
        {"model": "m", "language": "en", "duration": 9.0, "words": words, "warnings": warnings}
    ).encode()


def test_words_become_utterances_at_pauses_and_voices() -> None:
    heard = read_whisper(
        stored(
            ("Why", 0.0, 0.3, 0.9, 0),
            ("now?", 0.3, 0.6, 0.9, 0),
            ("Because.", 0.8, 1.2, 0.8, 1),
            ("Well.", 3.0, 3.2, 0.7, 1),
        )
    )
    assert [(spoken.speaker, len(spoken.words)) for spoken in heard.utterances] == [
        (0, 2),
        (1, 1),
        (1, 1),
    ]
    assert heard.has_fillers is False


def test_voices_that_are_not_told_apart_are_one_speaker_with_a_warning() -> None:
    heard = read_whisper(stored(("Hm.", 0, 1, 0.9, None), warnings=("speakers_not_told_apart",)))
    transcript = from_speech(heard)
    assert transcript.speakers == (0,)
    assert transcript.warnings == ("speakers_not_told_apart",)


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (stored(), "no_speech"),
        (b"{}", "stored_answer_unreadable"),
        (b"\xff", "stored_answer_unreadable"),
        (b"[1]", "stored_answer_unreadable"),
    ],
)
def test_an_answer_of_no_use_has_a_name(raw: bytes, code: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_whisper(raw)
    assert refused.value.code == code


@pytest.mark.skipif(
    importlib.util.find_spec("faster_whisper") is not None, reason="the extra is installed"
)
def test_without_the_extra_the_cure_is_named() -> None:
    with pytest.raises(SetupError) as refused:
        WhisperSpeech("tiny")
    assert "local-speech" in refused.value.cure


@pytest.mark.needs("local-speech")
@pytest.mark.filterwarnings("ignore")
async def test_a_model_that_is_not_there_is_named_by_its_setting(tmp_path: Path) -> None:
    async def copy(file: BinaryIO) -> None:
        file.write((DATA / "neural.mp3").read_bytes())

    with pytest.raises(NotConfigured) as refused:
        await WhisperSpeech(str(tmp_path)).transcribe(Sound(copy, 1.0), SpeechHints())
    assert refused.value.setting == "LOCAL_SPEECH_MODEL"


@pytest.mark.needs("numpy")
def test_two_voices_of_clearly_different_pitch_are_told_apart() -> None:
    import numpy as np

    from worker.services.speech.whisper_voices import tell_apart

    rate, seconds, pitches = 16_000, 1.0, [110.0, 210.0] * 4
    time = np.arange(int(rate * seconds)) / rate
    samples = np.concatenate(
        [sum(np.sin(2 * np.pi * pitch * n * time) / n for n in (1, 2, 3)) for pitch in pitches]
    )
    words = [Word("So.", place + 0.1, place + 0.9) for place in range(len(pitches))]
    assert tell_apart(samples.astype(np.float32), rate, words) == ([0, 1] * 4, [])
    same = np.concatenate([np.sin(2 * np.pi * 150 * time)] * 8).astype(np.float32)
    assert tell_apart(same, rate, words) == ([None] * 8, ["speakers_not_told_apart"])


@pytest.mark.needs("local-speech")
@pytest.mark.filterwarnings("ignore")
@pytest.mark.timeout(600)
async def test_the_mock_interview_is_heard_and_read() -> None:
    model = speech_model()
    assert model is not None

    async def copy(file: BinaryIO) -> None:
        with (DATA / "neural.mp3").open("rb") as source:
            shutil.copyfileobj(source, file)

    answer = await WhisperSpeech(model).transcribe(Sound(copy, 106.7), SpeechHints(language="en"))
    transcript = from_speech(read_whisper(answer.raw))
    lines = json.loads((DATA / "neural.json").read_text())
    truth = [word for line in lines for word in tokens(line["text"])]
    heard = [word for said in transcript.utterances for word in tokens(said.text)]
    assert edit_distance(truth, heard) / len(truth) <= 0.06
    roles = await find_roles(transcript, None)
    assert roles.candidate == transcript.utterances[1].speaker
    assert len(await find_questions(transcript, roles)) == 6
