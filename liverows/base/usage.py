"""What a step spends, reported by providers without knowing who counts.

A provider calls `record_usage` once per answer, also per answer that it then finds
unusable: it was paid all the same. The engine opens one `collect_usage` around all
attempts of a step. Tasks that a step starts report to the same collector. Outside of
a collector a report is dropped.
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
    """One paid answer. `None` means that the provider did not say."""

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
    """Report one answer's cost to the step that asked for it.

    A number that no service can mean (negative, endless, huge) counts as not said.
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
    """Gather every report made inside the block, also by tasks started there.

    `tell` hears of each at once, also of one by a task that outlives the block.
    """
    reports: list[Usage] = []
    token = _open_collector.set(_Collector(reports, tell))
    try:
        yield reports
    finally:
        _open_collector.reset(token)


def summed(reports: list[Usage]) -> JsonObject | None:
    """One JSON object for a checkpoint; a sum leaves out what nobody reported."""
    if not reports:
        return None
    total: JsonObject = {"model": ", ".join(dict.fromkeys(report.model for report in reports))}
    for measure in ("input_tokens", "output_tokens", "audio_seconds", "cost_usd"):
        known = [value for report in reports if (value := getattr(report, measure)) is not None]
        if known:
            total[measure] = sum(known)
    return total
