"""The pages of budgets: what is used of each, and the forms that set and remove them."""

from __future__ import annotations

import re
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from liverows.base.errors import InvalidInput
from liverows.base.types import Json
from liverows.console.answers import many
from liverows.console.desk import Desk
from liverows.console.guard import Form, value_of
from liverows.console.state import back_to, console_of, page, session_of

MEASURES = {
    "cost_usd": "Cost, in US dollars",
    "tokens": "Tokens",
    "input_tokens": "Input tokens",
    "output_tokens": "Output tokens",
    "audio_seconds": "Audio, in seconds",
    "calls": "Paid calls",
    "rows": "Rows that are added",
    "runs": "Rows that are added or queued again",
}
"""By name in the contract, what the pages call a measure."""
COUNTERS = {
    "": "what is named",
    "owner": "each owner, or the one that is named",
    "pipeline": "the pipeline",
    "all": "all pipelines together",
}
"""By the argument `per` of the contract, who has a counter."""

_MOST_OWNERS = 10
_NUMBER = re.compile(r"\d{1,16}(\.\d{1,9})?", re.ASCII)


async def show_budgets(request: Request) -> Response:
    """Show every budget, and a form for one more."""
    desk = console_of(request).desk
    context = {
        "budgets": await _lines(desk),
        "pipelines": await desk.pipeline_names(),
        "pipeline": request.query_params.get("pipeline", ""),
        "measures": MEASURES,
        "counters": COUNTERS,
    }
    return page(request, "budgets.html", context)


async def show_budget(request: Request) -> Response:
    """Show one budget, with the forms that change its limit and remove it."""
    lines = await _budget(console_of(request).desk, request.query_params.get("id", ""))
    return page(request, "budget.html", {"lines": lines, "fields": _fields(lines[0])})


async def set_budget(request: Request, form: Form) -> Response:
    """Make a budget, or change the limit of one."""
    limit = value_of(form, "limit")
    if _NUMBER.fullmatch(limit) is None:
        raise InvalidInput("Limit: write a number, such as 20 or 0.5")
    fields = {name: value_of(form, name) or None for name in ("pipeline", "per", "owner", "period")}
    await console_of(request).desk.ask(
        "set_budget",
        measure=value_of(form, "measure"),
        most=limit,  # as text, because a binary fraction would be stored with all its digits
        operator=session_of(request).operator,
        **{name: value for name, value in fields.items() if value is not None},
    )
    return back_to(request, "/budgets", "The budget is set. It holds from the next paid call on.")


async def remove_budget(request: Request, form: Form) -> Response:
    """Remove a budget, if the operator has said that this is meant."""
    if value_of(form, "sure") != "1":
        raise InvalidInput("Nothing was removed: confirm first that this is meant")
    desk = console_of(request).desk
    lines = await _budget(desk, value_of(form, "id"))
    fields: dict[str, Json] = {name: value or None for name, value in _fields(lines[0]).items()}
    left = await desk.ask("set_budget", most=None, operator=session_of(request).operator, **fields)
    told = "The budget is removed." if left is None else "The limit that attach declares holds."
    return back_to(request, "/budgets", told)


async def _lines(desk: Desk) -> list[dict[str, Any]]:
    return many(await desk.ask("budgets", most_owners=_MOST_OWNERS), "budgets")


async def _budget(desk: Desk, key: str) -> list[dict[str, Any]]:
    """Return the lines of one budget, of which there is one for each counter that is shown."""
    lines = [line for line in await _lines(desk) if str(line["budget"]) == key]
    if not lines:
        raise HTTPException(404)
    return lines


def _fields(line: dict[str, Any]) -> dict[str, str]:
    """Return the arguments of `set_budget` that mean the budget of this line."""
    owner = None if line["every_owner"] else line["owner"]
    return {
        "measure": line["measure"],
        "period": line["period"],
        "per": line["per"],
        "pipeline": line["pipeline"] or "",
        "owner": owner or "",
    }
