"""Names that strangers chose, resolved beside everything else.

The system's resolver holds its thread for half a minute where the name's server never
answers. asyncio asks it in the loop's default executor, which has a handful of threads;
the database's own name would wait there behind such names. So each of them has a thread
of its own, up to a number, and nobody waits for it when the process ends.
"""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Sequence

MAX_LOOKUPS = 64
_room = threading.BoundedSemaphore(MAX_LOOKUPS)


async def look_up_name(host: str, port: int) -> Sequence[str]:
    """All addresses of a name by the system's resolver, IPv4 and IPv6.

    Raises `OSError` if it has none, or if too many other names are still waited for.
    """
    if not _room.acquire(blocking=False):
        raise OSError("too many names are being resolved")
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[Sequence[str]] = loop.create_future()
    try:
        threading.Thread(
            target=_look_up, args=(host, port, loop, answer), name="name-lookup", daemon=True
        ).start()
    except RuntimeError:
        _room.release()
        raise OSError("no thread is left to resolve the name") from None
    return await answer


def _look_up(
    host: str,
    port: int,
    loop: asyncio.AbstractEventLoop,
    answer: asyncio.Future[Sequence[str]],
) -> None:
    found: Sequence[str] | OSError
    try:
        answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        found = list(dict.fromkeys(str(each[4][0]) for each in answers))
    except OSError as error:
        found = error
    except UnicodeError:
        found = OSError("the name has a part that is too long")
    finally:
        _room.release()
    try:
        loop.call_soon_threadsafe(_settle, answer, found)
    except RuntimeError:
        return  # the loop has ended, and with it whoever asked


def _settle(answer: asyncio.Future[Sequence[str]], found: Sequence[str] | OSError) -> None:
    if answer.done():
        return  # nobody waits any more
    if isinstance(found, OSError):
        answer.set_exception(found)
    else:
        answer.set_result(found)
