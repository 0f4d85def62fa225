"""A real PgBouncer in front of a test database, in either pooling mode."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from liverows.testing.ports import free_port
from tests.support.waits import holds_within

_CONFIGURATION = """
[databases]
{name} = host={host} port={port} user={user} password={password} pool_size={size}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {listen_port}
unix_socket_dir =
auth_type = any
pool_mode = {mode}
"""


def pgbouncer_program() -> str | None:
    """The path of PgBouncer; Debian installs it outside of an ordinary user's path."""
    return shutil.which("pgbouncer", path=f"{os.environ.get('PATH', '')}:/usr/sbin")


@contextmanager
def pooled(
    dsn: str, mode: Literal["session", "transaction"], folder: Path, *, size: int = 3
) -> Iterator[str]:
    """The URL of `dsn` behind a pooler that runs while the block runs.

    `size` is the largest number of server connections that the pooler opens.
    """
    parts = urlsplit(dsn)
    listen_port = free_port()
    name = parts.path.lstrip("/")
    file = folder / "pgbouncer.ini"
    file.write_text(
        _CONFIGURATION.format(
            name=name,
            host=parts.hostname,
            port=parts.port,
            user=parts.username,
            password=parts.password,
            listen_port=listen_port,
            mode=mode,
            size=size,
        )
    )
    program = pgbouncer_program()
    assert program is not None
    # PgBouncer refuses to run as root.
    user = ["-u", "nobody"] if os.geteuid() == 0 else []
    with subprocess.Popen([program, "-q", *user, str(file)]) as process:
        try:
            assert holds_within(60, lambda: _accepts(listen_port)), "PgBouncer does not start"
            yield f"postgresql://{parts.username}@127.0.0.1:{listen_port}/{name}"
        finally:
            process.terminate()


def _accepts(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except ConnectionRefusedError:
        return False
    return True
