"""What the tokens of a model cost, from the dated price table of the package genai-prices.

The operator's own table (`LIVEROWS_PRICES`) goes before these prices.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from contextvars import ContextVar

from genai_prices import Usage
from genai_prices.data_snapshot import get_snapshot

from liverows import Payment, get_logger, paid, record_usage
from worker.services.unsent import unbilled_if_unsent

log = get_logger(__name__)

_FRAME_TOKENS = 500
"""More tokens than a service adds around the texts of a request."""
_PRICES = get_snapshot()
"""Read here, because the first call takes a second, which would hold up all rows."""
_unpriced: set[str] = set()
_uncounted: set[str] = set()
_open_bound: ContextVar[tuple[int, int, int] | None] = ContextVar("open_bound", default=None)
"""The most input tokens, output tokens and searches of the request that is under way."""


def cost_of(
    model: str, input_tokens: int, output_tokens: int, url: str, searches: int = 0
) -> float | None:
    """Return the cost in US dollars at the service with this URL; None if no price is known.

    A model without a price is logged once, because budgets of cost do not see its calls.
    """
    try:
        used = Usage(input_tokens=input_tokens, output_tokens=output_tokens, web_searches=searches)
        price = _PRICES.calc(used, model, None, url, None, None)
    except LookupError:
        if model not in _unpriced:
            _unpriced.add(model)
            log.info("price_unknown", model=model)
        return None
    return float(price.total_price)


@asynccontextmanager
async def paid_tokens(
    model: str,
    *sent: str,
    max_output_tokens: int,
    url: str,
    more_tokens: int = 0,
    searches: int = 0,
) -> AsyncIterator[Payment]:
    """Make one request to a model in the block; see `liverows.paid`.

    `sent` are all texts of the request. The number of their bytes is a bound of their tokens,
    because a token stands for at least one byte. `more_tokens` may be added by the service, which
    may make so many `searches`. A request without a connection is not billed.
    """
    input_tokens = (
        _FRAME_TOKENS + more_tokens + sum(len(text.encode(errors="replace")) for text in sent)
    )
    cost = cost_of(model, input_tokens, max_output_tokens, url, searches)
    async with paid(
        model, input_tokens=input_tokens, output_tokens=max_output_tokens, cost_usd=cost
    ) as payment:
        token = _open_bound.set((input_tokens, max_output_tokens, searches))
        try:
            with unbilled_if_unsent(payment):
                yield payment
        finally:
            _open_bound.reset(token)


def record_tokens(
    model: str, input_tokens: int, output_tokens: int, url: str, searches: int = 0
) -> None:
    """Report the usage of one answer, with its cost if a price is known.

    `searches` are those that the service made for it, which it bills beside tokens.

    A service that counts no tokens may bill them all the same. So the bound of the request counts,
    as for a request without an answer; such a model is logged once.
    """
    input_tokens, output_tokens = max(input_tokens, 0), max(output_tokens, 0)
    bound = _open_bound.get()
    if bound is not None and not (input_tokens or output_tokens):
        input_tokens, output_tokens, searches = bound
        if model not in _uncounted:
            _uncounted.add(model)
            log.info("tokens_uncounted", model=model)
    record_usage(
        model,
        input_tokens=input_tokens,
        output_tokens=output_tokens,
        cost_usd=cost_of(model, input_tokens, output_tokens, url, searches),
    )
