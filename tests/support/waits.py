"""Calls in a thread that wait for a lock, and waiting until they do."""

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
    """Start the call in a thread."""
    with ThreadPoolExecutor(1) as threads:
        yield threads.submit(call)


def wait_until_blocked(observer: Connection, blocked: Connection, future: Future[Any]) -> None:
    """Until the connection waits for a lock of another one."""
    until = time.monotonic() + 10
    query = "select pg_blocking_pids(%s) = '{}'"
    while observer.execute(query, [blocked.info.backend_pid]).fetchone() == (True,):
        assert not future.done(), "it did not wait"
        assert time.monotonic() < until
