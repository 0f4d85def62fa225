"""Passes a request on to a service, and the answer back to the caller, both as streams."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse

# These headers concern one connection only, or the next client or server sets its own.
_NOT_FORWARDED = frozenset({"apikey", "authorization", "connection", "host"})
_NOT_RETURNED = frozenset({"connection", "date", "server", "transfer-encoding"})

TIMEOUT_SECONDS = 150.0
"""The real gateway ends an idle request after the same time."""

CONNECTIONS = httpx.Limits(max_connections=200, max_keepalive_connections=50)


def client_for(socket: Path) -> httpx.AsyncClient:
    """A client of the service that listens on this Unix socket."""
    transport = httpx.AsyncHTTPTransport(uds=str(socket), limits=CONNECTIONS)
    return httpx.AsyncClient(
        transport=transport, base_url="http://service", timeout=TIMEOUT_SECONDS
    )


def client_of(url: str) -> httpx.AsyncClient:
    """A client of the service at this local address. It never uses a proxy."""
    return httpx.AsyncClient(
        base_url=url, limits=CONNECTIONS, timeout=TIMEOUT_SECONDS, trust_env=False
    )


async def forward(
    request: Request, service: httpx.AsyncClient, path: bytes, headers: dict[str, str]
) -> Response:
    """Ask the service for `path`; `headers` replace those of the request."""
    passed = [pair for pair in request.headers.items() if pair[0] not in _NOT_FORWARDED]
    outgoing = service.build_request(
        request.method,
        service.base_url.copy_with(raw_path=path),
        headers=[*passed, *headers.items()],
        content=_body(request),
    )
    try:
        answer = await service.send(outgoing, stream=True)
    except httpx.TransportError:
        return JSONResponse({"message": "An invalid response was received from upstream"}, 502)
    response = StreamingResponse(
        answer.aiter_raw(), answer.status_code, background=BackgroundTask(answer.aclose)
    )
    response.raw_headers = [
        # ASGI names are in lower case. CORS would otherwise not replace the header of the service.
        (name.lower(), value)
        for name, value in answer.headers.raw
        if name.decode("latin-1").lower() not in _NOT_RETURNED
    ]
    return response


def path_after(request: Request, prefix: str) -> bytes:
    """The path and query of a request without the prefix, in their original encoding."""
    raw: bytes = request.scope["raw_path"].removeprefix(prefix.encode()) or b"/"
    query: bytes = request.scope["query_string"]
    return raw + b"?" + query if query else raw


def _body(request: Request) -> AsyncIterator[bytes] | None:
    announced = any(name in request.headers for name in ("content-length", "transfer-encoding"))
    return request.stream() if announced else None
