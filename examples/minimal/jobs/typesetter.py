"""A service of this project. A worker opens it at its start and closes it at its end."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from liverows import Resource


@dataclass(frozen=True)
class Typesetter(Resource):
    """An example of a service; in a real project this may be the client of an outside service."""

    width: int

    async def set_in_capitals(self, text: str) -> str:
        """Return the first `width` characters of the text in capitals."""
        return text[: self.width].upper()


@asynccontextmanager
async def open_services() -> AsyncIterator[Typesetter]:
    """Open the service; each worker process calls this once."""
    yield Typesetter(width=20)
