"""Calls in a thread that wait for a lock, a wait until they are blocked, and waits that grow."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, TypeVar

from tests.support.queue import Connection

T = TypeVar("T")


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


def most_tries(seconds: float) -> int:
    """How many tries `GrowingWait` allows in so many seconds, with a cap of 10 s.

    Its first wait is at least 0.05 s, each next one at least twice the one before, up to 5 s.
    """
    return 1 + math.floor(math.log2(1 + seconds / 0.05)) + math.floor(seconds / 5)
