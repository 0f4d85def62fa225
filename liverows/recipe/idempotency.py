"""The idempotency key of a paid step, for services that accept one.

Such a service bills a request once, even if it receives the request several times with the same
key. The engine sets a key around each try of a paid step. All tries of one call in a round have the
same key, also in another worker; another input or another round has another key.
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
    """Use this key for all requests in the block, also in tasks that the block starts."""
    token = _open_key.set(key)
    try:
        yield
    finally:
        _open_key.reset(token)


def idempotency_key(*request: str) -> str | None:
    """The key for one request of the step that runs now; None outside of a paid step.

    If a step makes several requests, such as a question and its repair, `request` must differ
    between them: for the same key a service repeats its first answer or refuses another body.
    """
    key = _open_key.get()
    if key is None:
        return None
    return str(uuid5(key, "\0".join(request)) if request else key)


def idempotency_headers(*request: str) -> dict[str, str]:
    """The HTTP header with that key; empty outside of a paid step."""
    key = idempotency_key(*request)
    return {} if key is None else {HEADER: key}
