"""Notices a blocked event loop, from another thread, and logs where the loop's thread is.

While the loop is blocked no heartbeat is sent, and leases may expire.
"""

from __future__ import annotations

import asyncio
import sys
import threading
import time
import traceback
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from liverows.base.logger import get_logger

log = get_logger(__name__)

_FRAMES_SHOWN = 6


@asynccontextmanager
async def watching(
    on_tick: Callable[[float], None], *, interval: float = 0.5, limit: float = 2.0
) -> AsyncIterator[None]:
    """Measure the event loop's lag about every `interval` seconds during the `with` block.

    `on_tick` is called in another thread, with the lag in seconds. If the loop is blocked for
    `limit` seconds, its stack is logged.
    """
    loop = asyncio.get_running_loop()
    stopped = threading.Event()
    thread = threading.Thread(
        target=_watch,
        args=(loop, threading.get_ident(), on_tick, interval, limit, stopped),
        name="loop-watchdog",
        daemon=True,
    )
    thread.start()
    try:
        yield
    finally:
        stopped.set()


def _watch(
    loop: asyncio.AbstractEventLoop,
    loop_thread: int,
    on_tick: Callable[[float], None],
    interval: float,
    limit: float,
    stopped: threading.Event,
) -> None:
    while not stopped.wait(interval):
        ticked = threading.Event()
        asked_at = time.monotonic()
        try:
            loop.call_soon_threadsafe(ticked.set)
        except RuntimeError:  # the loop is closed
            return
        if not ticked.wait(limit):
            log.error("event_loop_blocked", seconds=limit, at=_stack(loop_thread))
            while not ticked.wait(interval):
                if stopped.is_set():
                    return
        on_tick(time.monotonic() - asked_at)


def _stack(thread: int) -> list[str]:
    frame = sys._current_frames().get(thread)
    frames = traceback.extract_stack(frame)[-_FRAMES_SHOWN:] if frame else []
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
