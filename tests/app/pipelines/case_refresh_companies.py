"""`refresh-companies`, which calls no service, because SQL finds the companies that are due."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.app.pipelines.cases import Calls, Case, Example
from tests.support.local_web import local_web
from worker.services import Services
from worker.services.web.client import WebClient


class Quiet:
    """A world in which nothing is called."""

    def __init__(self, client: WebClient) -> None:
        self.calls = Calls()
        self.providers = self.keyless = Services(web=client)


@asynccontextmanager
async def quiet() -> AsyncIterator[Quiet]:
    async with local_web() as web, web.client() as client:
        yield Quiet(client)


CASE = Case(
    world=quiet,
    examples={"main": Example(insert={"due_on": "2026-11-01"}, expected={})},
    troubles={},
    invalid={},
    by_service=True,
)
