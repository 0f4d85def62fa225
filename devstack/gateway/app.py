"""The gateway as an ASGI application: every part of the stack under its usual path."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from typing import Protocol

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute

from devstack.gateway.door import Refused, answer_refusal

CORS = Middleware(
    CORSMiddleware,
    allow_origins=["*"],
    allow_methods=["*"],
    allow_headers=["*"],
    expose_headers=["*"],
    max_age=3600,
)
"""Routes with this middleware may be called by a page of another origin, such as Vite's."""


class Part(Protocol):
    """A part of the stack that the gateway serves."""

    def routes(self) -> list[BaseRoute]:
        """The paths that this part answers."""
        ...

    def running(self) -> AbstractAsyncContextManager[None]:
        """A block that the gateway enters, on its event loop, before the first request."""
        ...


def gateway(parts: Sequence[Part]) -> Starlette:
    """The application that serves these parts. If two parts have the same path, the first one
    answers."""

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        async with AsyncExitStack() as exits:
            for part in parts:
                await exits.enter_async_context(part.running())
            yield

    return Starlette(
        routes=[route for part in parts for route in part.routes()],
        lifespan=lifespan,
        exception_handlers={Refused: answer_refusal, 404: _not_found},
    )


async def _not_found(_request: Request, _error: Exception) -> Response:
    return JSONResponse({"message": "no Route matched with those values"}, 404)
