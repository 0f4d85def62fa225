"""Reads a recording's container, codec and length with FFmpeg's libraries, in a child process.

A header can state any length, so packets are counted.
"""

from __future__ import annotations

import os
import struct
from contextlib import suppress
from dataclasses import dataclass, field
from typing import BinaryIO, cast

import av
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.error import FFmpegError
from av.packet import Packet

from liverows import InvalidInput, run_in_child

# The allowed demuxers. Some others open further files or URLs that the file names.
FORMATS = "mp3,mov,mp4,m4a,aac,wav,w64,flac,ogg,matroska,webm,aiff,caf"
# The allowed decoders. None is for pictures, so a film's pictures are not decoded.
CODECS = (
    "aac", "mp3", "mp3float", "mp2", "mp2float", "flac", "vorbis", "opus", "libopus", "alac",
    "pcm_u8", "pcm_s8", "pcm_s16le", "pcm_s16be", "pcm_s24le", "pcm_s24be", "pcm_s32le",
    "pcm_s32be", "pcm_f32le", "pcm_f32be", "pcm_f64le", "pcm_f64be", "pcm_alaw", "pcm_mulaw",
    "adpcm_ms", "adpcm_ima_wav", "gsm_ms", "amrnb", "amrwb",
)  # fmt: skip
# First bytes of known formats. An unreadable file that begins with one counts as damaged.
MAGIC = (
    b"ID3", b"RIFF", b"OggS", b"fLaC", b"\x1aE\xdf\xa3", b"FORM",
    b"\xff\xfb", b"\xff\xfa", b"\xff\xf3", b"\xff\xf2", b"\xff\xe3", b"\xff\xe2",
    b"\xff\xf1", b"\xff\xf0", b"\xff\xf9", b"\xff\xf8",
)  # fmt: skip
AUDIBLE = 100
"""A larger amplitude of a 16-bit sample counts as audible; this is about -50 dBFS."""
SAMPLE_RATES = range(4_000, 192_001)
MAX_CHANNELS = 16
MAX_TRACKS = 8
MAX_SECONDS = 8 * 3600
"""A longer recording is refused: services charge by length, and silence takes few bytes."""
MAX_PACKETS = 150_000
"""At most this many packets are counted, which is about an hour of MP3, AAC or Opus."""
MAX_SAMPLES = 4_000_000
MAX_DECODED_PACKETS = 10_000
"""A silent recording's first packets are all decoded: this many or `MAX_SAMPLES` samples."""
MORE_SAMPLES = 1_000_000
MORE_PACKETS = 1_000
"""After this many more decoded packets, or `MORE_SAMPLES`, the skipped parts become longer."""
ENOUGH_PACKETS = 20_000
"""After this many packets, counting may end early (see `has_enough_for`)."""
PROBE_SECONDS = 6.0
"""Limit of processor time in seconds. The largest silent recording in a test took 1.4 s."""
_TOGETHER = 4
"""This many packets in a row are decoded, because a decoder may need several to give sound."""
_FIRST_STRIDE = 32
_MAX_FORMATS = 20


@dataclass(frozen=True, slots=True)
class Recording:
    """Facts about a recording; `seconds` is its length, `sample_rate` is in Hz."""

    container: str
    codec: str
    sample_rate: int
    channels: int
    seconds: float


async def probe(file: BinaryIO) -> Recording:
    """Read the kind and the length of the recording in an open file.

    Raises `InvalidInput` if the file is no usable recording, or an error of `run_in_child`.
    """
    return await run_in_child(_probe, file, seconds=PROBE_SECONDS)


