"""Waits: for a thread that a lock blocks, and for conditions that give no signal.

In a test with an event loop, `tests.support.doorbells.until` waits for a condition.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, TypeVar

from liverows.base.errors import DatabaseTrouble
from tests.support.queue import Connection

T = TypeVar("T")

LOOK_SECONDS = 0.02
"""The pause between two looks at something that gives no signal."""


@contextmanager
def meanwhile(call: Callable[[], T]) -> Any:
    """Run the call in a thread while the block runs."""
    with ThreadPoolExecutor(1) as threads:
        yield threads.submit(call)


def wait_until_blocked(observer: Connection, blocked: Connection, future: Future[Any]) -> None:
    """Wait until the connection is blocked by another connection's lock."""
    until = time.monotonic() + 60
    query = "select pg_blocking_pids(%s) = '{}'"
    while observer.execute(query, [blocked.info.backend_pid]).fetchone() == (True,):
        assert not future.done(), "it did not wait"
        assert time.monotonic() < until


def holds_within(seconds: float, condition: Callable[[], bool]) -> bool:
    """Whether a condition that gives no signal comes true within so many seconds."""
    deadline = time.monotonic() + seconds
    while not (holds := condition()) and time.monotonic() < deadline:
        time.sleep(LOOK_SECONDS)
    return holds


async def first_found(look: Callable[[], Awaitable[T | None]], *, deadline: float = 60) -> T:
    """What `look` returns as soon as that is not None; `TimeoutError` after the deadline.

    It is for servers that have to be asked, as their probes do.
    """
    async with asyncio.timeout(deadline):
        while (found := await look()) is None:  # noqa: ASYNC110 - no event exists for it
            await asyncio.sleep(LOOK_SECONDS)
        return found


async def answered(call: Callable[[], Awaitable[T]]) -> T:
    """Make a call again until the database answers it; `TimeoutError` after a minute.

    After trouble, a transport and a login refuse calls for a while and do not tell when that ends.
    """

    async def one_try() -> tuple[T] | None:
        try:
            return (await call(),)
        except DatabaseTrouble:
            return None

    (answer,) = await first_found(one_try)
    return answer


def most_tries(seconds: float) -> int:
    """How many tries `GrowingWait` allows in so many seconds, with a cap of 10 s.

    Its first wait is at least 0.05 s, each next one at least twice the one before, up to 5 s.
    """
    return 1 + math.floor(math.log2(1 + seconds / 0.05)) + math.floor(seconds / 5)
