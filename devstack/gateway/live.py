"""Realtime behind the check of the API key."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.middleware import Middleware
from starlette.routing import BaseRoute, Mount

from devstack.gateway.app import CORS
from devstack.gateway.door import KeyRequired
from devstack.keys import ROLES, Claims, ExpiredToken, InvalidToken, Keys
from devstack.realtime import Limits, RealtimeServer, Timing, tokens


class Live:
    """`/realtime/v1`, for the database that `dsn` opens as superuser."""

    def __init__(self, keys: Keys, dsn: str, timing: Timing, limits: Limits) -> None:
        self._keys = keys
        self._server = RealtimeServer(dsn, self._verify, timing, limits)

    def routes(self) -> list[BaseRoute]:
        door = [CORS, Middleware(KeyRequired)]
        return [Mount("/realtime/v1", routes=self._server.routes(), middleware=door)]

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        await self._server.start()
        try:
            yield
        finally:
            await self._server.stop()

    def _verify(self, token: str) -> Claims:
        """The claims of a token. An API key counts as a token of its role; errors are in the words
        of Realtime."""
        if token in ROLES:
            return {"role": ROLES[token]}
        try:
            claims = self._keys.verify(token)
        except ExpiredToken as error:
            raise tokens.InvalidToken.expired(error.seconds) from error
        except InvalidToken as error:
            raise tokens.InvalidToken from error
        if "role" not in claims:
            raise tokens.InvalidToken.without_claims()
        return claims
