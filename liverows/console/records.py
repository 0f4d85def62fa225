"""The pages Log, of what operators did, and System, of what the queue itself takes."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from liverows.console.answers import many
from liverows.console.desk import Desk
from liverows.console.state import console_of, page

_MOST_LINES = 200
_MOST_TABLES = 12


async def show_log(request: Request) -> Response:
    """Show what operators did, newest first."""
    told = await console_of(request).desk.ask("operator_log", max_rows=_MOST_LINES)
    lines = [line | {"told": _words(line["arguments"])} for line in many(told, "operator_log")]
    return page(request, "log.html", {"lines": lines, "most": _MOST_LINES})


def _words(arguments: dict[str, Any] | None) -> list[tuple[str, Any]]:
    """Return what an action was given, and each part of a filter, as names and values."""
    given = dict(arguments or {})
    chosen = given.pop("filter", None) or {}
    return [
        (name, " or ".join(map(str, value)) if isinstance(value, list) else value)
        for name, value in [*chosen.items(), *given.items()]
    ]


async def show_system(request: Request) -> Response:
    """Show the sizes of the queue's own tables, and the alerts."""
    desk = console_of(request).desk
    context = {name: await _known(desk, name) for name in ("storage", "alerts")}
    return page(request, "system.html", {**context, "most": _MOST_TABLES})


async def _known(desk: Desk, function: str) -> list[dict[str, Any]] | None:
    """Ask a function; None if this release does not have it."""
    return many(await desk.ask(function), function) if desk.has(function) else None
