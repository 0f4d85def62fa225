"""Signing in and out."""

from __future__ import annotations

import math
from collections.abc import Sequence
from urllib.parse import unquote

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from liverows.base.errors import Transient
from liverows.base.logger import get_logger
from liverows.console.guard import SIGN_IN, Form, form_of, value_of
from liverows.console.sign_in import LONGEST_NAME, LONGEST_PASSWORD, SignIn
from liverows.console.state import console_of, page

log = get_logger(__name__)


async def show_sign_in(request: Request) -> Response:
    """Show the form, or lead somebody who need not sign in to the page that was meant."""
    back = _inside(request.query_params.get("back", ""))
    if request.state.session is not None or console_of(request).access.operator is not None:
        return RedirectResponse(back, 303)
    return _form(request, back)


async def sign_in(request: Request) -> Response:
    """Begin a session if name and password are right."""
    console = console_of(request)
    form = await form_of(request)
    back = _inside(value_of(form, "back"))
    address = request.client.host if request.client else ""
    early = console.attempts.begin(address)
    if early:
        wait = math.ceil(early)
        answer = _form(request, back, f"Too many tries. Try again in {wait} s.", status=429)
        answer.headers["retry-after"] = str(wait)
        return answer
    try:
        operator = await _operator(console.access.ways, form)
    except Transient as error:
        return _form(request, back, f"{error.message}. Try again in a moment.", status=503)
    if operator is None:
        log.warning("console_sign_in_refused", address=address)
        return _form(request, back, "Name or password is wrong, or a role is missing.", status=403)
    console.attempts.forgive(address)
    console.sessions.close(request.state.token)
    request.state.token, _ = console.sessions.open(operator)
    log.info("console_sign_in", operator=operator)
    return RedirectResponse(back, 303)


async def sign_out(request: Request, _form: Form) -> Response:
    """End the session."""
    console_of(request).sessions.close(request.state.token)
    request.state.token = None
    return RedirectResponse(SIGN_IN, 303)


async def _operator(ways: Sequence[SignIn], form: Form) -> str | None:
    name, password = value_of(form, "name"), form.get("password", [""])[-1]
    if not 0 < len(name) <= LONGEST_NAME or not name.isprintable():
        return None
    if not 0 < len(password) <= LONGEST_PASSWORD:
        return None
    # If both ways are open, an address always means a user of the project: nobody who knows only
    # the common password can act under the address of another.
    addresses = [way for way in ways if way.names_are_addresses]
    chosen = (
        addresses if addresses and "@" in name else [way for way in ways if way not in addresses]
    )
    return await chosen[0].operator(name, password) if chosen else None


def _form(request: Request, back: str, problem: str = "", *, status: int = 200) -> Response:
    ways = console_of(request).access.ways
    context = {
        "back": back,
        "problem": problem,
        "by_address": any(way.names_are_addresses for way in ways),
        "by_name": any(not way.names_are_addresses for way in ways),
    }
    return page(request, "sign_in.html", context, status=status)


def _inside(back: str) -> str:
    """Return an address within the console: a link to the form must not lead elsewhere."""
    read = unquote(back)
    inside = back.startswith("/") and not read.startswith(("//", "/\\", SIGN_IN))
    return back if inside and read.isprintable() else "/"
