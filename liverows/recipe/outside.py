"""Reserves budgets for paid requests that no run makes, such as those of the command `doctor`."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Protocol
from uuid import uuid4

from liverows.base.errors import BudgetExceeded, WorkerError
from liverows.base.logger import get_logger
from liverows.base.paying import Bound, open_till
from liverows.base.prices import PriceTable
from liverows.base.types import Json, JsonObject
from liverows.base.usage import Usage, collect_usage
from liverows.database.answers import read_reserved
from liverows.recipe.till import amounts_of, exceeded

log = get_logger(__name__)


class Caller(Protocol):
    """What calls a function of the contract; see `Transport.call`."""

    async def call(self, function: str, arguments: JsonObject) -> Json: ...


class OutsideTill:
    """The `Till` of requests outside a run. The database is told of their ends by `close`."""

    def __init__(self, caller: Caller, prices: PriceTable, *, step: str, seconds: float) -> None:
        self._caller = caller
        self._prices = prices
        self._step = step
        self._seconds = seconds
        self._ended: dict[str, JsonObject] = {}

    async def reserve(self, bound: Bound) -> str:
        """Reserve the bound and one call in the budgets that hold for all pipelines together.

        Raises `BudgetExceeded` if one of them has too little left.
        """
        reservation = str(uuid4())
        amounts = amounts_of(replace(bound, cost_usd=self._prices.cost_of(bound)))
        try:
            await self._reserved(reservation, amounts)
        except BudgetExceeded:
            raise
        except BaseException:
            # The database may have made the reservation, but the request is not made.
            self.settle(reservation, in_full=False)
            raise
        return reservation

    async def _reserved(self, reservation: str, amounts: JsonObject) -> None:
        answer = await self._caller.call(
            "reserve_outside",
            {
                "pipeline": None,
                "owner": None,
                "reservation": reservation,
                "amounts": amounts,
                "seconds": self._seconds,
            },
        )
        if (refused := read_reserved(answer)) is not None:
            raise exceeded(refused)

    def settle(self, reservation: str, *, in_full: bool) -> None:
        """Note that a request has ended without usage."""
        self._ended[reservation] = {"billed": in_full}

    def request_ended(self) -> None:
        """Do nothing: no request waits for another one here."""

    def priced(self, usage: Usage) -> Usage:
        """Return the usage with the cost that the operator's price table gives, if it does."""
        return replace(usage, cost_usd=self._prices.cost_of(usage))

    def used(self, usage: Usage) -> None:
        """Note what a request has used."""
        if usage.reservation is None:
            return
        told: JsonObject = {
            "model": usage.model,
            "step": self._step,
            "input_tokens": usage.input_tokens,
            "output_tokens": usage.output_tokens,
            "audio_seconds": usage.audio_seconds,
            "cost_usd": usage.cost_usd,
        }
        self._ended[usage.reservation] = {"used": told}

    async def close(self) -> None:
        """Settle the reservations. One that cannot be settled counts in full when its time ends."""
        for reservation, how in self._ended.items():
            try:
                await self._caller.call("settle_outside", {"reservation": reservation, **how})
            except WorkerError as error:
                # What the requests have answered is worth more than an exact account of them.
                log.warning("paid_call_not_settled", reservation=reservation, error=error.message)
        self._ended.clear()


@asynccontextmanager
async def paying_outside(
    caller: Caller, prices: PriceTable, *, step: str, seconds: float = 120.0
) -> AsyncIterator[None]:
    """Let each `paid` request in the block reserve in the budgets of all pipelines together.

    `step` is the name under which the usage is stored. A request that has not ended after so many
    `seconds` counts with its whole bound.
    """
    till = OutsideTill(caller, prices, step=step, seconds=seconds)
    try:
        with open_till(till), collect_usage(till.used, till.priced):
            yield
    finally:
        await till.close()
