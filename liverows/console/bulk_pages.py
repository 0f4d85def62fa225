"""The pages of an action on many rows: choose, confirm, watch."""

from __future__ import annotations

from urllib.parse import parse_qs

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from liverows.console.bulk import ACTIONS, Bulk
from liverows.console.filters import filter_of
from liverows.console.guard import Form, value_of
from liverows.console.live import Reading
from liverows.console.row import arguments_of
from liverows.console.rows import filter_in
from liverows.console.state import back_to, console_of, may_go_on, page, session_of


async def show_choice(request: Request) -> Response:
    """Show how many rows match, and the actions to choose from."""
    bulks = console_of(request).bulks
    chosen = filter_in(request)
    if not chosen:
        return back_to(request, "/rows", "Choose first which rows are meant.", kind="problem")
    rows, is_more = await bulks.count(chosen.argument())
    action = request.query_params.get("action", "retry")
    context = {
        "chosen": chosen,
        "rows": rows,
        "is_more": is_more,
        "actions": ACTIONS,
        "action": action if action in ACTIONS else "retry",
        "query": request.url.query,
        "back": chosen.address("/rows"),
    }
    return page(request, "bulk_choice.html", context)


async def plan_bulk(request: Request, form: Form) -> Response:
    """Count again, keep the plan, and ask for a confirmation."""
    action = value_of(form, "action")
    chosen = filter_of(parse_qs(value_of(form, "query")))
    bulk = await console_of(request).bulks.plan(
        action, chosen, arguments_of(action, form), session_of(request).operator
    )
    return RedirectResponse(f"/bulk/{bulk.key}", 303)


async def show_bulk(request: Request) -> Response:
    """Show a plan with the question whether to begin, or how far an action is."""
    bulk = _found(request)
    template = "bulk_confirm.html" if bulk.state == "planned" else "bulk_progress.html"
    context = {"bulk": bulk, "title": ACTIONS[bulk.action], "back": bulk.chosen.address("/rows")}
    return page(request, template, context)


async def start_bulk(request: Request, _form: Form) -> Response:
    """Begin a planned action."""
    bulk = _found(request)
    console_of(request).bulks.start(bulk)
    return RedirectResponse(f"/bulk/{bulk.key}", 303)


async def stop_bulk(request: Request, _form: Form) -> Response:
    """End an action in the middle."""
    bulk = _found(request)
    await console_of(request).bulks.stop(bulk)
    return RedirectResponse(f"/bulk/{bulk.key}", 303)


async def live_bulk(request: Request) -> Response:
    """Send how far an action is, until it has ended. This asks the database nothing."""
    console = console_of(request)
    bulk = _found(request)

    async def read() -> Reading:
        html = console.pages.render("bulk_state.html", {"bulk": bulk})
        return Reading(html, busy=True, final=bulk.state != "running")

    return console.live.stream(("bulk", bulk.key), read, may_go_on(request))


def _found(request: Request) -> Bulk:
    """Return the action of the address, if this operator has planned it."""
    bulk = console_of(request).bulks.find(request.path_params["key"])
    if bulk is None or bulk.operator != session_of(request).operator:
        raise HTTPException(404)
    return bulk