def _probe(file: BinaryIO) -> Recording:
    start = file.read(28)
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    if not start:
        raise InvalidInput("The recording is empty.", code="audio_empty")
    if len(start) == 28 and start[:4] == b"RIFF" and start[8:16] == b"WAVEfmt ":
        # Check these numbers before FFmpeg opens a WAV file: with extreme ones, opening takes
        # seconds.
        channels, rate = struct.unpack_from("<HI", start, 22)
        _check_numbers(rate, channels)
    options = {"format_whitelist": FORMATS, "codec_whitelist": ",".join(CODECS)}
    try:
        with av.open(file, "r", options=options, metadata_errors="ignore") as container:
            return _read(container, size)
    except (FFmpegError, ValueError, OverflowError):
        raise _unreadable(start) from None
    finally:
        file.seek(0)


def _read(container: InputContainer, size: int) -> Recording:
    if not container.streams.audio:
        raise InvalidInput("The file holds no sound.", code="audio_wrong_type")
    stream = container.streams.audio[0]
    _check_form(stream)
    if len(container.streams.audio) > MAX_TRACKS:
        raise _unsupported(f"it has more than {MAX_TRACKS} tracks of sound")
    stated = container.duration / av.time_base if container.duration else 0.0
    listener, seconds = _listen(container, size, stated)
    if not listener.samples:
        raise InvalidInput("The recording cannot be read: it is damaged.", code="audio_corrupt")
    if not listener.is_audible:
        raise InvalidInput("The recording is silent.", code="audio_silent")
    if seconds > MAX_SECONDS:
        raise InvalidInput(
            f"The recording is longer than {MAX_SECONDS // 3600} hours.",
            code="audio_too_long",
            params={"hours": MAX_SECONDS // 3600},
        )
    return Recording(
        container=container.format.name,
        codec=stream.codec_context.name,
        sample_rate=stream.codec_context.sample_rate or 0,
        channels=stream.codec_context.channels,
        seconds=round(seconds, 3),
    )


def _listen(container: InputContainer, size: int, stated: float) -> tuple[_Listener, float]:
    """Hear the first track, and return the length of the longest one in seconds.

    A service may choose any track, and charges for that one.
    """
    tracks = container.streams.audio
    listener = _Listener()
    lengths = {track.index: _Length(track, size) for track in tracks}
    for packet in container.demux(*tracks):
        sound = cast("Packet[AudioStream]", packet)  # because each of these tracks is of sound
        if not lengths[sound.stream.index].add(sound):
            break
        if sound.stream.index == tracks[0].index:
            listener.hear(sound)
        if listener.is_audible and all(each.has_enough_for(stated) for each in lengths.values()):
            for each in lengths.values():
                each.is_whole = False
            break
    return listener, max(each.seconds(stated) for each in lengths.values())


def _check_form(stream: AudioStream) -> None:
    codec = stream.codec_context
    if codec.name not in CODECS:
        raise _unsupported(f"its sound is coded as {codec.name}")
    _check_numbers(codec.sample_rate or 0, codec.channels)


def _check_numbers(rate: int, channels: int) -> None:
    if rate not in SAMPLE_RATES:
        lowest, highest = SAMPLE_RATES[0], SAMPLE_RATES[-1]
        raise _unsupported(f"its sample rate is {rate} Hz and not {lowest} to {highest}")
    if not 1 <= channels <= MAX_CHANNELS:
        raise _unsupported(f"its number of channels is not 1 to {MAX_CHANNELS}")


class _Length:
    """Computes a track's length from its packets, the header and the file's size in bytes.

    `is_whole` says whether all packets were counted.
    """

    def __init__(self, stream: AudioStream, size: int) -> None:
        self.packets = 0
        self.is_whole = True
        self._base = float(stream.time_base or 0)
        self._size = size
        self._start: int | None = None
        self._end = 0
        self._summed = 0
        self._place = 0

    def add(self, packet: Packet[AudioStream]) -> bool:
        """Count a packet, unless it is empty; False if it is one more than `MAX_PACKETS`."""
        if not packet.size:
            return True  # an empty packet marks the end of the stream
        if self.packets == MAX_PACKETS:
            self.is_whole = False
            return False
        self.packets += 1
        duration = packet.duration or 0
        self._summed += duration
        if packet.pos is not None and packet.pos >= 0:
            self._place = packet.pos + packet.size
        if packet.pts is not None:
            self._start = packet.pts if self._start is None else min(self._start, packet.pts)
            self._end = max(self._end, packet.pts + duration)
        return True

    def has_enough_for(self, stated: float) -> bool:
        """Whether counting can end, because the header's length (`stated`, seconds) can be used."""
        return self.packets >= ENOUGH_PACKETS and self._bears_out(stated)

    def seconds(self, stated: float) -> float:
        """The length in seconds. `stated` is the header's length, 0 if there is none."""
        if self.is_whole:
            return self._counted or stated
        return stated if self._bears_out(stated) else self._estimated

    def _bears_out(self, stated: float) -> bool:
        return self._estimated / 2 <= stated <= self._estimated * 2

    @property
    def _counted(self) -> float:
        ticks = self._end - self._start if self._start is not None else 0
        # Where recordings are appended to each other, as Ogg allows, the times begin anew.
        return max(ticks, self._summed) * self._base

    @property
    def _estimated(self) -> float:
        return self._counted * (self._size / self._place if self._place else 1)


@dataclass
class _Listener:
    """Decodes packets until one is audible: at first all, then fewer and fewer."""

    samples: int = 0
    is_audible: bool = False
    _passed: int = 0
    _samples_left: int = MAX_SAMPLES
    _packets_left: int = MAX_DECODED_PACKETS
    _stride: int = _TOGETHER
    _form: tuple[str, str, int] | None = None
    _forms: int = 0
    _resampler: AudioResampler = field(init=False, repr=False)

    def hear(self, packet: Packet[AudioStream]) -> None:
        """Decode this packet, unless it is to be skipped; a damaged packet is ignored."""
        self._passed += 1
        if self.is_audible or self._passed % self._stride >= _TOGETHER:
            return
        self._packets_left -= 1
        with suppress(FFmpegError):
            for frame in packet.decode():
                self._weigh(frame)
        if self._samples_left <= 0 or self._packets_left <= 0:
            self._samples_left, self._packets_left = MORE_SAMPLES, MORE_PACKETS
            self._stride = max(_FIRST_STRIDE, 2 * self._stride)

    def _weigh(self, frame: AudioFrame) -> None:
        channels = len(frame.layout.channels)
        _check_numbers(frame.sample_rate, channels)
        self.samples += frame.samples * channels
        self._samples_left -= frame.samples * channels
        form = (frame.format.name, frame.layout.name, frame.sample_rate)
        if form != self._form:
            self._forms += 1
            if self._forms > _MAX_FORMATS:
                raise _unsupported("it changes its form again and again")
            # Do not mix the channels: two channels with opposite values would become silent.
            self._form, self._resampler = form, AudioResampler(format="s16p", layout=frame.layout)
        frame.pts = None
        for plain in self._resampler.resample(frame):
            size = 2 * plain.samples
            self.is_audible |= any(_is_loud(bytes(plane)[:size]) for plane in plain.planes)


def _is_loud(pcm: bytes) -> bool:
    # An upper byte other than 0 and 255 means a sample above 255 or below -256.
    upper = pcm[1::2] if memoryview(b"\x01\x00").cast("h")[0] == 1 else pcm[::2]
    if upper.translate(None, b"\x00\xff"):
        return True
    if not pcm.strip(b"\x00"):
        return False
    values = memoryview(pcm).cast("h")[::8]
    return max(values) > AUDIBLE or min(values) < -AUDIBLE


def _unsupported(why: str) -> InvalidInput:
    return InvalidInput(f"The recording cannot be read: {why}.", code="audio_unsupported")


def _unreadable(start: bytes) -> InvalidInput:
    if start.startswith(MAGIC) or start[4:8] == b"ftyp":
        return InvalidInput("The recording cannot be read: it is damaged.", code="audio_corrupt")
    return InvalidInput("The file is no recording that can be read.", code="audio_wrong_type")
