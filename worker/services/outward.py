"""Lets requests of services carry the trace of a row, to hosts that the operator names only."""

from __future__ import annotations

from typing import Any

from liverows import trace_headers


async def _carry_trace(request: Any) -> None:
    # A redirected request has the header of the one before, and another host.
    request.headers.pop("traceparent", None)
    request.headers.update(trace_headers(str(request.url)))


CARRIES_TRACE: dict[str, list[Any]] = {"request": [_carry_trace]}
"""The `event_hooks` of a client of httpx, or of a client made like it."""
