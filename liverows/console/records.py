"""The pages Log, of what operators did, and System, of what the queue itself takes."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from liverows.console.answers import many
from liverows.console.desk import Desk
from liverows.console.state import console_of, page

_MOST_LINES = 200


async def show_log(request: Request) -> Response:
    """Show what operators did, newest first."""
    told = await console_of(request).desk.ask("operator_log", max_rows=_MOST_LINES)
    return page(request, "log.html", {"lines": many(told, "operator_log"), "most": _MOST_LINES})


async def show_system(request: Request) -> Response:
    """Show the sizes of the queue's own tables, and the alerts."""
    desk = console_of(request).desk
    context = {name: await _known(desk, name) for name in ("storage", "alerts")}
    return page(request, "system.html", context)


async def _known(desk: Desk, function: str) -> list[dict[str, Any]] | None:
    """Ask a function; None if this release does not have it."""
    return many(await desk.ask(function), function) if desk.has(function) else None
