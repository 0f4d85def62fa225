"""Usage of paid services, such as tokens: providers report it without knowing who collects it.

A provider calls `record_usage` once per answer, also for an answer that it then rejects, because
that one was paid too. The engine opens one `collect_usage` around all tries of a step; tasks that
the step starts report to the same collector. Outside of a collector, reports are dropped.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from liverows.base.types import JsonObject

_MOST = 1e12
_LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class Usage:
    """Usage of one paid answer. None means that the provider did not say."""

    model: str
    input_tokens: int | None = None
    output_tokens: int | None = None
    audio_seconds: float | None = None
    cost_usd: float | None = None


@dataclass(frozen=True, slots=True)
class _Collector:
    reports: list[Usage]
    tell: Callable[[Usage], None] | None


_open_collector: ContextVar[_Collector | None] = ContextVar("open_collector", default=None)


def record_usage(
    model: str,
    *,
    input_tokens: int | None = None,
    output_tokens: int | None = None,
    audio_seconds: float | None = None,
    cost_usd: float | None = None,
) -> None:
    """Report the usage of one answer to the step that asked for it.

    An impossible number (negative, infinite or huge) is stored as None.
    """
    collector = _open_collector.get()
    if collector is None:
        return
    usage = Usage(
        _readable(model),
        _count(input_tokens),
        _count(output_tokens),
        _amount(audio_seconds),
        _amount(cost_usd),
    )
    collector.reports.append(usage)
    if collector.tell is not None:
        collector.tell(usage)


def _amount(said: float | None) -> float | None:
    return said if said is not None and 0 <= said <= _MOST else None


def _count(said: int | None) -> int | None:
    amount = _amount(said)
    return None if amount is None else int(amount)


def _readable(model: str) -> str:
    return model[:_LONGEST_NAME].encode(errors="replace").decode().replace("\x00", "?")


@contextmanager
def collect_usage(tell: Callable[[Usage], None] | None = None) -> Iterator[list[Usage]]:
    """Collect every report made in the block, also by tasks that the block starts.

    `tell` is called at once with each report, even if a task reports after the block has ended.
    """
    reports: list[Usage] = []
    token = _open_collector.set(_Collector(reports, tell))
    try:
        yield reports
    finally:
        _open_collector.reset(token)


def summed(reports: list[Usage]) -> JsonObject | None:
    """The sum as one JSON object for a checkpoint; measures that nobody reported are left out."""
    if not reports:
        return None
    total: JsonObject = {"model": ", ".join(dict.fromkeys(report.model for report in reports))}
    for measure in ("input_tokens", "output_tokens", "audio_seconds", "cost_usd"):
        known = [value for report in reports if (value := getattr(report, measure)) is not None]
        if known:
            total[measure] = sum(known)
    return total
