"""An hour of interview fits into the memory of a small worker."""

from __future__ import annotations

import asyncio
import re
import sys

import pytest

from tests.support.fake_deepgram import Line, SpeechReply, fake_deepgram
from tests.support.fake_storage import fake_storage
from tests.support.sounds import wav

PATH = "u1/hour.wav"
ANSWER = "We moved the night shift to the new hall and wrote down every step that we took there "


def hour() -> list[Line]:
    """About nine thousand words by two people."""
    lines: list[Line] = []
    clock = 0.0
    while clock < 3540:
        lines.append(Line(0, "Tell me about the next project you worked on.", clock, clock + 3))
        lines.append(Line(1, (ANSWER * 9).strip(), clock + 3.5, clock + 57))
        clock += 60
    return lines


@pytest.mark.timeout(600)
async def test_an_hour_stays_under_300_megabytes() -> None:
    header, *_ = wav(0.01).partition(b"data")
    second = wav(1)[44:]
    samples = second * 3200
    recording = header + b"data" + len(samples).to_bytes(4, "little") + samples
    assert 45 * 2**20 < len(recording) < 50 * 2**20
    async with fake_storage() as storage, fake_deepgram(SpeechReply.of(hour())) as deepgram:
        storage.objects["interviews", PATH] = recording
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "tests.app.steps.interviews.long_recording",
            storage.url,
            deepgram.base_url,
            PATH,
            stdout=asyncio.subprocess.PIPE,
        )
        output, _ = await process.communicate()
        assert deepgram.requests[0].body == recording
    said = output.decode().splitlines()[-1]
    found = re.match(r"(\d+) MB, \d+ bytes, (\d+) words, (\d+) questions", said)
    assert found is not None, output
    peak, words, questions = map(int, found.groups())
    assert peak < 300
    assert words > 8000
    assert questions > 50
