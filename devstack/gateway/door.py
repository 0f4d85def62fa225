"""Checks which requests may pass the gateway, and with which role.

A request names an API key in the header or the query parameter `apikey`. A user's own token in
`Authorization` is passed on unchanged. Without one, the key is replaced by a short-lived token
of the key's role, because the services behind the gateway understand only tokens.
"""

from __future__ import annotations

import re

from starlette.requests import HTTPConnection, Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from devstack.keys import ROLES, SECRET_KEY, Keys

BROWSER = re.compile(r"Mozilla/|Chrome/|Safari/|Firefox/")


class Refused(Exception):
    """The request is refused; `response` says why, in the words of the real gateway."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.response = JSONResponse({"message": message, "hint": hint}, 401)


async def answer_refusal(_request: Request, refused: Exception) -> Response:
    """The answer to a refused request."""
    assert isinstance(refused, Refused)
    return refused.response


class KeyRequired:
    """Middleware that lets only requests and WebSockets with a valid API key pass."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            key_of(HTTPConnection(scope))
        except Refused as refused:
            await refused.response(scope, receive, send)
            return
        await self._app(scope, receive, send)


def key_of(connection: HTTPConnection) -> str:
    """The valid API key of a request; raises `Refused`."""
    key = connection.headers.get("apikey") or connection.query_params.get("apikey")
    if not key:
        raise Refused(
            "No API key found in request",
            "No `apikey` request header or url param was found.",
        )
    if key not in ROLES:
        raise Refused("Invalid API key", "Double check your Supabase API key.")
    if key == SECRET_KEY and BROWSER.search(connection.headers.get("user-agent", "")):
        raise Refused(
            "Forbidden use of secret API key in browser",
            "Secret API keys can only be used in a protected environment and should never be"
            " used in a browser. Delete this secret API key immediately.",
        )
    return key


def authorization_of(connection: HTTPConnection, keys: Keys) -> str:
    """The `Authorization` header for the service behind the gateway; raises `Refused`."""
    key = key_of(connection)
    given = connection.headers.get("authorization", "")
    if given and not given.startswith("Bearer sb_"):
        return given
    return f"Bearer {keys.role_token(ROLES[key])}"
