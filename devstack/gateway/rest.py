"""The Data API: passes requests on to PostgREST, with a token in place of the API key."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route

from devstack.gateway.app import CORS
from devstack.gateway.door import authorization_of
from devstack.gateway.proxy import client_for, forward, path_after
from devstack.keys import Keys

PREFIX = "/rest/v1"
METHODS = ["GET", "HEAD", "POST", "PATCH", "PUT", "DELETE"]


class Rest:
    """`/rest/v1`. Without a socket it answers that PostgREST is missing."""

    def __init__(self, keys: Keys, socket: Path | None) -> None:
        self._keys = keys
        self._socket = socket
        self._postgrest: httpx.AsyncClient | None = None

    def routes(self) -> list[BaseRoute]:
        inner = Route("/{path:path}", self._answer, methods=METHODS)
        return [Mount(PREFIX, routes=[inner], middleware=[CORS])]

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        if self._socket is None:
            yield
            return
        async with client_for(self._socket) as self._postgrest:
            yield

    async def _answer(self, request: Request) -> Response:
        authorization = authorization_of(request, self._keys)
        if self._postgrest is None:
            return JSONResponse({"message": "There is no PostgREST for this machine"}, 503)
        path = path_after(request, PREFIX)
        return await forward(request, self._postgrest, path, {"authorization": authorization})
