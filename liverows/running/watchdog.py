"""Notices a blocked event loop, from a thread that the loop cannot block.

While the loop is blocked no heartbeat is sent, and when the lease expires another worker takes
the rows. The fence makes that harmless. The log line names the code that blocks.
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
    """Measure the loop's lag inside the block; `on_tick` gets it in seconds.

    A lag beyond `limit` is logged once per block, with the stack that causes it.
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
