"""What a step spends, reported by providers without knowing who counts.

A provider calls `record_usage` once per answer, also per answer that it then finds
unusable: it was paid all the same. The engine opens one `collect_usage` around all
attempts of a step. Tasks that a step starts report to the same collector. Outside of
a collector a report is dropped.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from worker.base.types import JsonObject


@dataclass(frozen=True, slots=True)
class Usage:
    """One paid answer. `None` means that the provider did not say."""

    model: str
    input_tokens: int | None = None
    output_tokens: int | None = None
    audio_seconds: float | None = None
    cost_usd: float | None = None


_open_collector: ContextVar[list[Usage] | None] = ContextVar("open_collector", default=None)


def record_usage(
    model: str,
    *,
    input_tokens: int | None = None,
    output_tokens: int | None = None,
    audio_seconds: float | None = None,
    cost_usd: float | None = None,
) -> None:
    """Report one answer's cost to the step that asked for it."""
    collector = _open_collector.get()
    if collector is not None:
        collector.append(Usage(model, input_tokens, output_tokens, audio_seconds, cost_usd))


@contextmanager
def collect_usage() -> Iterator[list[Usage]]:
    """Gather every report made inside the block, also by tasks started there."""
    reports: list[Usage] = []
    token = _open_collector.set(reports)
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
