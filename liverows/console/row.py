"""The page of one row, and what an operator can do with it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from liverows.base.errors import InvalidInput
from liverows.base.types import Json, JsonObject
from liverows.console.answers import one
from liverows.console.guard import Form, value_of
from liverows.console.live import Reading
from liverows.console.overview import Ask
from liverows.console.state import back_to, console_of, may_go_on, page, session_of
from liverows.console.timeline import timeline

ROW_STATUSES = ("pending", "processing", "failed", "cancelled", "completed")
MOST_PRIORITY = 32_767
_FINAL = frozenset({"completed", "failed", "cancelled"})
_DONE = {
    "retry": "The row is queued again.",
    "retry_fresh": "The row is queued again, and starts from the beginning.",
    "retry_from": "The row is queued again, from the step {step} on.",
    "cancel": "The row is cancelled.",
    "priority": "The row has another priority.",
    "give_back": "Workers may write these columns again.",
}
"""By action, the sentence that the operator reads afterwards."""


def address_of(table: str, row_id: str, **more: str) -> str:
    """Return the address of a row's page."""
    return f"/row?{urlencode({'table': table, 'id': row_id, **more})}"


async def show_row(request: Request) -> Response:
    """Show a row; what users wrote into it only with `contents=1` in the address."""
    console = console_of(request)
    table, row_id = _named(request)
    contents = request.query_params.get("contents") == "1"
    seen = await _read(console.desk.ask, table, row_id, contents=contents)
    live = f"/live/row?{urlencode({'table': table, 'id': row_id})}"
    context = seen | {"contents": contents, "live": live if _is_open(seen) else None}
    return page(request, "row.html", context)


async def live_row(request: Request) -> Response:
    """Send the runs of a row as they change, until it has ended."""
    console = console_of(request)
    table, row_id = _named(request)

    async def read() -> Reading:
        seen = await _read(console.desk.ask_in_turn, table, row_id)
        html = console.pages.render("row_runs.html", seen)
        return Reading(html, busy=_is_running(seen), final=not _is_open(seen))

    return console.live.stream(("row", table, row_id), read, may_go_on(request))


async def act_on_row(request: Request, form: Form) -> Response:
    """Carry out an action on one row; the row's history names the operator."""
    table, row_id = value_of(form, "table"), value_of(form, "id")
    action = value_of(form, "action")
    if action not in _DONE:
        raise InvalidInput(f"there is no action {action} for a row")
    told = await console_of(request).desk.ask(
        "change_rows",
        action=action,
        # A completed row runs again only if the filter names that status.
        filter={"table": table, "id": row_id, "status": list(ROW_STATUSES)},
        operator=session_of(request).operator,
        arguments=arguments_of(action, form),
    )
    answer = one(told, "change_rows")
    address = address_of(table, row_id)
    if answer["changed"]:
        return back_to(request, address, _DONE[action].format(step=value_of(form, "step")))
    reasons = [str(example["message"]) for example in answer["examples"]]
    reason = reasons[0] if reasons else "the row is in a state in which this changes nothing"
    return back_to(request, address, f"Nothing was changed: {reason}", kind="problem")


def arguments_of(action: str, form: Form) -> JsonObject:
    """Read the arguments of an action from a form. Raises `InvalidInput` if one is missing."""
    if action == "retry_from":
        step = value_of(form, "step")
        if not step:
            raise InvalidInput("name the step from which the row runs again")
        return {"step": step}
    if action == "priority":
        try:
            priority = int(value_of(form, "priority"))
        except ValueError:
            priority = MOST_PRIORITY + 1
        if abs(priority) > MOST_PRIORITY:
            raise InvalidInput(
                f"the priority must be a whole number from -{MOST_PRIORITY} to {MOST_PRIORITY}"
            )
        return {"priority": priority}
    if action == "give_back":
        columns: list[Json] = [column for column in form.get("column", []) if column]
        if not columns:
            raise InvalidInput("choose at least one column")
        return {"columns": columns}
    return {}


async def _read(ask: Ask, table: str, row_id: str, *, contents: bool = False) -> dict[str, Any]:
    told = await ask("inspect", table_name=table, row_id=row_id, contents=contents)
    seen = one(told, "inspect")
    steps = dict.fromkeys(
        [step["step"] for run in seen["runs"] for step in run["steps"]]
        + [each["step"] for each in seen["checkpoints"]]
    )
    return seen | {"lines": timeline(seen["runs"]), "steps": list(steps)}


def _is_open(seen: dict[str, Any]) -> bool:
    return seen["row"]["status"] is not None and seen["row"]["status"] not in _FINAL


def _is_running(seen: dict[str, Any]) -> bool:
    return bool(seen["row"]["status"] == "processing")


def _named(request: Request) -> tuple[str, str]:
    table, row_id = request.query_params.get("table"), request.query_params.get("id")
    if not table or not row_id:
        raise HTTPException(404)
    return table, row_id
