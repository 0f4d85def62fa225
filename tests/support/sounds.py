"""Small recordings made on the spot."""

from __future__ import annotations

import io
import math
import struct
import wave

import av
from av import AudioFrame, VideoFrame
from av.audio.stream import AudioStream
from av.video.stream import VideoStream

RATE = 8_000


def wav(seconds: float = 1.0, loudness: int = 8_000) -> bytes:
    """A hum of so many seconds; loudness 0 is silence."""
    samples = (
        int(loudness * math.sin(2 * math.pi * 220 * place / RATE))
        for place in range(int(seconds * RATE))
    )
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(RATE)
        sound.writeframes(b"".join(struct.pack("<h", sample) for sample in samples))
    return file.getvalue()


def wav_header(
    data_bytes: int,
    *,
    rate: int = RATE,
    channels: int = 1,
    bits: int = 16,
    claimed: int | None = None,
) -> bytes:
    """What stands before the samples of a WAV file, with any numbers in it."""
    frame = channels * bits // 8
    claimed = data_bytes if claimed is None else claimed
    form = struct.pack("<HHIIHH", 1, channels, rate, rate * frame % 2**32, frame % 2**16, bits)
    riff = struct.pack("<I", min(36 + claimed, 2**32 - 1))
    return b"RIFF" + riff + b"WAVEfmt \x10\0\0\0" + form + b"data" + struct.pack("<I", claimed)


def coded(
    container: str, codec: str, seconds: int, *, rate: int = 48_000, loudness: int = 8_000
) -> bytes:
    """A hum of so many seconds in another form than WAV, made by FFmpeg's libraries."""
    wave_form = [
        int(loudness * math.sin(2 * math.pi * 220 * place / rate)) for place in range(rate)
    ]
    file = io.BytesIO()
    with av.open(file, "w", format=container) as out:
        stream = out.add_stream(codec, rate=rate, layout="mono")
        assert isinstance(stream, AudioStream)
        for second in range(seconds):
            frame = AudioFrame(format="s16", layout="mono", samples=rate)
            frame.sample_rate, frame.pts = rate, second * rate
            frame.planes[0].update(struct.pack(f"<{rate}h", *wave_form))
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    return file.getvalue()


def film(seconds: int = 1) -> bytes:
    """A film without sound."""
    file = io.BytesIO()
    with av.open(file, "w", format="mp4") as out:
        stream = out.add_stream("mpeg4", rate=10)
        assert isinstance(stream, VideoStream)
        stream.width = stream.height = 64
        stream.pix_fmt = "yuv420p"
        for _ in range(10 * seconds):
            out.mux(stream.encode(VideoFrame(64, 64, "yuv420p")))
        out.mux(stream.encode(None))
    return file.getvalue()
