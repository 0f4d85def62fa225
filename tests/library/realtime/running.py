"""The stand-in behind a small app of its own, with keys and tokens as a gateway has them."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Any

import jwt
from starlette.applications import Starlette
from starlette.routing import Mount

from devstack.realtime import InvalidToken, Limits, RealtimeServer, Timing
from devstack.serving import address, listener, served

SECRET = "a-secret-of-the-tests-that-is-long-enough"
PUBLISHABLE_KEY = "sb_publishable_of_the_tests"
SECRET_KEY = "sb_secret_of_the_tests"
KEYS = {PUBLISHABLE_KEY: {"role": "anon"}, SECRET_KEY: {"role": "service_role"}}

QUICK = Timing(join_error=0.1, resubscribe=0.05, reconnect=0.05)

HOUR = 3600

OWNER = "11111111-1111-1111-1111-111111111111"
STRANGER = "22222222-2222-2222-2222-222222222222"


def verify(token: str) -> dict[str, Any]:
    """A verifier of the kind that the gateway has: keys, and tokens of one issuer."""
    if token in KEYS:
        return dict(KEYS[token])
    try:
        return jwt.decode(token, SECRET, ["HS256"], options={"verify_exp": False})
    except jwt.InvalidSignatureError as error:
        raise InvalidToken from error
    except jwt.InvalidTokenError as error:
        raise InvalidToken.malformed() from error


def token_of(user_id: str, *, expires_in: float = 3600, **claims: Any) -> str:
    """A signed-in user's token."""
    body = {"role": "authenticated", "sub": user_id, "exp": int(time.time() + expires_in)}
    return jwt.encode({**body, **claims}, SECRET, "HS256")


@dataclass(frozen=True, slots=True)
class Running:
    """Where the app listens."""

    url: str

    def socket_url(self, key: str = PUBLISHABLE_KEY, vsn: str | None = "1.0.0") -> str:
        """The address for a bare WebSocket client."""
        version = "" if vsn is None else f"&vsn={vsn}"
        base = self.url.replace("http", "ws", 1)
        return f"{base}/realtime/v1/websocket?apikey={key}{version}"


@contextmanager
def running(
    dsn: str,
    timing: Timing = QUICK,
    port: int = 0,
    limits: Limits | None = None,
) -> Iterator[Running]:
    """The stand-in over a database, in a thread, until the end of the block."""
    server = RealtimeServer(dsn, verify, timing, limits)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        await server.start()
        try:
            yield
        finally:
            await server.stop()

    app = Starlette(routes=[Mount("/realtime/v1", routes=server.routes())], lifespan=lifespan)
    bound = listener(port)
    with served(app, bound):
        yield Running(address(bound))
