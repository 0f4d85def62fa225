"""Sends spans by OpenTelemetry, with the extra `otel`; the SDK's own variables configure it."""

from __future__ import annotations

import asyncio
import logging
import os
import re
import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from threading import Thread
from types import TracebackType
from typing import TYPE_CHECKING

from dotenv import dotenv_values

from liverows.base.errors import SetupError, WorkerError
from liverows.base.extras import OTEL_CURE, has_otel
from liverows.base.logger import get_logger
from liverows.base.settings import ENV_FILE, Settings
from liverows.base.tracing import NO_ATTRIBUTES, Attributes, Kind, Span, use_tracer
from liverows.base.version import VERSION

if TYPE_CHECKING:
    from contextvars import Token

    from opentelemetry import trace
    from opentelemetry.context import Context
    from opentelemetry.sdk.trace import TracerProvider

log = get_logger(__name__)

_TRACEPARENT = re.compile(r"[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})")
_FLUSH_SECONDS = 5.0
_CLOSING = "closing-traces"
_VARIABLES = "https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/"
_PROTOCOL = "http/protobuf"


@asynccontextmanager
async def opened_tracing(
    settings: Settings, env_file: str | None = ENV_FILE
) -> AsyncIterator[None]:
    """Trace within the block, if the settings ask for it; send what is left at its end.

    Without OTEL_EXPORTER_OTLP_ENDPOINT it also traces if the application has set a tracer provider
    of its own. Raises `SetupError` for a protocol that the extra does not speak.
    """
    provider = _providers_own() if not _is_wanted(env_file) else _provider()
    if provider is None:
        yield
        return
    use_tracer(OtelTracer(provider.get_tracer("liverows", VERSION)), settings.trace_hosts)
    try:
        yield
    finally:
        use_tracer(None)
        await _shut_down(provider)


def _is_wanted(env_file: str | None) -> bool:
    """Whether an endpoint is set, after OTEL_* variables of the file became those of the process.

    The SDK reads the environment only.
    """
    if env_file and Path(env_file).is_file():
        for name, value in dotenv_values(env_file).items():
            if name.startswith("OTEL_") and value:
                os.environ.setdefault(name, value)
    named = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
    is_off = os.environ.get("OTEL_SDK_DISABLED", "").lower() == "true"
    is_elsewhere = os.environ.get("OTEL_TRACES_EXPORTER", "otlp") != "otlp"
    if is_off or is_elsewhere or not any(os.environ.get(name) for name in named):
        return False
    if not has_otel():
        log.warning("tracing_not_installed", cure=OTEL_CURE)
        return False
    return True


def _providers_own() -> trace.TracerProvider | None:
    """Return the provider that the application has set, if it has."""
    api = sys.modules.get("opentelemetry.trace")
    if api is None or "opentelemetry.sdk.trace" not in sys.modules:
        return None
    from opentelemetry.sdk.trace import TracerProvider

    found = api.get_tracer_provider()
    return found if isinstance(found, TracerProvider) and found not in _made else None


_made: list[TracerProvider] = []


def _provider() -> trace.TracerProvider:
    from opentelemetry import trace
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    _check_protocol()
    # The SDK would log a header that it cannot read, with the secret in it.
    logging.getLogger("opentelemetry.util.re").addFilter(_without_value)
    resource = Resource.create({"service.version": VERSION})
    if str(resource.attributes["service.name"]).startswith("unknown_service"):
        resource = resource.merge(Resource({"service.name": "liverows"}))
    try:
        provider = TracerProvider(resource=resource, shutdown_on_exit=False)  # see `_shut_down`
        provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    except ValueError as error:
        raise SetupError(
            f"a variable OTEL_… is malformed: {error}",
            cure=f"see {_VARIABLES}",
            code="malformed_settings",
        ) from error
    _made.append(provider)
    if isinstance(trace.get_tracer_provider(), trace.ProxyTracerProvider):
        # What the application's own instrumentation traces goes the same way.
        trace.set_tracer_provider(provider)
    return provider


def _check_protocol() -> None:
    for name in ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL"):
        if os.environ.get(name, _PROTOCOL) != _PROTOCOL:
            raise SetupError(
                f"{name} is not {_PROTOCOL}, the one protocol of the extra otel",
                cure=f"set {name}={_PROTOCOL}, and the port of the collector for it, usually 4318",
                code="malformed_settings",
            )


