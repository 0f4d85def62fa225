"""The last 24 hours of each pipeline, as small charts that the server draws."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from liverows.console.words import moment

HOURS = 24
SLOTS = 48
BUCKET_SECONDS = HOURS * 3600 // SLOTS
HEIGHT = 20.0
"""The height of a chart in its own units; each slot is one unit wide."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One slot of a bar chart: what is done stands at the bottom, what failed on top of it."""

    x: int
    done: float
    failed: float


@dataclass(frozen=True, slots=True)
class Percentiles:
    """Two lines as SVG paths, and the last values that are known, in seconds."""

    middle: str
    high: str
    last_middle: float | None
    last_high: float | None
    most: float


@dataclass(frozen=True, slots=True)
class Trend:
    """What became of a pipeline's rows, per half hour."""

    bars: Sequence[Bar]
    completed: int
    failed: int
    retried: int
    wait: Percentiles
    run: Percentiles


def first_moment(now: datetime) -> datetime:
    """Return since when the charts show something: a full half hour, about a day ago."""
    end = int(now.timestamp()) // BUCKET_SECONDS * BUCKET_SECONDS
    return datetime.fromtimestamp(end, now.tzinfo) - timedelta(seconds=(SLOTS - 1) * BUCKET_SECONDS)


def trends_of(lines: Iterable[Mapping[str, Any]], start: datetime) -> dict[str, Trend]:
    """Return the trend of each pipeline in an answer of `history` since `start`."""
    slots: dict[str, list[Mapping[str, Any]]] = {}
    for line in lines:
        at = moment(line["at"])
        place = -1 if at is None else int((at - start).total_seconds() // BUCKET_SECONDS)
        if 0 <= place < SLOTS:
            slots.setdefault(line["pipeline"], [{} for _ in range(SLOTS)])[place] = line
    return {pipeline: _trend(of_pipeline) for pipeline, of_pipeline in slots.items()}


def _trend(slots: Sequence[Mapping[str, Any]]) -> Trend:
    def sums(name: str) -> list[int]:
        return [int(slot.get(name) or 0) for slot in slots]

    completed, failed = sums("completed"), sums("failed")
    return Trend(
        bars=_bars(completed, failed),
        completed=sum(completed),
        failed=sum(failed),
        retried=sum(sums("retried")),
        wait=_percentiles(slots, "wait"),
        run=_percentiles(slots, "run"),
    )


def _bars(completed: Sequence[int], failed: Sequence[int]) -> list[Bar]:
    most = max(map(sum, zip(completed, failed, strict=True)), default=0) or 1

    def height(number: int) -> float:
        # A single row among thousands must still be seen.
        return max(1.0, round(HEIGHT * number / most, 2)) if number else 0.0

    return [
        Bar(x, height(done), height(lost))
        for x, (done, lost) in enumerate(zip(completed, failed, strict=True))
        if done or lost
    ]


def _percentiles(slots: Sequence[Mapping[str, Any]], what: str) -> Percentiles:
    middle = [_number(slot.get(f"{what}_p50")) for slot in slots]
    high = [_number(slot.get(f"{what}_p95")) for slot in slots]
    most = max((value for value in (*middle, *high) if value is not None), default=0.0)
    return Percentiles(_path(middle, most), _path(high, most), _last(middle), _last(high), most)


def _path(values: Sequence[float | None], most: float) -> str:
    """Draw a line through the known values; where one is missing the line has a gap."""
    parts: list[str] = []
    joined = False
    for x, value in enumerate(values):
        if value is None:
            joined = False
            continue
        y = round(HEIGHT - 1 - (HEIGHT - 2) * value / (most or 1), 2)
        parts.append(f"L{x + 0.5} {y}" if joined else f"M{x} {y}H{x + 0.5}")
        joined = True
    return "".join(parts)


def _number(value: Any) -> float | None:
    return None if value is None else float(value)


def _last(values: Sequence[float | None]) -> float | None:
    return next((value for value in reversed(values) if value is not None), None)
