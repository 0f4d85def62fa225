"""Supabase's Data API on this machine: the real PostgREST behind a small gateway.

    with data_api_of(database) as api:
        await create_async_client(api.url, api.secret_key)

As in front of a hosted project, the gateway knows the API keys and PostgREST knows only
JSON Web Tokens: it answers 401 to a wrong key and makes a short-lived token of a right
one. A user's own token in `Authorization` passes through.
"""

from __future__ import annotations

import base64
import hmac
import json
import os
import secrets
import socket
import subprocess
import tempfile
import threading
import time
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from devstack.postgrest import find_postgrest
from tests.support.databases import Database

SCHEMAS = ("public", "processing")
TOKEN_SECONDS = 60
START_SECONDS = 20

# PostgREST ends when its starter does, however that came to its end.
_LEASH = '"$0" & cat >/dev/null; kill $!; wait $!'

_NOT_FORWARDED = frozenset({"apikey", "authorization", "connection", "content-length", "host"})
_NOT_RETURNED = frozenset({"connection", "content-length", "date", "server", "transfer-encoding"})

Fault: TypeAlias = Callable[[ASGIApp, Scope, Receive, Send], Awaitable[None]]
"""Stands in for the gateway during one request."""


@dataclass(frozen=True, slots=True)
class DataApi:
    """A running Data API: what a worker has to know of it, and what a test may do to it."""

    url: str
    secret_key: str
    publishable_key: str
    faults: Faults


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
    secret, publishable = f"sb_secret_{_random()}", f"sb_publishable_{_random()}"
    jwt_secret = _random()
    roles = {secret: "service_role", publishable: "anon"}
    dsn = database.server.dsn(database.name, user="authenticator")
    with _postgrest(dsn, jwt_secret) as upstream:
        faults = Faults(gateway(roles, jwt_secret, upstream))
        with _served(faults) as url:
            yield DataApi(url, secret, publishable, faults)


def gateway(roles: Mapping[str, str], jwt_secret: str, upstream: Path) -> Starlette:
    """The gateway as an ASGI application; `roles` maps API keys to database roles."""

    async def rest(request: Request) -> Response:
        key = request.headers.get("apikey")
        if key is None:
            return JSONResponse({"message": "No API key found in request"}, 401)
        if key not in roles:
            return JSONResponse({"message": "Invalid API key", "hint": "Double check it."}, 401)
        authorization = request.headers.get("authorization", f"Bearer {key}")
        if authorization == f"Bearer {key}":
            authorization = f"Bearer {_token(roles[key], jwt_secret)}"
        return await _forward(request, request.app.state.postgrest, authorization)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        transport = httpx.AsyncHTTPTransport(uds=str(upstream))
        async with httpx.AsyncClient(transport=transport, base_url="http://postgrest") as client:
            app.state.postgrest = client
            yield

    methods = ["GET", "HEAD", "POST", "PATCH", "PUT", "DELETE"]
    return Starlette(
        routes=[Route("/rest/v1/{path:path}", rest, methods=methods)], lifespan=lifespan
    )


async def _forward(request: Request, postgrest: httpx.AsyncClient, authorization: str) -> Response:
    headers = [pair for pair in request.headers.items() if pair[0] not in _NOT_FORWARDED]
    answered = await postgrest.request(
        request.method,
        f"/{request.path_params['path']}",
        params=tuple(request.query_params.multi_items()),
        headers=[*headers, ("authorization", authorization)],
        content=await request.body(),
    )
    returned = {
        name: value for name, value in answered.headers.items() if name not in _NOT_RETURNED
    }
    return Response(answered.content, answered.status_code, returned)


def _token(role: str, jwt_secret: str) -> str:
    claims = {"role": role, "exp": int(time.time()) + TOKEN_SECONDS}
    signed = f"{_base64({'alg': 'HS256', 'typ': 'JWT'})}.{_base64(claims)}"
    signature = hmac.digest(jwt_secret.encode(), signed.encode(), "sha256")
    return f"{signed}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"


def _base64(part: Mapping[str, object]) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()


def _random() -> str:
    return secrets.token_urlsafe(32)


@contextmanager
def _postgrest(dsn: str, jwt_secret: str) -> Iterator[Path]:
    """PostgREST on a Unix socket, so that no two of them want one port."""
    with tempfile.TemporaryDirectory(prefix="postgrest-") as name:
        folder = Path(name)
        address = folder / "socket"
        settings = {
            "PGRST_DB_URI": dsn,
            "PGRST_DB_SCHEMAS": ",".join(SCHEMAS),
            "PGRST_DB_EXTRA_SEARCH_PATH": "public,extensions",
            "PGRST_DB_ANON_ROLE": "anon",
            "PGRST_DB_CONFIG": "false",
            "PGRST_JWT_SECRET": jwt_secret,
            "PGRST_SERVER_UNIX_SOCKET": str(address),
        }
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(
                ["sh", "-c", _LEASH, str(find_postgrest())],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                env={"PATH": os.environ.get("PATH", os.defpath), **settings},
                start_new_session=True,
            )
        try:
            _wait_for(address, folder / "log")
            yield address
        finally:
            process.communicate(timeout=10)


def _wait_for(address: Path, log: Path) -> None:
    """Until the schema is read: before that every answer is a 503."""
    limit = time.monotonic() + START_SECONDS
    with httpx.Client(transport=httpx.HTTPTransport(uds=str(address))) as client:
        while True:
            try:
                if client.get("http://postgrest/").status_code != httpx.codes.SERVICE_UNAVAILABLE:
                    return
            except httpx.TransportError:
                pass
            if time.monotonic() > limit:
                raise RuntimeError(f"postgrest did not start: {log.read_text()[-2000:]}")
            time.sleep(0.02)


@contextmanager
def _served(app: ASGIApp) -> Iterator[str]:
    """Serve in a thread, so that tests may block their own event loop; answers the URL."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(
        uvicorn.Config(
            app, lifespan="on", ws="none", log_config=None, access_log=False,
            timeout_graceful_shutdown=1,
        )
    )  # fmt: skip
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(10)
        listener.close()
