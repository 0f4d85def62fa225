"""The pages Rows and Failures: what matches a filter."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from liverows.console.answers import many, one
from liverows.console.desk import Desk
from liverows.console.filters import Filter, filter_of
from liverows.console.state import console_of, page

ROWS_A_PAGE = 50
MOST_GROUPS = 100


def filter_in(request: Request) -> Filter:
    """Return the filter in the address of a request."""
    query = request.query_params
    return filter_of({name: query.getlist(name) for name in query})


async def show_rows(request: Request) -> Response:
    """Show a page of the rows that match, newest first."""
    desk = console_of(request).desk
    chosen = filter_in(request)
    after = request.query_params.get("after") or None
    answer = one(
        await desk.ask("list_rows", filter=chosen.argument(), after=after, max_rows=ROWS_A_PAGE),
        "list_rows",
    )
    following = answer.get("next")
    context = {
        "chosen": chosen,
        "pipelines": await pipeline_names(desk),
        "rows": answer["rows"],
        "unread": answer["unread"],
        "after": after,
        "newest": chosen.address("/rows"),
        "older": chosen.address("/rows", after=following) if following else None,
        "bulk": chosen.address("/bulk") if chosen else None,
    }
    return page(request, "rows.html", context)


async def show_failures(request: Request) -> Response:
    """Show failed rows in groups of the same error."""
    desk = console_of(request).desk
    chosen = filter_in(request)
    told = await desk.ask("failures", filter=chosen.argument(), max_groups=MOST_GROUPS)
    groups = many(told, "failures")
    context = {
        "chosen": chosen,
        "pipelines": await pipeline_names(desk),
        "groups": [_with_links(group, chosen) for group in groups],
        "rows": sum(group["rows"] for group in groups),
        "is_more": len(groups) == MOST_GROUPS,
    }
    return page(request, "failures.html", context)


async def pipeline_names(desk: Desk) -> list[str]:
    """Return the names of the attached pipelines."""
    told = many(await desk.ask("list_pipelines"), "list_pipelines")
    return list(dict.fromkeys(str(line["pipeline"]) for line in told))


def _with_links(group: dict[str, Any], chosen: Filter) -> dict[str, Any]:
    those = chosen.with_status("failed").with_text(
        signature=group["signature"], pipeline=group["pipeline"]
    )
    return group | {
        "those": those.address("/rows"),
        "retry": those.address("/bulk", action="retry"),
    }
