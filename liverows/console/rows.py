"""The pages Rows and Failures: what matches a filter, followed while somebody looks."""

from __future__ import annotations

import asyncio
from hashlib import sha256
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from liverows.console.answers import many, one
from liverows.console.filters import Filter, filter_of
from liverows.console.live import Reading
from liverows.console.overview import Ask
from liverows.console.state import console_of, may_go_on, page

ROWS_A_PAGE = 50
MOST_GROUPS = 100


def filter_in(request: Request) -> Filter:
    """Return the filter in the address of a request."""
    query = request.query_params
    return filter_of({name: query.getlist(name) for name in query})


async def show_rows(request: Request) -> Response:
    """Show a page of the rows that match, newest first."""
    desk = console_of(request).desk
    chosen, after = filter_in(request), _after(request)
    seen, names = await asyncio.gather(_rows(desk.ask, chosen, after), desk.pipeline_names())
    context = {
        "pipelines": names,
        "bulk": chosen.address("/bulk") if chosen else None,
        "live": chosen.address("/live/rows", after=after),
    }
    return page(request, "rows.html", seen | context)


async def live_rows(request: Request) -> Response:
    """Send a page of rows as it changes."""
    console = console_of(request)
    chosen, after = filter_in(request), _after(request)

    async def read() -> Reading:
        seen = await _rows(console.desk.ask_in_turn, chosen, after)
        runs = any(row["status"] == "processing" for row in seen["rows"])
        return Reading(console.pages.render("rows_live.html", seen), busy=runs)

    address = chosen.address("/live/rows", after=after)
    return console.live.stream((address,), read, may_go_on(request))


async def show_failures(request: Request) -> Response:
    """Show failed rows in groups of the same error."""
    desk = console_of(request).desk
    chosen = filter_in(request)
    seen, names = await asyncio.gather(_failures(desk.ask, chosen), desk.pipeline_names())
    context = {
        "pipelines": names,
        "live": chosen.address("/live/failures"),
    }
    return page(request, "failures.html", seen | context)


async def live_failures(request: Request) -> Response:
    """Send the groups of failed rows as they change."""
    console = console_of(request)
    chosen = filter_in(request)

    async def read() -> Reading:
        seen = await _failures(console.desk.ask_in_turn, chosen)
        return Reading(console.pages.render("failures_live.html", seen))

    return console.live.stream((chosen.address("/live/failures"),), read, may_go_on(request))


async def _rows(ask: Ask, chosen: Filter, after: str) -> dict[str, Any]:
    answer = one(
        await ask("list_rows", filter=chosen.argument(), after=after or None, max_rows=ROWS_A_PAGE),
        "list_rows",
    )
    following = answer.get("next")
    return {
        "chosen": chosen,
        "rows": [row | {"anchor": _anchor(row["table"], row["id"])} for row in answer["rows"]],
        "unread": answer["unread"],
        "after": after,
        "newest": chosen.address("/rows"),
        "older": chosen.address("/rows", after=following) if following else None,
    }


async def _failures(ask: Ask, chosen: Filter) -> dict[str, Any]:
    told = await ask("failures", filter=chosen.argument(), max_groups=MOST_GROUPS)
    groups = many(told, "failures")
    return {
        "chosen": chosen,
        "groups": [_shown(group, chosen) for group in groups],
        "rows": sum(group["rows"] for group in groups),
        "is_more": len(groups) == MOST_GROUPS,
    }


def _shown(group: dict[str, Any], chosen: Filter) -> dict[str, Any]:
    """Return a group with the addresses of its rows, and its name among the others."""
    those = chosen.with_status("failed").with_text(
        signature=group["signature"], pipeline=group["pipeline"]
    )
    return group | {
        "anchor": _anchor(group["signature"], group["pipeline"]),
        "those": those.address("/rows"),
        "retry": those.address("/bulk", action="retry"),
    }


def _anchor(*names: str) -> str:
    """Return an id for a line of a table, by which it is the same line when it is drawn anew.

    A digest, because a key may have characters that an id must not have, or be masked.
    """
    return "line-" + sha256("\n".join(names).encode()).hexdigest()[:16]


def _after(request: Request) -> str:
    return request.query_params.get("after", "")
