"""Small recordings made on the spot."""

from __future__ import annotations

import io
import math
import struct
import wave

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
