"""What a recording is: its container, codec and length, read with FFmpeg's libraries."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import BinaryIO

import av
from av.audio.resampler import AudioResampler
from av.container import InputContainer
from av.error import FFmpegError

from worker.base.errors import InvalidInput

# Demuxers that only read what they are given; others open further files or addresses that
# the content names.
FORMATS = "mp3,mov,mp4,m4a,aac,wav,w64,flac,ogg,matroska,webm,aiff,caf"
# The last ten begin frames of MP3 (MPEG 1, 2 and 2.5) and of AAC, with and without a checksum.
MAGIC = (
    b"ID3", b"RIFF", b"OggS", b"fLaC", b"\x1aE\xdf\xa3", b"FORM",
    b"\xff\xfb", b"\xff\xfa", b"\xff\xf3", b"\xff\xf2", b"\xff\xe3", b"\xff\xe2",
    b"\xff\xf1", b"\xff\xf0", b"\xff\xf9", b"\xff\xf8",
)  # fmt: skip
AUDIBLE = 100
"""A sample of 16 bits that is louder than this is no silence (about -50 dBFS)."""
PROBE_RATE = 8_000


@dataclass(frozen=True, slots=True)
class Recording:
    """A readable recording. `seconds` is its length."""

    container: str
    codec: str
    sample_rate: int
    channels: int
    seconds: float


async def probe(file: BinaryIO) -> Recording:
    """Read what a recording is, from the start of an open file.

    Raises `InvalidInput` with one of the codes `audio_empty`, `audio_wrong_type`,
    `audio_corrupt`, `audio_silent`.
    """
    return await asyncio.to_thread(_probe, file)


def _probe(file: BinaryIO) -> Recording:
    start = file.read(16)
    file.seek(0)
    if not start:
        raise InvalidInput("The recording is empty.", code="audio_empty")
    try:
        with av.open(
            file, "r", options={"format_whitelist": FORMATS}, metadata_errors="ignore"
        ) as container:
            return _read(container)
    except FFmpegError:
        raise _unreadable(start) from None
    finally:
        file.seek(0)


def _read(container: InputContainer) -> Recording:
    if not container.streams.audio:
        raise InvalidInput("The file holds no sound.", code="audio_wrong_type")
    stream = container.streams.audio[0]
    seconds = _stated_seconds(container)
    measured, is_audible = _listen(container, until_audible=seconds is not None)
    if measured == 0:
        raise InvalidInput("The recording cannot be read: it is damaged.", code="audio_corrupt")
    if not is_audible:
        raise InvalidInput("The recording is silent.", code="audio_silent")
    return Recording(
        container=container.format.name,
        codec=stream.codec_context.name,
        sample_rate=stream.codec_context.sample_rate or 0,
        channels=stream.codec_context.channels,
        seconds=round(seconds if seconds is not None else measured, 3),
    )


def _stated_seconds(container: InputContainer) -> float | None:
    return container.duration / av.time_base if container.duration else None


def _listen(container: InputContainer, *, until_audible: bool) -> tuple[float, bool]:
    """Seconds decoded and whether any of it is audible; damaged packets are passed over."""
    resampler = AudioResampler(format="s16", layout="mono", rate=PROBE_RATE)
    samples, is_audible = 0, False
    for packet in container.demux(container.streams.audio[0]):
        try:
            frames = packet.decode()
        except FFmpegError:
            continue
        for frame in frames:
            for mono in resampler.resample(frame):
                samples += mono.samples
                is_audible = is_audible or _is_loud(bytes(mono.planes[0])[: 2 * mono.samples])
        if is_audible and until_audible:
            break
    return samples / PROBE_RATE, is_audible


def _is_loud(pcm: bytes) -> bool:
    values = memoryview(pcm).cast("h")
    return bool(values) and (max(values) > AUDIBLE or min(values) < -AUDIBLE)


def _unreadable(start: bytes) -> InvalidInput:
    if start.startswith(MAGIC) or start[4:8] == b"ftyp":
        return InvalidInput("The recording cannot be read: it is damaged.", code="audio_corrupt")
    return InvalidInput("The file is no recording that can be read.", code="audio_wrong_type")
