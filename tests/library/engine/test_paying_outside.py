"""What a paid request outside a run tells the database, also if the database cannot answer."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from liverows.base.errors import BudgetExceeded, Transient
from liverows.base.paying import paid
from liverows.base.prices import PriceTable
from liverows.base.types import Json, JsonObject
from liverows.base.usage import record_usage
from liverows.recipe.outside import paying_outside

REFUSED: JsonObject = {
    "refused": {
        "measure": "cost_usd", "period": "day", "per": "all", "limit": 1, "used": 1,
        "reserved": 0, "busy": False, "wait_seconds": 60, "fails": False,
    }
}  # fmt: skip


class Database:
    """Notes the calls. `answers` gives the answer to a call, or raises."""

    def __init__(self, answers: Callable[[str, int], Json]) -> None:
        self.calls: list[tuple[str, JsonObject]] = []
        self._answers = answers

    async def call(self, function: str, arguments: JsonObject) -> Json:
        self.calls.append((function, arguments))
        return self._answers(function, len(self.calls))

    def told(self, function: str) -> list[JsonObject]:
        return [arguments for name, arguments in self.calls if name == function]


def answering(function: str, nth: int) -> Json:
    return {} if function == "reserve_outside" else {"settled": True}


async def test_each_request_is_settled_to_what_it_used() -> None:
    database = Database(answering)
    async with paying_outside(database, PriceTable(), step="look"):
        async with paid("m", input_tokens=9, cost_usd=0.5):
            record_usage("m", input_tokens=7, output_tokens=2, cost_usd=0.25)
        async with paid("m", cost_usd=0.5) as payment:
            payment.unbilled()
        async with paid("m", cost_usd=0.5):
            pass
    reserved = [each["reservation"] for each in database.told("reserve_outside")]
    settled = database.told("settle_outside")
    assert [each["reservation"] for each in settled] == reserved
    used = settled[0]["used"]
    assert isinstance(used, dict)
    assert (used["step"], used["input_tokens"], used["cost_usd"]) == ("look", 7, 0.25)
    assert [each.get("billed") for each in settled[1:]] == [False, True]


async def test_one_that_cannot_be_settled_keeps_neither_the_others_nor_the_answer() -> None:
    def answers(function: str, nth: int) -> Json:
        if nth == 3:
            raise Transient("The database is away.")
        return answering(function, nth)

    database = Database(answers)
    async with paying_outside(database, PriceTable(), step="look"):
        for _ in range(2):
            async with paid("m", cost_usd=0.5) as payment:
                payment.unbilled()
        answer = "answered"
    assert answer == "answered"
    assert len(database.told("settle_outside")) == 2


async def test_a_reservation_whose_answer_is_lost_is_given_back() -> None:
    def answers(function: str, nth: int) -> Json:
        if nth == 1:
            raise Transient("No answer came.")
        return answering(function, nth)

    database = Database(answers)
    with pytest.raises(Transient):
        async with paying_outside(database, PriceTable(), step="look"), paid("m", cost_usd=0.5):
            pytest.fail("the request must not be made")
    (reserved,) = database.told("reserve_outside")
    (settled,) = database.told("settle_outside")
    assert settled == {"reservation": reserved["reservation"], "billed": False}


async def test_a_refused_request_is_not_made() -> None:
    database = Database(lambda function, nth: REFUSED)
    with pytest.raises(BudgetExceeded):
        async with paying_outside(database, PriceTable(), step="look"), paid("m", cost_usd=0.5):
            pytest.fail("the request must not be made")
    assert not database.told("settle_outside")
