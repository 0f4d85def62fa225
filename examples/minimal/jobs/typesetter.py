"""A service of one's own: anything that is opened at the start and closed at the end."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from liverows import Resource


@dataclass(frozen=True)
class Typesetter(Resource):
    """Stands in for a client of some service."""

    width: int

    async def set_in_capitals(self, text: str) -> str:
        """The beginning of the text, in capitals."""
        return text[: self.width].upper()


@asynccontextmanager
async def open_services() -> AsyncIterator[Typesetter]:
    """Opened once for each worker."""
    yield Typesetter(width=20)
