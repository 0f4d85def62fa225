"""What a recording is, told before anybody is paid to listen to it."""

from __future__ import annotations

import io

import pytest

from tests.support.sounds import wav
from worker.base.errors import InvalidInput
from worker.providers.audio import probe


async def test_container_codec_and_length_are_read() -> None:
    recording = await probe(io.BytesIO(wav(2.5)))
    assert (recording.container, recording.codec) == ("wav", "pcm_s16le")
    assert (recording.seconds, recording.sample_rate, recording.channels) == (2.5, 8000, 1)


async def test_the_file_is_left_at_its_start() -> None:
    file = io.BytesIO(wav())
    await probe(file)
    assert file.read(4) == b"RIFF"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "audio_empty"),
        (wav(1, loudness=0), "audio_silent"),
        (b"ID3" + bytes(range(256)) * 20, "audio_corrupt"),
        (b"RIFF" + b"\x01" * 3000, "audio_corrupt"),
        (b"\xff\xf3\x40\xc0" + b"\x05" * 3000, "audio_corrupt"),
        (b"\x00\x00\x00\x18ftypM4A " + b"\x05" * 3000, "audio_corrupt"),
        (b"%PDF-1.7\n" + b"x" * 3000, "audio_wrong_type"),
        (b"<!doctype html><p>No sound here.", "audio_wrong_type"),
        (b"\x89PNG\r\n\x1a\n" + bytes(64), "audio_wrong_type"),
    ],
)
async def test_what_is_no_recording_has_a_name(content: bytes, code: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        await probe(io.BytesIO(content))
    assert refused.value.code == code


@pytest.mark.parametrize(
    "playlist",
    [
        b"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n",
        b"ffconcat version 1.0\nfile /etc/hostname\n",
        b"v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=x\r\nm=audio 5004 RTP/AVP 0\r\n",
    ],
)
async def test_a_file_that_points_elsewhere_is_not_followed(playlist: bytes) -> None:
    with pytest.raises(InvalidInput) as refused:
        await probe(io.BytesIO(playlist))
    assert refused.value.code == "audio_wrong_type"
