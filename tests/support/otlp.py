"""A receiver of OpenTelemetry's protocol over HTTP, which reads the spans that it gets."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from tests.support.fake_http import Reply, in_bytes, listening


@dataclass(frozen=True)
class Seen:
    """One span, as the receiver got it; times are in seconds, ids are hexadecimal."""

    name: str
    trace: str
    id: str
    parent: str
    kind: int
    start: float
    end: float
    error: str
    attributes: dict[str, Any]
    events: list[tuple[str, dict[str, Any]]]
    links: list[str]


@dataclass
class Receiver:
    """What was received: spans, the attributes of their resource, and each request as bytes."""

    spans: list[Seen] = field(default_factory=list)
    resource: dict[str, Any] = field(default_factory=dict)
    raw: list[bytes] = field(default_factory=list)
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def named(self, name: str) -> Seen:
        """The only span of this name."""
        (span,) = (span for span in self.spans if span.name == name)
        return span

    def below(self, parent: str) -> list[Seen]:
        """The spans with this parent, in the order in which they started."""
        return sorted((s for s in self.spans if s.parent == parent), key=lambda s: s.start)

    def tree(self, parent: str, depth: int = 0) -> Iterator[str]:
        """The names of the spans below this one, indented."""
        for span in self.below(parent):
            yield "  " * depth + span.name
            yield from self.tree(span.id, depth + 1)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        length = int(head.partition("content-length:")[2].split("\r\n", 1)[0])
        body = await reader.readexactly(length)
        assert head.startswith("post /v1/traces "), head
        self.raw.append(body)
        self._read(ExportTraceServiceRequest.FromString(body))
        writer.write(in_bytes(Reply(b"")))
        await writer.drain()
        writer.close()

    def _read(self, request: Any) -> None:
        for sent in request.resource_spans:
            self.resource = _values(sent.resource.attributes)
            self.spans += [_seen(span) for scope in sent.scope_spans for span in scope.spans]


def _seen(span: Any) -> Seen:
    return Seen(
        name=span.name,
        trace=span.trace_id.hex(),
        id=span.span_id.hex(),
        parent=span.parent_span_id.hex(),
        kind=span.kind,
        start=span.start_time_unix_nano / 1e9,
        end=span.end_time_unix_nano / 1e9,
        error=span.status.message,
        attributes=_values(span.attributes),
        events=[(event.name, _values(event.attributes)) for event in span.events],
        links=[f"{link.trace_id.hex()}-{link.span_id.hex()}" for link in span.links],
    )


def _values(pairs: Any) -> dict[str, Any]:
    return {pair.key: getattr(pair.value, pair.value.WhichOneof("value")) for pair in pairs}


@asynccontextmanager
async def otlp_receiver() -> AsyncIterator[Receiver]:
    """Receive spans on a free loopback port while the block runs."""
    receiver = Receiver()
    async with listening(receiver.serve) as receiver.port:
        yield receiver
