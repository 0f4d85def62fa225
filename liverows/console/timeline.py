"""The runs of a row and their steps, with the places of their bars in a chart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from liverows.console.words import moment

NARROWEST = 0.6
"""The least width of a bar, in percent of the chart: a step of milliseconds is seen too."""


@dataclass(frozen=True, slots=True)
class Span:
    """A bar in a chart: its left end and its width in percent, and how long it stands for."""

    left: float
    width: float
    seconds: float


@dataclass(frozen=True, slots=True)
class Scale:
    """The time that a chart shows."""

    start: datetime
    end: datetime

    def span(self, begun: datetime, ended: datetime) -> Span:
        """Return the bar from one time to another."""
        whole = max((self.end - self.start).total_seconds(), 0.001)
        seconds = max((ended - begun).total_seconds(), 0.0)
        width = min(100.0, max(NARROWEST, 100 * seconds / whole))
        left = 100 * (begun - self.start).total_seconds() / whole
        return Span(round(min(max(left, 0.0), 100 - width), 2), round(width, 2), seconds)


@dataclass(frozen=True, slots=True)
class StepLine:
    """A step of a run: `told` is what the contract says of it; `bar` is None if no time is known.

    `kind` is done, failed, reused or waiting.
    """

    told: Mapping[str, Any]
    kind: str
    bar: Span | None


@dataclass(frozen=True, slots=True)
class RunLine:
    """A run: `bar` is its place among all runs, and the bars of its steps are its own chart."""

    told: Mapping[str, Any]
    kind: str
    bar: Span | None
    steps: Sequence[StepLine]


def timeline(runs: Sequence[Mapping[str, Any]], now: datetime | None = None) -> list[RunLine]:
    """Return the lines of a chart for the runs in an answer of `inspect`, oldest first."""
    until = now or datetime.now(UTC)
    times = [_times(run, "claimed_at", until) for run in runs]
    known = [pair for pair in times if pair is not None]
    if not known:
        return [RunLine(run, _run_kind(run), None, _steps(run, None, until)) for run in runs]
    whole = Scale(min(begun for begun, _ in known), max(ended for _, ended in known))
    return [
        RunLine(run, _run_kind(run), whole.span(*pair) if pair else None, _steps(run, pair, until))
        for run, pair in zip(runs, times, strict=True)
    ]


def _steps(
    run: Mapping[str, Any], own: tuple[datetime, datetime] | None, until: datetime
) -> list[StepLine]:
    # A run reuses results before it does anything else.
    steps = sorted(run.get("steps") or [], key=lambda step: not step.get("reused"))
    times = [_times(step, "started_at", own[1] if own else until) for step in steps]
    known = [pair for pair in (*times, own) if pair is not None]
    if not known:
        return [StepLine(step, _step_kind(step), None) for step in steps]
    scale = Scale(min(begun for begun, _ in known), max(ended for _, ended in known))
    return [
        StepLine(step, _step_kind(step), scale.span(*pair) if pair else None)
        for step, pair in zip(steps, times, strict=True)
    ]


def _times(
    told: Mapping[str, Any], begin: str, until: datetime
) -> tuple[datetime, datetime] | None:
    begun = moment(told.get(begin))
    if begun is None:
        return None
    return begun, max(begun, moment(told.get("ended_at")) or until)


def _run_kind(run: Mapping[str, Any]) -> str:
    if run.get("ended_at") is None:
        return "running"
    ends = {"completed": "done", "failed": "failed", "cancelled": "cancelled"}
    return ends.get(str(run.get("end")), "waiting")


def _step_kind(step: Mapping[str, Any]) -> str:
    if step.get("error"):
        return "failed"
    if step.get("reused"):
        return "reused"
    return "done" if step.get("ended_at") else "running"
