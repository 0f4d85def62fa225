"""Supabase's Data API in front of one database: devstack's gateway and the real PostgREST.

    with data_api_of(database) as api:
        await create_async_client(api.url, api.secret_key)

On the way to it, a test can make things go wrong: see `Faults`.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import TypeAlias

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from devstack.gateway.app import gateway
from devstack.gateway.rest import Rest
from devstack.keys import PUBLISHABLE_KEY, SECRET_KEY, Keys
from devstack.postgrest import running_postgrest
from devstack.serving import address, listener, served
from tests.support.databases import Database

Fault: TypeAlias = Callable[[ASGIApp, Scope, Receive, Send], Awaitable[None]]
"""Stands in for the gateway during one request."""


@dataclass(frozen=True, slots=True)
class DataApi:
    """A running Data API: what a worker has to know of it, and what a test may do to it.

    `token_of(user_id)` is the token of a signed-in user, for an hour.
    """

    url: str
    secret_key: str
    publishable_key: str
    faults: Faults
    token_of: Callable[[str], str]


class Faults:
    """What goes wrong on the way: one fault per request, in order, then none.

    `requests` are the paths of all requests, also of those that a fault took.
    """

    def __init__(self, gateway: ASGIApp) -> None:
        self.requests: list[str] = []
        self._gateway = gateway
        self._pending: deque[Fault] = deque()

    def next(self, *faults: Fault) -> None:
        """The next requests meet these faults."""
        self._pending.extend(faults)

    def forget(self) -> None:
        """As if nothing had happened and nothing were to."""
        self.requests.clear()
        self._pending.clear()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            self.requests.append(scope["path"])
            if self._pending:
                await self._pending.popleft()(self._gateway, scope, receive, send)
                return
        await self._gateway(scope, receive, send)


async def lose_request(_gateway: ASGIApp, _scope: Scope, _receive: Receive, send: Send) -> None:
    """The connection breaks before anything happened."""
    await _break_off(send)


async def lose_reply(gateway: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    """The call happens; the connection breaks before its answer arrives."""

    async def lose(_message: Message) -> None:
        return

    await gateway(scope, receive, lose)
    await _break_off(send)


async def never_answer(_gateway: ASGIApp, _scope: Scope, receive: Receive, _send: Send) -> None:
    """The request is taken in and that is all, until the client goes away."""
    while (await receive())["type"] != "http.disconnect":
        pass


def answer(response: Response) -> Fault:
    """Another server answers, such as a gateway on its way down."""

    async def instead(_gateway: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        await response(scope, receive, send)

    return instead


async def _break_off(send: Send) -> None:
    # A promised body that does not come makes the server close the connection.
    headers = [(b"content-type", b"application/json"), (b"content-length", b"1")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})


@contextmanager
def data_api_of(database: Database) -> Iterator[DataApi]:
    """Serve one database until the end of the block."""
    keys, server = Keys(), database.server
    dsn = server.dsn(database.name, user="authenticator")
    with (
        listener() as bound,
        running_postgrest(dsn, keys.jwks(), server.folder("postgrest")) as socket,
    ):
        faults = Faults(gateway([Rest(keys, socket)]))
        with served(faults, bound):
            yield DataApi(
                address(bound), SECRET_KEY, PUBLISHABLE_KEY, faults, partial(_token, keys)
            )


def _token(keys: Keys, user_id: str) -> str:
    claims = {"role": "authenticated", "aud": "authenticated", "sub": user_id}
    return keys.sign({**claims, "exp": time.time() + 3600})
