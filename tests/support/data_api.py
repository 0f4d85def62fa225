"""Supabase's Data API for one database: devstack's gateway and the real PostgREST.

    with data_api_of(database) as api:
        await create_async_client(api.url, api.secret_key)

A test can make requests fail on their way: see `Faults`.
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
"""Replaces the gateway for one request."""


@dataclass(frozen=True, slots=True)
class DataApi:
    """A running Data API: what a worker needs to know about it, and what a test can do to it.

    `token_of(user_id)` is the token of a signed-in user, valid for an hour.
    """

    url: str
    secret_key: str
    publishable_key: str
    faults: Faults
    token_of: Callable[[str], str]


class Faults:
    """Faults on the way: one per request, in order, then none.

    `requests` lists the paths of all requests, including those that met a fault.
    """

    def __init__(self, gateway: ASGIApp) -> None:
        self.requests: list[str] = []
        self._gateway = gateway
        self._pending: deque[Fault] = deque()

    def next(self, *faults: Fault) -> None:
        """Let the next requests meet these faults."""
        self._pending.extend(faults)

    def forget(self) -> None:
        """Forget all recorded requests and all faults to come."""
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
    """The connection breaks before the call happens."""
    await _break_off(send)


async def lose_reply(gateway: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    """The call happens, but the connection breaks before its answer arrives."""

    async def lose(_message: Message) -> None:
        return

    await gateway(scope, receive, lose)
    await _break_off(send)


async def never_answer(_gateway: ASGIApp, _scope: Scope, receive: Receive, _send: Send) -> None:
    """The request is received but never answered, until the client disconnects."""
    while (await receive())["type"] != "http.disconnect":
        pass


def answer(response: Response) -> Fault:
    """Another server answers instead, such as a gateway that is shutting down."""

    async def instead(_gateway: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        await response(scope, receive, send)

    return instead


async def _break_off(send: Send) -> None:
    # If a promised body does not come, the server closes the connection.
    headers = [(b"content-type", b"application/json"), (b"content-length", b"1")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})


@contextmanager
def data_api_of(database: Database) -> Iterator[DataApi]:
    """Serve one database while the block runs."""
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
