"""Calls that are repeated until the database has surely carried them out."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Literal, TypeVar

from pydantic import BaseModel, TypeAdapter
from tenacity import AsyncRetrying, retry_if_exception_type, stop_after_delay
from tenacity.wait import wait_random_exponential

from liverows.base.errors import StrangeAnswer, Transient
from liverows.base.types import Json
from liverows.database.answers import checked

T = TypeVar("T")


class _Written(BaseModel):
    written: int


_STORED: TypeAdapter[str] = TypeAdapter(Literal["done", "already_done"])
_SPENT = TypeAdapter(_Written)


def read_stored(answer: Json) -> None:
    """Raise `StrangeAnswer` unless `checkpoint` says that it is stored."""
    checked(_STORED, answer, "checkpoint")


def read_spent(answer: Json) -> None:
    """Raise `StrangeAnswer` unless `spend` says how many lines it has written."""
    checked(_SPENT, answer, "spend")


async def persisted(call: Callable[[], Awaitable[T]], seconds: float) -> T:
    """Repeat a call until its answer can be read, or the `seconds` are over.

    It is repeated after `Transient`, and after an answer of another shape: whoever stands between
    us and the database may have sent that one.
    """
    async for attempt in AsyncRetrying(
        retry=retry_if_exception_type((Transient, StrangeAnswer)),
        stop=stop_after_delay(seconds),
        wait=wait_random_exponential(multiplier=0.1, max=2),
        reraise=True,
    ):
        with attempt:
            return await call()
    raise AssertionError("unreachable: the last attempt raises")
