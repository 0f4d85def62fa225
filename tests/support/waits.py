"""Calls in a thread that wait for a lock, and a wait until they are blocked."""

from __future__ import annotations

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
    until = time.monotonic() + 10
    query = "select pg_blocking_pids(%s) = '{}'"
    while observer.execute(query, [blocked.info.backend_pid]).fetchone() == (True,):
        assert not future.done(), "it did not wait"
        assert time.monotonic() < until
