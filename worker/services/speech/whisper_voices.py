"""Tells two voices apart by their pitch.

If the pitches form no two clear groups, no word gets a voice, because a wrong speaker is worse than
none.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from worker.services.speech.speech_to_text import Word

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

NOT_TOLD_APART = "speakers_not_told_apart"
LOWEST_HZ, HIGHEST_HZ = 65.0, 350.0
FRAME_SECONDS = 0.04
STEP_SECONDS = 0.02
VOICED = 0.5
"""A frame counts as voiced if its normalised autocorrelation at the best lag is at least this."""
CLEAR_SEMITONES = 3.0
LEAST_SHARE = 0.08
SENTENCE_ENDS = (".", "?", "!")
TURN_PAUSE = 0.3


def tell_apart(
    samples: NDArray[np.float32], rate: int, words: Sequence[Word]
) -> tuple[list[int | None], list[str]]:
    """A voice (0 or 1) for each word, and warnings. `rate` is in samples per second.

    Without two clear voices, each word gets None, and the warning is `NOT_TOLD_APART`.
    """
    stretches = _stretches(words)
    pitches = [
        _pitch(samples, rate, words[first].start, words[last].end) for first, last in stretches
    ]
    known = [pitch for pitch in pitches if pitch is not None]
    border = _border(known)
    if border is None:
        return [None] * len(words), [NOT_TOLD_APART]
    first_is_low = known[0] < border
    told = [None if pitch is None else int((pitch < border) != first_is_low) for pitch in pitches]
    voices: list[int | None] = []
    for place, (first, last) in enumerate(stretches):
        voices += [_voice(told, place, words, stretches)] * (last - first + 1)
    return voices, []


def _voice(
    told: Sequence[int | None],
    place: int,
    words: Sequence[Word],
    stretches: Sequence[tuple[int, int]],
) -> int:
    """The voice of the words at `place`, or else of the nearest stretch with a known voice."""
    own = told[place]
    if own is not None:
        return own
    start, end = words[stretches[place][0]].start, words[stretches[place][1]].end
    distances = [
        (max(words[first].start - end, start - words[last].end), voice)
        for (first, last), voice in zip(stretches, told, strict=True)
        if voice is not None
    ]
    return min(distances)[1]


def _stretches(words: Sequence[Word]) -> list[tuple[int, int]]:
    if not words:
        return []
    ends = [
        place
        for place, (word, following) in enumerate(pairwise(words))
        if word.text.endswith(SENTENCE_ENDS) or following.start - word.end > TURN_PAUSE
    ]
    firsts = [0, *(end + 1 for end in ends)]
    return list(zip(firsts, [*ends, len(words) - 1], strict=True))


def _border(pitches: Sequence[float]) -> float | None:
    """The pitch midway between two groups; None unless there are clearly two groups."""
    if len(pitches) < 4:
        return None
    low, high = min(pitches), max(pitches)
    for _ in range(20):
        border = (low + high) / 2
        below = [pitch for pitch in pitches if pitch < border]
        above = [pitch for pitch in pitches if pitch >= border]
        if not below or not above:
            return None
        low, high = statistics.fmean(below), statistics.fmean(above)
    spread = (statistics.pstdev(below) + statistics.pstdev(above)) / 2
    is_apart = high - low >= max(CLEAR_SEMITONES, 2 * spread)
    is_shared = min(len(below), len(above)) >= LEAST_SHARE * len(pitches)
    return (low + high) / 2 if is_apart and is_shared else None


def _pitch(samples: NDArray[np.float32], rate: int, start: float, end: float) -> float | None:
    """Median pitch in semitones above 1 Hz; None if too few frames are voiced."""
    frame, step = int(FRAME_SECONDS * rate), int(STEP_SECONDS * rate)
    part = samples[int(start * rate) : int(end * rate)]
    found = [
        pitch
        for place in range(0, len(part) - frame, step)
        if (pitch := _frame_pitch(part[place : place + frame], rate)) is not None
    ]
    return statistics.median(found) if len(found) >= 5 else None


def _frame_pitch(frame: Any, rate: int) -> float | None:
    import numpy as np

    centred = frame - frame.mean()
    energy = float(np.dot(centred, centred))
    if energy < 1e-3:
        return None
    spectrum = np.fft.rfft(centred, 2 * len(centred))
    correlation = np.fft.irfft(spectrum * np.conj(spectrum))[: len(centred)] / energy
    shortest, longest = int(rate / HIGHEST_HZ), min(int(rate / LOWEST_HZ), len(centred) - 1)
    best = shortest + int(np.argmax(correlation[shortest:longest]))
    return 12 * math.log2(rate / best) if correlation[best] >= VOICED else None
