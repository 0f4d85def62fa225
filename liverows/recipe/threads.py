"""Runs blocking code of a step in a thread.

    READ = Step("read", in_thread(read_with_a_blocking_client))

Use it for a client that has no async form. A thread has two limits. It cannot be stopped: after a
timeout or a cancel it works on until its call returns, and keeps its place until then. And Python
code in it slows the event loop down; for computation there is `run_in_child`.

Each pipeline has as many threads as the worker has slots. If calls that were given up keep all of
them, only the rows of that pipeline wait.
"""

from __future__ import annotations

import asyncio
import functools
import threading
from collections.abc import Awaitable, Callable
from contextvars import ContextVar, copy_context
from typing import ParamSpec, TypeVar

from liverows.base.logger import get_logger
from liverows.base.usage import passing_usage_on

log = get_logger(__name__)

P = ParamSpec("P")
R = TypeVar("R")

MOST_THREADS = 16


class Threads:
    """The threads of one pipeline: at most `limit` calls run at once."""

    def __init__(self, limit: int = MOST_THREADS) -> None:
        self._room = asyncio.Semaphore(limit)

    async def run(self, call: Callable[[], R], name: str) -> R:
        """Return what `call` returns in a new thread, or raise what it raises."""
        await self._room.acquire()
        loop = asyncio.get_running_loop()
        ended: asyncio.Future[R] = loop.create_future()

        def work() -> None:
            try:
                value = call()
            except BaseException as error:
                tell(functools.partial(_settle, ended, error=error))
            else:
                tell(functools.partial(_settle, ended, value))

        def tell(settle: Callable[[], None]) -> None:
            try:
                loop.call_soon_threadsafe(self._over, settle)
            except RuntimeError:
                # The worker has ended meanwhile, and with it the loop.
                return

        with passing_usage_on(loop.call_soon_threadsafe):
            context = copy_context()
        # A daemon thread does not keep the process alive when the worker ends.
        thread = threading.Thread(target=context.run, args=(work,), name=name, daemon=True)
        try:
            thread.start()
        except BaseException:
            self._room.release()
            raise
        try:
            await asyncio.wait({ended})
        except asyncio.CancelledError:
            log.warning("thread_works_on", function=name)
            raise
        return ended.result()

    def _over(self, settle: Callable[[], None]) -> None:
        self._room.release()
        settle()


def _settle(
    ended: asyncio.Future[R], value: R | None = None, *, error: BaseException | None = None
) -> None:
    if error is None:
        ended.set_result(value)  # type: ignore[arg-type] # None only where R allows it
        return
    if isinstance(error, StopIteration):
        # A future refuses it.
        error = RuntimeError(f"the function raised StopIteration: {error}")
    ended.set_exception(error)
    # Mark the error as seen: after a timeout nobody waits for it any more.
    ended.exception()


_threads: ContextVar[Threads | None] = ContextVar("threads", default=None)


def use_threads(threads: Threads) -> None:
    """Let this task, and the tasks that it starts, use these threads; the engine calls this."""
    _threads.set(threads)


def in_thread(function: Callable[P, R]) -> Callable[P, Awaitable[R]]:
    """Return an async function that runs a blocking function in a thread of its pipeline.

    Arguments, annotations and errors are those of `function`. `record_usage` and
    `idempotency_key` work in it. A thread cannot be stopped: after a timeout or a cancel it works
    on until its call returns, and keeps one of its pipeline's places until then.
    """

    @functools.wraps(function)
    async def wrapped(*args: P.args, **kwargs: P.kwargs) -> R:
        threads = _threads.get()
        if threads is None:
            threads = Threads()
            _threads.set(threads)
        name = getattr(function, "__qualname__", type(function).__name__)
        return await threads.run(functools.partial(function, *args, **kwargs), name)

    return wrapped
