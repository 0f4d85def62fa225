"""The pages of pipelines: pause and resume them, and change their limits."""

from __future__ import annotations

import asyncio
from typing import Any
from urllib.parse import urlencode

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from liverows.base.errors import InvalidInput
from liverows.base.types import JsonObject
from liverows.console.answers import many, one
from liverows.console.desk import Desk
from liverows.console.guard import Form, value_of
from liverows.console.state import back_to, console_of, page, session_of

LIMITS = {
    "concurrency": "Rows that run at a time",
    "concurrency_per_owner": "Of one owner at a time",
    "max_open_per_owner": "Open rows of one owner",
    "max_attempts": "Attempts of a row",
}
"""By name in the contract, what the page calls a limit."""

_MOST_SET_ASIDE = 50
_MOST_DIGITS = 9


async def show_pipelines(request: Request) -> Response:
    """Show every pipeline with its counts and limits, and the schedules."""
    desk = console_of(request).desk
    seen, settings = await asyncio.gather(_overview(desk), _settings(desk))
    lines = [line | {"settings": settings.get(line["pipeline"], {})} for line in seen["pipelines"]]
    context = {"pipelines": lines, "schedules": seen["schedules"], "troubles": seen["troubles"]}
    return page(request, "pipelines.html", context)


async def show_pipeline(request: Request) -> Response:
    """Show one pipeline, its limits and the rows that are set aside."""
    desk = console_of(request).desk
    name = request.query_params.get("name", "")
    set_aside: JsonObject = {"pipeline": name, "status": ["set_aside"]}
    told, settings, budgets = await asyncio.gather(
        desk.ask("overview", pipeline=name), _settings(desk), desk.ask("budgets", pipeline=name)
    )
    seen = one(told, "overview")
    line = next((one for one in seen["pipelines"] if one["pipeline"] == name), None)
    if line is None:
        raise HTTPException(404)
    aside = await desk.ask("list_rows", filter=set_aside, max_rows=_MOST_SET_ASIDE)
    context = {
        "line": line,
        "told": settings.get(name, {}),
        "limits": LIMITS,
        "aside": one(aside, "list_rows")["rows"],
        "troubles": seen["troubles"],
        "budgets": many(budgets, "budgets"),
    }
    return page(request, "pipeline.html", context)


async def pause_pipeline(request: Request, form: Form) -> Response:
    """Pause a pipeline, or let it go on."""
    name, paused = value_of(form, "pipeline"), value_of(form, "paused") == "1"
    await console_of(request).desk.ask(
        "pause", pipeline=name, paused=paused, operator=session_of(request).operator
    )
    told = f"{name} is paused: rows that run now go on." if paused else f"{name} goes on."
    return back_to(request, _address(name), told)


async def limit_pipeline(request: Request, form: Form) -> Response:
    """Change the limits of a pipeline; an empty field means none."""
    name = value_of(form, "pipeline")
    limits: JsonObject = {key: _number(key, value_of(form, key)) for key in LIMITS if key in form}
    await console_of(request).desk.ask(
        "set_limits", pipeline=name, limits=limits, operator=session_of(request).operator
    )
    return back_to(request, _address(name), f"The limits of {name} are changed.")


def _number(name: str, text: str) -> int | None:
    if not text:
        return None
    if not text.isascii() or not text.isdigit() or len(text) > _MOST_DIGITS:
        raise InvalidInput(f"{LIMITS[name]}: write a whole number, or nothing for no limit")
    return int(text)


async def _overview(desk: Desk) -> dict[str, Any]:
    return one(await desk.ask("overview"), "overview")


async def _settings(desk: Desk) -> dict[str, dict[str, Any]]:
    told = many(await desk.ask("list_pipelines"), "list_pipelines")
    return {line["pipeline"]: line for line in told}


def _address(pipeline: str) -> str:
    return f"/pipeline?{urlencode({'name': pipeline})}"
