"""A service of this project. It is opened when the worker starts and closed when it ends."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from liverows import Resource


@dataclass(frozen=True)
class Typesetter(Resource):
    """An example; in a real project this is a client of some service."""

    width: int

    async def set_in_capitals(self, text: str) -> str:
        """Return the beginning of the text, in capitals."""
        return text[: self.width].upper()


@asynccontextmanager
async def open_services() -> AsyncIterator[Typesetter]:
    """Open the service; called once for each worker."""
    yield Typesetter(width=20)
