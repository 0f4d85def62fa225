"""Serves an ASGI application on a loopback port, in a thread with its own event loop."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from starlette.types import ASGIApp

from liverows.base.listener import listener as listening

STOP_SECONDS = 10.0
# The same as nginx. A shorter time would close connections that clients use at regular intervals.
KEEP_ALIVE_SECONDS = 75


def listener(port: int = 0) -> socket.socket:
    """Listen on this port if it is free, or else on any free one."""
    try:
        return listening("127.0.0.1", port)
    except OSError:
        return listening("127.0.0.1", 0)


def address(bound: socket.socket) -> str:
    """The URL of a listening socket."""
    return f"http://127.0.0.1:{bound.getsockname()[1]}"


@contextmanager
def served(app: ASGIApp, bound: socket.socket) -> Iterator[None]:
    """Serve until the end of the block, even while the caller's own event loop is blocked.

    Raises `RuntimeError` if the application does not start.
    """
    config = uvicorn.Config(
        app,
        lifespan="on",
        log_config=None,
        access_log=False,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=1,
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [bound]}, daemon=True)
    thread.start()
    try:
        while not server.started:
            thread.join(0.01)
            if not thread.is_alive():
                raise RuntimeError("the gateway did not start")
        yield
    finally:
        server.should_exit = True
        thread.join(STOP_SECONDS)
        bound.close()
