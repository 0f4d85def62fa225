"""Spans of traces. Without a tracer, which `liverows.base.otel` makes, all of this does nothing.

A span never has contents: no text of a page, no prompt, no answer of a model, no message of an
error, and no secret. Attributes are names, keys, numbers and codes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from contextvars import ContextVar
from types import TracebackType
from typing import Literal, Protocol, TypeAlias
from urllib.parse import urlsplit

Value: TypeAlias = str | bool | int | float
Attributes: TypeAlias = Mapping[str, Value]
Kind: TypeAlias = Literal["internal", "client", "consumer"]

NO_ATTRIBUTES: Attributes = {}


class Span:
    """A span of a trace; this one belongs to no trace and does nothing.

    As a context manager it is the current span within the block, and ends with the block. An
    exception that leaves the block is noted by its code or class, never by its message.
    """

    def note(self, attributes: Attributes) -> None:
        """Add attributes."""

    def event(self, name: str, attributes: Attributes = NO_ATTRIBUTES) -> None:
        """Add an event that happens now."""

    def fail(self, code: str) -> None:
        """Mark the span as failed, with the code of the error."""

    def end(self) -> None:
        """End the span now."""

    def __enter__(self) -> Span:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        return None


class Tracer(Protocol):
    """Makes spans and sends them somewhere."""

    def start(
        self,
        name: str,
        attributes: Attributes = NO_ATTRIBUTES,
        *,
        kind: Kind = "internal",
        under: Span | str | None = None,
        links: Sequence[str] = (),
        seconds_ago: float = 0.0,
    ) -> Span:
        """Start a span under the current one, or under this span or W3C `traceparent`.

        `links` are traceparents of spans that it follows from. A malformed traceparent is ignored.
        """

    def current(self) -> Span:
        """Return the current span of this task."""

    def traceparent(self) -> str | None:
        """Return the W3C `traceparent` of the current span; None if there is none."""

    def names(self) -> dict[str, object]:
        """Return `trace_id` and `span_id` of the current span as hexadecimal text, or nothing."""


NO_SPAN = Span()

_tracer: Tracer | None = None
_hosts: frozenset[str] = frozenset()
_open_call: ContextVar[Span | None] = ContextVar("open_call", default=None)


def use_tracer(tracer: Tracer | None, hosts: Sequence[str] = ()) -> None:
    """Send the spans of this process to the tracer; None switches tracing off.

    Requests to these hosts may carry the trace further.
    """
    global _tracer, _hosts  # noqa: PLW0603 - a process has one tracer
    _tracer = tracer
    _hosts = frozenset(host.lower() for host in hosts)


def tracer() -> Tracer | None:
    """Return the tracer of this process; None if tracing is off."""
    return _tracer


def span(name: str, attributes: Attributes = NO_ATTRIBUTES, *, kind: Kind = "internal") -> Span:
    """Start a span under the current one, for a `with` statement."""
    return NO_SPAN if _tracer is None else _tracer.start(name, attributes, kind=kind)


def event(name: str, attributes: Attributes = NO_ATTRIBUTES) -> None:
    """Add an event to the current span."""
    if _tracer is not None:
        _tracer.current().event(name, attributes)


def model_call(operation: str, provider: str, model: str) -> AbstractContextManager[Span]:
    """Start the span of one request to a model, for a `with` statement.

    The names are those of OpenTelemetry's conventions for generative AI: an operation such as
    `chat`, a provider such as `openai`. What `record_usage` reports within the block is noted too.
    """
    if _tracer is None:
        return NO_SPAN
    asked = {
        "gen_ai.operation.name": operation,
        "gen_ai.provider.name": provider,
        "gen_ai.request.model": model,
    }
    return _ModelCall(_tracer.start(f"{operation} {model}", asked, kind="client"))


def note_usage(used: Mapping[str, Value | None]) -> None:
    """Note usage on the span of the open model call; without one, as an event of this span.

    Attributes that are None are left out.
    """
    if _tracer is None:
        return
    known = {name: value for name, value in used.items() if value is not None}
    call = _open_call.get()
    if call is None:
        _tracer.current().event("usage", known)
    else:
        call.note(known)


def names_of_trace() -> dict[str, object]:
    """Return `trace_id` and `span_id` of the current span, for a log line."""
    return {} if _tracer is None else _tracer.names()


def traceparent() -> str | None:
    """Return the W3C `traceparent` of the current span; None if tracing is off.

    A step can hand it on to rows that it inserts: `set_config('liverows.traceparent', …, true)`.
    """
    return None if _tracer is None else _tracer.traceparent()


def trace_headers(url: str) -> dict[str, str]:
    """Return the header `traceparent` for a request to this URL.

    Empty unless the setting LIVEROWS_TRACE_HOSTS names the host, because others learn no trace ids.
    """
    if _tracer is None or not _hosts or (urlsplit(url).hostname or "") not in _hosts:
        return {}
    current = _tracer.traceparent()
    return {} if current is None else {"traceparent": current}


class _ModelCall:
    """The span of a request to a model, which gets the usage that is recorded within its block."""

    def __init__(self, inner: Span) -> None:
        self._inner = inner

    def __enter__(self) -> Span:
        self._token = _open_call.set(self._inner)
        return self._inner.__enter__()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        _open_call.reset(self._token)
        self._inner.__exit__(kind, error, trace)
