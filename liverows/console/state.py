"""What all pages of one console share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from liverows.console.access import Access
from liverows.console.bulk import Bulks
from liverows.console.desk import Desk
from liverows.console.live import Live
from liverows.console.overview import Overview
from liverows.console.rendering import Pages
from liverows.console.sessions import Notice, Session, Sessions
from liverows.console.sign_in import Attempts


@dataclass(frozen=True, slots=True)
class Console:
    """One console."""

    desk: Desk
    access: Access
    sessions: Sessions
    attempts: Attempts
    pages: Pages
    live: Live
    overview: Overview
    bulks: Bulks


def console_of(request: Request) -> Console:
    """Return the console that answers this request."""
    return cast("Console", request.app.state.console)


def session_of(request: Request) -> Session:
    """Return the session of the operator. Pages for everybody must not call this."""
    return cast("Session", request.state.session)


def may_go_on(request: Request) -> Callable[[], bool]:
    """Return what says whether a live page may still be sent: until its session ends."""
    sessions, token = console_of(request).sessions, request.state.token
    return lambda: sessions.find(token) is not None


def page(
    request: Request, template: str, context: Mapping[str, Any], *, status: int = 200
) -> Response:
    """Return a page, with the notices that the operator has not seen."""
    console = console_of(request)
    session: Session | None = getattr(request.state, "session", None)
    shared = {
        "path": request.url.path,
        "operator": session.operator if session else None,
        "signs_in": console.access.operator is None,
        "csrf": session.csrf if session else "",
        "notices": session.take_notices() if session else [],
        "now": datetime.now(UTC),
    }
    html = console.pages.render(template, {**shared, **context})
    return HTMLResponse(html, status_code=status)


def back_to(request: Request, address: str, text: str, *, kind: str = "done") -> Response:
    """Lead the browser to a page of the console, on which the operator reads this sentence."""
    session_of(request).notices.append(Notice(text, kind))
    return RedirectResponse(address, 303)
