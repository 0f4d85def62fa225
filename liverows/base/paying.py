"""Reserves what a paid request can use at most, before the request is made.

    async with paid("large-model", input_tokens=len(body), output_tokens=2_000):
        answer = await client.post(url, content=body)
        record_usage("large-model", input_tokens=…, output_tokens=…)

A client of a paid service does this around each of its requests. It needs to know nothing of
budgets: outside a step, and where no budget holds, `paid` does nothing.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Bound:
    """The most that one request can use; None if it uses nothing of that, or nobody knows."""

    model: str
    input_tokens: int | None = None
    output_tokens: int | None = None
    audio_seconds: float | None = None
    cost_usd: float | None = None


class Till(Protocol):
    """Where the requests of a step reserve. The engine opens one for each try of a step."""

    async def reserve(self, bound: Bound) -> str:
        """Return the name of a reservation, or raise `BudgetExceeded`."""

    def settle(self, reservation: str, *, in_full: bool) -> None:
        """End a reservation without usage; `in_full` counts all that it held as used."""

    def request_ended(self) -> None:
        """Note that one request is no longer under way, with or without usage."""


class Payment:
    """One paid request; see `paid`."""

    def __init__(self, model: str, reservation: str | None) -> None:
        self.model = model
        self.reservation = reservation
        self._unbilled = False

    def unbilled(self) -> None:
        """Say that the service does not bill this request, for instance after an error status."""
        self._unbilled = True

    @property
    def in_full(self) -> bool:
        """Whether the whole bound counts if no usage is reported."""
        return not self._unbilled


_open_till: ContextVar[Till | None] = ContextVar("open_till", default=None)
_open_payment: ContextVar[Payment | None] = ContextVar("open_payment", default=None)


@contextmanager
def open_till(till: Till | None) -> Iterator[None]:
    """Let the requests in the block reserve there, also in tasks that the block starts."""
    token = _open_till.set(till)
    try:
        yield
    finally:
        _open_till.reset(token)


@asynccontextmanager
async def paid(
    model: str,
    *,
    input_tokens: int | None = None,
    output_tokens: int | None = None,
    audio_seconds: float | None = None,
    cost_usd: float | None = None,
) -> AsyncIterator[Payment]:
    """Make one request to a paid service in the block, if the budgets have enough left.

    The numbers are the most that the request can use. The number of bytes of a text is a safe
    bound of its tokens. `cost_usd` may be left out if the price table has the model.

    In the block, call `record_usage` with what was used, also for a useless answer. If the block
    ends without that, the whole bound counts as used, because the request may have been billed;
    call `unbilled` on the payment if it was not.

    Raises `BudgetExceeded`, before the request, if it could exceed a budget. Do not catch it: the
    row then waits or fails, as its pipeline says.
    """
    till = _open_till.get()
    bound = Bound(model, input_tokens, output_tokens, audio_seconds, cost_usd)
    payment = Payment(model, None if till is None else await till.reserve(bound))
    token = _open_payment.set(payment)
    try:
        yield payment
    finally:
        _open_payment.reset(token)
        if till is not None:
            if payment.reservation is not None:
                till.settle(payment.reservation, in_full=payment.in_full)
            till.request_ended()


def asked_model() -> str | None:
    """Return the model that the open payment names; None if no payment is open."""
    payment = _open_payment.get()
    return None if payment is None else payment.model


def taken_reservation() -> str | None:
    """Return the reservation of the open payment, once; None if there is none or it was taken."""
    payment = _open_payment.get()
    if payment is None:
        return None
    reservation, payment.reservation = payment.reservation, None
    return reservation
