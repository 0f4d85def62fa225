"""A listening TCP socket for a server of this process."""

from __future__ import annotations

import socket


def listener(host: str, port: int) -> socket.socket:
    """Listen at this address; for port 0 the system picks a free port. Raises `OSError`."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = socket.create_server((host, port), family=family)
    # Connections inherit this option. Without it an answer in two packets waits 40 ms for an
    # acknowledgement. asyncio sets it only on sockets whose protocol number is TCP's, not 0.
    bound.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return bound
