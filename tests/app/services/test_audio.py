"""The kind and length of a recording are found before a paid service gets it."""

from __future__ import annotations

import io
import os
import struct
from collections.abc import Iterator
from tempfile import TemporaryFile
from typing import BinaryIO

import pytest

from liverows.base.errors import InvalidInput, Permanent
from liverows.recipe.child_process import run_in_child
from tests.support.processes import all_end_within
from tests.support.sounds import RATE, coded, film, wav, wav_header
from worker.services.speech.audio import MAX_SECONDS, _probe, probe


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


LARGEST = 50 * 2**20


@pytest.fixture
def upload() -> Iterator[BinaryIO]:
    """The local copy of an upload, a file without a name. Bytes never written are silence."""
    with TemporaryFile() as file:
        yield file


async def code_of(file: BinaryIO) -> str:
    with pytest.raises(InvalidInput) as refused:
        await probe(file)
    assert refused.value.message.startswith("The ")
    return refused.value.code


@pytest.mark.parametrize(
    ("rate", "channels", "bits"),
    [
        (1, 1, 8),
        (1_000, 1, 16),
        (768_000, 1, 16),
        (8_000, 65_535, 16),
        (8_000, 17, 16),
        (8_000, 0, 16),
    ],
)
async def test_what_no_recorder_writes_is_refused_unheard(
    upload: BinaryIO, rate: int, channels: int, bits: int
) -> None:
    upload.write(wav_header(LARGEST, rate=rate, channels=channels, bits=bits))
    upload.truncate(LARGEST)
    assert await code_of(upload) == "audio_unsupported"


@pytest.mark.parametrize("rate", [0, 2**31, 2**32 - 1])
async def test_a_rate_that_is_no_number_is_damage(upload: BinaryIO, rate: int) -> None:
    upload.write(wav_header(LARGEST, rate=rate))
    upload.truncate(LARGEST)
    assert await code_of(upload) in ("audio_corrupt", "audio_unsupported")


# Only a limited part of them is decoded. Otherwise the child process would reach its limits.
@pytest.mark.parametrize("rate", [4_000, 8_000, 48_000])
async def test_hours_of_silence_are_told_from_a_part(upload: BinaryIO, rate: int) -> None:
    upload.write(wav_header(LARGEST, rate=rate))
    upload.truncate(LARGEST)
    assert await code_of(upload) == "audio_silent"


@pytest.mark.parametrize(("container", "codec"), [("mp3", "mp3"), ("adts", "aac")])
async def test_days_of_silence_are_told_from_a_part(
    upload: BinaryIO, container: str, codec: str
) -> None:
    once = coded(container, codec, 20, rate=44_100, loudness=0)
    for _ in range(LARGEST // len(once)):
        upload.write(once)
    assert await code_of(upload) == "audio_silent"


async def test_what_is_said_after_a_long_silence_is_heard(upload: BinaryIO) -> None:
    silence, sound = 20 * 60, 60
    size = 2 * RATE * (silence + sound)
    upload.write(wav_header(size))
    upload.seek(2 * RATE * silence, io.SEEK_CUR)
    upload.write(wav(sound)[44:])
    recording = await probe(upload)
    assert recording.seconds == silence + sound


async def test_two_channels_that_cancel_each_other_are_sound() -> None:
    pair = struct.pack("<hh", 9_000, -9_000) * RATE
    recording = await probe(io.BytesIO(wav_header(len(pair), channels=2) + pair))
    assert (recording.channels, recording.seconds) == (2, 1.0)


@pytest.mark.parametrize("claimed", [0, 2**31, 2**32 - 1])
async def test_the_length_is_counted_and_not_believed(claimed: int) -> None:
    sound = wav(3)[44:]
    recording = await probe(io.BytesIO(wav_header(len(sound), claimed=claimed) + sound))
    assert recording.seconds == 3.0


async def test_a_recording_is_no_longer_than_somebody_would_pay_for(upload: BinaryIO) -> None:
    once = coded("mp3", "mp3", 60, rate=8_000)
    for _ in range(1 + MAX_SECONDS // 60):
        upload.write(once)
    assert upload.tell() <= LARGEST
    assert await code_of(upload) == "audio_too_long"


@pytest.mark.parametrize(
    ("container", "codec"),
    [
        ("ogg", "libopus"),
        ("webm", "libopus"),
        ("flac", "flac"),
        ("mp3", "mp3"),
        ("mp4", "aac"),
        ("adts", "aac"),
    ],
)
async def test_every_form_that_may_be_uploaded_is_read(container: str, codec: str) -> None:
    recording = await probe(io.BytesIO(coded(container, codec, 3)))
    assert recording.seconds == pytest.approx(3, abs=0.1)
    assert (recording.sample_rate, recording.channels) == (48_000, 1)


async def test_a_recording_cut_short_has_the_length_that_is_left() -> None:
    whole = coded("webm", "libopus", 6)
    recording = await probe(io.BytesIO(whole[: len(whole) // 2]))
    assert 2 < recording.seconds < 4


@pytest.mark.parametrize(("container", "codec"), [("matroska", "libopus"), ("mp4", "aac")])
async def test_the_longest_track_counts(container: str, codec: str) -> None:
    recording = await probe(io.BytesIO(coded(container, codec, 1, 30)))
    assert recording.seconds == pytest.approx(30, abs=0.5)


async def test_a_recording_of_too_many_tracks_is_refused() -> None:
    with pytest.raises(InvalidInput) as refused:
        await probe(io.BytesIO(coded("matroska", "libopus", *9 * (1,))))
    assert refused.value.code == "audio_unsupported"


async def test_recordings_that_were_appended_to_each_other_count_together() -> None:
    recording = await probe(io.BytesIO(3 * coded("ogg", "libopus", 10)))
    assert recording.seconds == pytest.approx(30, abs=0.5)


async def test_a_film_without_sound_is_none() -> None:
    assert await code_of(io.BytesIO(film())) == "audio_wrong_type"


async def test_a_file_that_only_costs_time_is_given_up(upload: BinaryIO) -> None:
    pid = await run_in_child(os.getpid)
    upload.write(b"\0\0\0\x18ftypM4A \0\0\0\0M4A mp42")
    upload.write(b"\0\0\0\x08moov" * (LARGEST // 8))
    with pytest.raises(Permanent) as refused:
        await run_in_child(_probe, upload, seconds=1.0)
    assert refused.value.code == "too_complex"
    assert all_end_within(60, [pid])
