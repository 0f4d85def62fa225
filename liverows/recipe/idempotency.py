"""The idempotency key of a paid step, for providers whose service takes one.

A service that knows such keys bills a request once, however often it arrives with the same
key. The engine opens a key around each try of a paid step; it is the same for every try of
that call in a round, also in another worker, and another one for another input or round.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from uuid import UUID, uuid5

HEADER = "Idempotency-Key"

_open_key: ContextVar[UUID | None] = ContextVar("open_key", default=None)


@contextmanager
def open_key(key: UUID) -> Iterator[None]:
    """Use this key for the requests of the block, also of tasks started there."""
    token = _open_key.set(key)
    try:
        yield
    finally:
        _open_key.reset(token)


def idempotency_key(*request: str) -> str | None:
    """The key for one request of the step that runs now; `None` outside of a paid step.

    `request` tells apart the requests of one step, such as a question and its repair: for
    the same key a service would give the first answer again, or refuse another body.
    """
    key = _open_key.get()
    if key is None:
        return None
    return str(uuid5(key, "\0".join(request)) if request else key)


def idempotency_headers(*request: str) -> dict[str, str]:
    """The header with that key, or none."""
    key = idempotency_key(*request)
    return {} if key is None else {HEADER: key}
