"""Finds a port of the loopback address that nobody else is given by chance."""

from __future__ import annotations

import random
import socket

_PORTS = range(20_000, 32_000)
"""Linux gives the ports from 32,768 on to whoever asks for any port, and other systems higher ones.
So a server can stop for a moment, and its port is still free when it starts again."""


def free_port() -> int:
    """A free port; where none of many is free, one that the system gives."""
    for port in random.sample(_PORTS, 100):
        if is_free(port):
            return port
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        given: int = probe.getsockname()[1]
        return given


def is_free(port: int) -> bool:
    """Whether a server could listen on this port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
