"""What every request to the console must prove, and what every answer forbids the browser."""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable, Mapping
from typing import TypeAlias
from urllib.parse import parse_qs, quote

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from liverows.console.access import Access
from liverows.console.sessions import Session, Sessions

SIGN_IN = "/sign-in"
STATIC = "/static/"
MOST_FORM_BYTES = 65_536
_MOST_FIELDS = 200

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
HEADERS: Mapping[str, str] = {
    "content-security-policy": CONTENT_SECURITY_POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    # With no-referrer a browser would send `Origin: null` with our own forms.
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}

Form: TypeAlias = Mapping[str, list[str]]
"""The fields of a form, each with its values."""
FormHandler: TypeAlias = Callable[[Request, Form], Awaitable[Response]]


class Guard:
    """An ASGI middleware: Host, Origin, session and headers of every request."""

    def __init__(self, app: ASGIApp, access: Access, sessions: Sessions, cookie: str) -> None:
        self._app = app
        self._access = access
        self._sessions = sessions
        self._cookie = f"__Host-{cookie}" if access.secure else cookie

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or refuse it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive)
        request.state.token = request.cookies.get(self._cookie)
        request.state.session = self._sessions.find(request.state.token)
        answer = self._stranger(request) or self._unknown(request) or self._app
        await answer(scope, receive, self._sending(request, send))

    def _stranger(self, request: Request) -> Response | None:
        """Refuse a request for another host, or one that a page of another site has sent."""
        host = request.headers.get("host", "")
        if not self._access.knows_host(host):
            return PlainTextResponse(
                "The console does not answer at this address; see LIVEROWS_CONSOLE_URL.", 421
            )
        if request.method not in {"GET", "HEAD"} and not self._is_own_form(request, host):
            return PlainTextResponse(
                "This form was not sent from a page of the console at its own address. "
                "If a proxy stands in front, set LIVEROWS_CONSOLE_URL.",
                403,
            )
        if _is_embedded(request):
            return PlainTextResponse("The console is not a part of pages of other sites.", 403)
        return None

    def _unknown(self, request: Request) -> Response | None:
        """Send somebody who has to sign in first to the form."""
        path: str = request.scope["path"]  # the path of `request.url` depends on the Host header
        if request.state.session is not None or path == SIGN_IN or path.startswith(STATIC):
            return None
        if self._access.operator is not None:
            token, session = self._sessions.open(self._access.operator)
            request.state.token, request.state.session = token, session
            return None
        if request.method == "GET" and request.headers.get("accept") != "text/event-stream":
            query = request.scope["query_string"].decode("latin-1")
            back = quote(quote(path) + (f"?{query}" if query else ""))
            return RedirectResponse(f"{SIGN_IN}?back={back}", 303)
        return PlainTextResponse(
            "Your session has ended, so nothing was done. Open the console, sign in and repeat it.",
            401,
        )

    def _is_own_form(self, request: Request, host: str) -> bool:
        scheme = "https" if self._access.secure else request.scope["scheme"]
        return request.headers.get("origin", "").lower() == f"{scheme}://{host}".lower()

    def _sending(self, request: Request, send: Send) -> Send:
        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(HEADERS)
                if "cache-control" not in headers:
                    kept = request.scope["path"].startswith(STATIC)
                    headers["cache-control"] = "no-cache" if kept else "no-store"
                self._set_cookie(request, headers)
            await send(message)

        return sending

    def _set_cookie(self, request: Request, headers: MutableHeaders) -> None:
        token = request.state.token
        if token == request.cookies.get(self._cookie):
            return
        # The path is `/` and no domain is named, as the prefix __Host- demands. With Lax a link
        # in a chat opens the console in the session of whoever follows it; it changes nothing,
        # because each form proves its origin and carries the secret of the session.
        secure = "; Secure" if self._access.secure else ""
        ended = "; Max-Age=0" if token is None else ""
        headers.append(
            "set-cookie",
            f"{self._cookie}={token or ''}; Path=/; HttpOnly; SameSite=Lax{secure}{ended}",
        )


def _is_embedded(request: Request) -> bool:
    """Whether a page of another site loads this as an image, a frame or by a script.

    It could not read the answer, but each such request costs readings and a session.
    """
    elsewhere = request.headers.get("sec-fetch-site") in {"cross-site", "same-site"}
    return elsewhere and (
        request.headers.get("sec-fetch-mode") != "navigate"
        or request.headers.get("sec-fetch-dest") != "document"
    )


def guarded(handler: FormHandler) -> Callable[[Request], Awaitable[Response]]:
    """Make the endpoint of a form that carries the secret of the operator's session."""

    async def endpoint(request: Request) -> Response:
        form = await form_of(request)
        session: Session | None = request.state.session
        given = form.get("csrf", [""])[-1]
        if session is None or not hmac.compare_digest(given.encode(), session.csrf.encode()):
            return PlainTextResponse(
                "This form is too old, or is not from a page of the console. "
                "Go back, load the page again and repeat what you did.",
                403,
            )
        return await handler(request, form)

    return endpoint


async def form_of(request: Request) -> Form:
    """Read the fields of a form, as browsers send them by default; empty if they cannot be read."""
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > MOST_FORM_BYTES:
            return {}
    try:
        return parse_qs(body.decode(), keep_blank_values=True, max_num_fields=_MOST_FIELDS)
    except ValueError:
        return {}


def value_of(form: Form, name: str) -> str:
    """Return the last value of a field without blanks around it; empty if it is missing."""
    return form.get(name, [""])[-1].strip()