def _without_value(record: logging.LogRecord) -> bool:
    record.msg = "a header in OTEL_EXPORTER_OTLP_HEADERS is not sent: write name=value"
    record.args = ()
    return True


async def _shut_down(provider: trace.TracerProvider) -> None:
    if provider not in _made:
        return  # the application's own provider is not ours to close
    # A collector that does not answer is waited for longer than this. A process does not wait for a
    # daemon thread at its end, as it would for one of asyncio's.
    loop, closed = asyncio.get_running_loop(), asyncio.Event()

    def close() -> None:
        provider.shutdown()
        with suppress(RuntimeError):  # the loop has ended meanwhile
            loop.call_soon_threadsafe(closed.set)

    Thread(target=close, name=_CLOSING, daemon=True).start()
    with suppress(TimeoutError):
        await asyncio.wait_for(closed.wait(), _FLUSH_SECONDS)


class OtelTracer:
    """Makes spans with a tracer of OpenTelemetry."""

    def __init__(self, tracer: trace.Tracer) -> None:
        from opentelemetry import context, trace

        self._tracer = tracer
        self._context = context
        self._trace = trace
        self._kinds = {
            "internal": trace.SpanKind.INTERNAL,
            "client": trace.SpanKind.CLIENT,
            "consumer": trace.SpanKind.CONSUMER,
        }

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
        """Start a span; see `Tracer.start`."""
        found = [self._remote(link) for link in links]
        started = self._tracer.start_span(
            name,
            self._parent(under),
            kind=self._kinds[kind],
            attributes=attributes,
            links=[self._trace.Link(each) for each in found if each is not None],
            start_time=time.time_ns() - int(seconds_ago * 1e9),
        )
        return OtelSpan(started)

    def current(self) -> Span:
        """Return the current span of this task."""
        return OtelSpan(self._trace.get_current_span())

    def traceparent(self) -> str | None:
        """Return the W3C `traceparent` of the current span; None if there is none."""
        here = self._trace.get_current_span().get_span_context()
        if not here.is_valid:
            return None
        return f"00-{here.trace_id:032x}-{here.span_id:016x}-{here.trace_flags:02x}"

    def names(self) -> dict[str, object]:
        """Return `trace_id` and `span_id` of the current span as hexadecimal text, or nothing."""
        here = self._trace.get_current_span().get_span_context()
        if not here.is_valid:
            return {}
        return {"trace_id": f"{here.trace_id:032x}", "span_id": f"{here.span_id:016x}"}

    def _parent(self, under: Span | str | None) -> Context | None:
        if isinstance(under, OtelSpan):
            return self._trace.set_span_in_context(under.span, self._context.Context())
        if isinstance(under, str) and (remote := self._remote(under)) is not None:
            parent = self._trace.NonRecordingSpan(remote)
            return self._trace.set_span_in_context(parent, self._context.Context())
        return None

    def _remote(self, traceparent: str) -> trace.SpanContext | None:
        found = _TRACEPARENT.fullmatch(traceparent)
        if found is None:
            return None
        trace_id, span_id, flags = (int(part, 16) for part in found.groups())
        remote = self._trace.SpanContext(
            trace_id, span_id, is_remote=True, trace_flags=self._trace.TraceFlags(flags & 1)
        )
        return remote if remote.is_valid else None


class OtelSpan(Span):
    """A span of OpenTelemetry."""

    def __init__(self, span: trace.Span) -> None:
        self.span = span
        self._token: Token[Context] | None = None

    def note(self, attributes: Attributes) -> None:
        self.span.set_attributes(attributes)

    def event(self, name: str, attributes: Attributes = NO_ATTRIBUTES) -> None:
        self.span.add_event(name, attributes)

    def fail(self, code: str) -> None:
        from opentelemetry.trace import StatusCode

        self.span.set_attribute("error.type", code)
        self.span.set_status(StatusCode.ERROR, code)

    def end(self) -> None:
        self.span.end()

    def __enter__(self) -> Span:
        from opentelemetry import context, trace

        self._token = context.attach(trace.set_span_in_context(self.span))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        from opentelemetry import context

        if self._token is not None:
            context.detach(self._token)
        if isinstance(error, Exception):
            self.fail(error.code if isinstance(error, WorkerError) else type(error).__name__)
        elif error is not None:
            self.note({"liverows.stopped": True})
        self.end()
