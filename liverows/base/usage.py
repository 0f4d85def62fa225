"""Reports the usage of paid services to the step that runs now.

Call `record_usage` also for an answer that is then rejected: that answer was paid too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from liverows.base.paying import asked_model, taken_reservation
from liverows.base.tracing import note_usage
from liverows.base.types import JsonObject

_MOST = 1e12
_LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class Usage:
    """Usage of one paid answer; None for a number that was not reported or was impossible."""

    model: str
    input_tokens: int | None = None
    output_tokens: int | None = None
    audio_seconds: float | None = None
    cost_usd: float | None = None
    reservation: str | None = None
    """The reservation that this usage settles; see `liverows.base.paying`."""
    asked: str | None = None
    """The model that was asked for, if the service answered under another name."""


@dataclass(frozen=True, slots=True)
class _Collector:
    reports: list[Usage]
    tell: Callable[[Usage], object] | None
    priced: Callable[[Usage], Usage]


_open_collector: ContextVar[_Collector | None] = ContextVar("open_collector", default=None)


def record_usage(
    model: str,
    *,
    input_tokens: int | None = None,
    output_tokens: int | None = None,
    audio_seconds: float | None = None,
    cost_usd: float | None = None,
) -> None:
    """Report the usage of one answer to the step that runs now; outside a step, do nothing.

    An impossible number (negative, NaN or above 10**12) is stored as None.
    """
    asked = asked_model()
    usage = Usage(
        _readable(model),
        _count(input_tokens),
        _count(output_tokens),
        _amount(audio_seconds),
        _amount(cost_usd),
        taken_reservation(),
        None if asked == model else asked,
    )
    collector = _open_collector.get()
    if collector is None:
        _note(usage)
    else:
        _report(collector, usage)


def _report(collector: _Collector, usage: Usage) -> None:
    usage = collector.priced(usage)
    _note(usage)
    collector.reports.append(usage)
    if collector.tell is not None:
        collector.tell(usage)


def _note(usage: Usage) -> None:
    note_usage(
        {
            "gen_ai.response.model": usage.model,
            "gen_ai.usage.input_tokens": usage.input_tokens,
            "gen_ai.usage.output_tokens": usage.output_tokens,
            "liverows.usage.audio_seconds": usage.audio_seconds,
            "liverows.usage.cost_usd": usage.cost_usd,
        }
    )


def _as_reported(usage: Usage) -> Usage:
    return usage


def _amount(said: float | None) -> float | None:
    return said if said is not None and 0 <= said <= _MOST else None


def _count(said: int | None) -> int | None:
    amount = _amount(said)
    return None if amount is None else int(amount)


def _readable(model: str) -> str:
    return model[:_LONGEST_NAME].encode(errors="replace").decode().replace("\x00", "?")


@contextmanager
def collect_usage(
    tell: Callable[[Usage], None] | None = None,
    priced: Callable[[Usage], Usage] = _as_reported,
) -> Iterator[list[Usage]]:
    """Give a list that gets the reports made in the block, also by tasks that the block starts.

    `tell` is called at once with each report, after `priced` has set its cost.
    """
    reports: list[Usage] = []
    token = _open_collector.set(_Collector(reports, tell, priced))
    try:
        yield reports
    finally:
        _open_collector.reset(token)


@contextmanager
def passing_usage_on(call: Callable[..., object]) -> Iterator[None]:
    """Within the block, have each report made by `call(report_it, usage)`.

    With an event loop's `call_soon_threadsafe`, reports of other threads arrive in the loop.
    """
    collector = _open_collector.get()
    if collector is None:
        yield
        return

    def receive(usage: Usage) -> None:
        _report(collector, usage)

    passing = _Collector([], lambda usage: call(receive, usage), _as_reported)
    token = _open_collector.set(passing)
    try:
        yield
    finally:
        _open_collector.reset(token)


def summed(reports: list[Usage]) -> JsonObject | None:
    """Return the sum of the reports as one JSON object, or None if there is no report."""
    if not reports:
        return None
    total: JsonObject = {"model": ", ".join(dict.fromkeys(report.model for report in reports))}
    for measure in ("input_tokens", "output_tokens", "audio_seconds", "cost_usd"):
        known = [value for report in reports if (value := getattr(report, measure)) is not None]
        if known:
            total[measure] = sum(known)
    return total
