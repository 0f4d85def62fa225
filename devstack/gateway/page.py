"""The page that belongs to the stack, if it was built."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from devstack.keys import PUBLISHABLE_KEY


class Page:
    """`/`: the files of a folder, or without one a line of text that says what this server is.

    `/config.json` tells the page the stack's address: the one under which the page was opened.
    """

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder

    def routes(self) -> list[BaseRoute]:
        config = Route("/config.json", self._config)
        if self._folder is None:
            return [config, Route("/", self._nothing)]
        return [config, Mount("/", StaticFiles(directory=self._folder, html=True))]

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        yield

    async def _config(self, request: Request) -> Response:
        url = str(request.base_url).rstrip("/")
        return JSONResponse({"url": url, "publishableKey": PUBLISHABLE_KEY})

    async def _nothing(self, _request: Request) -> Response:
        return PlainTextResponse("A local stand-in of Supabase answers here.\n")
