"""What the console asks of the database: functions of the contract, each in one call."""

from __future__ import annotations

import asyncio
import time

from liverows.base.errors import ContractMismatch
from liverows.base.types import Json
from liverows.console.answers import many
from liverows.database.client import ContractClient
from liverows.database.functions import FUNCTIONS

_NAMES_SECONDS = 30.0
"""How old the names of the pipelines may be, among which a filter lets choose."""


class Desk:
    """Calls the contract for the pages.

    Calls for live pages take turns, `pause` seconds apart, however many people look at them.
    """

    def __init__(self, client: ContractClient, *, pause: float = 1.0) -> None:
        self.client = client
        self._pause = pause
        self._turns = asyncio.Lock()
        self._next_turn = 0.0
        self._names: list[str] = []
        self._names_read_at: float | None = None

    @staticmethod
    def has(function: str) -> bool:
        """Whether this release knows the function."""
        return function in FUNCTIONS

    async def ask(self, function: str, **arguments: Json) -> Json:
        """Call a function for a page that somebody has opened. Raises like `Transport.call`."""
        if not self.has(function):
            raise ContractMismatch(
                f"this release has no function processing.{function}",
                cure="install the release of liverows that has it",
            )
        return await self.client.call(function, arguments)

    async def ask_in_turn(self, function: str, **arguments: Json) -> Json:
        """Call a function for a live page, when its turn has come."""
        async with self._turns:
            await asyncio.sleep(self._next_turn - time.monotonic())
            self._next_turn = time.monotonic() + self._pause
        return await self.ask(function, **arguments)

    async def pipeline_names(self) -> list[str]:
        """Return the names of the attached pipelines, as they were at most half a minute ago."""
        now = time.monotonic()
        if self._names_read_at is None or now - self._names_read_at > _NAMES_SECONDS:
            told = many(await self.ask("list_pipelines"), "list_pipelines")
            self._names = list(dict.fromkeys(str(line["pipeline"]) for line in told))
            self._names_read_at = now
        return self._names
