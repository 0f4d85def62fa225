"""The idempotency key of a paid step, for services that accept one.

Such a service bills a request once, even if it receives the request several times with one key.
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
    """Let `idempotency_key` use this key in the block, also in tasks that the block starts."""
    token = _open_key.set(key)
    try:
        yield
    finally:
        _open_key.reset(token)


def idempotency_key(*request: str) -> str | None:
    """Return the key for one request of the step that runs now; None if the engine set no key.

    A step that sends several requests gives each its own `request`, because a service repeats its
    first answer for the same key.
    """
    key = _open_key.get()
    if key is None:
        return None
    return str(uuid5(key, "\0".join(request)) if request else key)


def idempotency_headers(*request: str) -> dict[str, str]:
    """Return the HTTP header with `idempotency_key(*request)`; empty if that key is None."""
    key = idempotency_key(*request)
    return {} if key is None else {HEADER: key}
