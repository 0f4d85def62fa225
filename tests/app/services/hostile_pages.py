"""A program that reads pages made to use up memory, and prints each error and the memory used.

python -m tests.app.services.hostile_pages
"""

from __future__ import annotations

import asyncio
import gzip
import sys
from contextlib import suppress
from pathlib import Path

from liverows.base.errors import WorkerError
from tests.support.local_web import answer, local_web
from worker.services.web.client import WebLimits

SLOW = "slow"
"""The page that never ends is left after a moment; the others have time on a busy machine too."""

TEN_MB = b"<p>" + b"x" * 10_000_000
BOMB = gzip.compress(bytes(500_000_000), compresslevel=1)


async def endless(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\n\r\n<p>")
    while True:
        writer.write(b"x" * 65_536)
        await writer.drain()


async def one_byte_at_a_time(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\n\r\n<")
    await writer.drain()
    with suppress(asyncio.CancelledError):  # the program ends before the page does
        await asyncio.Event().wait()


async def main() -> None:
    """Print one line per page: its name, the error's code, and the MB used since the start."""
    async with (
        local_web() as net,
        net.client(WebLimits(total_seconds=120)) as patient,
        net.client(WebLimits(total_seconds=1.5)) as hurried,
    ):
        net.routes["acme.com/large"] = answer(TEN_MB)
        net.routes["acme.com/endless"] = endless
        net.routes["acme.com/bomb"] = answer(BOMB, content_encoding="gzip")
        net.routes[f"acme.com/{SLOW}"] = one_byte_at_a_time
        before = _peak()
        for name in ("large", "endless", "bomb", SLOW):
            client = hurried if name == SLOW else patient
            try:
                await client.page(f"http://acme.com/{name}")
            except WorkerError as error:
                sys.stdout.write(f"{name} {error.code} {_peak() - before}\n")


def _peak() -> int:
    """The peak memory of this program alone in MB; 0 if the system does not tell it."""
    status = Path("/proc/self/status")
    if not status.exists():
        return 0
    return int(status.read_text(encoding="ascii").partition("VmHWM:")[2].split()[0]) // 1024


if __name__ == "__main__":
    asyncio.run(main())
