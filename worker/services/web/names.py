"""Resolves host names from untrusted URLs in their own threads.

asyncio resolves names in one small pool, which slow untrusted names could occupy.
"""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Sequence

MAX_LOOKUPS = 64
_room = threading.BoundedSemaphore(MAX_LOOKUPS)


async def look_up_name(host: str, port: int) -> Sequence[str]:
    """A name's addresses from the system's resolver.

    Raises `OSError` if there is no address or no free thread.
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
        return  # the event loop is closed, so nobody waits for the answer


def _settle(answer: asyncio.Future[Sequence[str]], found: Sequence[str] | OSError) -> None:
    if answer.done():
        return  # the caller was cancelled
    if isinstance(found, OSError):
        answer.set_exception(found)
    else:
        answer.set_result(found)
