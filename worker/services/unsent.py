"""Tells which requests never reached their service, because nobody bills those."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from liverows import Payment

_NOT_CONNECTED = {"ConnectError", "ConnectTimeout", "PoolTimeout"}
"""Names, because the vendors' clients are built on several packages that are made like httpx."""


@contextmanager
def unbilled_if_unsent(payment: Payment) -> Iterator[None]:
    """Call `unbilled` on the payment if the one request in the block had no connection.

    Without this, a service that cannot be reached would use up budgets, because any other request
    without an answer may have been billed.
    """
    # While an error of an earlier request is handled, it is in the context of each later one.
    earlier = sys.exception()
    try:
        yield
    except Exception as error:
        if _was_unsent(error, earlier):
            payment.unbilled()
        raise


def _was_unsent(error: BaseException, earlier: BaseException | None) -> bool:
    # Clients raise errors of their own, and ours are raised `from None`: the context stays.
    cause: BaseException | None = error
    while cause is not None and cause is not earlier:
        if type(cause).__name__ in _NOT_CONNECTED:
            return True
        cause = cause.__cause__ or cause.__context__
    return False
