"""Serves the Edge Functions. If a function has `verify_jwt`, its callers' tokens are checked."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager

import httpx
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from devstack.functions import Function
from devstack.gateway.proxy import client_of, forward, path_after
from devstack.keys import ROLES, InvalidToken, Keys

PREFIX = "/functions/v1"
METHODS = ["GET", "HEAD", "POST", "PATCH", "PUT", "DELETE", "OPTIONS"]


class Edge:
    """`/functions/v1`. A function sees the path beginning with its own name."""

    def __init__(self, keys: Keys, functions: Sequence[Function]) -> None:
        self._keys = keys
        self._functions = {function.name: function for function in functions}
        self._clients: dict[str, httpx.AsyncClient] = {}

    def routes(self) -> list[BaseRoute]:
        return [
            Route(f"{PREFIX}/{{name}}", self._answer, methods=METHODS),
            Route(f"{PREFIX}/{{name}}/{{path:path}}", self._answer, methods=METHODS),
        ]

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        async with AsyncExitStack() as exits:
            for name, function in self._functions.items():
                client = client_of(function.url)
                self._clients[name] = await exits.enter_async_context(client)
            yield

    async def _answer(self, request: Request) -> Response:
        function = self._functions.get(request.path_params["name"])
        if function is None:
            return _error(404, "NOT_FOUND", "Requested function was not found")
        # A preflight request has no token; the function itself answers it.
        checked = function.verify_jwt and request.method != "OPTIONS"
        if checked and (refusal := self._refusal(request)) is not None:
            return refusal
        headers = {
            name: value
            for name in ("host", "apikey", "authorization")
            if (value := request.headers.get(name)) is not None
        }
        client = self._clients[function.name]
        return await forward(request, client, path_after(request, PREFIX), headers)

    def _refusal(self, request: Request) -> Response | None:
        """The refusal of a request without a valid token. As on Supabase, an API key passes too, so
        this check does not prove that a user has signed in."""
        token = request.headers.get("authorization", "").partition(" ")[2]
        token = token or request.headers.get("apikey", "")
        if not token:
            return _error(401, "UNAUTHORIZED_NO_AUTH_HEADER", "Missing authorization header")
        if token in ROLES:
            return None
        try:
            self._keys.verify(token)
        except InvalidToken:
            return _error(401, "UNAUTHORIZED_INVALID_JWT_FORMAT", "Invalid JWT")
        return None


def _error(status: int, code: str, message: str) -> Response:
    return JSONResponse({"code": code, "message": message}, status)
